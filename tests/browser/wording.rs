//! The words for those who manage no server: what the API calls its fields and commands is nothing to them.

use pareia::sim::Fault;

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver, PHONE};
use crate::world::{NAME, PASSWORD, World};

/// Every case.
pub const TESTS: &[Test] = &[
    ("nobody_reads_what_only_programs_write", plain_words),
    ("warnings_have_the_pages_words", warnings),
    ("the_description_of_the_api_speaks_the_language_of_its_page", description),
];

/// What belongs to the API, the commands and their documentation.
const TECHNICAL: &[&str] = &[
    "baseUrl",
    "apiToken",
    "credencia",
    "channel",
    "keepUpstream",
    "pareia credential",
    "Authorization",
    "token do dono",
];
/// What only administrators can act on.
const ADMINISTRATORS: &[&str] = &["AUTHENTICATION_API_KEY", "Abrir Servidores"];

/// What upstream does, and what the server says of it then.
const FAULTS: &[Fault] = &[Fault::Reset, Fault::Http500, Fault::Scripted(401, REJECTED)];
/// How Evolution answers a key that is not its own.
const REJECTED: &str = r#"{"status":401,"error":"Unauthorized","response":{"message":"Unauthorized"}}"#;

fn plain_words(driver: &Driver) {
    let world = World::new();
    world.shop.person("vendedora", false, PASSWORD);
    world.row("loja");
    let link = world.link("loja");
    world.owned_by("loja", "vendedora");
    let guest = Browser::open(driver, PHONE);
    for fault in FAULTS {
        world.shop.sim.control().fault(*fault, None);
        guest.go("about:blank");
        guest.go(&link);
        guest.sees("Tentando de novo.");
        is_plain(&guest, &format!("a guest, {fault:?}"), &[TECHNICAL, ADMINISTRATORS].concat());
    }
    World::picture(&guest, "link-7-failing");
    for (name, forbidden) in [("vendedora", [TECHNICAL, ADMINISTRATORS].concat()), (NAME, TECHNICAL.to_vec())]
    {
        let browser = world.logged_in_as(name, driver, DESKTOP);
        for fault in FAULTS {
            world.shop.sim.control().fault(*fault, None);
            connect(&world, &browser);
            is_plain(&browser, &format!("{name}, {fault:?}"), &forbidden);
        }
        World::picture(&browser, &format!("failing-{name}"));
    }
    world.shop.sim.control().fault(Fault::None, None);
    world.shop.set("DELETE FROM integration_credentials");
    let browser = world.logged_in_as("vendedora", driver, DESKTOP);
    connect(&world, &browser);
    is_plain(&browser, "no server", TECHNICAL);
}

/// Warnings of a call, with the fields they go with, and what the page says.
const WARNINGS: &[(&str, &str)] = &[
    ("{warnings: []}", ""),
    ("{warnings: [{code: 'other_number', message: 'M'}]}", ""),
    (
        "{warnings: [{code: 'number_linked_twice', message: 'M'}], sameNumberAs: ['a', 'b'], sameNumberElsewhere: false}",
        "O mesmo celular também está conectado em: a, b.",
    ),
    (
        "{warnings: [{code: 'found_on_several', message: 'M'}], alsoOn: ['reserva'], alsoElsewhere: false}",
        "Ele também existe em: reserva.",
    ),
    (
        "{warnings: [{code: 'found_on_several', message: 'M'}], alsoOn: [], alsoElsewhere: true}",
        "Ele também existe em outro servidor.",
    ),
    ("{warnings: [{code: 'description_not_written', message: 'M'}]}", "não foram guardados"),
    ("{warnings: [{code: 'server_not_asked', message: 'M'}]}", "Um servidor não respondeu"),
    ("{warnings: [{code: 'of_a_later_release', message: 'Outra coisa.'}]}", "Outra coisa."),
];

fn warnings(driver: &Driver) {
    let world = World::new();
    let browser = Browser::open(driver, PHONE);
    browser.go(&world.url("/"));
    browser.wait_for("//h1", "a heading");
    for (data, says) in WARNINGS {
        let said = browser.run_async(&format!(
            "const {{ src }} = document.querySelector('script[type=module]');
             await import(new URL('screens/rest.js', src));
             const {{ warningNotes }} = (await import(src)).modules['js/parts/warning.js'];
             return warningNotes({data}).map((node) => node?.textContent ?? '').join()"
        ));
        let said = said.as_str().unwrap_or_else(|| panic!("{data}: {said}"));
        assert!(said.contains(says) && said.is_empty() == says.is_empty(), "{data}: {said}");
    }
    world.finish(&browser);
}

fn description(driver: &Driver) {
    let world = World::new();
    let browser = Browser::open(driver, DESKTOP);
    let texts = [
        ("pt-BR", "Cria a instância se ela falta", "Números de WhatsApp", "Respostas"),
        ("en", "Creates the instance where it is missing", "WhatsApp numbers", "Answers"),
    ];
    browser.go(&world.url("/api-docs#ensureInstance"));
    for (language, description, group, heading) in [texts[0], texts[1], texts[0]] {
        browser.wait_for("//h1", "a heading");
        browser.press_at(&format!("//button[@lang='{language}']"), language);
        for text in [description, group, heading] {
            browser.sees(text);
        }
        for (.., other, _) in texts.iter().filter(|(other, ..)| *other != language) {
            assert!(!browser.text().contains(other), "{language}: {other}");
        }
        World::picture(&browser, &format!("api-{language}"));
    }
    world.finish(&browser);
}

/// Asks for a code, in vain.
fn connect(world: &World, browser: &Browser) {
    browser.go("about:blank");
    browser.go(&world.url("/#/conectar/loja"));
    browser.sees("O que fazer:");
}

#[track_caller]
fn is_plain(browser: &Browser, who: &str, forbidden: &[&str]) {
    let text = browser.text();
    for word in forbidden {
        assert!(!text.contains(word), "{who} reads {word}: {text}");
    }
}
