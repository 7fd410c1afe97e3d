//! Numbers as tables: what an import would do with each line, does, and leaves alone; what an export writes.

use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, ROUTE, Shop, instant, upstream_create};

const IMPORT: &str = "/api/messaging/import";

/// What became of each line: its number, its name, and the outcome with its reason.
fn outcomes(answer: &Answer) -> Vec<String> {
    let lines = answer.body["data"]["lines"].as_array().unwrap_or_else(|| panic!("{}", answer.body));
    let line = |line: &Value| {
        assert_eq!(line["reason"].is_string(), line["error"].is_string(), "{line}");
        let words = [&line["name"], &line["outcome"], &line["reason"]];
        let words: Vec<_> = words.iter().filter_map(|word| word.as_str()).collect();
        format!("{} {}", line["line"], words.join(" "))
    };
    lines.iter().map(line).collect()
}

fn send(shop: &Shop, token: &str, path: &str, table: &[u8]) -> Answer {
    let client = Client::bearer(shop, token);
    let (status, headers, body) =
        client.send("POST", path, table, &[("Content-Type", "text/csv; charset=utf-8")]);
    Answer { status, headers, body: serde_json::from_slice(&body).unwrap_or_default() }
}

#[test]
fn a_table_is_looked_at_first_and_written_once() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let (admin, other) = (shop.user("chefe", true), shop.user("outra", false));
    shop.written("igual", "5521991856227", "outra");
    shop.written("diferente", "5521991856228", "outra");
    shop.sql("INSERT INTO unmanaged_instances VALUES ('cred_a', 'pareada', NULL, 1, 1, 5)");
    let table = "\u{feff}Nome;Telefone;Dono;Etiquetas;Servidor;Apelido\r\n\
        nova;(21) 99185-6227;outra;matriz, vendas;cred_a;Nova\r\n\
        Loja São João;+5521991856229;;;;\r\n\
        nova;+5521991856227;;;;\r\n\
        igual;5521991856227;outra;;;\r\n\
        igual2;5,52199E+12;;;;\r\n\
        diferente;5521991856227;;;;\r\n\
        pareada;5521991856227;;;;\r\n\
        sem-dono;5521991856227;ninguem;;;\r\n\
        sem-servidor;5521991856227;;;nenhum;\r\n\
        \"'=cmd\";5521991856227;;;;\r\n\
        ;5521991856227;;;;\r\n";
    let before = "SELECT count(*) FROM messaging_instances";
    let expected = [
        "2 nova new",
        "3 Loja-Sao-Joao new",
        "4 nova conflict twice",
        "5 igual same",
        "6 igual2 invalid phone",
        "7 diferente conflict other_phone",
        "8 pareada conflict upstream",
        "9 sem-dono invalid owner",
        "10 sem-servidor invalid server",
        "11 cmd new",
        "12  invalid name",
    ];
    let dry = send(&shop, &admin, &format!("{IMPORT}?dryRun=true"), table.as_bytes());
    assert_eq!((dry.status, outcomes(&dry)), (200, expected.map(str::to_owned).to_vec()));
    assert_eq!(shop.sql(before), [["2"]], "a dry run writes nothing");
    let done = send(&shop, &admin, IMPORT, table.as_bytes());
    assert_eq!(outcomes(&done), expected);
    assert_eq!(
        shop.sql(
            "SELECT channelInstanceId, channelPhoneOrId, u.name, credentialId, status, displayName, labels
             FROM messaging_instances i JOIN users u ON u.id = userId WHERE firstConnectedAt IS NULL
             AND channelInstanceId NOT IN ('igual', 'diferente') ORDER BY 1"
        ),
        [
            ["Loja-Sao-Joao", "5521991856229", "chefe", "NULL", "pending", "Loja São João", "NULL"],
            ["cmd", "5521991856227", "chefe", "NULL", "pending", "=cmd", "NULL"],
            ["nova", "5521991856227", "outra", "cred_a", "pending", "Nova", "[\"matriz\",\"vendas\"]"],
        ]
    );
    let again = send(&shop, &admin, IMPORT, table.as_bytes());
    let said = outcomes(&again);
    assert_eq!(
        (said[0].as_str(), said[1].as_str(), said[9].as_str()),
        ("2 nova same", "3 Loja-Sao-Joao same", "11 cmd same")
    );
    assert_eq!(shop.calls(), 0, "nothing upstream is touched");
    // An owner imports for nobody else, learns of nobody else's, and chooses no server.
    let mine = "nome,telefone,dono,servidor\nnova2,5521991856227,loja,\nigual,5521991856227,,\nnova3,5521991856227,,cred_a\nnova4,5521991856227,outra,\npareada,5521991856227,,";
    let said = outcomes(&send(&shop, &other, &format!("{IMPORT}?dryRun=true"), mine.as_bytes()));
    assert_eq!(
        said,
        [
            "2 nova2 invalid owner",
            "3 igual same",
            "4 nova3 invalid server",
            "5 nova4 new",
            "6 pareada conflict upstream"
        ]
    );
    let said = outcomes(&send(&shop, &shop.token.clone(), IMPORT, mine.as_bytes()));
    assert_eq!(said[1], "3 igual conflict other_owner");
}

