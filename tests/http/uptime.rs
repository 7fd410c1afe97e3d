//! Availability over the API, of histories made by hand.

use pareia::domain::{Month, Role, USUAL_UTC_OFFSET, now};
use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, ROUTE, Shop, instant};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A shop with two servers and the month before this one, of which the history is made: when its days begin.
fn shop_with_month() -> (Shop, String, Vec<i64>) {
    let shop = Shop::new(instant(Version::V2_3_7));
    shop.credential("cred_b", "http://127.0.0.1:9");
    let this = Month::at(now(), USUAL_UTC_OFFSET).days(USUAL_UTC_OFFSET)[0];
    let month = Month::at(this - DAY, USUAL_UTC_OFFSET);
    (shop, month.to_string(), month.days(USUAL_UTC_OFFSET))
}

/// Notes when a server was asked.
fn asked(shop: &Shop, server: &str, spans: &[(i64, i64, bool)]) {
    for (from, to, answered) in spans {
        shop.set(&format!("INSERT INTO server_spans (credentialId, beganAt, endedAt, answered) VALUES ('{server}', {from}, {to}, {answered})"));
    }
}

/// Writes the history of a number, whose first status is that of its row.
fn history(shop: &Shop, id: &str, changes: &[(i64, &str)]) {
    shop.set(&format!("DELETE FROM instance_events WHERE instanceId = '{id}'"));
    let mut before = "NULL".to_owned();
    for (at, status) in changes {
        shop.set(&format!(
            "INSERT INTO instance_events (instanceId, at, fromStatus, toStatus) VALUES ('{id}', {at}, {before}, '{status}')"
        ));
        before = format!("'{status}'");
    }
}

/// The number `a`: first connected on its third day, down for twelve hours and for a day; its server fails for six
/// hours, and for a day pareia does not run.
fn number_a(shop: &Shop, days: &[i64]) -> String {
    let id = shop.written("a", "5521991856227", "loja");
    let end = days[days.len() - 1];
    asked(
        shop,
        "cred_a",
        &[
            (days[0], days[10], true),
            (days[10], days[10] + 6 * HOUR, false),
            (days[10] + 6 * HOUR, days[20], true),
            (days[21], end, true),
        ],
    );
    history(
        shop,
        &id,
        &[
            (days[1], "pending"),
            (days[1] + HOUR, "connecting"),
            (days[2], "connected"),
            (days[5], "disconnected"),
            (days[5] + 12 * HOUR, "connected"),
            (days[25], "lost"),
            (days[25] + HOUR, "connecting"),
            (days[26], "connected"),
        ],
    );
    shop.set(&format!(
        "UPDATE messaging_instances SET firstConnectedAt = {}, labels = '[\"vip\"]', searchText = char(10) || 'vip' || char(10) WHERE id = '{id}'",
        days[2]
    ));
    id
}

/// The number `b` of somebody else: connected all the time, the first half of it on a server that nobody asked.
fn number_b(shop: &Shop, days: &[i64]) -> String {
    let id = shop.written("b", "5521991856228", "outra");
    history(shop, &id, &[(days[0] - DAY, "connected")]);
    shop.set(&format!(
        "UPDATE messaging_instances SET firstConnectedAt = {}, status = 'connected', labels = '[\"vip\",\"novo\"]' WHERE id = '{id}';
         DELETE FROM instance_events WHERE instanceId = '{id}' AND fromStatus = 'pending';
         INSERT INTO instance_moves (instanceId, at, credentialId) VALUES ('{id}', {}, 'cred_b')",
        days[0] - DAY,
        days[15]
    ));
    id
}

fn hours(line: &Value) -> [i64; 4] {
    let of = |field: &str| line[field].as_i64().unwrap_or_else(|| panic!("{line}"));
    [of("upSeconds") / 3600, of("downSeconds") / 3600, of("unknownSeconds") / 3600, of("drops")]
}

