//! The metrics: what is counted, and what must never be told.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use pareia::backup::{BackupOrigin, BackupPlan, Backups};
use pareia::domain::Channel;
use pareia::sim::{Fault, Sim, Version};
use pareia::store::FailingNotice;
use serde_json::Value;

use crate::harness::{Client, KEY, PATIENCE, PHONE, Shop, instant, until};
use crate::monitoring::promtool;

/// A shop whose metrics are served, and where.
fn shop() -> (Shop, SocketAddr) {
    let mut shop = Shop::new(instant(Version::V2_3_7));
    let metrics = shop.server.serve_metrics("127.0.0.1:0").expect("a port");
    (shop, metrics)
}

/// What one scrape says.
#[track_caller]
fn scrape(metrics: SocketAddr) -> String {
    let (status, headers, body) = Client::to(metrics).send("GET", "/metrics", "", &[]);
    let kind = headers.iter().find(|(name, _)| name == "Content-Type").map(|(_, kind)| kind.as_str());
    assert_eq!((status, kind), (200, Some("text/plain; version=0.0.4; charset=utf-8")));
    String::from_utf8(body).expect("text")
}

/// The value of a sample; its name and labels as they are told.
#[track_caller]
fn value(text: &str, sample: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {sample} in {text}")).parse().expect("a number")
}

