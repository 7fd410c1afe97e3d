//! The page below a path of its own, behind a proxy that takes that path away or leaves it.

use std::time::Duration;

use pareia::sim::{Sim, Version};
use serde_json::json;

use crate::harness::{Client, Shop, instant};

const PASSWORD: &str = "uma senha que ninguém sabe";
const HOST: &str = "https://zap.loja.com.br";

fn shop(path: &str) -> Shop {
    let sim = Sim::start(instant(Version::V2_3_7)).expect("a simulation");
    let url = format!("{HOST}{path}");
    let shop =
        Shop::configured(sim, Duration::from_secs(5), |settings| settings.public_url = Some(url.clone()));
    shop.person("ana", true, PASSWORD);
    shop
}

#[test]
fn every_file_of_the_page_is_found_whatever_the_proxy_does_with_the_path() {
    let shop = shop("/pareia");
    let client = Client::new(&shop);
    for below in ["", "/pareia"] {
        for page in ["/", "/c"] {
            let (status, _, body) = client.send("GET", &format!("{below}{page}"), "", &[]);
            let page = String::from_utf8(body).expect("text");
            assert_eq!(status, 200, "{below}{page}");
            let links: Vec<_> = page
                .split(['"'])
                .filter(|part| part.starts_with("assets/") || part.starts_with('/'))
                .collect();
            assert!(links.len() >= 3, "{links:?}");
            for link in links {
                assert!(!link.starts_with('/'), "{link} would be looked for at the root of the host");
                assert_eq!(client.send("GET", &format!("{below}/{link}"), "", &[]).0, 200, "{link}");
            }
        }
        let (status, ..) = client.send("GET", &format!("{below}/livez"), "", &[]);
        assert_eq!(status, 200, "{below}");
    }
    let (status, headers, _) = client.send("GET", "/pareia", "", &[]);
    let location = headers.iter().find(|(name, _)| name == "Location").map(|(_, to)| to.as_str());
    assert_eq!((status, location), (308, Some("/pareia/")));
    assert_eq!(client.send("GET", "/outra/livez", "", &[]).0, 404);
}

#[test]
fn cookies_count_where_the_browser_finds_the_page() {
    for (path, origin, expected) in [
        ("/pareia", Some(HOST), "Path=/pareia/;"),
        ("/pareia", None, "Path=/pareia/;"),
        ("/a/b", Some("https://zap.loja.com.br:443"), "Path=/a/b/;"),
        // Through a tunnel, beside the proxy.
        ("/pareia", Some("http://127.0.0.1:3000"), "Path=/;"),
        ("", Some(HOST), "Path=/;"),
    ] {
        let shop = shop(path);
        let mut client = Client::new(&shop);
        let headers: Vec<_> = origin.iter().map(|&origin| ("Origin", origin)).collect();
        let host = [("Host", "127.0.0.1:3000")];
        let headers = [&headers[..], &host[..]].concat();
        let login = json!({"name": "ana", "password": PASSWORD});
        let answer = client.call_with("POST", &format!("{path}/api/session"), &login, &headers);
        let set: Vec<_> = answer.headers.iter().filter(|(name, _)| name == "Set-Cookie").collect();
        assert_eq!((answer.status, set.len()), (200, 2), "{path} {origin:?}: {:?}", answer.body);
        assert!(set.iter().all(|(_, cookie)| cookie.contains(expected)), "{path} {origin:?}: {set:?}");
        if origin.is_none() {
            continue; // No browser: its cookie opens nothing.
        }
        let out = client.call_with("DELETE", "/api/session", &json!(null), &headers);
        let cleared = out.header("set-cookie").expect("a cookie that is taken away");
        assert!(cleared.contains(expected) && cleared.contains("Max-Age=0"), "{cleared}");
    }
}

#[test]
fn links_lead_below_the_path() {
    let shop = shop("/pareia");
    shop.credential("cred_a", &shop.sim.url());
    shop.written("loja-1", crate::harness::PHONE, "loja");
    let made = shop.call("POST", "/pareia/api/messaging/instance/loja-1/link");
    let url = made.data("url").as_str().expect("a link");
    assert!(url.starts_with("https://zap.loja.com.br/pareia/c#"), "{url}");
}
