//! What people do on the page, from the first start to the last click, each as one test.

use std::time::{Duration, Instant};

use pareia::sim::{Fault, Sim, Version, Whatsapp};
use pareia::store::AppliedRestore;
use serde_json::json;

use crate::Test;
use crate::driver::{Browser, DESKTOP, Driver, PHONE, Screen, control, until};
use crate::harness::{KEY, PHONE as NUMBER, instant, upstream_set};
use crate::screens::check;
use crate::world::{NAME, PASSWORD, World, by_hand};

/// A refusal of Evolution's.
const REFUSED_SETTINGS: &str =
    r#"{"status":400,"error":"Bad Request","response":{"message":["Invalid settings"]}}"#;

/// Every flow.
pub const TESTS: &[Test] = &[
    ("first_run", first_run),
    ("login_and_logout", login_and_logout),
    ("a_login_asks_for_a_code_once_there_is_an_app", second_factor),
    ("a_number_is_connected_and_its_code_renews_itself", connect),
    ("a_link_connects_one_number_on_a_telephone", link_on_a_telephone),
    ("a_code_that_is_not_there_is_not_called_valid", no_code_no_validity),
    ("a_link_gives_a_code_to_type_on_that_very_telephone", link_with_a_typed_code),
    ("a_disconnect_is_seen_live", disconnect_live),
    ("another_phone_than_expected_is_said_loudly", another_phone),
    ("what_ails_a_number_has_its_cure", cures),
    ("a_name_for_people_is_written_and_found", described),
    ("a_server_that_is_down_says_so_on_every_screen", server_down),
    ("removing_names_what_is_lost", remove),
    ("what_was_set_and_came_back_or_not_is_said", restored),
    ("language_and_colours_stay_as_chosen", preferences),
    ("the_keyboard_is_enough", keyboard),
    ("two_hundred_numbers_are_found_by_search_filter_and_page", many),
    ("a_month_is_read_by_label_and_number_printed_and_saved", month),
    ("users_and_tokens", users_and_tokens),
    ("what_pareia_has_not_is_brought_in", unmanaged),
    ("a_backup_is_made_and_put_ready", backup),
    ("where_notices_go_is_said_tested_and_taken_back", notices),
];

/// From a server that nobody has set up to a connected number. The clicks and fields are counted:
/// they are what a newcomer spends.
fn first_run(driver: &Driver) {
    let world = World::unset();
    let browser = Browser::open(driver, DESKTOP);
    let link = world.setup_link();
    browser.go(&link);
    browser.fill("Seu nome", NAME);
    browser.fill("Senha", PASSWORD);
    World::picture(&browser, "first-run-1-account");
    browser.press("Continuar");
    browser.sees("Onde está a Evolution?");
    browser.fill("Endereço da Evolution", &world.shop.sim.url());
    browser.fill("Chave da Evolution", "not-the-key");
    browser.press("Testar e continuar");
    browser.sees("A Evolution recusou esta chave.");
    World::picture(&browser, "first-run-2-wrong-key");
    browser.fill("Chave da Evolution", KEY);
    browser.press("Testar e continuar");
    browser.sees("Mostrar QR Code");
    browser.fill("Nome", "Loja Centro");
    browser.fill("Número do WhatsApp", NUMBER);
    World::picture(&browser, "first-run-3-number");
    browser.press("Mostrar QR Code");
    browser.sees("Válido por");
    World::picture(&browser, "first-run-4-code");
    world.shop.scan("loja-centro");
    browser.sees("está pronto para usar");
    World::picture(&browser, "first-run-5-connected");
    browser.go("about:blank");
    browser.go(&link);
    browser.sees("já foi configurado");
    world.finish_expecting(&browser, &["404", "502"]);
}

