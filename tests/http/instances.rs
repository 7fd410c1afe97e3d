//! What is shown of instances: the list, one of them, its history and its pictures; and who may see it.

use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, ROUTE, Shop, instant};

/// Every route of one instance: its methods, and the part of the path after the name.
const ROUTES: [(&str, &str); 13] = [
    ("GET", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("POST", "/logout"),
    ("POST", "/restart"),
    ("GET", "/qr.png"),
    ("GET", "/qr.svg"),
    ("GET", "/events"),
    ("GET", "/uptime"),
    ("POST", "/link"),
    ("GET", "/link"),
    ("DELETE", "/link"),
    ("POST", "/connect"),
];

fn names(answer: &Answer) -> Vec<&str> {
    let lines = answer.body["data"].as_array().unwrap_or_else(|| panic!("{}", answer.body));
    lines.iter().filter_map(|line| line["channelInstanceId"].as_str()).collect()
}

#[test]
fn every_route_minds_who_asks() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let (other, admin) = (shop.user("outra", false), shop.user("chefe", true));
    shop.written("minha", "5521991856227", "loja");
    let from = shop.calls();
    let mut nobody = Client::new(&shop);
    for (method, rest) in ROUTES {
        let path = format!("{ROUTE}/minha{rest}");
        let answer = |client: &mut Client, path: &str| client.call(method, path, &Value::Null);
        let refused = answer(&mut nobody, &path);
        assert_eq!((refused.status, refused.code()), (401, "unauthorized"), "{method} {path}");
        let theirs = shop.call_as(&other, method, &path);
        let unknown = shop.call(method, &format!("{ROUTE}/nenhuma{rest}"));
        for hidden in [&theirs, &unknown] {
            assert_eq!((hidden.status, hidden.code()), (404, "not_found"), "{method} {path}");
        }
        let without_id = |answer: &Answer| {
            let mut body = answer.body.clone();
            body["requestId"] = Value::Null;
            body
        };
        assert_eq!(without_id(&theirs), without_id(&unknown), "they look the same");
        assert_eq!(shop.call("PUT", &path).status, 405, "{path}");
    }
    assert_eq!(shop.calls(), from, "none of it reached upstream");
    for odd in ["", "%00", "..", "minha%2F", "a/b", &"x".repeat(5000)] {
        assert_eq!(shop.call("GET", &format!("{ROUTE}/{odd}")).status, 404, "{odd:.20}");
    }
    assert_eq!(shop.call_as(&admin, "GET", &format!("{ROUTE}/minha")).data("user"), "loja");
}

#[test]
fn an_administrator_connects_anothers_number_for_its_owner() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let admin = shop.user("chefe", true);
    assert_eq!(shop.post("minha").status, 200);
    assert_eq!(shop.post_as(&admin, "minha").code(), "owned_by_other_user", "the name is the owner's");
    let connect =
        |body: Value| Client::bearer(&shop, &admin).call("POST", &format!("{ROUTE}/minha/connect"), &body);
    let plain = connect(Value::Null);
    assert_eq!((plain.status, plain.qr()), (200, shop.post("minha").qr()));
    let asked = connect(json!({"pairingCode": true}));
    assert!(asked.data("pairingCode").is_null() && asked.data("pairingCodeMessage").is_string());
    let anew = connect(json!({"restart": true}));
    assert!(anew.data("pairingCode").as_str().is_some_and(|code| code.len() == 8), "{}", anew.body);
    assert_eq!(connect(json!({"restart": 1})).code(), "invalid_field");
    shop.scan("minha");
    let late = connect(json!({"restart": true}));
    assert_eq!(
        (late.status, late.data("status").as_str()),
        (200, Some("connected")),
        "no phone is logged out"
    );
    assert_eq!(shop.sql("SELECT count(*), min(userId) = (SELECT id FROM users WHERE name = 'loja') FROM messaging_instances"), [["1", "1"]]);
}

#[test]
fn an_instance_is_found_by_its_id_before_a_name_that_looks_like_one() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let first = shop.written("primeira", "5521991856227", "loja");
    let second = shop.written(&first, "5521991856228", "loja");
    for (key, id) in [(first.as_str(), &first), ("primeira", &first), (second.as_str(), &second)] {
        assert_eq!(shop.call("GET", &format!("{ROUTE}/{key}")).data("id"), id.as_str(), "{key}");
    }
    let other = shop.user("outra", false);
    let theirs = shop.written("delas", "5521991856229", "outra");
    let mine = shop.written(&theirs, "5521991856220", "loja");
    assert_eq!(shop.call("GET", &format!("{ROUTE}/{theirs}")).data("id"), mine.as_str());
    assert_eq!(shop.call_as(&other, "GET", &format!("{ROUTE}/{theirs}")).data("id"), theirs.as_str());
}