#[test]
fn what_happens_is_counted() {
    let (shop, metrics) = shop();
    assert_eq!(shop.post("loja").status, 200);
    assert_eq!(shop.post("loja").status, 200);
    shop.sim.control().fault(Fault::Http500, None);
    assert_eq!(shop.post("outra").status, 502);
    shop.sim.control().fault(Fault::None, None);
    let mut client = Client::new(&shop);
    for (method, path) in
        [("GET", "/livez"), ("HEAD", "/livez"), ("BREW", "/livez"), ("GET", "/no/such/path")]
    {
        client.send(method, path, "", &[]);
    }
    client.headers.push(("X-Long", "x".repeat(20_000)));
    assert_eq!(client.send("GET", "/livez", "", &[]).0, 431);
    let text = scrape(metrics);
    for (sample, expected) in [
        (r#"pareia_http_requests_total{route="/api/messaging/instance",method="POST",status="200"}"#, 2.0),
        (r#"pareia_http_requests_total{route="/api/messaging/instance",method="POST",status="502"}"#, 1.0),
        (r#"pareia_http_request_duration_seconds_count{route="/api/messaging/instance",method="POST"}"#, 3.0),
        (r#"pareia_http_requests_total{route="/livez",method="GET",status="200"}"#, 2.0),
        (r#"pareia_http_requests_total{route="/livez",method="other",status="405"}"#, 1.0),
        (r#"pareia_http_requests_total{route="?",method="other",status="404"}"#, 1.0),
        (r#"pareia_http_refused_total{reason="headers_too_large"}"#, 1.0),
        (r#"pareia_http_refused_total{reason="busy"}"#, 0.0),
        (r#"pareia_upstream_requests_total{server="cred_a",endpoint="create",outcome="ok"}"#, 1.0),
        (r#"pareia_upstream_request_duration_seconds_count{server="cred_a",endpoint="create"}"#, 1.0),
        (r#"pareia_upstream_permits_taken{server="cred_a",kind="call"}"#, 0.0),
        (r#"pareia_connect_calls{state="running"}"#, 0.0),
        (r#"pareia_http_blocking_requests{class="upstream"}"#, 0.0),
        (r#"pareia_instances{server="cred_a",status="connecting"}"#, 1.0),
        (r#"pareia_instances{server="cred_a",status="lost"}"#, 0.0),
        (r#"pareia_server_info{server="cred_a",name="cred_a",active="true"}"#, 1.0),
        ("pareia_database_up", 1.0),
    ] {
        assert!((value(&text, sample) - expected).abs() < 0.1, "{sample}: {text}");
    }
    assert!(
        value(&text, "pareia_database_wal_bytes") > 0.0 && value(&text, "process_threads") > 1.0,
        "{text}"
    );
    let failed =
        text.lines().find(|line| line.contains("outcome=\"status_5xx\"")).expect("the call that failed");
    assert!(failed.starts_with("pareia_upstream_requests_total{server=\"cred_a\""), "{failed}");
}

#[test]
fn what_is_busy_is_counted_wherever_it_is_said_and_no_other_503() {
    let sim = Sim::start(instant(Version::V2_3_7)).expect("a simulation");
    let mut shop = Shop::bare(sim, Duration::from_secs(1));
    let metrics = shop.server.serve_metrics("127.0.0.1:0").expect("a port");
    let busy = || value(&scrape(metrics), r#"pareia_http_refused_total{reason="busy"}"#);
    assert_eq!(shop.post("loja").code(), "no_active_credential");
    assert!(busy().abs() < 0.1, "nothing is at its limits");
    shop.credential("cred_a", &shop.sim.url());
    let lock = shop.store.instance_lock(Channel::WhatsappEvolution, "loja", Instant::now() + PATIENCE);
    let lock = lock.expect("a lock").expect("free");
    assert_eq!(shop.post("loja").code(), "busy");
    assert!((busy() - 1.0).abs() < 0.1);
    drop(lock);
}

#[test]
fn backups_and_notices_are_told() {
    let (shop, metrics) = shop();
    for _ in 0..2 {
        shop.store.note_failed_backup("storage_full").expect("noted");
    }
    let text = scrape(metrics);
    assert!((value(&text, "pareia_backup_failures") - 2.0).abs() < 0.1, "{text}");
    assert!(!text.contains("\npareia_backup_age_seconds "), "there is none yet: {text}");
    let plan = BackupPlan::on_demand(shop.store.folder());
    Backups::new(Arc::clone(&shop.store), plan).make(BackupOrigin::Manual).expect("made");
    shop.store.clock().advance(Duration::from_hours(1));
    for change in NOTICES {
        shop.sql(change);
    }
    let text = scrape(metrics);
    for (sample, expected) in [
        ("pareia_backup_failures", 0.0),
        ("pareia_backup_interval_seconds", 0.0),
        (r#"pareia_notice_targets{channel="ntfy",state="failing"}"#, 1.0),
        (r#"pareia_notice_targets{channel="ntfy",state="fine"}"#, 1.0),
        (r#"pareia_notice_messages{channel="ntfy",outcome="given_up"}"#, 1.0),
        (r#"pareia_notice_messages{channel="ntfy",outcome="delivered"}"#, 2.0),
        (r#"pareia_notice_messages{channel="ntfy",outcome="settled"}"#, 0.0),
    ] {
        assert!((value(&text, sample) - expected).abs() < 0.1, "{sample}: {text}");
    }
    assert!((3600.0..3660.0).contains(&value(&text, "pareia_backup_age_seconds")), "{text}");
    assert!(value(&text, "pareia_backup_bytes") > 0.0, "{text}");
    let failing = shop.store.notice_arrivals().expect("read").into_iter().find_map(|one| one.failing);
    assert_eq!(failing, Some(FailingNotice { code: "timeout".into(), since: 3 }));
}

/// Two targets: to one a message did not arrive, then one did, then two did not; to the other one did.
const NOTICES: [&str; 3] = [
    "INSERT INTO notice_targets SELECT 'n1', id, 1, 'ntfy', 'a', '', 'en', NULL, NULL, 0, 1, 0, 0, 1 FROM users LIMIT 1",
    "INSERT INTO notice_targets SELECT 'n2', id, 1, 'ntfy', 'b', '', 'en', NULL, NULL, 0, 1, 0, 0, 2 FROM users LIMIT 1",
    "INSERT INTO notice_messages VALUES
        ('m1', 'n1', '[]', 0, 9, 'refused', 'tls', 1, 1), ('m2', 'n1', '[]', 0, 1, 'delivered', NULL, 2, 2),
        ('m3', 'n1', '[]', 0, 9, 'given_up', 'tls', 3, 3), ('m4', 'n1', '[]', 9000000000000, 1, 'pending', 'timeout', 4, NULL),
        ('m5', 'n2', '[]', 0, 1, 'delivered', NULL, 2, 2)",
];

#[test]
fn a_call_that_waits_shows_as_long_as_it_does() {
    let (shop, metrics) = shop();
    shop.sim.control().fault(Fault::Hold, None);
    std::thread::scope(|scope| {
        let call = scope.spawn(|| shop.post("presa"));
        let shows = |sample: &str| (value(&scrape(metrics), sample) - 1.0).abs() < 0.1;
        for sample in [
            r#"pareia_connect_calls{state="running"}"#,
            r#"pareia_upstream_permits_taken{server="cred_a",kind="call"}"#,
            r#"pareia_http_blocking_requests{class="upstream"}"#,
        ] {
            until(sample, || shows(sample));
        }
        shop.sim.control().fault(Fault::None, None);
        call.join().expect("a caller");
    });
}

#[test]
fn nothing_is_told_that_opens_anything_or_names_anybody() {
    let (shop, metrics) = shop();
    shop.post("loja-do-joao");
    let mut client = Client::bearer(&shop, &shop.token);
    client.get("/api/messaging/instance/loja-do-joao?search=segredo");
    client.call("GET", "/caminho/que/ninguem/conhece", &Value::Null);
    let text = scrape(metrics);
    for secret in [KEY, &*shop.token, PHONE, "joao", "segredo", "ninguem", &shop.sim.url()] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    if let Some(complaints) = promtool(&["check", "metrics"], text.as_bytes()) {
        assert_eq!(complaints, Ok(String::new()));
    }
}

#[test]
fn the_address_of_the_metrics_has_nothing_else_and_bounds_of_its_own() {
    let (shop, metrics) = shop();
    for (method, path, body, status) in [
        ("GET", "/", "", 404),
        ("GET", "/livez", "", 404),
        ("GET", "/metrics/", "", 404),
        ("POST", "/metrics", "", 405),
        ("GET", "/metrics", "x", 413),
        ("HEAD", "/metrics?x=1", "", 200),
    ] {
        assert_eq!(Client::to(metrics).send(method, path, body, &[]).0, status, "{method} {path}");
    }
    let idle: Vec<_> = (0..20).filter_map(|_| TcpStream::connect(metrics).ok()).collect();
    until("a scrape gets the place of one that says nothing", || {
        Client::to(metrics).send("GET", "/metrics", "", &[]).0 == 200
    });
    assert_eq!(shop.post("loja").status, 200, "whoever fills them shuts nobody out of the server");
    drop(idle);
}