fn backup(driver: &Driver) {
    let world = World::restarting();
    let browser = world.logged_in(driver, DESKTOP);
    browser.press("Conta");
    browser.press("Ver os backups");
    browser.sees("Nenhum backup ainda");
    browser.press("Fazer backup");
    browser.sees("Backup feito e conferido.");
    browser.sees("feito à mão · com a chave");
    World::picture(&browser, "backup-made");
    // Keeps what would be saved, and saves nothing where the test runs.
    browser.run(
        "const make = URL.createObjectURL; URL.createObjectURL = (blob) => make.call(URL, window.kept = blob);
         HTMLAnchorElement.prototype.click = () => {};",
    );
    let download = "//dialog//button[@type='submit']";
    browser.press_at("//li//button[normalize-space(.)='Baixar']", "Baixar");
    browser.fill("Senha atual", "not-the-password");
    browser.press_at(download, "Baixar");
    browser.sees("A senha atual não confere.");
    World::picture(&browser, "backup-password");
    browser.fill("Senha atual", PASSWORD);
    browser.press_at(download, "Baixar");
    let has_come = "return Boolean(window.kept && window.kept.size > 60000)";
    until("the file has come", || browser.run(has_come).as_bool() == Some(true));
    browser.press("Enviar arquivo");
    browser.sees("O arquivo é conferido ao chegar");
    browser.run(
        "const list = new DataTransfer(); list.items.add(new File([window.kept], 'b.db'));
         document.querySelector('dialog input[type=file]').files = list.files;",
    );
    World::picture(&browser, "backup-upload");
    browser.press("Enviar");
    browser.sees("Arquivo recebido e conferido.");
    browser.sees("enviado · sem a chave");
    let uploaded = "//li[contains(., 'enviado')]//button[normalize-space(.)='Remover']";
    browser.press_at(uploaded, "Remover");
    browser.sees("Isto não se desfaz.");
    browser.fill("Senha atual", PASSWORD);
    World::picture(&browser, "backup-remove");
    browser.press_at(download, "Remover");
    browser.sees("Backup removido.");
    browser.press_at("//li//button[normalize-space(.)='Restaurar']", "Restaurar");
    browser.sees("Voltar aos dados deste backup?");
    browser.fill("Senha atual", PASSWORD);
    World::picture(&browser, "backup-restore");
    browser.press_at(download, "Restaurar");
    browser.sees("O pareia está reiniciando");
    assert!(world.shop.folder.path().join("pareia.staged").is_dir(), "put ready");
    // As the new start says it.
    let kept = Some(world.shop.folder.path().join("pareia.before-then"));
    world.shop.store.note_restore(&Ok(AppliedRestore { kept })).expect("noted");
    browser.sees("Backup restaurado");
    browser.sees("pareia.before-then");
    World::picture(&browser, "backup-restored");
    world.finish_expecting(&browser, &["401"]);
}

fn login_and_logout(driver: &Driver) {
    let world = World::new();
    let browser = Browser::open(driver, DESKTOP);
    browser.go(&world.url("/"));
    browser.fill("Nome", NAME);
    browser.fill("Senha", "not-the-password");
    browser.press("Entrar");
    browser.sees("Nome ou senha não conferem.");
    World::picture(&browser, "login-wrong");
    browser.fill("Senha", PASSWORD);
    browser.press("Entrar");
    browser.sees("Conecte seu primeiro número");
    World::picture(&browser, "empty");
    browser.press("Conta");
    browser.sees("Este aparelho");
    browser.press("Sair");
    browser.sees("Veja e conecte os números da loja.");
    browser.go(&world.url("/#/servidores"));
    browser.sees("Veja e conecte os números da loja.");
    world.finish_expecting(&browser, &["401"]);
}

