//! Servers and moves: the rules of a server, a test message, a move that says first what does not go along, a server
//! that is drained, and a code that nobody scans.

use std::time::Duration;

use pareia::sim::{Sim, Version};

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver, PHONE, Screen};
use crate::harness::{instant, until};
use crate::screens::check;
use crate::world::World;

pub const TESTS: &[Test] = &[
    ("numbers_move_between_servers_on_a_desk", |driver| moves(driver, "desk-moves", DESKTOP)),
    ("numbers_move_between_servers_on_a_telephone_dark", |driver| {
        moves(driver, "phone-dark-moves", Screen { dark: true, ..PHONE });
    }),
    ("a_code_that_nobody_scans_is_not_renewed_for_ever", a_code_that_nobody_scans),
];

/// Presses a button of the dialog that is open.
#[track_caller]
fn press(browser: &Browser, name: &str) {
    browser.press_at(
        &format!("//dialog//button[@type='submit'][normalize-space(.)='{name}'][not(@disabled)]"),
        name,
    );
}

fn moves(driver: &Driver, kind: &str, screen: Screen) {
    let (world, second) =
        (World::new(), Sim::start(instant(Version::V2_3_7)).expect("the simulation starts"));
    world.connected("loja");
    world.connected("filial");
    world.shop.credential("cred_b", &second.url());
    let browser = world.logged_in(driver, screen);

    browser.go(&world.url("/#/servidores"));
    browser.sees("Lado a lado");
    browser.press_at("(//li//button[normalize-space(.)='Lugar'])[1]", "Lugar");
    browser.fill("Capacidade (opcional)", "5");
    check(&browser, &format!("{kind}-room"));
    press(&browser, "Salvar");
    browser.sees("de 5,");
    let fits =
        "const table = document.querySelector('.wide-table'); return table.scrollWidth <= table.clientWidth";
    assert!(screen.phone || browser.run(fits) == true, "a desk shows the table whole");
    check(&browser, &format!("{kind}-servers"));

    browser.go(&world.url("/#/instancia/loja"));
    browser.press("Mensagem de teste");
    browser.sees("Para ele mesmo");
    check(&browser, &format!("{kind}-test"));
    press(&browser, "Mandar");
    browser.sees("Mensagem mandada para");
    assert_eq!(world.shop.sim.control().texts().len(), 1);

    browser.press("Mudar de servidor");
    browser.sees("A sessão do celular não vai junto");
    check(&browser, &format!("{kind}-move"));
    press(&browser, "Mudar");
    browser.sees("Mudou para cred_b");
    check(&browser, &format!("{kind}-moved"));

    drains(&world, &browser, kind);
    browser.go(&world.url("/#/usuarios/auditoria"));
    browser.sees("Mudou o número de servidor");
    browser.sees(&second.url());
    check(&browser, &format!("{kind}-audit"));
    world.finish(&browser);
}

/// The first server, which has one number, at once; and then it takes numbers again.
fn drains(world: &World, browser: &Browser, kind: &str) {
    browser.go(&world.url("/#/servidores"));
    browser.press_at("(//li//button[normalize-space(.)='Esvaziar'])[1]", "Esvaziar");
    browser.press_at("//dialog//label[normalize-space(.)='Agora, com um link para cada um']", "Agora");
    check(browser, &format!("{kind}-drain"));
    browser.fill("Mensagem", "{nome} muda: {link}");
    press(browser, "Esvaziar");
    browser.sees("1 de 1");
    browser.sees("Estes links só abrem neste computador.");
    let to_the_number =
        "//a[starts-with(@href, 'https://wa.me/5521991856227?text=') and contains(@href, 'filial%20muda')]";
    assert!(browser.has(to_the_number), "the text goes to the number itself");
    check(browser, &format!("{kind}-drained"));
    until("it moved", || {
        world.shop.sql("SELECT credentialId FROM messaging_instances").concat() == ["cred_b", "cred_b"]
    });
    browser.press("Pronto");
    check(browser, &format!("{kind}-draining"));
    browser.press("Parar de esvaziar");
    browser.sees_no_more("Sendo esvaziado");
    assert_eq!(
        world.shop.sql("SELECT intake FROM integration_credentials WHERE id = 'cred_a'").concat(),
        ["open"]
    );
}

fn a_code_that_nobody_scans(driver: &Driver) {
    let world = World::showing_codes_for(Duration::from_millis(900));
    world.row("loja-nova");
    let browser = world.logged_in(driver, DESKTOP);
    browser.go(&world.url("/#/conectar/loja-nova"));
    browser.sees("Ninguém escaneou ainda");
    check(&browser, "desk-unscanned");
    browser.press("Mostrar outro código");
    browser.sees_no_more("Ninguém escaneou ainda");
    world.finish(&browser);
}
