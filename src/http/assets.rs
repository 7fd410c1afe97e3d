//! The page's files, out of the binary: `GET /assets/…`.
//!
//! A path is looked up in a table of what was embedded, as it was sent: nothing of it is decoded or
//! joined, and no file system is ever asked. Nothing here knows who asks: the page holds no secret.
//! `packaging/embedded/` has joined and compressed what is embedded, so that nothing is held twice.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rust_embed::Embed;

use super::app::App;
use super::problem::Problem;
use super::reply::HttpReply;
use super::request::Request;
use super::security::origin;
use crate::crypto::sha256;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// What a browser may do with what is answered: nothing but run the page's own files and call its own server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; \
    connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// What the page asks of a device: nothing.
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
/// Said where the public address is encrypted: a year, as browsers' lists ask for.
const TRANSPORT: &str = "max-age=31536000";
/// Kept, and asked for each time: an update is seen at once.
pub const REVALIDATED: &str = "no-cache";
/// Kept and not asked for again: another content has another path.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Characters of a version in paths: 72 bits.
const VERSION_LENGTH: usize = 12;

/// A content as it is stored.
pub enum Content<'a> {
    /// Compressed.
    Packed(&'a [u8]),
    /// As it is, since compressing saves nothing.
    Plain(&'a [u8]),
    /// As it is, to be compressed for whoever takes that.
    Fresh(&'a [u8]),
}

/// An embedded file.
struct File {
    kind: &'static str,
    stored: Cow<'static, [u8]>,
    is_packed: bool,
}

static FILES: LazyLock<HashMap<String, File>> = LazyLock::new(|| {
    let files = Embedded::iter().filter_map(|path| {
        let name = path.strip_suffix(".gz").unwrap_or(&path);
        let is_packed = name.len() < path.len();
        Some((name.to_owned(), File { kind: kind(name)?, stored: Embedded::get(&path)?.data, is_packed }))
    });
    files.collect()
});

/// What all the files are together: it stands in the paths that a document names, so that a browser keeps them for good.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Embedded::iter().collect();
    names.sort();
    let hashes = names.iter().filter_map(|name| Some(sha256(&Embedded::get(name)?.data)));
    let mut version = URL_SAFE_NO_PAD.encode(sha256(&hashes.flatten().collect::<Vec<u8>>()));
    version.truncate(VERSION_LENGTH);
    version
});

/// The text of an embedded document.
pub fn document(name: &str) -> String {
    let file = Embedded::get(name).unwrap_or_else(|| panic!("{name} is embedded"));
    String::from_utf8_lossy(&file.data).into_owned()
}

#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
/// The way from the page's address without its last slash, below which none of its files would be found.
pub fn add_slash(app: &App, _request: &Request) -> Result<HttpReply, Problem> {
    let headers = vec![("Location", format!("{}/", origin::base_path(app)))];
    Ok(HttpReply { status: 308, headers, body: Vec::new(), file: None })
}

/// What a browser has to know to install the page. It stands where the page does, since its paths are relative to it.
pub fn manifest(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    serve(app, request, "manifest.json", REVALIDATED)
}

/// A file of the page, by the path that a document names, or by its own.
pub fn file(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let path = request.captured();
    match path.split_once('/') {
        Some((version, below)) if version == *VERSION => serve(app, request, below, IMMUTABLE),
        _ => serve(app, request, path, REVALIDATED),
    }
}

fn serve(app: &App, request: &Request, path: &str, caching: &'static str) -> Result<HttpReply, Problem> {
    let file = FILES.get(path).ok_or(Problem::NotFound)?;
    let content = if file.is_packed { Content::Packed(&file.stored) } else { Content::Plain(&file.stored) };
    Ok(answer(app, request, file.kind, &content, caching))
}