#[test]
fn an_instance_is_shown_whole() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("a").status, 200);
    let shown = shop.call("GET", &format!("{ROUTE}/a"));
    let data = &shown.body["data"];
    let expected = json!({
        "channel": "whatsapp_evolution", "channelInstanceId": "a", "channelPhoneOrId": "5521991856227",
        "user": "loja", "credentialId": "cred_a", "server": "cred_a", "status": "connecting",
        "reason": "asked", "unknownSince": null,
    });
    for (field, value) in expected.as_object().expect("an object") {
        assert_eq!(&data[field], value, "{field}");
    }
    for time in ["statusSince", "createdAt", "updatedAt"] {
        assert!(data[time].as_str().is_some_and(|t| t.ends_with('Z')), "{data}");
    }
    assert!(data["reasonText"].as_str().is_some_and(|text| text.contains("QR Code")), "{data}");
    assert!(!data.to_string().contains("base64"), "no code is in it");
    shop.sql("INSERT INTO credential_health VALUES ('cred_a', 'evolution_unreachable', 1700000000000)");
    shop.sql("UPDATE messaging_instances SET statusReason = 'upstream_999'");
    let shown = shop.call("GET", &format!("{ROUTE}/a"));
    assert_eq!(shown.data("unknownSince"), "2023-11-14T22:13:20.000Z");
    assert!(shown.data("reasonText").as_str().is_some_and(|text| text.contains("999")));
    shop.sql("UPDATE messaging_instances SET statusReason = 'of_a_later_release'");
    let shown = shop.call("GET", &format!("{ROUTE}/a"));
    assert_eq!(
        (shown.data("reason"), shown.data("reasonText")),
        (&json!("of_a_later_release"), &Value::Null)
    );
}

#[test]
fn the_list_is_filtered_searched_and_counted() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let (other, admin) = (shop.user("outra", false), shop.user("chefe", true));
    shop.credential("cred_b", "http://127.0.0.1:9");
    for (name, phone, user) in [
        ("a_b", "5521991856227", "loja"),
        ("axb", "5521991850000", "loja"),
        ("Loja-Centro", "5511988887777", "loja"),
        ("delas", "5521991856227", "outra"),
    ] {
        shop.written(name, phone, user);
    }
    shop.sql(
        "UPDATE messaging_instances SET status = 'connected' WHERE channelInstanceId IN ('axb', 'delas')",
    );
    shop.sql("UPDATE messaging_instances SET credentialId = 'cred_b' WHERE channelInstanceId = 'axb'");
    let list = |token: &str, query: &str| shop.call_as(token, "GET", &format!("{ROUTE}?{query}"));
    for (query, found) in [
        ("", vec!["Loja-Centro", "a_b", "axb"]),
        ("status=&search=&server=&user=&page=&perPage=", vec!["Loja-Centro", "a_b", "axb"]),
        ("search=A_B", vec!["a_b"]),
        ("search=_", vec!["a_b"]),
        ("search=%25", vec![]),
        ("search=!", vec![]),
        ("search=%5C", vec![]),
        ("search=' OR 1=1 --".replace(' ', "+").leak(), vec![]),
        ("search=centro", vec!["Loja-Centro"]),
        ("search=99185-6227", vec!["a_b"]),
        ("search=%2B55+(21)+99185", vec!["a_b", "axb"]),
        ("search=-", vec!["Loja-Centro"]),
        ("status=connected", vec!["axb"]),
        ("status=pending&search=b", vec!["a_b"]),
        ("server=cred_b", vec!["axb"]),
        ("server=nada", vec![]),
        ("user=loja", vec!["Loja-Centro", "a_b", "axb"]),
        ("user=outra", vec![]),
        ("page=2&perPage=2", vec!["axb"]),
        ("page=3&perPage=2", vec![]),
        ("page=1000000&perPage=200", vec![]),
    ] {
        let answer = list(&shop.token, query);
        assert_eq!((answer.status, names(&answer)), (200, found), "{query}");
    }
    let all = list(&admin, "");
    assert_eq!(names(&all), ["Loja-Centro", "a_b", "axb", "delas"]);
    assert_eq!(names(&list(&admin, "user=outra")), ["delas"]);
    let counts =
        json!({"pending": 2, "connecting": 0, "connected": 2, "disconnected": 0, "lost": 0, "error": 0});
    assert_eq!(all.body["counts"], counts);
    assert_eq!(
        (&all.body["total"], &all.body["page"], &all.body["perPage"]),
        (&json!(4), &json!(1), &json!(50))
    );
    let connected = list(&admin, "status=connected&perPage=1");
    assert_eq!((&connected.body["total"], &connected.body["counts"]), (&json!(2), &counts));
    assert_eq!(list(&other, "").body["counts"]["connected"], 1, "of their own");
}

