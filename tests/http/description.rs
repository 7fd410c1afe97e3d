//! `openapi.json` and its page: served as they are, and true of who may call what. That it has every route, method and
//! code is tested beside those, in `http/router.rs` and `http/problem.rs`; `make schemathesis` tries what it says.

use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Client, Shop, instant};

fn description(shop: &Shop) -> Value {
    let (status, headers, body) = Client::new(shop).send("GET", "/openapi.json", "", &[]);
    let kind = headers.iter().find(|(name, _)| name == "Content-Type").map(|(_, value)| value.as_str());
    assert_eq!((status, kind), (200, Some("application/json; charset=utf-8")));
    serde_json::from_slice(&body).expect("JSON")
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