#[track_caller]
fn ok(answer: Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

#[test]
fn a_month_made_by_hand_is_told_hour_by_hour() {
    let (shop, month, days) = shop_with_month();
    let (_, admin) = (shop.member("outra", Role::Owner), shop.member("chefe", Role::Administrator));
    number_a(&shop, &days);
    number_b(&shop, &days);
    let length = (days[days.len() - 1] - days[0]) / HOUR;
    let a = [length - 114, 36, 78, 2];
    let b = [length - 15 * 24 - 24, 0, 15 * 24 + 24, 0];
    let get = |token: &str, path: &str| {
        ok(shop.call_as(token, "GET", &format!("/api/messaging/{path}month={month}")))
    };
    let own = get(&shop.token, "uptime?");
    assert_eq!((own["total"].clone(), own["month"].clone()), (json!(1), json!(month)));
    let line = &own["data"][0];
    assert_eq!(hours(line), a);
    let days_of = |line: &Value| line["days"].as_array().expect("days").clone();
    let shown = days_of(line);
    assert_eq!(shown.len(), days.len() - 1);
    for (day, percent) in [
        (0, json!(null)),
        (1, json!(null)),
        (2, json!(100.0)),
        (5, json!(50.0)),
        (10, json!(100.0)),
        (20, json!(null)),
        (25, json!(0.0)),
    ] {
        assert_eq!(shown[day], percent, "day {}", day + 1);
    }
    let all = get(&admin, "uptime?");
    assert_eq!(all["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(hours(&all["data"][1]), b);
    let labels = get(&admin, "uptime/labels?");
    let both: Vec<_> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
    assert_eq!(hours(&labels["all"]).to_vec(), both);
    assert_eq!(labels["data"][0]["label"], "novo");
    assert_eq!((labels["data"][1]["numbers"].clone(), hours(&labels["data"][1]).to_vec()), (json!(2), both));
    assert_eq!(get(&admin, "uptime?label=vip&server=cred_a&search=a&")["total"], 1);
    let client = Client::bearer(&shop, &admin);
    for (query, line) in [
        ("", format!("a;a;5521991856227;loja;cred_a;vip;{};{},00;36,00;78,00;2", share(&a, ","), a[0])),
        ("&by=label&lang=en", format!("novo,1,100.00,{}.00,0.00,{}.00,0", b[0], b[2])),
    ] {
        let path = format!("/api/messaging/uptime.csv?month={month}{query}");
        let (status, headers, body) = client.send("GET", &path, "", &[]);
        let text = String::from_utf8(body).expect("text");
        assert!(status == 200 && text.lines().any(|found| found == line), "{line} in {text}");
        let name = format!("attachment; filename=\"pareia-{month}.csv\"");
        let language = if query.contains("lang=en") { "en" } else { "pt-BR" };
        for expected in [("Content-Disposition", &*name), ("Content-Language", language)] {
            assert!(
                headers.iter().any(|(name, value)| (name.as_str(), value.as_str()) == expected),
                "{headers:?}"
            );
        }
    }
}

/// The part of the known hours, rounded down.
fn share([up, down, ..]: &[i64; 4], point: &str) -> String {
    let points = up * 10_000 / (up + down);
    format!("{}{point}{:02}", points / 100, points % 100)
}

#[test]
fn a_move_is_no_outage() {
    let (shop, ..) = shop_with_month();
    let admin = shop.user("chefe", true);
    let id = shop.written("a", "5521991856227", "loja");
    let now = now();
    for server in ["cred_a", "cred_b"] {
        asked(&shop, server, &[(now - 95 * DAY, now + HOUR, true)]);
    }
    let changes =
        [(48, "connected"), (36, "disconnected"), (30, "connecting"), (12, "disconnected"), (6, "connected")];
    history(&shop, &id, &changes.map(|(hours, status)| (now - hours * HOUR, status)));
    shop.set(&format!(
        "UPDATE messaging_instances SET firstConnectedAt = {}, status = 'connected';
         DELETE FROM instance_events WHERE at > {now};
         UPDATE instance_events SET reason = CASE WHEN fromStatus = 'connected' THEN 'moved' ELSE 'unscanned' END
             WHERE toStatus = 'disconnected';
         INSERT INTO instance_moves (instanceId, at, credentialId) VALUES ('{id}', {}, 'cred_b')",
        now - 48 * HOUR,
        now - 36 * HOUR
    ));
    for (window, told, up) in [("7d", "unknown up unknown up", 18), ("24h", "unknown up", 6)] {
        let answer = ok(shop.call_as(&admin, "GET", &format!("{ROUTE}/a/uptime?window={window}")));
        let segments = answer["data"]["segments"].as_array().expect("segments");
        let states: Vec<_> = segments.iter().map(|one| one["state"].as_str().unwrap_or_default()).collect();
        let [found, down, _, drops] = hours(&answer["data"]);
        assert_eq!((&*states.join(" "), found, down, drops), (told, up, 0, 0), "{window}: {answer}");
    }
}

#[test]
fn a_window_is_told_segment_by_segment_and_nothing_is_made_up() {
    let (shop, ..) = shop_with_month();
    let admin = shop.user("chefe", true);
    let id = shop.written("a", "5521991856227", "loja");
    let now = now();
    let path = |window: &str| format!("{ROUTE}/a/uptime?window={window}");
    let states = |answer: &Value| {
        let segments = answer["data"]["segments"].as_array().expect("segments");
        segments.iter().map(|s| s["state"].as_str().unwrap_or_default()).collect::<Vec<_>>().join(" ")
    };
    let get = |path: &str| ok(shop.call_as(&admin, "GET", path));
    assert_eq!(states(&get(&path("24h"))), "unknown", "not connected yet, and nobody asked");
    assert_eq!(get(&path("24h"))["data"]["percent"], json!(null));
    asked(&shop, "cred_a", &[(now - 95 * DAY, now - 3 * HOUR, true), (now - 3 * HOUR, now - HOUR, false)]);
    history(&shop, &id, &[(now - 2 * DAY, "connected"), (now - 6 * HOUR, "error")]);
    shop.set(&format!("UPDATE messaging_instances SET firstConnectedAt = {}", now - 100 * DAY));
    for (window, told, up) in [("24h", "up down unknown", 18), ("7d", "down up down unknown", 42)] {
        let answer = get(&path(window));
        let counted = hours(&answer["data"]);
        assert!(states(&answer) == told && (counted[0] - up).abs() <= 1, "{window}: {answer}");
    }
    assert_eq!(states(&get(&path(""))), "down up down unknown");
    // Of more than are kept, what was before the oldest of them is unknown.
    shop.set(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         INSERT INTO instance_events (instanceId, at, fromStatus, toStatus) SELECT '{id}', {}, 'error', 'error' FROM n",
        now - 5 * HOUR
    ));
    assert_eq!(states(&get(&path("24h"))), "up down unknown", "the oldest is two days old");
    assert_eq!(states(&get(&path("90d"))), "unknown up down unknown");
    let server = get("/api/admin/credentials/cred_a/uptime?window=24h");
    assert_eq!((states(&server), hours(&server["data"])[1]), ("up down unknown".to_owned(), 2));
    assert_eq!(states(&get("/api/admin/credentials/cred_b/uptime")), "unknown");
    for (token, path, status) in [
        (&shop.token, "/api/admin/credentials/cred_a/uptime", 403),
        (&admin, "/api/admin/credentials/none/uptime", 404),
        (&admin, &*path("1h"), 400),
        (&admin, "/api/messaging/uptime?month=2026-13", 400),
        (&admin, "/api/messaging/uptime?utcOffset=3", 400),
        (&admin, "/api/messaging/uptime.csv?by=server", 400),
        (&admin, "/api/messaging/uptime.csv?lang=fr", 400),
    ] {
        assert_eq!(shop.call_as(token, "GET", path).status, status, "{path}");
    }
}