#[test]
fn what_is_no_table_is_refused_with_its_line() {
    let shop = Shop::new(instant(Version::V2_3_7));
    for (table, says) in [
        (&b""[..], "primeira linha"),
        (b"loja;5521991856227\n", "primeira linha"),
        (b"nome;telefone\n", "1 a 500"),
        (b"nome;telefone\nloja;\"5521\n", "linha 2"),
        (&[b"nome;telefone\n".as_slice(), &b"a;1\n".repeat(501)].concat(), "1 a 500"),
    ] {
        let refused = send(&shop, &shop.token.clone(), IMPORT, table);
        assert_eq!((refused.status, refused.code()), (400, "invalid_field"));
        assert!(refused.body["error"].as_str().is_some_and(|error| error.contains(says)), "{}", refused.body);
    }
    let mut client = Client::bearer(&shop, &shop.token);
    for body in
        [json!({}), json!({"rows": []}), json!({"rows": "x"}), json!({"rows": [{"note": 0}]}), json!([1])]
    {
        assert_eq!(client.call("POST", IMPORT, &body).code(), "invalid_field", "{body}");
    }
    let one = client.call(
        "POST",
        IMPORT,
        &json!({"rows": [{"channelInstanceId": "a", "channelPhoneOrId": "+5521991856227", "labels": ["x"]},
            {"channelInstanceId": "c", "channelPhoneOrId": 5_521_991_856_228_u64}]}),
    );
    assert_eq!(outcomes(&one), ["1 a new", "2 c new"]);
    let windows =
        send(&shop, &shop.token.clone(), IMPORT, b"nome;telefone;apelido\nb;5521991856227;Jo\xe3o\n");
    assert_eq!(outcomes(&windows), ["2 b new"]);
    assert_eq!(
        shop.sql("SELECT displayName FROM messaging_instances WHERE channelInstanceId = 'b'"),
        [["João"]]
    );
}

#[test]
fn an_export_is_harmless_and_comes_back_as_it_was() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let admin = shop.user("chefe", true);
    shop.written("a", "5521991856227", "loja");
    shop.written("b", "14155552671", "chefe");
    let described =
        json!({"displayName": "=HYPERLINK(\"x\")", "note": "-1; \"dois\"\nlinhas", "labels": ["a, b", "@c"]});
    assert_eq!(Client::bearer(&shop, &admin).call("PATCH", &format!("{ROUTE}/a"), &described).status, 200);
    let export = |token: &str, query: &str| {
        Client::bearer(&shop, token).send("GET", &format!("/api/messaging/export?{query}"), "", &[])
    };
    let (status, headers, table) = export(&admin, "format=csv");
    let text = String::from_utf8(table.clone()).expect("UTF-8");
    assert_eq!(status, 200);
    let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    assert_eq!(header("Content-Language"), Some("pt-BR"));
    assert!(header("Content-Disposition").is_some_and(|value| value.ends_with(".csv\"")));
    assert!(text.starts_with("\u{feff}nome;telefone;dono;"), "{text}");
    assert!(
        text.contains("\na;'+5521991856227;loja;a, b | @c;cred_a;\"'=HYPERLINK(\"\"x\"\")\";\"'-1; \"\"dois\"\"\nlinhas\";Não iniciado;"),
        "{text}"
    );
    assert_eq!(outcomes(&send(&shop, &admin, IMPORT, &table)), ["2 a same", "3 b same"]);
    let (_, _, english) = export(&admin, "lang=en");
    let english = String::from_utf8(english).expect("UTF-8");
    assert!(english.contains(",'+14155552671,chefe,,cred_a,,,Not started,20"), "{english}");
    let (_, _, json) = export(&admin, "format=json");
    let body: Value = serde_json::from_slice(&json).expect("JSON");
    let back = Client::bearer(&shop, &admin).call("POST", IMPORT, &body);
    assert_eq!(outcomes(&back), ["1 a same", "2 b same"]);
    let (_, _, mine) = export(&shop.token, "format=json&search=a");
    let mine: Value = serde_json::from_slice(&mine).expect("JSON");
    assert_eq!(mine["rows"].as_array().map(Vec::len), Some(1), "of their own, as the list is filtered");
    assert_eq!(export(&admin, "format=xls").0, 400);
    let elsewhere = String::from_utf8(table).expect("UTF-8").replace("a, b | @c", "nova");
    assert_eq!(outcomes(&send(&shop, &admin, IMPORT, elsewhere.as_bytes())), ["2 a change", "3 b same"]);
    assert_eq!(
        shop.sql("SELECT labels FROM messaging_instances WHERE channelInstanceId = 'a'"),
        [["[\"nova\"]"]]
    );
}