/// What few rows answer is looked up by these rows, what many answer in the index of lists: both say the same.
#[test]
fn a_search_counts_and_orders_what_it_finds_however_much_that_is() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2001)
         INSERT INTO messaging_instances (id, channel, channelInstanceId, channelPhoneOrId, userId, status,
             createdAt, updatedAt)
         SELECT 'c' || i, 'whatsapp_evolution', printf('n-%04d', i), '5521991856227', u.id,
             CASE i % 2 WHEN 0 THEN 'pending' ELSE 'lost' END, 1, 1
         FROM n, users u WHERE u.name = 'loja'",
    );
    for (search, lost, pending) in [("n-", 1001, 1000), ("n-1", 500, 500), ("n-20", 1, 1), ("m", 0, 0)] {
        let answer =
            shop.call("GET", &format!("{ROUTE}?search={search}&status=lost&perPage=1&page=2&sort=name"));
        let found =
            [&answer.body["total"], &answer.body["counts"]["lost"], &answer.body["counts"]["pending"]];
        assert_eq!(found, [&json!(lost), &json!(lost), &json!(pending)], "{search}");
        let second = answer.body["data"][0]["channelInstanceId"].as_str();
        assert_eq!(second.is_some(), lost > 1, "{search}");
        assert!(second.is_none_or(|name| name == "n-0003" || name == "n-1003"), "{search}: {second:?}");
    }
}

#[test]
fn the_list_names_the_servers_that_fail() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let (other, admin) = (shop.user("outra", false), shop.user("chefe", true));
    shop.credential("cred_b", "http://127.0.0.1:9");
    shop.written("minha", "5521991856227", "loja");
    let failing = |token: &str| shop.call_as(token, "GET", ROUTE).body["troubles"].clone();
    assert_eq!(failing(&admin), json!([]));
    shop.sql("INSERT INTO credential_health VALUES ('cred_a', 'evolution_timeout', 1), ('cred_b', NULL, 1)");
    let mine = failing(&shop.token);
    assert_eq!((&mine[0]["server"], &mine[0]["code"]), (&json!("cred_a"), &json!("evolution_timeout")));
    assert!(mine[0]["error"].is_string() && mine[0]["detail"].is_string());
    assert_eq!(mine[0]["since"], "1970-01-01T00:00:00.001Z");
    assert_eq!((failing(&other), failing(&admin)), (json!([]), mine));
    shop.sql("UPDATE credential_health SET trouble = 'evolution_unreachable'");
    assert_eq!(failing(&admin).as_array().map(Vec::len), Some(2));
    assert_eq!(failing(&shop.token).as_array().map(Vec::len), Some(1));
    assert!(shop.store.set_credential_active("cred_b", false).expect("disabled"));
    assert_eq!(failing(&admin).as_array().map(Vec::len), Some(1), "what nobody uses fails nobody");
}

#[test]
fn a_query_that_makes_no_sense_is_refused_by_its_field() {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.written("a", "5521991856227", "loja");
    let long = format!("search={}", "x".repeat(65));
    for (path, field) in [
        ("?page=0", "page"),
        ("?page=-1", "page"),
        ("?page=1.5", "page"),
        ("?page=1000001", "page"),
        ("?page=99999999999999999999", "page"),
        ("?perPage=0", "perPage"),
        ("?perPage=201", "perPage"),
        ("?perPage=all", "perPage"),
        ("?status=Connected", "status"),
        ("?status=unknown", "status"),
        (&format!("?{long}"), "search"),
        ("?search=%00", "search"),
        ("?user=a%0Ab", "user"),
        ("/a/events?limit=0", "limit"),
        ("/a/events?limit=201", "limit"),
        ("/a/events?before=0", "before"),
        ("/a/events?before=9223372036854775808", "before"),
    ] {
        let answer = shop.call("GET", &format!("{ROUTE}{path}"));
        assert_eq!((answer.status, answer.code()), (400, "invalid_field"), "{path}");
        assert_eq!(answer.body["field"], field, "{path}");
        assert!(answer.body["error"].as_str().is_some_and(|error| error.starts_with(field)), "{path}");
    }
    for path in ["/a?keepUpstream=1", "/a?dryRun=yes"] {
        let answer = shop.call("DELETE", &format!("{ROUTE}{path}"));
        assert_eq!((answer.status, answer.code()), (400, "invalid_field"), "{path}");
    }
    assert_eq!(names(&shop.call("GET", ROUTE)), ["a"]);
    assert_eq!(Client::new(&shop).get(ROUTE).status, 401);
}

