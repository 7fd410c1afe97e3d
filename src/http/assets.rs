//! The page's files, out of the binary: `GET /`, `GET /c`, `GET /api-docs`, `GET /openapi.json`, `GET /assets/…`.
//!
//! A path is looked up in a table of what was embedded, as it was sent: nothing of it is decoded or
//! joined, and no file system is ever asked. Nothing here knows who asks: the page holds no secret.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::Embed;

use super::app::App;
use super::problem::Problem;
use super::reply::HttpReply;
use super::request::Request;
use super::security::origin;
use crate::crypto::sha256;

/// Embedded in every build, so that tests see what ships. A new file is seen when this one is
/// compiled again; a test compares what is embedded with the folder.
#[derive(Embed)]
#[folder = "assets/"]
struct Embedded;

/// What a browser may do with the page: nothing but run its own files and call its own server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// What the page asks of a device: nothing.
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
/// Said where the public address is encrypted: a year, as browsers' lists ask for.
const TRANSPORT: &str = "max-age=31536000";

/// An embedded file, ready to be answered.
struct File {
    kind: &'static str,
    plain: Cow<'static, [u8]>,
    /// Of the content, in quotes: the same file has the same tag after every start.
    tag: String,
    /// Compressed when it is first asked for; `None` where that saves nothing.
    packed: OnceLock<Option<Vec<u8>>>,
}

static FILES: LazyLock<HashMap<String, File>> = LazyLock::new(|| {
    let files = Embedded::iter().filter_map(|path| {
        let file = File::new(kind(&path)?, Embedded::get(&path)?.data);
        Some((path.into_owned(), file))
    });
    files.collect()
});

/// The page.
pub fn index(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    serve(app, request, "index.html")
}

#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
/// The way from the page's address without its last slash, below which none of its files would be found.
pub fn add_slash(app: &App, _request: &Request) -> Result<HttpReply, Problem> {
    let headers = vec![("Location", format!("{}/", origin::base_path(app)))];
    Ok(HttpReply { status: 308, headers, body: Vec::new(), file: None })
}

/// What a connect link shows.
pub fn connect(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    serve(app, request, "connect.html")
}

/// The description of the API, for programs.
pub fn description(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    serve(app, request, "openapi.json")
}

/// The same, for people.
pub fn api_docs(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    serve(app, request, "api.html")
}

/// A file of the page.
pub fn file(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    serve(app, request, request.captured())
}

fn serve(app: &App, request: &Request, path: &str) -> Result<HttpReply, Problem> {
    let file = FILES.get(path).ok_or(Problem::NotFound)?;
    let packed = if accepts_gzip(&request.headers("Accept-Encoding")) { file.packed() } else { None };
    // Another encoding is another sequence of bytes, which a strong tag must tell apart.
    let tag = if packed.is_some() { file.tag.replacen('"', "\"z", 1) } else { file.tag.clone() };
    let known = is_known(&request.headers("If-None-Match"), &tag);
    let mut headers = headers(file.kind, tag, app.public_url.as_deref());
    if packed.is_some() && !known {
        headers.push(("Content-Encoding", "gzip".to_owned()));
    }
    let body = if known { &[][..] } else { packed.unwrap_or(&file.plain) };
    Ok(HttpReply { status: if known { 304 } else { 200 }, headers, body: body.to_vec(), file: None })
}

fn headers(kind: &str, tag: String, public_url: Option<&str>) -> Vec<(&'static str, String)> {
    let fixed = [
        ("Content-Type", kind),
        // Kept, and asked for each time: an update is seen at once, and costs one 304 for each file.
        ("Cache-Control", "no-cache"),
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

impl File {
    fn new(kind: &'static str, plain: Cow<'static, [u8]>) -> Self {
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(sha256(&plain)));
        Self { kind, plain, tag, packed: OnceLock::new() }
    }

    fn packed(&self) -> Option<&[u8]> {
        self.packed.get_or_init(|| gzip(&self.plain).filter(|p| p.len() < self.plain.len())).as_deref()
    }
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// The content type by a file's ending; other files are not served.
fn kind(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
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
            assert!(FILES.contains_key(&*path), "{path} is embedded and never served");
        }
    }
}