#[test]
fn two_imports_at_once_write_each_number_once() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let lines = |n: usize| format!("n{n};+5521991{n:06}\n");
    let table = format!("nome;telefone\n{}", (0..100).map(lines).collect::<String>());
    let send_one = || outcomes(&send(&shop, &shop.token.clone(), IMPORT, table.as_bytes()));
    let answers = std::thread::scope(|scope| {
        let other = scope.spawn(send_one);
        [send_one(), other.join().expect("an answer")].concat()
    });
    let of = |outcome: &str| answers.iter().filter(|line| line.ends_with(outcome)).count();
    assert_eq!((of(" new"), of(" same")), (100, 100), "whoever is second finds what the first has written");
    assert_eq!(shop.sql("SELECT count(*) FROM messaging_instances"), [["100"]]);
}

#[test]
fn a_server_is_given_no_more_than_it_has_room_for() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let admin = shop.user("chefe", true);
    shop.set("UPDATE integration_credentials SET capacity = 2");
    let table = "nome;telefone;servidor\na;+5521991856227;cred_a\nb;+5521991856228;cred_a\nc;+5521991856229;cred_a\n\
        d;+5521991856230;\n";
    let expected = ["2 a new", "3 b new", "4 c conflict no_room", "5 d new"];
    for path in [&format!("{IMPORT}?dryRun=true"), IMPORT] {
        assert_eq!(outcomes(&send(&shop, &admin, path, table.as_bytes())), expected);
    }
    assert_eq!(outcomes(&send(&shop, &admin, IMPORT, table.as_bytes()))[0], "2 a same", "it has its place");
    shop.set("UPDATE integration_credentials SET capacity = NULL, intake = 'draining'");
    assert_eq!(outcomes(&send(&shop, &admin, IMPORT, table.as_bytes()))[2], "4 c conflict no_room");
}

#[test]
fn an_export_has_every_number_however_many_there_are() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.set(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 401)
         INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId, status, createdAt,
             updatedAt)
         SELECT 'c' || i, 'whatsapp_evolution', 'n' || printf('%03d', i), '55219918' || printf('%05d', i),
             (SELECT id FROM users WHERE name = 'loja'), 'pending', i, i FROM n",
    );
    let path = "/api/messaging/export?format=json&sort=newest";
    let (_, _, body) = Client::bearer(&shop, &shop.token).send("GET", path, "", &[]);
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let rows = body["rows"].as_array().expect("rows");
    let names: Vec<_> = rows.iter().filter_map(|row| row["channelInstanceId"].as_str()).collect();
    let expected: Vec<_> = (1..=401).map(|i| format!("n{i:03}")).collect();
    assert_eq!(names, expected);
}

