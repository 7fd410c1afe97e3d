//! The page's files as a browser gets them: whole, tagged, compressed, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pareia::sim::{Sim, Version};
use serde_json::{Value, json};

use crate::harness::{Client, PHONE, Shop, instant};

/// What the whole page may weigh on the wire.
const PAGE_LIMIT: usize = 160 * 1024;
/// What is only fetched by whoever reads the description of the API, and what that may weigh.
const DESCRIPTION_LIMIT: usize = 32 * 1024;
/// How many files the three documents name: code and two styles, two icons, and what comes later.
const FILES: usize = 10;

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

/// What of the folder is served as it is: all that is not joined, but for the API's description.
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
    found.retain(|(path, _)| !["js", "css", "html"].contains(&path.rsplit('.').next().unwrap_or_default()));
    found.retain(|(path, _)| !path.starts_with("/assets/openapi"));
    found
}

/// The files that a document names, and those that its modules fetch later.
fn named(shop: &Shop, document: &str) -> BTreeSet<String> {
    let html = String::from_utf8(get(shop, document, &[]).body).expect("text");
    let mut found: BTreeSet<_> =
        html.split('"').filter(|part| part.starts_with("assets/")).map(|part| format!("/{part}")).collect();
    for module in found.clone().iter().filter(|path| path.contains("/js/")) {
        let code = String::from_utf8(get(shop, module, &[]).body).expect("text");
        let folder = module.rsplit_once('/').expect("a folder").0;
        let later = code.split("import('./").skip(1).filter_map(|rest| rest.split('\'').next());
        found.extend(later.map(|name| format!("{folder}/{name}")));
    }
    found
}

/// What a file weighs on the wire; the same whether it is asked for in one encoding or the other.
#[track_caller]
fn weigh(shop: &Shop, path: &str, caching: &str) -> usize {
    let plain = get(shop, path, &[]);
    assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{path}");
    assert_eq!(plain.header("cache-control"), Some(caching), "{path}");
    let packed = get(shop, path, &[("Accept-Encoding", "gzip, deflate, br")]);
    if packed.header("content-encoding") == Some("gzip") {
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*packed.body).read_to_end(&mut unpacked).expect("gzip");
        assert!(unpacked == plain.body && packed.body.len() < plain.body.len(), "{path}");
        assert_ne!(packed.header("etag"), plain.header("etag"), "{path}: other bytes, another tag");
    } else {
        assert!(packed.body == plain.body, "{path}");
    }
    packed.body.len()
}

#[test]
fn what_a_document_names_is_kept_for_good_and_the_whole_page_is_light() {
    let shop = shop();
    let mut weighed = BTreeSet::new();
    let mut weigh_all = |document: &str| -> usize {
        let new: Vec<_> = named(&shop, document).difference(&weighed).cloned().collect();
        weighed.extend(new.clone());
        let bytes: usize =
            new.iter().map(|path| weigh(&shop, path, "public, max-age=31536000, immutable")).sum();
        bytes + weigh(&shop, document, "no-cache")
    };
    let page = weigh_all("/") + weigh_all("/c");
    let description = weigh_all("/api-docs") + weigh(&shop, "/openapi.json", "no-cache");
    println!("the page weighs {page} bytes, the description {description}, in {} files", weighed.len());
    assert!(page <= PAGE_LIMIT, "the page weighs {page} bytes");
    assert!(description <= DESCRIPTION_LIMIT, "the description weighs {description} bytes");
    assert_eq!(weighed.len(), FILES, "{weighed:?}");
}

#[test]
fn what_is_not_joined_is_served_as_it_is() {
    let shop = shop();
    let files = files();
    assert!(files.len() > 1, "{files:?}");
    for (path, file) in files {
        weigh(&shop, &path, "no-cache");
        assert!(get(&shop, &path, &[]).body == fs::read(&file).expect("a file"), "{path}");
    }
}

#[test]
fn the_two_pages_have_their_addresses_and_their_policy() {
    let shop = shop();
    for path in ["/", "/?x=1", "/c"] {
        let page = get(&shop, path, &[]);
        assert_eq!(page.status, 200, "{path}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-cache"),
            ("vary", "Accept-Encoding, Accept-Language, Cookie"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}");
        }
        let policy = page.header("content-security-policy").expect("a policy");
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "style-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("strict-transport-security"), None, "no TLS, no promise of it");
    }
}

/// What the document holds of answers.
fn given(page: &Response) -> Value {
    let html = String::from_utf8_lossy(&page.body).into_owned();
    let given = html.split("id=\"given\">").nth(1).and_then(|rest| rest.split("</script>").next());
    given.map_or(Value::Null, |json| serde_json::from_str(json).expect("JSON"))
}