#[test]
fn what_needs_somebody_comes_first_and_has_views_of_its_own() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let (other, admin) = (shop.user("outra", false), shop.user("chefe", true));
    for (name, user) in
        [("a", "loja"), ("b", "loja"), ("c", "loja"), ("d", "loja"), ("e", "loja"), ("f", "outra")]
    {
        shop.written(name, "5521991856227", user);
    }
    let set = |name: &str, status: &str, since: u32, more: &str| {
        shop.sql(&format!(
            "UPDATE messaging_instances SET status = '{status}', updatedAt = {since} {more} WHERE channelInstanceId = '{name}'"
        ));
    };
    set("b", "connected", 50, ", linkedNumber = '5511987654321'");
    set("c", "connected", 60, "");
    set("d", "disconnected", 70, "");
    set("e", "connecting", 80, "");
    set("f", "connected", 10, "");
    set("f", "lost", 20, ", labels = '[\"vip\",\"zona\"]'");
    let list = |token: &str, query: &str| shop.call_as(token, "GET", &format!("{ROUTE}?{query}"));
    for (query, found) in [
        ("sort=action_needed", vec!["d", "b", "f", "e", "a", "c"]),
        ("sort=newest", vec!["a", "e", "d", "c", "b", "f"]),
        ("sort=oldest", vec!["f", "b", "c", "d", "e", "a"]),
        ("sort=name&perPage=2&page=2", vec!["c", "d"]),
        ("sort=action_needed&perPage=2&page=2", vec!["f", "e"]),
        ("view=action_needed", vec!["b", "d", "f"]),
        ("view=action_needed&status=lost", vec!["f"]),
        ("view=action_needed&sort=newest&search=9", vec!["d", "b", "f"]),
        ("view=never_connected", vec!["a", "d", "e"]),
        ("view=never_connected&status=pending", vec!["a"]),
        ("view=&sort=", vec!["a", "b", "c", "d", "e", "f"]),
    ] {
        let answer = list(&admin, query);
        assert_eq!((answer.status, names(&answer)), (200, found.clone()), "{query}");
        let counts =
            (&answer.body["actionNeeded"], &answer.body["neverConnected"], &answer.body["otherNumber"]);
        assert_eq!(counts, (&json!(3), &json!(3), &json!(1)), "of all pages and views: {query}");
        if !query.contains("page=") {
            assert_eq!(answer.body["total"], found.len(), "{query}");
        }
    }
    assert_eq!(list(&other, "view=action_needed").body["actionNeeded"], 1, "of their own");
    for (query, field) in [("sort=status", "sort"), ("view=all", "view")] {
        let answer = list(&admin, query);
        assert_eq!((answer.status, answer.body["field"].as_str()), (400, Some(field)));
    }
    let facets = |token: &str| shop.call_as(token, "GET", "/api/messaging/facets").body["data"].clone();
    assert_eq!(
        facets(&admin),
        json!({"servers": [{"name": "cred_a", "count": 6}],
            "users": [{"name": "loja", "count": 5}, {"name": "outra", "count": 1}],
            "labels": [{"name": "vip", "count": 1}, {"name": "zona", "count": 1}]})
    );
    assert_eq!(
        facets(&shop.token),
        json!({"servers": [{"name": "cred_a", "count": 5}], "users": [], "labels": []})
    );
}

