//! The list as the place of work: what it shows stands in the address, and many are done at once.

use std::cell::Cell;

use pareia::sim::{Fault, Sim, Version};

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver, PHONE, Screen, control, until};
use crate::harness::instant;
use crate::screens::check;
use crate::world::{PASSWORD, World};

/// Every case.
pub const TESTS: &[Test] = &[
    ("what_the_list_shows_stands_in_the_address", kept_in_the_address),
    ("many_numbers_are_done_at_once", many_at_once),
    ("what_is_selected_is_dropped_with_what_is_listed", selected),
    ("an_operator_is_offered_what_they_may_do", operator),
    ("what_fails_of_many_is_said_and_tried_again", failures),
    ("many_numbers_move_to_another_server", move_many),
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

/// A time says how long ago; the exact moment, which takes long to word, is there for whoever points at it.
fn exact_times(browser: &Browser) {
    let titles = "return [...document.querySelectorAll('time')].map((time) => time.title).join('')";
    assert_eq!(browser.run(titles), "", "nobody has pointed at a time yet");
    browser.point_at("//main//time");
    until("it says the day and the second", || {
        browser.run(titles).as_str().is_some_and(|title| title.contains(" de 20") && title.contains(':'))
    });
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
    exact_times(&browser);
    browser.run("history.back()");
    browser.sees("51–100 de 120");
    until("so does the way back", is_there);
    browser.run("scrollTo(0, 0)");
    until("the top is not said", || address(&browser) == "#/?sort=name&page=2");
    browser.press_at("//button[contains(., 'Nunca escaneado')]", "Nunca escaneado");
    browser.sees("1–50 de 60");
    until("the view is said", || address(&browser) == "#/?view=never_connected&sort=name");
    browser.press_at("//button[contains(., 'Precisa de atenção')]", "Precisa de atenção");
    until("one view at a time", || address(&browser) == "#/?view=action_needed&sort=name");
    browser.press_at("//summary[contains(., 'Ordem e filtros')]", "Ordem e filtros");
    choose(&browser, "Etiqueta", "matriz");
    browser.sees_no_more("loja-004");
    browser.sees("loja-002");
    until("the label as well", || address(&browser) == "#/?view=action_needed&label=matriz&sort=name");
    assert_eq!(title(), "(60) Números · pareia", "the tab tells of all, whatever is shown");
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
    browser.fill("Etiquetas", &"x".repeat(60));
    browser.press("Salvar");
    browser.sees("Use até 20 etiquetas, uma por linha");
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
    browser.sees("Estes links só abrem neste computador.");
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
    browser.sees_no_more("selecionados");
    assert_eq!(
        world.shop.sql("SELECT channelInstanceId FROM messaging_instances ORDER BY 1"),
        [["a1"], ["a3"]]
    );
    world.finish(&browser);
}

fn selected(driver: &Driver) {
    let world = World::new();
    world.rows(60);
    let browser = world.logged_in(driver, PHONE);
    browser.sees("1–50 de 60");
    pick(&browser, &["loja-002"]);
    browser.press("Selecionar todos desta página");
    browser.sees("50 selecionados");
    check(&browser, "phone-selected");
    browser.press("Selecionar todos os 60");
    browser.sees("60 selecionados");
    browser.press("Próxima");
    browser.sees("51–60 de 60");
    browser.sees("60 selecionados");
    browser.press_at("//button[contains(., 'Nunca escaneado')]", "Nunca escaneado");
    browser.sees_no_more("selecionados");
    browser.press_at("//button[contains(., 'Todos')]", "Todos");
    browser.sees("1–50 de 60");
    assert!(!browser.text().contains("selecionado"), "nothing is selected unseen");
    pick(&browser, &["loja-002"]);
    browser.fill("Buscar por nome ou número", "loja-004");
    browser.sees_no_more("selecionado");
    browser.sees("loja-004");
    world.finish(&browser);
}

/// What the server refuses is not offered, of many as of one.
fn operator(driver: &Driver) {
    let world = World::new();
    world.row("alheia");
    world.row("minha");
    world.shop.person("olga", false, PASSWORD);
    world.shop.set("UPDATE users SET role = 'operator' WHERE name = 'olga'");
    world.owned_by("minha", "olga");
    let browser = world.logged_in_as("olga", driver, DESKTOP);
    browser.sees("minha");
    pick(&browser, &["alheia"]);
    browser.sees("1 selecionado");
    let offers = |name: &str| browser.has(&control(name));
    assert_eq!(
        ["Enviar links", "Reiniciar", "Etiquetas", "Remover", "Mudar de servidor"].map(offers),
        [true, true, false, false, false]
    );
    pick(&browser, &["minha"]);
    browser.press("Remover");
    browser.sees("Remover 1 número?");
    browser.sees("1 é de outra pessoa e fica de fora.");
    browser.press("Remover 1 número");
    browser.sees("1 de 1");
    browser.press("Pronto");
    browser.sees_no_more("minha");
    assert_eq!(world.shop.sql("SELECT channelInstanceId FROM messaging_instances"), [["alheia"]]);
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

/// Where to: letters typed soon after others would still look for an option that begins with all of them.
fn choose_server(browser: &Browser, server: &str) {
    browser.run(&format!(
        "const to = document.querySelector('dialog select'); to.value = '{server}'; to.dispatchEvent(new Event('change'))"
    ));
}

fn move_many(driver: &Driver) {
    let (world, second) =
        (World::new(), Sim::start(instant(Version::V2_3_7)).expect("the simulation starts"));
    world.connected("ligada");
    world.row("nova");
    world.shop.credential("cred_b", &second.url());
    let browser = world.logged_in(driver, Screen { dark: true, ..PHONE });
    browser.sees("ligada");
    pick(&browser, &["ligada", "nova"]);
    browser.press("Mudar de servidor");
    browser.sees("2 números vão precisar de outro QR Code.");
    choose(&browser, "Servidor novo", "cred_a");
    browser.sees("2 já estão nesse servidor e ficam de fora.");
    choose_server(&browser, "cred_b");
    browser.sees("2 números vão precisar de outro QR Code.");
    check(&browser, "list-move");
    browser.press_at("//dialog//button[@type='submit'][not(@disabled)]", "Mudar");
    browser.sees("2 de 2");
    check(&browser, "list-moved");
    browser.press("Pronto");
    let servers = world.shop.sql("SELECT credentialId FROM messaging_instances");
    assert_eq!(servers, [["cred_b"], ["cred_b"]]);
    world.shop.set("UPDATE integration_credentials SET capacity = 0 WHERE id = 'cred_a'");
    browser.press("Mudar de servidor");
    browser.sees("De 2 números não deu para ver o que acontece.");
    browser.sees(": 2 números");
    check(&browser, "list-unplanned");
    world.finish_expecting(&browser, &["409", "503"]);
}

/// Numbers that the agency looks after; `PAREIA_AGENCY=200` is what the documentation tells of.
fn numbers() -> usize {
    std::env::var("PAREIA_AGENCY").ok().and_then(|count| count.parse().ok()).unwrap_or(16)
}

/// How many of the agency's numbers lose their phones.
const LOST: usize = 10;

/// An agency's two servers, its page, and how often it pressed something.
struct Agency {
    world: World,
    second: Sim,
    browser: Browser,
    all: usize,
    clicks: Cell<usize>,
}

impl Agency {
    fn press(&self, name: &str) {
        self.browser.press(name);
        self.clicks.set(self.clicks.get() + 1);
    }

    fn press_at(&self, path: &str, what: &str) {
        self.browser.press_at(path, what);
        self.clicks.set(self.clicks.get() + 1);
    }

    /// The first server has the even ones.
    fn first(&self, n: usize) -> &Sim {
        if n.is_multiple_of(2) { &self.world.shop.sim } else { &self.second }
    }

    fn scan(&self, n: usize, server: &Sim) {
        self.world.connect_at(server, &format!("Loja-{n:03}"), &format!("5521991{n:06}"));
    }

    fn import(&self) {
        let line = |n: usize| {
            let server = if n.is_multiple_of(2) { "cred_a" } else { "cred_b" };
            format!("Loja {n:03};+5521991{n:06};loja;cliente;{server}\n")
        };
        let table: String = (1..=self.all).map(line).collect();
        self.press("Importar de uma planilha");
        self.browser.wait_for("//main//textarea", "the field for a table");
        // The file dialog is the system's own: what it would bring is pasted.
        self.browser.run(&format!(
            "document.querySelector('main textarea').value = `nome;telefone;dono;etiquetas;servidor\n{table}Loja 001;1;;;\n`"
        ));
        self.press("Ver o que aconteceria");
        self.browser.sees("Nada foi gravado ainda.");
        self.browser.sees("O nome já está em outra linha");
        check(&self.browser, "import-plan");
        self.press(&format!("Importar {} números", self.all));
        self.browser.sees(&format!("{} números importados", self.all));
        self.browser.sees("Em conflito com o que há, deixados de fora: 1");
        World::picture(&self.browser, "import-done");
    }

    fn drain_the_first(&self) {
        self.press("Servidores");
        self.press_at("(//li//button[normalize-space(.)='Esvaziar'])[1]", "Esvaziar");
        self.press_at("//dialog//button[@type='submit'][normalize-space(.)='Esvaziar']", "Esvaziar");
        self.browser.sees_no_more("Cancelar");
        self.press("Números");
    }

    fn send_links(&self) {
        self.browser.sees(&format!("{LOST} números precisam de atenção."));
        self.press_at("//button[contains(., 'Precisa de atenção')]", "Precisa de atenção");
        self.browser.sees_no_more(&format!("Loja {:03}", LOST + 1));
        self.press_at("//input[@aria-label='Selecionar todos desta página']", "all of the page");
        self.press("Enviar links");
        self.press(&format!("Criar {LOST} links"));
        self.browser.sees(&format!("{LOST} de {LOST}"));
        self.press("Copiar todas");
        self.press("Pronto");
    }
}

/// From an empty list to all numbers connected, one server drained, ten numbers gone and back on the other one. The
/// clicks are counted.
fn agency(driver: &Driver) {
    let world = World::new();
    let second = Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
    world.shop.credential("cred_b", &second.url());
    let browser = world.logged_in(driver, DESKTOP);
    let agency = Agency { world, second, browser, all: numbers(), clicks: Cell::new(0) };
    let (all, browser) = (agency.all, &agency.browser);
    agency.import();
    (1..=all).for_each(|n| agency.scan(n, agency.first(n)));
    agency.drain_the_first();
    browser.sees(&format!("os {all} números estão conectados"));
    for n in 1..=LOST {
        assert!(agency.first(n).control().unlink(&format!("Loja-{n:03}")), "a phone was connected");
    }
    agency.send_links();
    // Each phone's owner opens the link and scans: those of the drained server on the other one.
    (1..=LOST).for_each(|n| agency.scan(n, &agency.second));
    browser.sees("Nada precisa de atenção");
    check(browser, "list-calm");
    agency.press("Ver todos");
    browser.sees(&format!("os {all} números estão conectados"));
    println!("  {all} numbers imported, {LOST} of them found and sent links: {} clicks", agency.clicks.get());
    agency.world.finish(browser);
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
    browser.press("Sair desta tela");
    browser.sees("Desconectar celular");
    check(&browser, "kiosk-offered");
    browser.press("Mostrar numa tela da loja");
    browser.sees("Conectado");
    assert!(world.shop.sim.control().unlink("loja"), "a phone was connected");
    browser.wait_for("//figure//img[@src]", "the next code, by itself");
    browser.press("Sair desta tela");
    browser.wait_for("//nav//a", "the navigation");
    world.finish(&browser);
}
