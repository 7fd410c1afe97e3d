//! What people and programs type, paste and send in place of what was asked for, over real HTTP: it is read where it is
//! certain, and otherwise refused with the right form.

use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, PHONE, ROUTE, Shop, ask, instant};

fn shop() -> Shop {
    Shop::new(instant(Version::V2_3_7))
}

/// Sends bytes as they are with the shop's token, but for the header lines that are named.
fn send(shop: &Shop, body: &str, lines: &[(&str, &str)]) -> Answer {
    let (status, headers, bytes) = Client::bearer(shop, &shop.token).send("POST", ROUTE, body, lines);
    let body = serde_json::from_slice(&bytes).expect("JSON");
    Answer { status, body, headers }
}

/// The sentences of an answer, one behind the other.
fn said(answer: &Answer) -> String {
    format!("{} {}", answer.body["error"], answer.body["detail"])
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str, field: &str, sentence: &str) {
    let got = (answer.status, answer.code(), answer.body["field"].as_str().unwrap_or_default());
    assert_eq!(got, (status, code, field), "{:?}", answer.body);
    assert!(said(answer).contains(sentence), "{sentence:?} is not in {:?}", answer.body);
}

#[test]
fn a_phone_is_stored_as_digits_or_refused_with_its_right_form() {
    let shop = shop();
    let mut body = ask("a");
    for typed in [
        json!("5521991856227"),
        json!(5_521_991_856_227_u64),
        json!("021 99185-6227"),
        json!("+55 021 99185-6227"),
        json!("0055 21 99185-6227"),
        json!("\u{202a}+55\u{a0}21\u{a0}99185\u{2011}6227\u{202c}"),
        json!("\u{feff}5521991856227\r\n"),
        json!("5521991856227:12@s.whatsapp.net"),
        json!("whatsapp:+5521991856227"),
        json!("tel:+55-21-99185-6227"),
        json!("https://wa.me/5521991856227"),
    ] {
        body["channelPhoneOrId"] = json!("5531991856227");
        assert_eq!(shop.post_body(&shop.token, &body).status, 200);
        body["channelPhoneOrId"] = typed.clone();
        assert_eq!(shop.post_body(&shop.token, &body).status, 200, "{typed}");
        assert_eq!(shop.sql("SELECT channelPhoneOrId FROM messaging_instances"), [[PHONE]], "{typed}");
    }
    let before = shop.calls();
    for (typed, sentence) in [
        (
            json!("21991856227"),
            "sem o código do país (se for de outro país, comece com +); escreva assim: 5521991856227",
        ),
        (json!("(21) 99185-6227"), "escreva assim: 5521991856227"),
        (json!("+55 99185-6227"), "depois do 55 vêm o DDD e mais 8 ou 9 dígitos; escreva assim: 55"),
        (json!("55219918562"), "depois do 55 vêm o DDD"),
        (json!(55_219_918_562_u64), "depois do 55 vêm o DDD"),
        (json!("+55 20 99185-6227"), "DDD que não existe"),
        (json!("0 15 11 98765-4321"), "escreva assim: 5511987654321"),
        (json!("120363000000000000@g.us"), "grupo"),
        (json!("123456789012345@lid"), "@lid"),
        (json!("5.521991856227E+12"), "planilha"),
        (json!(5_521_991_856_227.5), "planilha"),
        (json!(5.5e12), "planilha"),
        (json!(-5_521_991_856_227_i64), "planilha"),
        (json!("5521991856227, 5521991856228"), "mais de um número"),
        (json!("{{ $json.fone }}"), "expressão que não foi preenchida"),
        (json!(""), "está vazio"),
        (Value::Null, "escreva assim: \\\"5521991856227\\\""),
        (json!(["5521991856227"]), "deve ser um telefone"),
    ] {
        body["channelInstanceId"] = json!("b");
        body["channelPhoneOrId"] = typed;
        let answer = shop.post_body(&shop.token, &body);
        refused(&answer, 400, "invalid_field", "channelPhoneOrId", sentence);
    }
    assert_eq!(shop.calls(), before, "nothing of it reaches upstream");
    assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["1"]]);
}

#[test]
fn a_row_of_earlier_rules_is_shown_and_mended_by_a_call() {
    let shop = shop();
    assert_eq!(shop.post("a").status, 200);
    for stored in ["021991856227", "55219918562"] {
        shop.set(&format!("UPDATE messaging_instances SET channelPhoneOrId = '{stored}'"));
        assert_eq!(shop.call("GET", &format!("{ROUTE}/a")).data("channelPhoneOrId"), stored);
        assert_eq!(shop.call("POST", &format!("{ROUTE}/a/connect")).status, 200);
        assert_eq!(shop.post("a").status, 200);
        assert_eq!(shop.sql("SELECT channelPhoneOrId FROM messaging_instances"), [[PHONE]]);
    }
}

#[test]
fn a_name_loses_what_nobody_sees_and_nothing_else() {
    let shop = shop();
    for typed in ["a-b", " a-b ", "a-b\r\n", "\u{feff}a\u{2011}b\u{200b}"] {
        assert_eq!(shop.post(typed).data("channelInstanceId"), "a-b", "{typed:?}");
    }
    assert_eq!(shop.sql("SELECT channelInstanceId FROM messaging_instances"), [["a-b"]]);
    for typed in ["a b", "a\u{a0}b", "loja ção", "a/b", "a–b"] {
        refused(&shop.post(typed), 400, "invalid_field", "channelInstanceId", "A-Z a-z 0-9");
    }
    refused(&shop.post("{{ $json.nome }}"), 400, "invalid_field", "channelInstanceId", "não foi preenchida");
}