/// No server was named: the number goes to the one that has it already.
#[test]
fn an_imported_number_is_looked_for_on_every_server() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let second = pareia::sim::Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
    shop.credential("cred_b", &second.url());
    upstream_create(
        &second.url(),
        &json!({"instanceName": "longe", "integration": "WHATSAPP-BAILEYS", "qrcode": true}),
    );
    let table = "nome;telefone\nlonge;5521991856227\nperto;5521991856228\n";
    assert_eq!(
        outcomes(&send(&shop, &shop.token.clone(), IMPORT, table.as_bytes())),
        ["2 longe new", "3 perto new"]
    );
    assert_eq!(shop.post("longe").status, 200);
    assert_eq!(
        shop.sql("SELECT credentialId FROM messaging_instances WHERE channelInstanceId = 'longe'"),
        [["cred_b"]]
    );
    assert!(shop.sim.control().state("longe").is_none(), "no second instance is made");
}

/// The name was paired upstream after the import: a call that may not adopt it leaves the row with all that was said of
/// it, and an administrator's call adopts it for the owner.
#[test]
fn a_refused_call_takes_no_listed_number_away() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let (admin, ana) = (shop.user("chefe", true), shop.user("ana", false));
    let table = "nome;telefone;dono;etiquetas;apelido;nota;servidor\n\
        shop1;5521991856227;ana;vip;Loja 1;matriz;cred_a\nempresa;5521991856228;ana;vip;Empresa;;cred_a\n";
    assert_eq!(outcomes(&send(&shop, &admin, IMPORT, table.as_bytes())), ["2 shop1 new", "3 empresa new"]);
    let link = shop.call_as(&admin, "POST", &format!("{ROUTE}/shop1/link"));
    let guest =
        link.data("url").as_str().and_then(|url| url.split("/c#").nth(1)).expect("a token").to_owned();
    let body = json!({"instanceName": "shop1", "integration": "WHATSAPP-BAILEYS", "qrcode": true});
    upstream_create(&shop.sim.url(), &body);
    shop.scan("shop1");
    upstream_create(
        &shop.sim.url(),
        &json!({"instanceName": "empresa", "integration": "EVOLUTION", "token": "t"}),
    );

    let picture = |name: &str| shop.call_as(&admin, "GET", &format!("{ROUTE}/{name}/qr.png"));
    let connect = |token: &str, name: &str| shop.call_as(token, "POST", &format!("{ROUTE}/{name}/connect"));
    for refused in [
        shop.post_as(&ana, "shop1"),
        connect(&ana, "shop1"),
        picture("shop1"),
        shop.call_as(&guest, "POST", "/api/connect"),
    ] {
        assert_eq!((refused.status, refused.code()), (409, "owned_by_other_user"), "{}", refused.body);
    }
    for refused in [shop.post_as(&ana, "empresa"), connect(&admin, "empresa"), picture("empresa")] {
        assert_eq!((refused.status, refused.code()), (409, "not_a_phone"), "{}", refused.body);
    }
    let rows = "SELECT status, displayName, coalesce(note, ''), labels,
            (SELECT count(*) FROM connect_links WHERE instanceId = i.id)
        FROM messaging_instances i ORDER BY channelInstanceId";
    assert_eq!(
        shop.sql(rows),
        [["pending", "Empresa", "", "[\"vip\"]", "0"], ["pending", "Loja 1", "matriz", "[\"vip\"]", "1"]]
    );
    let withdrawn = "SELECT count(*) FROM audit_entries WHERE action = 'instance.delete'";
    assert_eq!(shop.sql(withdrawn), [["0"]]);

    let adopted = connect(&admin, "shop1");
    assert_eq!((adopted.status, adopted.data("status")), (200, &json!("connected")), "{}", adopted.body);
    let noted = "SELECT actor, subject, detail FROM audit_entries WHERE action = 'instance.adopt'";
    assert_eq!(shop.sql(noted), [["chefe", "shop1", "cred_a"]]);
}

/// Only the call that wrote a row withdraws it, and not once somebody has said anything of it.
#[test]
fn a_row_that_an_earlier_call_left_stays_when_a_later_one_is_refused() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.sim.control().refuse(true);
    assert_eq!(shop.post("loja").code(), "evolution_unreachable");
    shop.sim.control().refuse(false);
    for name in ["loja", "outra"] {
        let body = json!({"instanceName": name, "integration": "WHATSAPP-BAILEYS", "qrcode": true});
        upstream_create(&shop.sim.url(), &body);
        shop.scan(name);
        assert_eq!(shop.post(name).code(), "owned_by_other_user");
    }
    assert_eq!(
        shop.sql("SELECT channelInstanceId, status FROM messaging_instances"),
        [["loja", "pending"]],
        "the call for the other one wrote its row itself"
    );
}
