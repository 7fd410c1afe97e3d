//! The list as the place of work: what it shows stands in the address, and many are done at once.

use pareia::sim::{Fault, Sim, Version};

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver, PHONE, until};
use crate::harness::instant;
use crate::screens::check;
use crate::world::World;

/// Every case.
pub const TESTS: &[Test] = &[
    ("what_the_list_shows_stands_in_the_address", kept_in_the_address),
    ("many_numbers_are_done_at_once", many_at_once),
    ("what_fails_of_many_is_said_and_tried_again", failures),
    ("an_agency_imports_its_numbers_and_brings_back_those_that_dropped", agency),
    ("a_screen_in_a_shop_shows_one_code", kiosk),
];

/// Chooses the option that begins so.
fn choose(browser: &Browser, label: &str, option: &str) {
    browser.type_into(&format!("//select[@id=//label[normalize-space(.)='{label}']/@for]"), option);
}

fn address(browser: &Browser) -> String {
    browser.run("return location.hash").as_str().unwrap_or_default().to_owned()
}

/// Selects the rows of those names.
fn pick(browser: &Browser, names: &[&str]) {
    for name in names {
        browser.press_at(&format!("//input[@aria-label='Selecionar {name}']"), name);
    }
}

fn kept_in_the_address(driver: &Driver) {
    let world = World::new();
    world.rows(120);
    world.describe("loja-002", &serde_json::json!({"labels": ["matriz"]}));
    let browser = world.logged_in(driver, DESKTOP);
    browser.sees("1–50 de 120");
    assert!(
        browser.text().contains("loja-120") && !browser.text().contains("loja-119"),
        "what is down is first"
    );
    let title = || browser.run("return document.title").as_str().unwrap_or_default().to_owned();
    until("the tab says how many are down", || title() == "(60) Números · pareia");
    let icon = browser.run("return document.querySelector('link[rel=icon]').href");
    assert!(icon.as_str().is_some_and(|icon| icon.contains("60")), "{icon}");
    browser.press("Ordem e filtros");
    choose(&browser, "Ordem", "Nome");
    browser.sees("loja-001");
    browser.press("Próxima");
    browser.sees("51–100 de 120");
    browser.run("scrollTo(0, 900)");
    until("the address says how far down", || address(&browser) == "#/?sort=name&page=2&top=900");
    browser.run("location.reload()");
    browser.sees("51–100 de 120");
    let is_there = || browser.run("return Math.round(scrollY)") == 900;
    until("a reload stays there", is_there);
    browser.press("loja-070");
    browser.sees("Dados");
    browser.run("history.back()");
    browser.sees("51–100 de 120");
    until("so does the way back", is_there);
    browser.press_at("//button[contains(., 'Nunca escaneado')]", "Nunca escaneado");
    browser.sees("1–50 de 60");
    assert_eq!(address(&browser), "#/?view=never_connected&sort=name");
    browser.press_at("//button[contains(., 'Precisa de atenção')]", "Precisa de atenção");
    until("one view at a time", || address(&browser) == "#/?view=action_needed&sort=name");
    browser.press_at("//summary[contains(., 'Ordem e filtros')]", "Ordem e filtros");
    choose(&browser, "Etiqueta", "matriz");
    browser.sees_no_more("loja-004");
    browser.sees("loja-002");
    assert_eq!(address(&browser), "#/?view=action_needed&label=matriz&sort=name");
    World::picture(&browser, "list-narrowed");
    world.finish(&browser);
}

fn many_at_once(driver: &Driver) {
    let world = World::new();
    for name in ["a1", "a2", "a3"] {
        world.row(name);
    }
    world.connected("ligada");
    let browser = world.logged_in(driver, DESKTOP);
    browser.sees("ligada");
    pick(&browser, &["a1", "ligada"]);
    browser.sees("2 selecionados");
    check(&browser, "list-selected");
    browser.press("Etiquetas");
    browser.fill("Etiquetas", "centro\nnova");
    World::picture(&browser, "list-labels");
    browser.press("Salvar");
    browser.sees("2 de 2");
    browser.press("Pronto");
    browser.sees("centro");
    let labels =
        "SELECT channelInstanceId, labels FROM messaging_instances WHERE labels IS NOT NULL ORDER BY 1";
    let labelled = r#"["centro","nova"]"#;
    assert_eq!(world.shop.sql(labels), [["a1", labelled], ["ligada", labelled]]);
    browser.press_at("//input[@aria-label='Selecionar todos desta página']", "all of the page");
    browser.sees("4 selecionados");
    browser.press("Enviar links");
    browser.sees("1 já está conectado e fica de fora.");
    check(&browser, "list-links");
    browser.press("Criar 3 links");
    browser.sees("3 de 3");
    check(&browser, "list-links-made");
    assert_eq!(world.shop.sql("SELECT count(*) FROM connect_links"), [["3"]]);
    let to_the_number =
        "//a[starts-with(@href, 'https://wa.me/5521991856227?text=') and contains(@href, 'a1')]";
    assert!(browser.has(to_the_number), "the text goes to the number itself");
    browser.press("Pronto");
    browser.press("Limpar");
    pick(&browser, &["a2", "ligada"]);
    browser.press("Remover");
    browser.sees("O cadastro no pareia: 2 números");
    browser.sees("só volta com outro QR Code: 1 número");
    check(&browser, "list-remove");
    browser.press("Remover 2 números");
    browser.sees("2 de 2");
    browser.press("Pronto");
    browser.sees_no_more("ligada");
    assert_eq!(
        world.shop.sql("SELECT channelInstanceId FROM messaging_instances ORDER BY 1"),
        [["a1"], ["a3"]]
    );
    world.finish(&browser);
}

