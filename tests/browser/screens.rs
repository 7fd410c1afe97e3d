//! Every screen as it is drawn: on a telephone and on a desk, light and dark, in both languages. Each is
//! free of what axe-core objects to, and none is wider than its window.

use serde_json::json;

use crate::Test;
use crate::accessibility::violations;
use crate::driver::{Browser, DESKTOP, Driver, PHONE, Screen};
use crate::world::{NAME, World, by_hand};

/// The screens, a test for each kind of window.
pub const TESTS: &[Test] = &[
    ("screens_on_a_desk", |driver| all(driver, "desk", DESKTOP, "pt")),
    ("screens_on_a_desk_dark_and_in_english", |driver| {
        all(driver, "desk-dark-en", Screen { dark: true, ..DESKTOP }, "en");
    }),
    ("screens_on_a_telephone", |driver| all(driver, "phone", PHONE, "pt")),
    ("screens_on_a_telephone_dark", |driver| all(driver, "phone-dark", Screen { dark: true, ..PHONE }, "pt")),
];

/// The addresses after `/#/`, and what they are called on a picture.
const SCREENS: &[(&str, &str)] = &[
    ("", "numbers"),
    ("conectar", "connect"),
    ("conectar/loja-nova", "code"),
    ("importar", "import"),
    ("vitrine/loja-nova", "kiosk"),
    ("instancia/loja", "connected"),
    ("instancia/loja-002", "disconnected"),
    ("servidores", "servers"),
    ("servidores/fora-do-pareia", "unmanaged"),
    ("disponibilidade", "availability"),
    ("usuarios", "users"),
    ("usuarios/auditoria", "audit"),
    ("conta", "account"),
    ("backup", "backup"),
    ("conta/avisos", "notices"),
    ("ajuda", "help"),
];

fn all(driver: &Driver, kind: &str, screen: Screen, language: &str) {
    let world = World::new();
    world.rows(20);
    world.connected("loja");
    world.row("loja-nova");
    let sim = &world.shop.sim;
    for (name, phone) in
        [("Loja Centro", "5521991856228@s.whatsapp.net"), ("filial", "5511987654321@s.whatsapp.net")]
    {
        by_hand(&sim.url(), name, "WHATSAPP-BAILEYS");
        assert!(sim.control().scan(name, Some(phone)), "{name} shows a code");
    }
    by_hand(&sim.url(), "livre", "WHATSAPP-BAILEYS");
    by_hand(&sim.url(), "negocio", "WHATSAPP-BUSINESS");
    world.describe(
        "loja",
        &json!({"displayName": "Loja do Zé", "note": "Chip da Ana", "labels": ["matriz", "vendas"]}),
    );
    world.history();
    let browser = Browser::open(driver, screen);
    browser.go(&world.url("/"));
    browser.run(&format!("document.cookie = 'pareia_lang={language}'"));
    browser.run("location.reload()");
    check(&browser, &format!("{kind}-login"));
    log_in(&browser);
    for (address, name) in SCREENS {
        browser.go(&world.url(&format!("/#/{address}")));
        browser.wait_for("//h1", "a heading");
        browser.settle();
        check(&browser, &format!("{kind}-{name}"));
    }
    browser.go("about:blank");
    browser.go(&world.link("loja-nova"));
    browser.wait_for("//h1", "a heading");
    browser.settle();
    check(&browser, &format!("{kind}-link"));
    browser.go(&world.url("/api-docs#ensureInstance"));
    browser.wait_for("//h1", "a heading");
    browser.settle();
    check(&browser, &format!("{kind}-api"));
    world.finish(&browser);
}

/// Without words: they differ with the language.
fn log_in(browser: &Browser) {
    browser.type_into("//input[@name='username']", NAME);
    browser.type_into("//input[@name='password']", &format!("{}\u{E007}", crate::world::PASSWORD));
    browser.wait_for("//nav//a", "the navigation");
}

/// Keeps a picture of the screen, and asserts that it is as wide as its window and accessible.
#[track_caller]
pub fn check(browser: &Browser, name: &str) {
    World::picture(browser, name);
    let wider =
        browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert!(wider.as_i64() <= Some(0), "{name} is {wider} px wider than its window");
    if let Some(found) = violations(browser) {
        assert_eq!(found, Vec::<String>::new(), "axe-core on {name}");
    }
}
