//! Where things stand: nothing covers what is to be filled or pressed, nothing jumps while it loads, and names
//! as long as they may be stay inside a small telephone.

use pareia::sim::Fault;
use serde_json::{Value, json};

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver, PHONE, Screen};
use crate::world::{NAME, PASSWORD, World, log_in};

/// Every case.
pub const TESTS: &[Test] = &[
    ("a_message_covers_no_field_and_no_button", messages_cover_nothing),
    ("the_list_does_not_jump_while_it_loads", the_list_is_steady),
    ("the_longest_names_fit_a_small_telephone", long_names_fit),
];

/// A telephone of the smallest that are still carried.
const SMALL: Screen = Screen { size: (360, 640), ..PHONE };

/// Shows the longest message and the longest error, at the top, in the middle and at the end of the screen, and
/// returns the controls that one covers, but for those below the frame's own bars.
const COVERED: &str = "
    const { modules } = await import(document.querySelector('script[type=module]').src);
    const { toast, toastError } = modules['js/parts/toast.js'];
    const box = (e) => e.getBoundingClientRect();
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
    function covered() {
        for (const moving of document.querySelector('.toast').getAnimations()) moving.finish();
        const message = box(document.querySelector('.toast'));
        if ([...document.querySelectorAll('.top, .guest-top')].some((bar) => inside(message, box(bar)))) return [];
        const controls = [...document.querySelectorAll(':is(main, .nav) :is(input, select, textarea, button, a, summary)')];
        return controls.filter((e) => e.checkVisibility() && meet(message, box(e))).map((e) => e.outerHTML);
    }
    const found = [];
    for (const part of [0, 0.5, 1]) {
        scrollTo(0, part * document.documentElement.scrollHeight);
        toast('um-nome-tao-comprido-quanto-pode-ser-um-numero-de-qualquer-loja.'.repeat(2));
        found.push(...covered());
        toastError({ code: 'not_yours' });
        found.push(...covered());
    }
    return found";

fn messages_cover_nothing(driver: &Driver) {
    let world = World::new();
    world.row("loja");
    for screen in [SMALL, DESKTOP] {
        let browser = Browser::open(driver, screen);
        browser.go(&world.url("/"));
        browser.wait_for("//h1", "a heading");
        cover(&browser, "login");
        log_in(&browser, NAME);
        for address in ["", "conectar", "instancia/loja", "servidores", "usuarios", "conta"] {
            browser.go(&world.url(&format!("/#/{address}")));
            browser.wait_for("//h1", "a heading");
            browser.settle();
            cover(&browser, address);
        }
        browser.go("about:blank");
        browser.go(&world.link("loja"));
        browser.wait_for("//h2", "a heading");
        cover(&browser, "link");
        world.finish(&browser);
    }
}

#[track_caller]
fn cover(browser: &Browser, screen: &str) {
    assert_eq!(browser.run_async(COVERED), json!([]), "{screen:?}");
    World::picture(browser, &format!("message-{}", screen.replace('/', "-")));
}

/// What moved on its own since the page was opened: how far, as browsers score it, and what it was.
pub const SHIFTS: &str = "
    return await new Promise((done) => {
        const seen = [];
        new PerformanceObserver((list) => seen.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => {
            const own = seen.filter((entry) => !entry.hadRecentInput);
            done({ score: own.reduce((sum, entry) => sum + entry.value, 0),
                moved: own.flatMap((entry) => entry.sources.map((s) => `${entry.value.toFixed(3)} ${(s.node?.outerHTML ?? s.node?.textContent ?? '').slice(0, 90)}`)) });
        }));
    })";
/// What browsers call good is 0.1.
pub const STEADY: f64 = 0.02;

fn the_list_is_steady(driver: &Driver) {
    for screen in [PHONE, DESKTOP] {
        for rows in [0, 200] {
            let world = World::new();
            world.rows(rows);
            steady(&world, driver, screen, &format!("{rows} rows"), "Números");
        }
        let world = World::new();
        world.rows(20);
        world.shop.sim.control().fault(Fault::Reset, None);
        steady(&world, driver, screen, "a server that is down", "O que fazer");
    }
}

#[track_caller]
fn steady(world: &World, driver: &Driver, screen: Screen, what: &str, says: &str) {
    let browser = world.logged_in(driver, screen);
    browser.sees(says);
    browser.devtools("Network.enable", &json!({}));
    let slow = json!({"offline": false, "latency": 150, "downloadThroughput": -1, "uploadThroughput": -1});
    browser.devtools("Network.emulateNetworkConditions", &slow);
    browser.go("about:blank");
    browser.go(&world.url("/"));
    browser.sees(says);
    browser.settle();
    let shifts = browser.run_async(SHIFTS);
    println!("  {what} at {}: layout shift {}", screen.size.0, shifts["score"]);
    assert!(shifts["score"].as_f64() < Some(STEADY), "{what} at {}: {shifts:#}", screen.size.0);
    world.finish(&browser);
}

/// As long as a name may be, without a place to break.
fn longest(start: &str) -> String {
    format!("{start:W<64}")
}

/// Texts that stick out of the box they belong to, or out of the window, where nothing scrolls.
const OUTSIDE: &str = "
    const scrolls = (e) => e && (/auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), outside = [];
    while (texts.nextNode()) {
        const parent = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !parent.checkVisibility() || scrolls(parent) || parent.closest('.skip')) continue;
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        const box = parent.closest('button, .button, td, th, .status, dd, .notice, .banner, .card, .dialog, main, body').getBoundingClientRect();
        const text = range.getBoundingClientRect();
        if (text.right > Math.min(box.right, innerWidth) + 1 || text.left < box.left - 1) outside.push(parent.outerHTML.slice(0, 200));
    }
    return outside";

fn long_names_fit(driver: &Driver) {
    let world = World::new();
    let (number, user, server) = (longest("loja"), longest("usuaria"), longest("servidor"));
    let called = "M".repeat(80);
    world.shop.person(&user, false, PASSWORD);
    world.shop.written(&number, "123456789012345", "loja");
    let labels = ["W".repeat(40), "Q".repeat(40)];
    world.describe(&number, &json!({"displayName": called, "note": "n".repeat(500), "labels": labels}));
    let link = world.link(&number);
    world.owned_by(&number, &user);
    world.shop.set(&format!("UPDATE integration_credentials SET name = '{server}'"));
    let browser = world.logged_in(driver, SMALL);
    for address in
        ["", &format!("instancia/{number}"), &format!("conectar/{number}"), "servidores", "usuarios"]
    {
        browser.go(&world.url(&format!("/#/{address}")));
        browser.wait_for("//h1", "a heading");
        browser.settle();
        fits(&browser, address);
    }
    browser.go(&world.url(&format!("/#/instancia/{number}")));
    browser.sees("Antes de remover");
    browser.run("scrollTo(0, document.documentElement.scrollHeight)");
    browser.press("Remover este número");
    browser.sees("Isto será perdido");
    fits(&browser, "removal");
    browser.go("about:blank");
    browser.go(&link);
    browser.sees(&called);
    fits(&browser, "link");
    world.finish(&browser);
}

#[track_caller]
fn fits(browser: &Browser, screen: &str) {
    World::picture(browser, &format!("long-{}", screen.split('/').next().unwrap_or_default()));
    assert_eq!(browser.run(OUTSIDE), Value::Array(Vec::new()), "{screen} at 360 px");
}
