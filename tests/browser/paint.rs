//! How soon the page is there: beside a blank page, in the same browser and the same moments, since a busy machine
//! is slow with both. Time is no result here: what is asserted is how much is fetched until then, and that nothing moves.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver};
use crate::layout::{SHIFTS, STEADY};
use crate::world::{PASSWORD, World};

/// Every case.
pub const TESTS: &[Test] = &[
    ("the_page_is_there_soon", soon),
    ("the_login_is_there_before_any_script_and_as_it_was_chosen", before_scripts),
];

/// How often each page is opened, unless `PAREIA_ROUNDS` says otherwise.
const ROUNDS: usize = 3;
/// The network that the goals are for: 100 ms to the first byte, then 400 KB a second.
const FAR: (u64, u64) = (100, 400 * 1024);

/// Notes when what a page is opened for is there and drawn.
const WATCH: &str = "new MutationObserver((_, watch) => {
        if (!document.querySelector('#blank, input[type=password], .numbers tbody tr, .whose-phone')) return;
        watch.disconnect();
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => { window.shownAt = performance.now(); };
            port2.postMessage(null);
        });
    }).observe(document, { childList: true, subtree: true })";
/// When that was, and what was fetched until then other than from the cache, and the icon, which nobody waits for.
const SHOWN: &str = "
    while (!window.shownAt) await new Promise((go) => setTimeout(go, 5));
    const fetched = performance.getEntriesByType('resource').filter((one) => one.transferSize > 0 && !one.name.endsWith('.svg'));
    return { at: shownAt, fetched: fetched.map((one) => one.name) }";

/// A page, and how much of it may be fetched before it is there.
struct Case<'a> {
    name: &'static str,
    browser: &'a Browser,
    url: String,
    /// With an empty cache: styles for light and dark screens, code and words; the list is asked for troubles as well.
    cold: usize,
    warm: usize,
}

fn soon(driver: &Driver) {
    let world = World::new();
    world.rows(200);
    let (blank, link) = (blank_page(), world.link("loja-002"));
    let guest = Browser::open(driver, DESKTOP);
    let user = world.logged_in(driver, DESKTOP);
    for browser in [&guest, &user] {
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": WATCH}));
        browser.devtools("Network.enable", &json!({}));
    }
    for case in [
        Case { name: "login", browser: &guest, url: world.url("/"), cold: 4, warm: 0 },
        Case { name: "list", browser: &user, url: world.url("/"), cold: 5, warm: 1 },
        Case { name: "link", browser: &guest, url: link, cold: 5, warm: 1 },
    ] {
        compare(&case, &blank);
        far(&case);
        let shifts = case.browser.run_async(SHIFTS);
        assert!(shifts["score"].as_f64() < Some(STEADY), "{}: {shifts:#}", case.name);
    }
    for browser in [guest, user] {
        // A page that is left while the browser fetches its icon is said to have none.
        let complaints =
            browser.complaints().into_iter().filter(|line| !line.contains("icon from the Manifest"));
        assert_eq!(complaints.collect::<Vec<_>>(), Vec::<String>::new(), "the console");
    }
}

/// Types a name as soon as there is a field for it, and notes whether a script had drawn anything by then.
const TYPE: &str = "new MutationObserver((_, watch) => {
        const field = document.querySelector('[name=username]');
        if (!field) return;
        watch.disconnect();
        field.value = 'ana';
        Object.assign(window, { field, wasFirst: !document.querySelector('.brand') });
    }).observe(document, { childList: true, subtree: true })";
/// How that field fared, and what colour the page has.
const FARED: &str = "return [wasFirst, field.isConnected && field.value, getComputedStyle(document.body).backgroundColor].join(' ')";

fn before_scripts(driver: &Driver) {
    const LIGHT: &str = "true ana rgb(246, 245, 240)";
    const DARK: &str = "true ana rgb(18, 20, 17)";
    let world = World::new();
    let browser = Browser::open(driver, DESKTOP);
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": TYPE}));
    browser.go(&world.url("/"));
    browser.sees("PT");
    assert_eq!(browser.run(FARED), LIGHT);
    browser.press_at("//button[@lang='en']", "EN");
    browser.sees("Forgot the password");
    for _ in ["light", "dark"] {
        browser.press_at("//button[@data-test='theme']", "the theme");
    }
    assert_eq!(browser.run(FARED), DARK, "what is typed stays in another language as well");
    browser.run("location.reload()");
    browser.sees("PT");
    assert_eq!(browser.run(FARED), DARK);
    browser.fill("Password", PASSWORD);
    browser.press("Show");
    browser.press("Log in");
    browser.wait_for("//nav", "the navigation");
    browser.press("Account");
    browser.press("Log out");
    browser.sees("Forgot the password");
    let password =
        "const { type, value } = document.getElementById('login-password'); return [type, value].join(' ')";
    assert_eq!(browser.run(password), "password ", "whoever is next starts anew");
    world.finish(&browser);
}

/// Opens the page and the blank one by turns.
fn compare(case: &Case, blank: &str) {
    let rounds = std::env::var("PAREIA_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
    for (cache, most) in [("cold", case.cold), ("warm", case.warm)] {
        let (mut blanks, mut pages) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            blanks.push(open(case.browser, blank, cache).0);
            let (at, mut fetched) = open(case.browser, &case.url, cache);
            // What it takes to be installed, a browser asks for when it pleases, and the page waits for it nowhere.
            fetched.retain(|url| url.as_str().is_some_and(|url| !url.ends_with("/manifest.json")));
            assert!(fetched.len() <= most, "{} {cache}: {fetched:?}", case.name);
            pages.push(at);
        }
        let (blank, page) = (median(&mut blanks), median(&mut pages));
        println!(
            "  {} {cache}: {page:.0} ms, {:.2} times a blank page's {blank:.0}",
            case.name,
            page / blank
        );
    }
}

/// The same from afar.
fn far(case: &Case) {
    let condition = |(latency, throughput): (u64, i64)| json!({"offline": false, "latency": latency, "downloadThroughput": throughput, "uploadThroughput": throughput});
    let far = condition((FAR.0, i64::try_from(FAR.1).expect("a small number")));
    case.browser.devtools("Network.emulateNetworkConditions", &far);
    let [cold, warm] = ["cold", "warm"].map(|cache| open(case.browser, &case.url, cache).0);
    println!("  {} from afar: cold {cold:.0} ms, warm {warm:.0} ms", case.name);
    case.browser.devtools("Network.emulateNetworkConditions", &condition((0, -1)));
}

/// Opens a page; when what it is opened for was there, and what was fetched until then.
fn open(browser: &Browser, url: &str, cache: &str) -> (f64, Vec<Value>) {
    if cache == "cold" {
        browser.devtools("Network.clearBrowserCache", &json!({}));
    }
    browser.go("about:blank");
    browser.go(url);
    let shown = browser.run_async(SHOWN);
    let at = shown["at"].as_f64().unwrap_or_else(|| panic!("{url}: {shown}"));
    (at, shown["fetched"].as_array().cloned().unwrap_or_default())
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The address of a page with nothing but a letter.
fn blank_page() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let page = "<!doctype html><title>x</title><link rel=icon href=data:,><p id=blank>x";
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                page.len()
            );
            thread::spawn(move || {
                let asked = client.read(&mut [0; 4096]);
                asked.and_then(|_| client.write_all(format!("{head}{page}").as_bytes()))
            });
        }
    });
    url
}