#[test]
fn the_history_is_read_page_by_page() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("a").status, 200);
    shop.scan("a");
    assert_eq!(shop.post("a").data("status"), "connected");
    let path = format!("{ROUTE}/a/events");
    let all = shop.call("GET", &path);
    let changes: Vec<_> = all.body["data"].as_array().expect("a list").iter().map(|e| &e["to"]).collect();
    assert_eq!(changes, ["connected", "connecting", "pending"]);
    assert_eq!((&all.body["data"][2]["from"], &all.body["next"]), (&Value::Null, &Value::Null));
    assert_eq!(all.body["data"][0]["from"], "connecting");
    assert!(all.body["data"][0]["reasonText"].as_str().is_some_and(|text| text.ends_with('.')));
    let first = shop.call("GET", &format!("{path}?limit=2"));
    assert_eq!(first.body["data"].as_array().map(Vec::len), Some(2));
    let rest = shop.call("GET", &format!("{path}?limit=2&before={}", first.body["next"]));
    assert_eq!((&rest.body["data"][0], &rest.body["next"]), (&all.body["data"][2], &Value::Null));
    assert_eq!(rest.body["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(shop.call("GET", &format!("{path}?before=1")).body["data"], json!([]));
}

/// What a scanner reads on a picture.
#[track_caller]
fn scanned(side: usize, dark: impl Fn(usize, usize) -> bool) -> String {
    let shade = |x, y| if dark(x, y) { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, shade);
    image.detect_grids().first().expect("a code in the picture").decode().expect("readable").1
}

fn scanned_png(bytes: &[u8]) -> String {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    scanned(info.width as usize, |x, y| pixels[y * info.line_size + x] < 128)
}

/// Paints the rectangles of the one path, `M{x} {y}h{run}v1h-{run}z` each.
fn scanned_svg(svg: &str) -> String {
    const SCALE: usize = 4;
    let across: usize = svg
        .split(['"', ' '])
        .skip_while(|part| !part.starts_with("viewBox"))
        .nth(3)
        .expect("a size")
        .parse()
        .expect("a number");
    assert_eq!(svg.matches("<path").count(), 1);
    let path = svg.split("d=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a path");
    let mut dark = vec![false; across * across];
    for run in path.split_terminator('z') {
        let numbers: Vec<usize> =
            run.split(['M', ' ', 'h', 'v', '-']).filter_map(|number| number.parse().ok()).collect();
        let [x, y, length, 1, back] = numbers[..] else { panic!("{run}") };
        assert_eq!(length, back, "{run}");
        dark[y * across + x..y * across + x + length].fill(true);
    }
    let margin = |i: usize| i < 4 || i >= across - 4;
    assert!(
        !(0..across * across).any(|i| dark[i] && (margin(i % across) || margin(i / across))),
        "quiet zone"
    );
    scanned(across * SCALE, |x, y| dark[y / SCALE * across + x / SCALE])
}

#[test]
fn the_pictures_show_the_code_that_is_valid_now() {
    for version in [Version::V2_3_7, Version::V1_8_2] {
        let shop = Shop::new(instant(version));
        let admin = shop.user("chefe", true);
        shop.written("a", "5521991856227", "loja");
        for (token, picture, content_type) in [
            (&shop.token, "png", "image/png"),
            (&admin, "svg", "image/svg+xml"),
            (&admin, "png", "image/png"),
        ] {
            let client = Client::bearer(&shop, token);
            let (status, headers, body) = client.send("GET", &format!("{ROUTE}/a/qr.{picture}"), "", &[]);
            let answer = Answer { status, headers, body: Value::Null };
            assert_eq!((status, answer.header("content-type")), (200, Some(content_type)));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            let read = match picture {
                "png" => scanned_png(&body),
                _ => scanned_svg(std::str::from_utf8(&body).expect("text")),
            };
            assert_eq!(read, shop.sim.control().current_code("a").expect("a code").code, "{picture}");
        }
        let (status, _, body) =
            Client::bearer(&shop, &shop.token).send("HEAD", &format!("{ROUTE}/a/qr.svg"), "", &[]);
        assert_eq!((status, body.len()), (200, 0));
        assert_eq!(
            shop.sql("SELECT userId = (SELECT id FROM users WHERE name = 'loja') FROM messaging_instances"),
            [["1"]]
        );
        assert_eq!((shop.sim.control().count("create", None), shop.sim.control().sockets("a")), (1, 1));
        shop.scan("a");
        for picture in ["png", "svg"] {
            let answer = shop.call("GET", &format!("{ROUTE}/a/qr.{picture}"));
            assert_eq!((answer.status, answer.code()), (409, "already_connected"));
        }
    }
}

#[test]
fn a_success_says_until_when_its_code_is_valid() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let first = shop.post("a");
    let expires = first.data("qrCodeExpiresAt").as_str().expect("a moment").to_owned();
    assert_eq!(shop.sql("SELECT qrSince + 45000 FROM messaging_instances").concat().concat().len(), 13);
    let shown = shop.sql("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', (qrSince + 45000) / 1000.0, 'unixepoch') FROM messaging_instances");
    assert_eq!(shown, [[expires.as_str()]]);
    assert_eq!(shop.post("a").data("qrCodeExpiresAt"), expires.as_str(), "of the same code");
    shop.scan("a");
    assert!(shop.post("a").data("qrCodeExpiresAt").is_null());
}