#[test]
fn a_body_that_is_no_json_object_is_told_what_it_is_and_where() {
    let shop = shop();
    let good = ask("segredo-na-loja").to_string();
    let form = "channel=whatsapp_evolution&channelInstanceId=segredo-na-loja";
    for (body, sentence) in [
        (form.to_owned(), "Linha 1, coluna 1: isto é um formulário"),
        (format!("[{good}]"), "Linha 1, coluna 1: isto é uma lista"),
        (json!(good).to_string(), "um JSON dentro de um texto"),
        (good.replace('"', "'"), "Linha 1, coluna 2: JSON usa aspas duplas"),
        (good.replace('}', ",}"), "vírgula sobrando"),
        (good.replace("\",", "\", // segredo\n"), "isto é um comentário"),
        (good.replacen('{', "{\n\"x\": 021,", 1), "Linha 2, coluna 7: um número não começa com 0"),
        (String::new(), "o corpo está vazio"),
    ] {
        let answer = send(&shop, &body, &[]);
        refused(&answer, 400, "invalid_json", "", sentence);
        assert!(
            said(&answer).contains("objeto JSON") && !said(&answer).contains("segredo"),
            "{:?}",
            answer.body
        );
    }
    for (wrapper, sentence) in [("body", "dentro de \\\"body\\\""), ("json", "dentro de \\\"json\\\"")] {
        let body = json!({wrapper: ask("a")}).to_string();
        refused(&send(&shop, &body, &[]), 400, "invalid_field", "channel", sentence);
    }
    let evolutions = json!({"instanceName": "a", "qrcode": true, "number": PHONE}).to_string();
    refused(
        &send(&shop, &evolutions, &[]),
        400,
        "invalid_field",
        "channel",
        "corpo de uma chamada à Evolution API",
    );
    assert_eq!(shop.calls(), 0);
    assert_eq!(send(&shop, &format!("\u{feff}{good}"), &[]).status, 200, "a mark of UTF-8 is no part of it");
}

#[test]
fn what_is_there_twice_is_refused_by_its_name() {
    let shop = shop();
    let good = ask("a").to_string();
    for (body, field) in [
        (good.replacen('{', r#"{"channel": "whatsapp_evolution", "#, 1), "channel"),
        (good.replacen('{', r#"{"channelInstanceId": "b", "#, 1), "channelInstanceId"),
        (good.replacen('{', r#"{"x": 1, "x": null, "#, 1), "x"),
    ] {
        refused(&send(&shop, &body, &[]), 400, "invalid_field", field, "mais de uma vez");
    }
    assert_eq!(shop.calls(), 0, "nothing of it reaches upstream");
    assert_eq!(shop.post("a").status, 200);
    let boss = shop.user("chefe", true);
    for (method, path, field) in [
        ("DELETE", format!("{ROUTE}/a?keepUpstream=true&keepUpstream=false"), "keepUpstream"),
        ("DELETE", format!("{ROUTE}/a?dryRun=true&dryRun="), "dryRun"),
        ("DELETE", "/api/admin/credentials/cred_a?force=true&force=false".into(), "force"),
        ("DELETE", "/api/admin/users/loja?instancesTo=chefe&instancesTo=x".into(), "instancesTo"),
        ("GET", format!("{ROUTE}?page=1&page=2"), "page"),
        ("GET", format!("{ROUTE}?search=a&%73earch=b"), "search"),
    ] {
        refused(&shop.call_as(&boss, method, &path), 400, "invalid_field", field, "mais de uma vez");
    }
    assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["1"]]);
}

#[test]
fn what_comes_in_place_of_a_token_is_told_and_never_repeated() {
    let shop = shop();
    let (body, token) = (ask("a").to_string(), shop.token.as_str());
    let none = ("Authorization", String::new());
    for (line, sentence) in [
        (none.clone(), "Envie o cabeçalho"),
        (("Authorization", token.to_owned()), "Falta a palavra Bearer"),
        (("Authorization", "Bearer".to_owned()), "sem token"),
        (("Authorization", format!("Token {token}")), "não é Bearer"),
        (("Authorization", format!("Basic {token}")), "Basic"),
        (("Authorization", format!("Bearer Bearer {token}")), "duas vezes"),
        (("Authorization", format!("Bearer \"{token}\"")), "entre aspas"),
        (("Authorization", format!("Bearer {token}\\n")), "confira o fim"),
        (("Authorization", "Bearer {{token}}".to_owned()), "expressão que não foi preenchida"),
        (("apikey", token.to_owned()), "apikey"),
        (("X-Api-Key", token.to_owned()), "X-Api-Key"),
    ] {
        let lines = [(none.0, none.1.as_str()), (line.0, line.1.as_str())];
        let lines = if line.0 == none.0 { &lines[1..] } else { &lines[..] };
        let answer = send(&shop, &body, lines);
        refused(&answer, 401, "unauthorized", "", sentence);
        assert!(said(&answer).contains("Authorization: Bearer TOKEN") && !said(&answer).contains(token));
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    for scheme in ["bearer", "BEARER", "Bearer "] {
        assert_eq!(send(&shop, &body, &[("Authorization", &format!("{scheme} {token}"))]).status, 200);
    }
}