/// The code that an app shows for the secret in the dialog, a step later: `confirm` has used the present one.
const APP_CODE: &str = "
    const bits = [...secret].map((l) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(l).toString(2).padStart(5, '0')).join('');
    const key = new Uint8Array(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const counter = new DataView(new ArrayBuffer(8));
    counter.setUint32(4, Math.floor(Date.now() / 30000) + later);
    const hmac = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
    const tag = new DataView(await crypto.subtle.sign('HMAC', hmac, counter));
    const number = tag.getUint32(tag.getUint8(19) & 15) & 0x7fffffff;
    return String(number % 1000000).padStart(6, '0');";

fn second_factor(driver: &Driver) {
    let world = World::new();
    let browser = world.logged_in(driver, PHONE);
    browser.go(&world.url("/#/conta"));
    browser.sees("Além da senha, um código do celular a cada login.");
    browser.press("Ativar");
    browser.type_into("//dialog//input[@type='password']", PASSWORD);
    browser.press("Continuar");
    browser.sees("Escaneie com o aplicativo de códigos do celular.");
    let is_drawn = browser.run(
        "const code = document.querySelector('.factor-code'); return code.complete && code.naturalWidth > 0",
    );
    assert_eq!(is_drawn, true, "the QR code is drawn");
    check(&browser, "second-factor");
    let secret =
        browser.run("return document.querySelector('dialog[open] .copy-box pre').textContent.trim()");
    let secret = secret.as_str().expect("a secret").to_owned();
    let code = |later: u32| {
        let code = browser.run_async(&format!("const secret = '{secret}', later = {later}; {APP_CODE}"));
        code.as_str().unwrap_or_else(|| panic!("no code: {code}")).to_owned()
    };
    browser.fill("Código", &code(0));
    browser.press_at("//dialog//button[normalize-space(.)='Ativar']", "Ativar");
    browser.sees("Guarde longe do celular");
    check(&browser, "recovery-codes");
    let codes = browser.run("return document.querySelector('dialog[open] .copy-box pre').textContent");
    let recovery = codes.as_str().and_then(|codes| codes.lines().next()).expect("a code").to_owned();
    browser.press("Já copiei");
    browser.sees("Restam 10 códigos de recuperação.");
    browser.press("Sair");
    browser.fill("Nome", NAME);
    browser.fill("Senha", PASSWORD);
    browser.press("Entrar");
    browser.fill("Código", "000000");
    browser.press("Entrar");
    browser.sees("Código incorreto ou já usado.");
    check(&browser, "login-code");
    browser.fill("Código", &code(1));
    browser.press("Entrar");
    browser.wait_for("//nav", "the navigation");
    browser.go(&world.url("/#/conta"));
    browser.press("Desativar");
    browser.type_into("//dialog//input[@type='password']", PASSWORD);
    browser.fill("Código", "000000");
    browser.press_at("//dialog//button[normalize-space(.)='Desativar']", "Desativar");
    browser.sees("Código incorreto ou já usado.");
    check(&browser, "second-factor-off");
    browser.fill("Código", &recovery);
    browser.press_at("//dialog//button[normalize-space(.)='Desativar']", "Desativar");
    browser.sees("Segundo fator desativado.");
    world.finish_expecting(&browser, &["401"]);
}

fn connect(driver: &Driver) {
    let world = World::showing_codes_for(Duration::from_secs(4));
    let browser = world.logged_in(driver, DESKTOP);
    browser.press("Conectar o primeiro número");
    browser.fill("Nome", "loja");
    browser.fill("Número do WhatsApp", "21991856227");
    browser.press("Mostrar QR Code");
    browser.sees("Válido por");
    let picture = "return document.querySelector('img[alt^=\"QR Code\"]').src";
    let size = "const b = document.querySelector('img[alt^=\"QR Code\"]').getBoundingClientRect(); return Math.min(b.width, b.height)";
    assert!(browser.run(size).as_f64() >= Some(280.0), "the code is large: {}", browser.run(size));
    let shown = || browser.run(picture).as_str().unwrap_or_default().to_owned();
    let valid = || world.shop.sim.control().current_code("loja").expect("a code").base64;
    until("the page shows the code that is valid", || shown() == *valid());
    let first = shown();
    until("the page shows the next one", || shown() != first && shown() == *valid());
    let begun = Instant::now();
    world.shop.scan("loja");
    browser.sees("está pronto para usar");
    println!("  from open upstream to \"Conectado\" on the page: at most {} ms", begun.elapsed().as_millis());
    browser.press("Ver os números");
    browser.sees("Tudo certo: seu número está conectado.");
    browser.sees("+55 (21) 99185-6227");
    world.finish_expecting(&browser, &["404"]); // The name was free.
}

fn link_on_a_telephone(driver: &Driver) {
    let world = World::new();
    world.row("loja");
    world.row("outra");
    world.describe("loja", &json!({"displayName": "Loja do Zé"}));
    let link = world.link("loja");
    let browser = Browser::open(driver, PHONE);
    browser.go(&link);
    browser.sees("Onde está o WhatsApp deste número?");
    World::picture(&browser, "link-1-where");
    browser.press_at("//button[contains(., 'Em outro celular')]", "Em outro celular");
    browser.sees("Válido por");
    browser.sees("Loja do Zé");
    World::picture(&browser, "link-2-code");
    world.shop.scan("loja");
    browser.sees("Você já pode fechar esta página.");
    World::picture(&browser, "link-3-done");
    browser.go("about:blank");
    browser.go(&link);
    browser.sees("Conectado");
    assert!(!browser.has("//img[starts-with(@alt, 'QR Code')]"), "a used link shows no code");
    assert_eq!(
        world.shop.sql("SELECT status FROM messaging_instances WHERE channelInstanceId = 'outra'"),
        [["pending"]]
    );
    let expired = world.link("outra");
    world.shop.set("UPDATE connect_links SET expiresAt = 1 WHERE usedAt IS NULL");
    browser.go("about:blank");
    browser.go(&expired);
    browser.sees("Este link não vale mais");
    World::picture(&browser, "link-4-expired");
    world.finish_expecting(&browser, &["410"]);
}

/// Neither on the screen nor to a screen reader: both are in the text of the page.
fn no_code_no_validity(driver: &Driver) {
    let world = World::new();
    world.row("loja");
    world.shop.sim.control().whatsapp(Whatsapp::Hangs);
    let browser = Browser::open(driver, PHONE);
    browser.go(&world.link("loja"));
    browser.press_at("//button[contains(., 'Em outro celular')]", "Em outro celular");
    browser.sees("Preparando o código");
    assert!(!browser.text().contains("Válido por"), "{}", browser.text());
    world.finish(&browser);
}

fn link_with_a_typed_code(driver: &Driver) {
    let world = World::new();
    // Somebody opened the socket before, without a number: its code cannot be typed.
    assert_eq!(world.shop.post("loja").status, 200);
    let browser = Browser::open(driver, PHONE);
    browser.go(&world.link("loja"));
    browser.press_at("//button[contains(., 'Neste celular')]", "Neste celular");
    until("the code to type is the simulation's", || {
        let code = world.shop.sim.control().current_code("loja").and_then(|code| code.pairing);
        code.is_some_and(|code| browser.text().replace(['-', '\u{2013}', ' ', '\n'], "").contains(&code))
    });
    World::picture(&browser, "link-5-typed-code");
    world.shop.scan("loja");
    browser.sees("Você já pode fechar esta página.");
    world.finish(&browser);
}

fn disconnect_live(driver: &Driver) {
    let world = World::new();
    world.connected("loja");
    let browser = world.logged_in(driver, DESKTOP);
    browser.sees("Tudo certo: seu número está conectado.");
    let begun = Instant::now();
    assert!(world.shop.sim.control().unlink("loja"), "a phone was connected");
    browser.sees("Desconectado");
    println!(
        "  from the change upstream to \"Desconectado\" on the page: {:.1} s",
        begun.elapsed().as_secs_f32()
    );
    World::picture(&browser, "disconnected");
    world.shop.set("UPDATE messaging_instances SET linkedNumber = '5521991856227'");
    browser.press("loja");
    browser.sees("Último celular");
    browser.sees("foi removido em Dispositivos conectados");
    World::picture(&browser, "history");
    world.finish(&browser);
}

/// Somebody scans with another phone: the list and the number say so, and the number can become that one.
fn another_phone(driver: &Driver) {
    let world = World::new();
    world.connected("loja");
    let browser = world.logged_in(driver, PHONE);
    browser.sees("Tudo certo: seu número está conectado.");
    let renamed =
        world.shop.sim.control().rename("loja", Some("5511912345678@s.whatsapp.net"), Some("Outra Loja"));
    assert!(renamed, "the instance is there");
    browser.sees("outro celular foi conectado");
    browser.sees("Outro número");
    World::picture(&browser, "another-number-list");
    browser.press("loja");
    browser.sees("Outro número foi conectado");
    browser.sees("Outra Loja");
    World::picture(&browser, "another-number");
    browser.press("Está certo, usar este");
    browser.sees("Número trocado.");
    browser.sees_no_more("Outro número foi conectado");
    World::picture(&browser, "another-number-accepted");
    world.finish(&browser);
}

/// A scan that WhatsApp refuses, and two sockets that replace each other: said where people look, each with its cure.
fn cures(driver: &Driver) {
    const TITLE: &str = "Escaneou e nada acontece?";
    const REFUSED: &str = "Diz que não foi possível conectar o dispositivo";
    let world = World::new();
    world.row("briga");
    world.shop.set("UPDATE messaging_instances SET status = 'error', statusReason = 'fighting'");
    world.row("loja");
    let browser = world.logged_in(driver, PHONE);
    browser.go(&world.url("/#/conectar/loja"));
    browser.sees("Válido por");
    assert!(!browser.text().contains(TITLE), "nothing is amiss yet");
    assert!(world.shop.sim.control().scan_refused("loja"), "a code was shown");
    browser.press(TITLE);
    browser.sees("Pede uma chave de acesso (passkey)");
    assert!(!browser.text().contains("Baileys"), "first what the phone says");
    browser.press(REFUSED);
    browser.sees("Baileys mais novo");
    browser.sees("Este servidor: Evolution 2.3.7, WhatsApp Web ");
    check(&browser, "scan-help");
    browser.go(&world.url("/#/instancia/loja"));
    browser.sees(REFUSED);
    browser.go("about:blank");
    browser.go(&world.link("loja"));
    browser.press_at("//button[contains(., 'Em outro celular')]", "Em outro celular");
    browser.press(REFUSED);
    browser.sees("Avise quem enviou este link.");
    assert!(!browser.text().contains("Baileys"), "a guest has no server: {}", browser.text());
    check(&browser, "scan-help-link");
    browser.go(&world.url("/"));
    browser.sees("Duas conexões");
    browser.press("briga");
    browser.sees("Pare o outro programa");
    assert!(!browser.has(&control("Conectar")), "no code ends it");
    check(&browser, "fighting");
    browser.press("Remover este número");
    browser.sees("Isto será perdido:");
    world.finish(&browser);
}

/// What people call a number: typed where it is connected, changed on its page, found by search and by label.
fn described(driver: &Driver) {
    const LABELS: &str = "Etiquetas (opcional)";
    let world = World::new();
    world.row("outra");
    let browser = world.logged_in(driver, DESKTOP);
    browser.press("Conectar número");
    browser.fill("Nome", "Sapataria São José");
    browser.fill("Número do WhatsApp", NUMBER);
    browser.press("Mostrar QR Code");
    browser.sees("Conectar Sapataria São José");
    browser.go(&world.url("/#/instancia/sapataria-sao-jose"));
    browser.press("Editar");
    browser.fill(LABELS, &"x".repeat(41));
    browser.fill("Nota (opcional)", "Chip da Ana");
    browser.press("Salvar");
    browser.sees("Use até 20 etiquetas");
    browser.fill(LABELS, "matriz\nvendas, balcão");
    check(&browser, "describe");
    browser.press("Salvar");
    browser.sees("Salvo.");
    browser.sees("Chip da Ana");
    check(&browser, "described");
    browser.press("vendas, balcão");
    browser.sees("Etiqueta: vendas, balcão");
    browser.sees_no_more("outra");
    browser.press("Sapataria São José");
    browser.sees("Antes de remover");
    browser.press_at("//a[@class='back']", "back");
    browser.sees("Etiqueta: vendas, balcão");
    browser.fill("Buscar por nome ou número", "SAO JOSE");
    until("the address has the search", || {
        browser.run("return location.hash") == "#/?search=SAO+JOSE&label=vendas%2C+balc%C3%A3o"
    });
    browser.run("location.reload()");
    browser.sees("Etiqueta: vendas, balcão");
    check(&browser, "filtered");
    browser.press("Etiqueta: vendas, balcão. Tirar o filtro");
    browser.sees_no_more("Etiqueta: vendas");
    browser.fill("Buscar por nome ou número", "outr");
    browser.sees("outra");
    browser.sees_no_more("Sapataria");
    world.finish_expecting(&browser, &["400", "404"]);
}

fn server_down(driver: &Driver) {
    let world = World::new();
    world.connected("loja");
    let browser = world.logged_in(driver, DESKTOP);
    browser.sees("Tudo certo: seu número está conectado.");
    world.shop.sim.control().fault(Fault::Reset, None);
    browser.sees("O que fazer");
    browser.sees("Sem notícia");
    for screen in ["Conta", "Servidores", "Ajuda"] {
        browser.press(screen);
        browser.wait_for("//*[@aria-label='Problemas nos servidores']", "the banner");
    }
    World::picture(&browser, "server-down");
    world.shop.sim.control().fault(Fault::None, None);
    browser.sees_no_more("O que fazer:");
    world.finish(&browser);
}

fn remove(driver: &Driver) {
    let world = World::new();
    world.connected("loja");
    let browser = world.logged_in(driver, DESKTOP);
    browser.press("loja");
    browser.press("Remover este número");
    browser.sees("A conexão com o celular");
    World::picture(&browser, "remove");
    browser.press("Cancelar");
    assert!(world.shop.sim.control().state("loja").is_some(), "nothing was removed");
    browser.press("Remover este número");
    browser.press("Remover loja");
    browser.sees("Conecte seu primeiro número");
    assert!(world.shop.sim.control().state("loja").is_none(), "gone upstream");
    assert_eq!(world.shop.sql("SELECT count(*) FROM messaging_instances"), [["0"]]);
    // The screen of the number may ask once more for what has just gone.
    world.finish_expecting(&browser, &["404"]);
}

/// A number that is removed and connected anew: what its owner had set comes back but for what is refused, and the
/// page says both beside the code, after the scan and in the history.
fn restored(driver: &Driver) {
    const SAYS: [&str; 3] = [
        "Parte das configurações não voltou",
        "isto voltou como era: webhook",
        "configurações gerais (a Evolution não aceitou)",
    ];
    let world = World::new();
    let (url, control) = (world.shop.sim.url(), world.shop.sim.control());
    assert_eq!(world.shop.post("loja").status, 200);
    world.owned_by("loja", NAME);
    let webhook = json!({"webhook": {"enabled": true, "url": "http://loja.example/hook", "byEvents": false,
        "base64": false, "events": ["MESSAGES_UPSERT"]}});
    upstream_set(&url, "webhook", "loja", &webhook);
    let settings = json!({"rejectCall": true, "msgCall": "Só mensagens", "groupsIgnore": false, "alwaysOnline": false,
        "readMessages": false, "readStatus": false, "syncFullHistory": false});
    upstream_set(&url, "settings", "loja", &settings);
    let browser = world.logged_in(driver, PHONE);
    browser.press("loja");
    browser.sees("Antes de remover");
    scroll_down(&browser);
    browser.press("Remover este número");
    browser.press("Remover loja");
    browser.press("Conectar o primeiro número");
    control.fault_at("settings/set", Fault::Scripted(400, REFUSED_SETTINGS), None);
    browser.fill("Nome", "loja");
    browser.fill("Número do WhatsApp", NUMBER);
    browser.press("Mostrar QR Code");
    browser.sees("Válido por");
    sees_all(&browser, &SAYS);
    check(&browser, "restored-code");
    world.shop.scan("loja");
    browser.sees("está pronto para usar");
    sees_all(&browser, &SAYS);
    check(&browser, "restored-connected");
    browser.go(&world.url("/#/instancia/loja"));
    browser.sees("Parte das configurações não pôde ser devolvida");
    browser.sees(SAYS[2]);
    check(&browser, "restored-history");
    // The screen of the number may ask once more for what has just gone.
    world.finish_expecting(&browser, &["404"]);
}

/// Away from the bar below, which lies over the end of a telephone's window.
fn scroll_down(browser: &Browser) {
    browser.run("scrollTo(0, document.documentElement.scrollHeight)");
}

#[track_caller]
fn sees_all(browser: &Browser, texts: &[&str]) {
    for text in texts {
        browser.sees(text);
    }
}

fn preferences(driver: &Driver) {
    let world = World::new();
    let browser = world.logged_in(driver, Screen { dark: true, ..DESKTOP });
    let background = "return getComputedStyle(document.body).backgroundColor";
    let dark = browser.run(background);
    browser.press("Conta");
    browser.press_at("//label[normalize-space(.)='Claro']", "Claro");
    until("the page is light", || browser.run(background) != dark);
    let light = browser.run(background);
    browser.press_at("//label[normalize-space(.)='English']", "English");
    browser.sees("Numbers");
    assert_eq!(browser.run("return document.documentElement.lang"), "en");
    browser.go(&world.url("/#/"));
    browser.run("location.reload()");
    browser.sees("Connect your first number");
    assert_eq!(browser.run(background), light, "both choices outlive a reload");
    World::picture(&browser, "empty-en");
    world.finish(&browser);
}

/// Tab, Enter and typing alone, from the login to a code on the screen.
fn keyboard(driver: &Driver) {
    const ENTER: &str = "\u{E007}";
    const TAB: &str = "\u{E004}";
    let world = World::new();
    let browser = Browser::open(driver, DESKTOP);
    browser.go(&world.url("/"));
    browser.sees("Entrar");
    tab_to(&browser, "name=username");
    browser.keys(NAME);
    tab_to(&browser, "name=password");
    browser.keys(&format!("{PASSWORD}{ENTER}"));
    browser.sees("Conecte seu primeiro número");
    tab_to(&browser, "text=Conectar o primeiro número");
    browser.keys(ENTER);
    browser.sees("Mostrar QR Code");
    tab_to(&browser, "placeholder=Loja Centro");
    browser.keys(&format!("loja{TAB}"));
    tab_to(&browser, "type=tel");
    browser.keys(&format!("21991856227{ENTER}"));
    browser.sees("Válido por");
    world.finish_expecting(&browser, &["404"]);
}

/// Tabs until the element with that attribute, or text, has the focus, which must be visible.
#[track_caller]
fn tab_to(browser: &Browser, what: &str) {
    let (attribute, value) = what.split_once('=').expect("attribute=value");
    let script = if attribute == "text" {
        "return document.activeElement.innerText.trim()".to_owned()
    } else {
        format!("return document.activeElement.getAttribute('{attribute}')")
    };
    for _ in 0..40 {
        if browser.run(&script) == value {
            let outline =
                "const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow";
            assert_ne!(browser.run(outline), "nonenone", "{what} has the focus and does not show it");
            return;
        }
        browser.keys("\u{E004}");
    }
    panic!("the keyboard never gets to {what}: {}", browser.text());
}

fn many(driver: &Driver) {
    const OTHER: &str = "//button[contains(., 'Outro número') and contains(., '1')]";
    let world = World::new();
    world.rows(200);
    // On the second page.
    world.shop.set(
        "UPDATE messaging_instances SET linkedNumber = '5511987654321' WHERE channelInstanceId = 'loja-099'",
    );
    let browser = world.logged_in(driver, DESKTOP);
    browser.sees("1–50 de 200");
    World::picture(&browser, "many");
    browser.press_at(OTHER, "Outro número");
    browser.sees("loja-099");
    browser.sees_no_more("loja-001");
    browser.press_at(OTHER, "Outro número");
    browser.sees("1–50 de 200");
    browser.press("Próxima");
    browser.sees("51–100 de 200");
    browser.fill("Buscar por nome ou número", "loja-17");
    browser.sees("loja-170");
    browser.sees_no_more("loja-160");
    browser.fill("Buscar por nome ou número", "nada");
    browser.sees("Nenhum número encontrado");
    browser.press("Limpar busca");
    browser.press_at("//button[contains(., 'Desconectado')]", "Desconectado");
    browser.sees("1–50 de 100");
    world.finish(&browser);
}

fn month(driver: &Driver) {
    let world = World::new();
    world.rows(4);
    world.history();
    let browser = world.logged_in(driver, DESKTOP);
    browser.press("Disponibilidade");
    browser.sees("Todos 4 números");
    browser.press("vip");
    browser.sees("Etiqueta: vip");
    browser.sees("loja-002");
    browser.sees_no_more("loja-001");
    let table = browser.run(
        "const asked = new XMLHttpRequest();
         asked.open('GET', document.querySelector('a[href*=\"by=number\"]').href, false);
         asked.send();
         return asked.responseText",
    );
    let lines: Vec<_> = table.as_str().expect("a table").lines().collect();
    assert!(lines.len() == 3 && lines[1].starts_with("loja-002;loja-002;5521"), "{lines:?}");
    browser.devtools("Emulation.setEmulatedMedia", &json!({"media": "print"}));
    browser.sees_no_more("Imprimir");
    browser.run("document.querySelector('link[media]').media = 'all'");
    let paper = browser.run("return getComputedStyle(document.body).backgroundColor");
    assert_eq!(paper, "rgb(255, 255, 255)", "paper is white");
    World::picture(&browser, "month-printed");
    browser.devtools("Emulation.setEmulatedMedia", &json!({"media": ""}));
    browser.press("Etiqueta: vip. Tirar o filtro");
    browser.sees("loja-001");
    browser.press("loja-001");
    browser.sees("Ver o mês");
    browser.press("7 dias");
    browser.sees("agora");
    world.finish(&browser);
}

fn users_and_tokens(driver: &Driver) {
    let world = World::new();
    world.shop.person("abel", false, PASSWORD);
    let browser = world.logged_in(driver, DESKTOP);
    browser.press("Usuários");
    browser.press("Criar token");
    browser.sees("Para que serve");
    let user = "return document.querySelector('dialog select').value";
    assert_eq!(browser.run(user), NAME, "oneself, and not who comes first");
    browser.fill("Só nomes que começam com (opcional)", "cliente-");
    browser.press_at("//dialog//button[normalize-space(.)='Criar token']", "Criar token");
    browser.sees("Copie agora");
    browser.sees("cliente-minha-loja");
    let shown = browser.run("return document.body.innerText.match(/pareia_[A-Za-z0-9_-]+/)[0]");
    let token = shown.as_str().expect("a token is shown").to_owned();
    assert_eq!(world.shop.post_as(&token, "cliente-a").status, 200);
    World::picture(&browser, "token");
    browser.press("Já copiei");
    assert!(!browser.text().contains(&token), "shown once");
    assert!(browser.has(&control("Revogar")));
    browser.press_at("//button[@aria-label='Mudar papel de loja']", "Mudar papel");
    browser.press_at("//dialog//label[normalize-space(.)='Operador']", "Operador");
    World::picture(&browser, "role");
    browser.press_at("//dialog//button[normalize-space(.)='Mudar papel']", "Mudar papel");
    browser.sees("Papel de loja: Operador.");
    assert_eq!(world.shop.sql("SELECT role FROM users WHERE name = 'loja'"), [["operator"]]);
    assert!(!browser.has("//button[@aria-label='Mudar papel de ana']"), "nobody changes their own");
    browser.press("Auditoria");
    browser.sees("Mudou o papel");
    browser.sees("Criou um token");
    browser.run(
        "const what = [...document.querySelectorAll('main select')][1];
         what.value = 'token'; what.dispatchEvent(new Event('change', { bubbles: true }))",
    );
    browser.sees_no_more("Mudou o papel");
    assert!(browser.text().contains("Criou um token"), "{}", browser.text());
    let csv = browser.run(
        "return [...document.querySelectorAll('main a')].find((a) => a.textContent === 'Baixar CSV').href",
    );
    let csv = csv.as_str().expect("an address");
    assert!(csv.contains("/api/admin/audit/export?action=token&format=csv"), "{csv}");
    let again = browser.run("return location.hash");
    assert_eq!(again, "#/usuarios/auditoria?action=token");
    world.finish(&browser);
}

/// The row of each that was brought in, with its owner.
#[track_caller]
fn assert_brought_in(world: &World) {
    let owned = "SELECT channelInstanceId, channelPhoneOrId, u.name FROM messaging_instances i
        JOIN users u ON u.id = userId ORDER BY 1";
    let row = |name: &str, phone: &str, user: &str| [name, phone, user].map(str::to_owned).to_vec();
    assert_eq!(
        world.shop.sql(owned),
        [
            row("Loja-Centro", NUMBER, "vendedora"),
            row("filial", "5511987654321", "vendedora"),
            row("livre", "5521991856228", NAME),
            row("loja-cao", "5511987654322", "vendedora"),
        ]
    );
}

/// Makes some that can be adopted and some that cannot, on two servers; the second.
fn unmanaged_instances(world: &World) -> Sim {
    let (sim, old) = (&world.shop.sim, Sim::start(instant(Version::V1_8_2)).expect("the simulation starts"));
    for (name, phone) in [("Loja Centro", NUMBER), ("loja ção", "5511987654322"), ("filial", "5511987654321")]
    {
        by_hand(&sim.url(), name, "WHATSAPP-BAILEYS");
        assert!(sim.control().scan(name, Some(&format!("{phone}@s.whatsapp.net"))), "{name} shows a code");
    }
    by_hand(&sim.url(), "livre", "WHATSAPP-BAILEYS");
    by_hand(&sim.url(), "negocio", "WHATSAPP-BUSINESS");
    world.shop.credential("cred_old", &old.url());
    by_hand(&old.url(), "Loja Velha", "WHATSAPP-BAILEYS");
    old
}

/// What servers have and pareia has not: why each can come or cannot, one of it, and all the rest.
fn unmanaged(driver: &Driver) {
    const TAKE: &str = "//dialog//button[normalize-space(.)='Trazer']";
    let world = World::new();
    world.shop.person("vendedora", false, PASSWORD);
    let (sim, old) = (&world.shop.sim, unmanaged_instances(&world));
    let browser = world.logged_in(driver, PHONE);
    browser.go(&world.url("/#/servidores"));
    browser.sees("Ver quais são");
    scroll_down(&browser);
    browser.press("Ver quais são");
    sees_all(
        &browser,
        &["Trazer todos (3)", "Nome no pareia: loja-cao", "instância WHATSAPP-BUSINESS", "Na Evolution 1.8"],
    );
    check(&browser, "unmanaged");
    browser.sees("Ficam como estão");
    scroll_down(&browser);
    browser.press("Trazer livre");
    browser.fill("Número do WhatsApp", "2199185");
    browser.press("Continuar");
    browser.sees("Faltam dígitos");
    browser.fill("Número do WhatsApp", "21991856228");
    browser.press("Continuar");
    browser.sees("+55 (21) 99185-6228");
    check(&browser, "unmanaged-one");
    browser.press_at(TAKE, "Trazer");
    browser.sees("livre está no pareia.");
    old.control().refuse(true);
    browser.sees("Trazer todos (3)");
    browser.press("Trazer todos (3)");
    sees_all(
        &browser,
        &["3 números vêm para o pareia:", "na Evolution: Loja Centro", "Um servidor não respondeu."],
    );
    browser.type_into("//dialog//select", "vendedora");
    check(&browser, "unmanaged-all");
    assert_eq!(world.shop.sql("SELECT count(*) FROM messaging_instances"), [["1"]], "nothing was written");
    browser.press_at(TAKE, "Trazer");
    browser.sees("3 números estão no pareia.");
    sees_all(&browser, &["Um servidor não respondeu", "instância WHATSAPP-BUSINESS"]);
    check(&browser, "unmanaged-silent");
    assert_brought_in(&world);
    sim.control().forget(Some("negocio"));
    old.control().refuse(false);
    old.control().forget(Some("Loja Velha"));
    browser.press("Procurar de novo");
    browser.sees("Nada fora do pareia");
    check(&browser, "unmanaged-none");
    world.finish(&browser);
}

/// A place for notices: what is missing is said, its key is shown once, a test says why it does not arrive.
fn notices(driver: &Driver) {
    const ADD: &str = "//dialog//button[normalize-space(.)='Adicionar']";
    const REMOVE: &str = "//dialog//button[normalize-space(.)='Remover']";
    let world = World::new();
    let browser = world.logged_in(driver, PHONE);
    browser.press("Conta");
    browser.press("Abrir Avisos");
    browser.sees("Ninguém é avisado ainda");
    browser.press("Adicionar destino");
    browser.sees("Número de WhatsApp");
    check(&browser, "notices-whatsapp");
    browser.type_into("//dialog//select", "E-mail");
    browser.sees("Servidor de e-mail");
    check(&browser, "notices-email");
    // With the arrow: a second word that is typed soon counts as the end of the first.
    browser.type_into("//dialog//select", "\u{E015}");
    browser.sees("Endereço (URL)");
    browser.press_at(ADD, "Adicionar");
    browser.sees("Preencha este campo.");
    browser.fill("Endereço (URL)", "http://169.254.169.254/x");
    browser.press_at(ADD, "Adicionar");
    browser.sees("Use um endereço completo");
    // Nothing at that address of the simulated server takes a POST.
    let url = world.shop.sim.url();
    browser.fill("Endereço (URL)", &format!("{url}/avisos"));
    browser.press_at("//dialog//label[normalize-space(.)='Todos os números']", "Todos os números");
    browser.press_at(ADD, "Adicionar");
    browser.sees("Copie agora");
    browser.press("Já copiei");
    browser.sees("todos os números");
    browser.press(&format!("Testar: Webhook: {url}/avisos"));
    browser.sees("O teste não chegou");
    browser.press("Pronto");
    sees_all(&browser, &["Recusado", "O endereço não existe lá."]);
    check(&browser, "notices-log");
    browser.press(&format!("Desativar: Webhook: {url}/avisos"));
    browser.sees("Desativado.");
    browser.press(&format!("Remover: Webhook: {url}/avisos"));
    browser.press_at(REMOVE, "Remover");
    browser.sees("Ninguém é avisado ainda");
    world.finish_expecting(&browser, &["400"]);
}
