//! Answers that come late, or in another order than they were asked for: the page shows what belongs to the
//! latest choice, and nothing can be done on the strength of another.

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver, PHONE, control, until};
use crate::world::World;

/// Every case.
pub const TESTS: &[Test] = &[
    ("losses_belong_to_the_choice_or_the_button_is_off", losses_of_the_choice),
    ("a_search_waits_for_no_older_one", search_overtakes),
    ("a_code_to_type_is_on_its_way_from_the_first_moment", code_on_its_way),
];

/// What "all" loses, and the row alone does not.
const OF_ALL: &str = "A conexão com o celular";
/// What both lose.
const OF_BOTH: &str = "O cadastro no pareia";
/// How the losses of the row alone are asked for.
const ROW_LOSSES: &str = "keepUpstream=true&dryRun=true";

fn losses_of_the_choice(driver: &Driver) {
    let world = World::new();
    world.connected("loja");
    let browser = world.logged_in(driver, DESKTOP);
    browser.press("loja");
    browser.hold(ROW_LOSSES);
    browser.press("Remover este número");
    browser.sees(OF_ALL);
    assert!(is_live(&browser), "its losses are read");
    choose(&browser, "Só esquecer aqui");
    until("the losses of the row alone are asked for", || browser.held() == 1);
    assert!(!is_live(&browser), "the button is off until its losses are read");
    assert!(!browser.text().contains(OF_ALL), "those of the other choice are gone");
    choose(&browser, "Remover de tudo");
    browser.sees(OF_ALL);
    browser.release();
    assert!(is_live(&browser), "a late answer changes nothing");
    assert!(browser.text().contains(OF_ALL), "nor what is read: {}", browser.text());
    choose(&browser, "Só esquecer aqui");
    browser.sees(OF_BOTH);
    browser.sees_no_more(OF_ALL);
    browser.press("Remover loja");
    browser.sees("Conecte seu primeiro número");
    assert!(world.shop.sim.control().state("loja").is_some(), "kept upstream");
    // The screen of the number may ask once more for what has just gone.
    world.finish_expecting(&browser, &["404"]);
}

fn choose(browser: &Browser, label: &str) {
    browser.press_at(&format!("//dialog//label[contains(., '{label}')]"), label);
}

fn is_live(browser: &Browser) -> bool {
    let button = control("Remover loja");
    browser.run(&format!(
        "return !document.evaluate(`{button}`, document, null, 9, null).singleNodeValue.disabled"
    )) == true
}

fn search_overtakes(driver: &Driver) {
    let world = World::new();
    world.rows(40);
    let browser = world.logged_in(driver, DESKTOP);
    browser.sees("loja-040");
    browser.hold("search=loja-01 ");
    browser.fill("Buscar por nome ou número", "loja-01");
    until("the first search is asked for", || browser.held() == 1);
    browser.type_into("//input[@type='search']", "7");
    browser.sees_no_more("loja-016");
    browser.sees("loja-017");
    browser.release();
    browser.sees_no_more("loja-016");
    world.finish(&browser);
}

fn code_on_its_way(driver: &Driver) {
    let world = World::new();
    // Somebody opened the socket before, without a number: its code cannot be typed.
    assert_eq!(world.shop.post("loja").status, 200);
    let browser = Browser::open(driver, PHONE);
    browser.go(&world.link("loja"));
    browser.sees("+55 (21)");
    browser.hold("\"restart\":true");
    browser.press_at("//button[contains(., 'Neste celular')]", "Neste celular");
    until("another socket is asked for", || browser.held() == 1);
    assert!(browser.text().contains("Preparando o código"), "{}", browser.text());
    assert!(!browser.text().contains("Falta um passo"), "nothing is left to do: {}", browser.text());
    World::picture(&browser, "link-6-code-on-its-way");
    browser.release();
    browser.sees("O código muda de tempos em tempos.");
    world.finish(&browser);
}
