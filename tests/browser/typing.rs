//! Phones, keys and addresses as people type and paste them, in the fields themselves. The rules of phones
//! have their cases in `tests/cases/phones.json`, which node's own runner reads.

use serde_json::json;

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver};
use crate::harness::KEY;
use crate::world::World;

/// Every case.
pub const TESTS: &[Test] = &[
    ("a_phone_is_read_or_refused_and_never_becomes_another", phones),
    ("a_name_that_is_there_is_found_among_many_like_it", taken),
    ("what_nobody_sees_is_in_no_key_and_no_address", invisible),
    ("an_authority_is_pasted_line_by_line_where_the_address_is_secure", authority),
];

/// Typed behind the country that stands in the field; what the field shows then, and what is said of it.
const TYPED: &[(&str, &str, &str)] = &[
    ("21991856227", "+55 (21) 99185-6227", ""),
    ("021 99185-6227", "+55 (21) 99185-6227", ""),
    ("0055 21 99185-6227", "+55 (21) 99185-6227", ""),
    ("5521991856227", "+55 (21) 99185-6227", ""),
    ("0 15 11 98765-4321", "+55 0 15 11 98765-4321", "Seria +55 (11) 98765-4321?"),
    ("21 99185-62271", "+55 (21) 99185-62271", "Há dígitos a mais."),
    ("20 99185-6227", "+55 (20) 99185-6227", "Este DDD não existe."),
    ("99185-6227", "+55 (99) 1856-227", "Faltam dígitos"),
];

fn phones(driver: &Driver) {
    let world = World::new();
    let browser = world.logged_in(driver, DESKTOP);
    for (typed, shown, said) in TYPED {
        browser.go("about:blank");
        browser.go(&world.url("/#/conectar"));
        browser.type_into("//input[@type='tel']", typed);
        browser.press("Mostrar QR Code"); // Refused for want of a name, so that nothing is sent.
        browser.sees("Dê um nome, começando com letra ou número");
        assert_eq!(browser.run("return document.querySelector('[type=tel]').value"), *shown, "{typed}");
        assert!(complaint(&browser).contains(said), "{typed}: {}", complaint(&browser));
        assert_eq!(complaint(&browser).is_empty(), said.is_empty(), "{typed}: {}", complaint(&browser));
    }
    World::picture(&browser, "phone-refused");
    let pasted = "const data = new DataTransfer(); data.setData('text', '\\u202a+55\\u00a0021\\u00a098888\\u20117777\\u202c');
        const field = document.querySelector('[type=tel]');
        field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, cancelable: true, bubbles: true }));
        return field.value";
    assert_eq!(browser.run(pasted), "+55 (21) 98888-7777", "it takes the place of what stood there");
    assert_eq!(complaint(&browser), "");
    world.finish(&browser);
}

/// A search would find hundreds, and show some of them.
fn taken(driver: &Driver) {
    let world = World::new();
    world.rows(240);
    world.shop.set(
        "UPDATE messaging_instances SET labels = '[\"vip\"]', searchText = char(10) || 'vip' || char(10)",
    );
    world.row("vip");
    let browser = world.logged_in(driver, DESKTOP);
    browser.go(&world.url("/#/conectar"));
    browser.fill("Nome", "vip");
    browser.type_into("//input[@type='tel']", "11987654321");
    browser.press("Mostrar QR Code");
    browser.sees("Você já usa este nome para +55 (21) 99185-6227.");
    world.finish(&browser);
}

/// What is said of the phone.
fn complaint(browser: &Browser) -> String {
    let said = browser.run(
        "return document.querySelector('.field:has([type=tel]) .field-error:not([hidden])')?.innerText ?? ''",
    );
    said.as_str().unwrap_or_default().to_owned()
}

fn invisible(driver: &Driver) {
    let world = World::new();
    world.shop.set("DELETE FROM integration_credentials");
    let browser = world.logged_in(driver, DESKTOP);
    browser.go(&world.url("/#/servidores"));
    browser.press_at("//main//button[normalize-space(.)='Adicionar servidor']", "Adicionar servidor");
    browser.fill("Endereço da Evolution", &format!("\u{feff}{}\u{a0}", world.shop.sim.url()));
    browser.fill("Chave da Evolution", &format!("\u{200b}{KEY}\u{202c}"));
    browser.press("Testar e salvar");
    browser.sees("respondeu em");
    assert_eq!(world.shop.sql("SELECT baseUrl FROM integration_credentials"), [[world.shop.sim.url()]]);
    assert_eq!(browser.run("return document.querySelectorAll('dialog').length"), json!(0));
    world.finish(&browser);
}

fn authority(driver: &Driver) {
    const FIELD: &str = "Certificado da sua autoridade (CA) (opcional)";
    let world = World::new();
    world.shop.set("DELETE FROM integration_credentials");
    let browser = world.logged_in(driver, DESKTOP);
    browser.go(&world.url("/#/servidores"));
    browser.press_at("//main//button[normalize-space(.)='Adicionar servidor']", "Adicionar servidor");
    let shown = "const field = document.querySelector('textarea'); return field.checkVisibility()";
    browser.fill("Endereço da Evolution", "http://localhost:1");
    assert_eq!(browser.run(shown), json!(false), "plain http shows no certificate");
    browser.fill("Endereço da Evolution", "https://localhost:1");
    assert_eq!(browser.run(shown), json!(true));
    browser.fill("Chave da Evolution", KEY);
    browser.fill(FIELD, "minha autoridade");
    browser.press("Testar e salvar");
    browser.sees("BEGIN CERTIFICATE");
    World::picture(&browser, "authority-refused");
    let pem = rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate").cert.pem();
    browser.fill(FIELD, &pem);
    browser.press("Testar e salvar");
    browser.sees("Nada escuta nessa porta");
    browser.press("Salvar mesmo assim");
    browser.sees("própria, além das conhecidas");
    let stored = world.shop.sql("SELECT caCertificate FROM integration_credentials").concat().concat();
    assert_eq!(stored.lines().collect::<Vec<_>>(), pem.trim().lines().collect::<Vec<_>>());
    World::picture(&browser, "authority-kept");
    world.finish_expecting(&browser, &["400", "502"]);
}