#[test]
fn what_the_page_asks_first_comes_with_it_and_is_kept_by_nobody() {
    const LIST: &str = "/api/messaging/instance?page=1&perPage=50&sort=action_needed";
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.person("ana", true, "sapatos-e-botas");
    shop.written("loja", PHONE, "loja");
    shop.set("UPDATE messaging_instances SET displayName = '</script><b>'");
    let mut ana = Client::logged_in(&shop, "ana", "sapatos-e-botas");
    let told = |client: &Client, site: &str| {
        let (status, headers, body) = client.send("GET", "/", "", &[("Sec-Fetch-Site", site)]);
        Response { status, headers, body }
    };
    for site in ["", "none", "same-origin", "cross-site"] {
        let page = told(&ana, site);
        let given = given(&page);
        assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")), "{site:?}");
        for path in ["/api/setup", LIST] {
            assert_eq!(given[path], ana.get(path).body, "{site:?} {path}");
        }
        assert!(given["date"].is_string(), "{given}");
    }
    // A browser that comes from another site shows no cookie even where it has one: the page has to ask.
    let mut stranger = Client::new(&shop);
    for (site, is_told) in [("none", true), ("same-origin", true), ("cross-site", false), ("", false)] {
        let page = told(&stranger, site);
        let expected =
            if is_told { json!({"/api/setup": stranger.get("/api/setup").body}) } else { Value::Null };
        assert_eq!(given(&page), expected, "{site:?}");
        assert_eq!(page.header("cache-control"), Some("no-cache"), "{site:?}");
    }
}

#[test]
fn a_document_is_in_the_language_and_the_theme_that_a_browser_chose() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.person("ana", true, "sapatos-e-botas");
    for (spoken, cookie, lang, word, media) in [
        ("", "", "pt-BR", ">Entrar<", "(prefers-color-scheme: dark)"),
        ("en-US,pt;q=0.5", "x=1; pareia_theme=dark", "en", ">Log in<", "all"),
        ("pt-BR", "pareia_lang=en; pareia_theme=light", "en", ">Log in<", "not all"),
        ("en", "pareia_lang=pt; pareia_theme=\"><", "pt-BR", ">Entrar<", "(prefers-color-scheme: dark)"),
    ] {
        for path in ["/", "/c", "/api-docs"] {
            let page = get(&shop, path, &[("Accept-Language", spoken), ("Cookie", cookie)]);
            let html = String::from_utf8_lossy(&page.body);
            let words = format!("/js/words/all-{}.js\">", &lang[..2]);
            let (lang, media) = (format!("<html lang=\"{lang}\">"), format!("media=\"{media}\">"));
            for part in [&*lang, &words, &media, if path == "/" { word } else { "" }] {
                assert!(html.contains(part), "{path} {spoken:?} {cookie:?}: no {part} in {html}");
            }
        }
    }
}

/// Whether the document shows its login at once.
fn shows_login(page: &Response) -> bool {
    let html = String::from_utf8_lossy(&page.body);
    assert!(
        html.contains("<form class=\"form\" method=\"dialog\""),
        "a login that no script sends goes nowhere"
    );
    !html.contains("<div class=\"content\" hidden>")
}

#[test]
fn the_login_is_in_the_document_and_shown_where_it_is_what_comes() {
    let page = |shop: &Shop, site: &str| get(shop, "/", &[("Sec-Fetch-Site", site)]);
    let unset = shop();
    assert!(!shows_login(&page(&unset, "none")), "nobody can log in yet");
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.person("ana", true, "sapatos-e-botas");
    assert!(shows_login(&page(&shop, "none")) && shows_login(&page(&shop, "same-origin")));
    assert!(!shows_login(&page(&shop, "cross-site")), "somebody may be logged in");
    let ana = Client::logged_in(&shop, "ana", "sapatos-e-botas");
    let (status, headers, body) = ana.send("GET", "/", "", &[]);
    assert!(!shows_login(&Response { status, headers, body }), "somebody is");
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
        "/assets/index.html",
        "/assets/js/prefs.js",
        "/assets/AAAAAAAAAAAA/favicon.svg",
        "/assets/AAAAAAAAAAAA/../favicon.svg",
        "/favicon.ico",
    ] {
        let answer = get(&shop, path, &[]);
        assert_eq!(answer.status, 404, "{path}");
        assert!(String::from_utf8_lossy(&answer.body).contains("\"not_found\""), "{path}");
    }
    assert_eq!(ask(&shop, "POST", "/", &[]).status, 405);
}
