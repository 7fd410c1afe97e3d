//! The page's files as a browser gets them: whole, tagged, compressed, and nothing else.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pareia::sim::{Sim, Version};

use crate::harness::{Client, Shop, instant};

/// What the whole page may weigh on the wire.
const PAGE_LIMIT: usize = 132 * 1024;
/// What is only fetched by whoever reads the description of the API, and what it may weigh.
const DESCRIPTION: [&str; 3] = ["/assets/openapi.json", "/assets/api.html", "/assets/js/api-docs.js"];
const DESCRIPTION_LIMIT: usize = 16 * 1024;

struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
}

fn shop() -> Shop {
    Shop::bare(Sim::start(instant(Version::V2_3_7)).expect("a simulation"), Duration::from_secs(5))
}

fn get(shop: &Shop, path: &str, headers: &[(&str, &str)]) -> Response {
    ask(shop, "GET", path, headers)
}

fn ask(shop: &Shop, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let (status, headers, body) = Client::new(shop).send(method, path, "", headers);
    Response { status, headers, body }
}

/// The files of the folder, and the path each is served at.
fn files() -> Vec<(String, PathBuf)> {
    fn walk(folder: &Path, below: &str, found: &mut Vec<(String, PathBuf)>) {
        for entry in fs::read_dir(folder).expect("assets") {
            let path = entry.expect("an entry").path();
            let name = format!("{below}/{}", path.file_name().expect("a name").to_string_lossy());
            if path.is_dir() { walk(&path, &name, found) } else { found.push((name, path)) }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("assets"), "/assets", &mut found);
    found
}

#[test]
fn every_file_is_served_as_it_is_and_the_whole_page_is_light() {
    let shop = shop();
    let (mut weight, mut description) = (0, 0);
    for (path, file) in files() {
        let content = fs::read(&file).expect("a file");
        let plain = get(&shop, &path, &[]);
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{path}");
        assert!(plain.body == content, "{path} was embedded as it was before: touch src/http/assets.rs");
        let packed = get(&shop, &path, &[("Accept-Encoding", "gzip, deflate, br")]);
        let counted = if DESCRIPTION.contains(&path.as_str()) { &mut description } else { &mut weight };
        *counted += packed.body.len();
        if packed.header("content-encoding") == Some("gzip") {
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(&*packed.body).read_to_end(&mut unpacked).expect("gzip");
            assert!(unpacked == content && packed.body.len() < content.len(), "{path}");
            assert_ne!(packed.header("etag"), plain.header("etag"), "{path}: other bytes, another tag");
        } else {
            assert!(packed.body == content, "{path}");
        }
    }
    assert!(weight <= PAGE_LIMIT, "the page weighs {weight} bytes");
    assert!((1..=DESCRIPTION_LIMIT).contains(&description), "the description weighs {description} bytes");
    println!("the page weighs {weight} bytes, the description {description}");
}

#[test]
fn the_two_pages_have_their_addresses_and_their_policy() {
    let shop = shop();
    for (path, file) in [("/", "index.html"), ("/?x=1", "index.html"), ("/c", "connect.html")] {
        let page = get(&shop, path, &[]);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body == get(&shop, &format!("/assets/{file}"), &[]).body, "{path}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-cache"),
            ("vary", "Accept-Encoding"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}");
        }
        let policy = page.header("content-security-policy").expect("a policy");
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("strict-transport-security"), None, "no TLS, no promise of it");
    }
}

#[test]
fn a_file_that_is_known_is_not_sent_again() {
    let shop = shop();
    for encoding in ["", "gzip"] {
        let first = get(&shop, "/", &[("Accept-Encoding", encoding)]);
        let tag = first.header("etag").expect("a tag");
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 20, "{tag}");
        let second = get(&shop, "/", &[("Accept-Encoding", encoding), ("If-None-Match", tag)]);
        assert_eq!((second.status, second.body.len(), second.header("etag")), (304, 0, Some(tag)));
        let other = get(&shop, "/", &[("Accept-Encoding", encoding), ("If-None-Match", "\"other\"")]);
        assert_eq!((other.status, other.body.len()), (200, first.body.len()));
        let head = ask(&shop, "HEAD", "/", &[("Accept-Encoding", encoding)]);
        assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, Some(tag)));
        assert_eq!(head.header("content-length"), Some(&*first.body.len().to_string()));
    }
}

#[test]
fn no_path_leaves_the_folder() {
    let shop = shop();
    for path in [
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/assets/..%2fCargo.toml",
        "/assets/..\\Cargo.toml",
        "/assets//etc/passwd",
        "/assets//index.html",
        "//assets/index.html",
        "/assets/./index.html",
        "/assets/index.html/",
        "/assets/index.html%00",
        "/assets/",
        "/assets",
        "/index.html",
        "/assets/nothing.js",
        "/favicon.ico",
    ] {
        let answer = get(&shop, path, &[]);
        assert_eq!(answer.status, 404, "{path}");
        assert!(String::from_utf8_lossy(&answer.body).contains("\"not_found\""), "{path}");
    }
    assert_eq!(ask(&shop, "POST", "/", &[]).status, 405);
}
