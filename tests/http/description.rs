//! `openapi.json` and its page: served as they are, and true of who may call what. That it has every route, method and
//! code is tested beside those, in `http/router.rs` and `http/problem.rs`; `make schemathesis` tries what it says.

use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Client, Shop, instant};
use crate::tidy::languages::is_portuguese;

const PATH: &str = "/openapi.json";

fn header<'a>(headers: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

fn description(shop: &Shop) -> Value {
    let (status, headers, body) = Client::new(shop).send("GET", PATH, "", &[]);
    assert_eq!((status, header(&headers, "Content-Type")), (200, Some("application/json; charset=utf-8")));
    serde_json::from_slice(&body).expect("JSON")
}

/// Takes out what people read of it: the summaries and descriptions, in their order.
fn take_texts(value: &mut Value, texts: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "summary" || name == "description" => {
                        texts.push(std::mem::take(text));
                    }
                    member => take_texts(member, texts),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| take_texts(item, texts)),
        _ => {}
    }
}

#[test]
fn the_description_is_of_this_release_and_its_page_stands_beside_it() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let description = description(&shop);
    assert_eq!(description["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(description["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
    let (status, _, body) = Client::new(&shop).send("GET", "/api-docs", "", &[]);
    assert_eq!(status, 200);
    assert!(String::from_utf8_lossy(&body).contains("/js/api-docs.js\""));
}

#[test]
fn the_two_languages_differ_in_every_text_and_in_nothing_else() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let (mut portuguese, mut english) = (description(&shop), Vec::new());
    let (status, _, body) =
        Client::new(&shop).send("GET", PATH, "", &[("Accept-Language", "en-GB, pt;q=0.5")]);
    assert_eq!(status, 200);
    let mut translated: Value = serde_json::from_slice(&body).expect("JSON");
    let mut texts = Vec::new();
    take_texts(&mut portuguese, &mut texts);
    take_texts(&mut translated, &mut english);
    assert_eq!(portuguese, translated);
    assert!(texts.len() == english.len() && texts.len() > 300, "{} {}", texts.len(), english.len());
    for (text, english) in texts.iter().zip(&english) {
        assert!(text != english && !english.trim().is_empty(), "{text}: {english}");
        assert!(!is_portuguese(english), "{english}");
    }
}

#[test]
fn each_language_has_a_tag_of_its_own_and_what_is_kept_of_it_is_known_again() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut tags = Vec::new();
    for (asked, named) in [("en", "en"), ("fr", "pt-BR")] {
        for coding in ["gzip", "identity"] {
            let lines = [("Accept-Language", asked), ("Accept-Encoding", coding)];
            let (status, headers, _) = Client::new(&shop).send("GET", PATH, "", &lines);
            assert_eq!((status, header(&headers, "Content-Language")), (200, Some(named)));
            assert_eq!(header(&headers, "Vary"), Some("Accept-Encoding, Accept-Language"));
            let tag = header(&headers, "ETag").expect("a tag").to_owned();
            assert!(!tags.contains(&tag), "{tag}");
            let lines = [lines[0], lines[1], ("If-None-Match", &tag)];
            assert_eq!(Client::new(&shop).send("GET", PATH, "", &lines).0, 304);
            tags.push(tag);
        }
    }
}

#[test]
fn what_the_description_protects_is_closed_to_strangers() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let description = description(&shop);
    let usual = &description["security"];
    for (path, operations) in description["paths"].as_object().expect("paths") {
        for (method, operation) in
            operations.as_object().expect("operations").iter().filter(|(m, _)| *m != "parameters")
        {
            let security = operation.get("security").unwrap_or(usual);
            let target: Vec<_> =
                path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
            let body = if method == "post" { "{}" } else { "" };
            let (status, ..) = Client::new(&shop).send(&method.to_uppercase(), &target.join("/"), body, &[]);
            let is_open = *security == json!([]);
            assert!(is_open || status == 401, "{method} {path}: {status}");
        }
    }
}