fn failures(driver: &Driver) {
    let world = World::new();
    world.connected("boa");
    world.connected("outra");
    let browser = world.logged_in(driver, PHONE);
    browser.sees("outra");
    pick(&browser, &["boa", "outra"]);
    world.shop.sim.control().fault(Fault::Http500, None);
    browser.press("Reiniciar");
    browser.press_at("//dialog//button[@type='submit']", "Reiniciar");
    browser.sees("2 falharam");
    check(&browser, "list-failed");
    world.shop.sim.control().fault(Fault::None, None);
    browser.press("Tentar de novo os 2 que falharam");
    browser.sees_no_more("falharam");
    browser.sees("2 de 2");
    world.finish_expecting(&browser, &["502"]);
}

/// Numbers that the agency looks after; `PAREIA_AGENCY=200` is what the documentation tells of.
fn numbers() -> usize {
    std::env::var("PAREIA_AGENCY").ok().and_then(|count| count.parse().ok()).unwrap_or(16)
}

/// From an empty list to all numbers connected, ten of them gone and back. The clicks and fields are counted.
fn agency(driver: &Driver) {
    const LOST: usize = 10;
    let (world, all) = (World::new(), numbers());
    let second = Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
    world.shop.credential("cred_b", &second.url());
    let browser = world.logged_in(driver, DESKTOP);
    let connect = |n: usize| {
        let sim = if n.is_multiple_of(2) { &world.shop.sim } else { &second };
        world.connect_at(sim, &format!("Loja-{n:03}"), &format!("5521991{n:06}"));
    };
    let mut steps = 0;
    let mut press = |name: &str| {
        browser.press(name);
        steps += 1;
    };
    let line = |n: usize| {
        format!(
            "Loja {n:03};+5521991{n:06};loja;cliente;{}\n",
            if n.is_multiple_of(2) { "cred_a" } else { "cred_b" }
        )
    };
    let table: String = (1..=all).map(line).collect();
    press("Importar de uma planilha");
    browser.wait_for("//main//textarea", "the field for a table");
    // The file dialog is the system's own: what it would bring is pasted.
    browser.run(&format!(
        "document.querySelector('main textarea').value = `nome;telefone;dono;etiquetas;servidor\n{table}Loja 001;1;;;\n`"
    ));
    press("Ver o que aconteceria");
    browser.sees("Nada foi gravado ainda.");
    browser.sees("O nome já está em outra linha");
    check(&browser, "import-plan");
    press(&format!("Importar {all} números"));
    browser.sees(&format!("{all} números importados"));
    World::picture(&browser, "import-done");
    for n in 1..=all {
        connect(n);
    }
    press("Números");
    browser.sees(&format!("os {all} números estão conectados"));
    for n in 1..=LOST {
        let sim = if n.is_multiple_of(2) { &world.shop.sim } else { &second };
        assert!(sim.control().unlink(&format!("Loja-{n:03}")), "a phone was connected");
    }
    browser.sees(&format!("{LOST} números precisam de atenção."));
    browser.press_at("//button[contains(., 'Precisa de atenção')]", "Precisa de atenção");
    browser.sees_no_more(&format!("Loja {:03}", LOST + 1));
    browser.press_at("//input[@aria-label='Selecionar todos desta página']", "all of the page");
    press("Enviar links");
    press(&format!("Criar {LOST} links"));
    browser.sees(&format!("{LOST} de {LOST}"));
    press("Copiar todas");
    press("Pronto");
    // Each phone's owner opens the link and scans.
    for n in 1..=LOST {
        connect(n);
    }
    browser.sees("Nenhum número encontrado");
    press("Limpar busca");
    browser.sees(&format!("os {all} números estão conectados"));
    println!("  {all} numbers imported, {LOST} of them found and sent links: {} clicks", steps + 2);
    world.finish(&browser);
}

fn kiosk(driver: &Driver) {
    let world = World::new();
    world.row("loja");
    let browser = world.logged_in(driver, DESKTOP);
    browser.press("loja");
    browser.press("Mostrar numa tela da loja");
    browser.wait_for("//figure//img[@src]", "a code");
    browser.sees("Válido por");
    assert!(!browser.has("//nav"), "nothing else is on it");
    check(&browser, "kiosk-code");
    world.shop.scan("loja");
    browser.sees("Conectado");
    check(&browser, "kiosk-connected");
    assert!(world.shop.sim.control().unlink("loja"), "a phone was connected");
    browser.wait_for("//figure//img[@src]", "the next code, by itself");
    browser.press("Sair desta tela");
    browser.wait_for("//nav//a", "the navigation");
    world.finish(&browser);
}