/// Answers with a content, or that the client has it.
pub fn answer(
    app: &App,
    request: &Request,
    kind: &'static str,
    content: &Content,
    caching: &'static str,
) -> HttpReply {
    let packs = content.packs() && accepts_gzip(&request.headers("Accept-Encoding"));
    // Another encoding is another sequence of bytes, which a strong tag must tell apart.
    let (z, hash) = (if packs { "z" } else { "" }, URL_SAFE_NO_PAD.encode(sha256(content.stored())));
    let tag = format!("\"{z}{hash}\"");
    let known = is_known(&request.headers("If-None-Match"), &tag);
    let mut headers = headers(kind, tag, caching, app.public_url.as_deref());
    if packs && !known {
        headers.push(("Content-Encoding", "gzip".to_owned()));
    }
    let body = if known { Vec::new() } else { content.sent(packs) };
    HttpReply { status: if known { 304 } else { 200 }, headers, body, file: None }
}

fn headers(kind: &str, tag: String, caching: &str, public_url: Option<&str>) -> Vec<(&'static str, String)> {
    let fixed = [
        ("Content-Type", kind),
        ("Cache-Control", caching),
        ("Vary", "Accept-Encoding"),
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", PERMISSIONS),
    ];
    let mut headers: Vec<_> = fixed.map(|(name, value)| (name, value.to_owned())).into();
    headers.push(("ETag", tag));
    if public_url.is_some_and(|url| url.starts_with("https://")) {
        headers.push(("Strict-Transport-Security", TRANSPORT.to_owned()));
    }
    headers
}

impl Content<'_> {
    fn stored(&self) -> &[u8] {
        match self {
            Self::Packed(bytes) | Self::Plain(bytes) | Self::Fresh(bytes) => bytes,
        }
    }

    fn packs(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }

    fn sent(&self, packed: bool) -> Vec<u8> {
        match self {
            Self::Packed(bytes) if !packed => gunzip(bytes),
            Self::Fresh(bytes) if packed => gzip(bytes, Compression::fast()),
            _ => self.stored().to_vec(),
        }
    }
}

/// Compresses a content.
pub fn gzip(plain: &[u8], compression: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), compression);
    let written = encoder.write_all(plain).and_then(|()| encoder.finish());
    written.expect("a vector takes every byte")
}

/// A content that the build has compressed.
pub fn gunzip(packed: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut plain).expect("the build has compressed it");
    plain
}

/// The content type by a file's ending; other files are not served by themselves: `page.rs` completes documents.
fn kind(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

/// Whether the client takes gzip, and did not set its weight to nothing.
fn accepts_gzip(lines: &[&str]) -> bool {
    lines.iter().flat_map(|line| line.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight, Some(Ok(q)) if q <= 0.0)
    })
}

/// Whether the client has these very bytes.
fn is_known(lines: &[&str], tag: &str) -> bool {
    let tags = lines.iter().flat_map(|line| line.split(',')).map(str::trim);
    tags.map(|known| known.strip_prefix("W/").unwrap_or(known)).any(|known| known == tag || known == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for takes in ["gzip", "br, GZIP", "deflate, gzip;q=0.5", "gzip; q=1.0"] {
            assert!(accepts_gzip(&[takes]), "{takes}");
        }
        for refuses in ["", "br", "gzip;q=0", "gzip; q=0.0", "x-gzip", "identity;q=1"] {
            assert!(!accepts_gzip(&[refuses]), "{refuses}");
        }
        assert!(accepts_gzip(&["br", "gzip"]), "two lines are one list");
    }

    #[test]
    fn a_tag_is_known_by_itself_or_among_others() {
        for known in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(is_known(&[known], "\"a\""), "{known}");
        }
        for unknown in ["", "a", "\"b\"", "\"A\"", "\"ab\""] {
            assert!(!is_known(&[unknown], "\"a\""), "{unknown}");
        }
    }

    #[test]
    fn every_embedded_file_has_a_kind() {
        for path in Embedded::iter() {
            let name = path.strip_suffix(".gz").unwrap_or(&path);
            assert!(
                name.rsplit('.').next() == Some("html") || FILES.contains_key(name),
                "{path} is embedded and never served"
            );
        }
    }
}
