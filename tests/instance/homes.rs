//! One number, one home: what has a name already, wherever that is, and what cannot be a phone's home.

use std::time::Duration;

use pareia::sim::{Fault, Sim, Version};
use serde_json::{Value, json};

use super::monitor::swift;
use crate::harness::{Answer, ROUTE, Shop, instant, until, upstream_create};

#[test]
fn what_is_no_phone_is_refused_and_named_and_left_alone() {
    for (version, integration, status) in [
        (Version::V2_3_7, "WHATSAPP-BAILEYS", 200),
        (Version::V2_3_7, "EVOLUTION", 409),
        (Version::V2_3_7, "WHATSAPP-BUSINESS", 409),
        // 1.8 stores whatever it is told, and takes it for a phone.
        (Version::V1_8_2, "EVOLUTION", 200),
        (Version::V1_8_2, "WHATSAPP-BUSINESS", 409),
    ] {
        let shop = Shop::new(instant(version));
        let admin = shop.user("chefe", true);
        let body = json!({ "instanceName": "loja", "integration": integration, "token": "t-loja" });
        upstream_create(&shop.sim.url(), &body);
        for token in [&shop.token, &admin] {
            let from = shop.calls();
            let answer = shop.post_as(token, "loja");
            assert_eq!(answer.status, status, "{version:?} {integration}: {:?}", answer.body);
            if status == 409 {
                assert_eq!(answer.code(), "not_a_phone");
                assert!(answer.body["error"].as_str().is_some_and(|error| error.contains(integration)));
                assert!(answer.body["detail"].as_str().is_some_and(|detail| detail.contains("manager")));
                assert_eq!(shop.calls_since(from), "fetchInstances", "looked at and no more");
                assert!(shop.sql("SELECT id FROM messaging_instances").is_empty(), "the name is not held");
            } else {
                break;
            }
        }
    }
}

/// What a server has under the name before the call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Has {
    Nothing,
    /// An instance that no phone is paired with.
    Free,
    /// One that a phone is connected with.
    Paired,
    /// One that is no phone's.
    Business,
    /// Nobody knows: nothing listens there.
    Down,
    /// The same, and it listed a free one when it last answered.
    DownListed,
}

/// A shop with the servers `cred_a`, `cred_b` and `cred_c`, of which the first is its own.
struct Servers {
    shop: Shop,
    others: [Sim; 2],
    admin: String,
}

impl Servers {
    fn new(shop: Shop) -> Self {
        let others = ["cred_b", "cred_c"].map(|id| {
            let sim = Sim::start(instant(Version::V2_3_7)).expect("the simulation starts");
            shop.credential(id, &sim.url());
            sim
        });
        let admin = shop.user("chefe", true);
        Self { shop, others, admin }
    }

    fn all(&self) -> [&Sim; 3] {
        [&self.shop.sim, &self.others[0], &self.others[1]]
    }

    fn put(&self, server: usize, has: Has) {
        let sim = self.all()[server];
        let create = |integration: &str| {
            let body =
                json!({ "instanceName": "loja", "integration": integration, "token": "t", "qrcode": true });
            upstream_create(&sim.url(), &body);
        };
        match has {
            Has::Nothing => {}
            Has::Free => create("WHATSAPP-BAILEYS"),
            Has::Paired => {
                create("WHATSAPP-BAILEYS");
                assert!(sim.control().scan("loja", None), "it shows a code");
                let is_open = || sim.control().state("loja").is_some_and(|state| state.word() == "open");
                until("it is paired", is_open);
            }
            Has::Business => create("WHATSAPP-BUSINESS"),
            Has::Down => sim.control().refuse(true),
            Has::DownListed => {
                let listed = "INSERT INTO unmanaged_instances VALUES ('cred_b', 'loja', 'x', 1, 0, 1)";
                self.shop.set(listed);
                sim.control().refuse(true);
            }
        }
    }

    /// Who has the row, and on how many servers the call created anything.
    fn home(&self) -> String {
        self.shop.sql("SELECT credentialId FROM messaging_instances").concat().join(" ")
    }

    fn creates(&self) -> u32 {
        self.all().iter().map(|sim| sim.control().count("create", Some("loja"))).sum()
    }
}

fn warnings(answer: &Answer) -> Vec<&str> {
    let warnings = answer.data("warnings").as_array().map(Vec::as_slice).unwrap_or_default();
    warnings.iter().filter_map(|warning| warning["code"].as_str()).collect()
}

#[test]
fn a_name_without_a_row_has_its_home_where_it_is_already() {
    use Has::{Business, Down, DownListed, Free, Nothing, Paired};
    const SEVERAL: &str = "found_on_several";
    const NOT_ASKED: &str = "server_not_asked";
    // What the three servers have; status, server of the row, creates, warnings, for an owner and an administrator.
    type End = (u16, &'static str, u32, &'static [&'static str]);
    const REFUSED: End = (409, "", 0, &[]);
    const AT_B: End = (200, "cred_b", 0, &[]);
    const SEVERAL_AT_B: End = (200, "cred_b", 0, &[SEVERAL]);
    let cases: [([Has; 3], End, End); 13] = [
        ([Nothing, Nothing, Nothing], (200, "cred_a", 1, &[]), (200, "cred_a", 1, &[])),
        ([Free, Nothing, Nothing], (200, "cred_a", 0, &[]), (200, "cred_a", 0, &[])),
        ([Nothing, Free, Nothing], AT_B, AT_B),
        ([Nothing, Paired, Nothing], REFUSED, AT_B),
        ([Free, Paired, Nothing], REFUSED, SEVERAL_AT_B),
        ([Nothing, Paired, Free], REFUSED, SEVERAL_AT_B),
        ([Nothing, Paired, Paired], REFUSED, SEVERAL_AT_B),
        ([Nothing, Free, Free], SEVERAL_AT_B, SEVERAL_AT_B),
        ([Nothing, Business, Nothing], REFUSED, REFUSED),
        ([Nothing, Free, Business], AT_B, AT_B),
        ([Nothing, Down, Nothing], (200, "cred_a", 1, &[NOT_ASKED]), (200, "cred_a", 1, &[NOT_ASKED])),
        ([Down, Free, Nothing], (200, "cred_b", 0, &[NOT_ASKED]), (200, "cred_b", 0, &[NOT_ASKED])),
        ([Nothing, DownListed, Nothing], (502, "cred_b", 0, &[]), (502, "cred_b", 0, &[])),
    ];
    for (has, for_owner, for_administrator) in cases {
        let is_one_for_both = for_owner == for_administrator;
        for is_administrator in [false, true].into_iter().skip(usize::from(is_one_for_both)) {
            let servers = Servers::new(Shop::new(instant(Version::V2_3_7)));
            (0..3).for_each(|server| servers.put(server, has[server]));
            let before = servers.creates();
            let token = if is_administrator { &servers.admin } else { &servers.shop.token };
            let answer = servers.shop.post_as(token, "loja");
            let end = (answer.status, &*servers.home(), servers.creates() - before, &*warnings(&answer));
            let expected = if is_administrator { for_administrator } else { for_owner };
            assert_eq!(end, expected, "{has:?} {is_administrator} {}", answer.body);
            assert_eq!(answer.data("warning"), &answer.data("warnings")[0], "the worst");
        }
    }
}

#[test]
fn a_server_that_hangs_holds_a_call_up_for_a_part_of_its_time_only() {
    let upstream = instant(Version::V2_3_7);
    let servers = Servers::new(Shop::with(upstream, Duration::from_secs(6)));
    servers.others[0].control().fault(Fault::Hang, None);
    servers.put(2, Has::Paired);
    let answer = servers.shop.post_as(&servers.admin, "loja");
    assert_eq!(
        (answer.status, &*servers.home(), &*warnings(&answer)),
        (200, "cred_c", &["server_not_asked"][..])
    );
    servers.shop.set("DELETE FROM messaging_instances");
    servers.others[1].control().forget(None);
    let answer = servers.shop.post_as(&servers.admin, "loja");
    assert_eq!(
        (answer.status, &*servers.home(), &*warnings(&answer)),
        (200, "cred_a", &["server_not_asked"][..])
    );
}

#[test]
fn other_servers_are_named_to_those_who_may_know_them() {
    for (has, token_of, named) in [
        (Has::Free, "chefe", true),
        (Has::Free, "loja", false),
        (Has::Down, "chefe", true),
        (Has::Down, "loja", false),
    ] {
        let servers = Servers::new(Shop::new(instant(Version::V2_3_7)));
        servers.put(0, if has == Has::Free { Has::Free } else { Has::Nothing });
        servers.put(1, has);
        let token = if token_of == "chefe" { &servers.admin } else { &servers.shop.token };
        let data = servers.shop.post_as(token, "loja").body["data"].clone();
        let message = data["warning"]["message"].as_str().expect("a warning");
        assert_eq!(message.contains("cred_b"), named, "{message}");
        assert_eq!(message.contains("outro servidor"), !named, "{message}");
        if has == Has::Free {
            let expected = if named { json!([["cred_b"], false]) } else { json!([[], true]) };
            assert_eq!(json!([data["alsoOn"], data["alsoElsewhere"]]), expected);
        }
    }
}

#[test]
fn other_servers_are_asked_once_and_only_for_a_name_without_a_row() {
    let servers = Servers::new(Shop::new(instant(Version::V2_3_7)));
    for _ in 0..2 {
        assert_eq!(servers.shop.post("loja").status, 200);
    }
    for other in &servers.others {
        let calls: Vec<_> = other.control().calls().into_iter().map(|call| call.endpoint).collect();
        assert_eq!(calls, ["connectionState"]);
    }
    // A server that is not used is not asked, nor is one server by two addresses of the same credential.
    servers.shop.set("UPDATE integration_credentials SET isActive = 0 WHERE id <> 'cred_a'");
    servers.shop.credential("cred_again", &servers.shop.sim.url());
    let from = servers.shop.calls();
    assert_eq!(servers.shop.post("outra").status, 200);
    assert_eq!(servers.shop.calls_since(from), "fetchInstances create connect");
    assert_eq!(servers.others[0].control().count("connectionState", Some("outra")), 0);
}

/// What an administrator is shown of the number's other servers.
fn also_on(servers: &Servers) -> Value {
    servers.shop.call_as(&servers.admin, "GET", &format!("{ROUTE}/loja")).body["data"]["alsoOn"].clone()
}

#[test]
fn a_double_on_a_server_that_comes_back_is_found_by_the_monitor_and_said_once() {
    let servers = Servers::new(Shop::watched(instant(Version::V2_3_7), swift()));
    servers.put(1, Has::Free);
    servers.put(1, Has::Down);
    let down = "SELECT count(*) FROM credential_health WHERE credentialId = 'cred_b' AND trouble IS NOT NULL";
    until("the monitor knows it, and notes nothing of it any more", || servers.shop.sql(down) == [["1"]]);
    servers.shop.set("DELETE FROM unmanaged_instances");
    let answer = servers.shop.post_as(&servers.admin, "loja");
    assert_eq!((answer.status, &*servers.home()), (200, "cred_a"), "{}", answer.body);
    assert_eq!(warnings(&answer), ["server_not_asked"]);
    assert_eq!(also_on(&servers), json!([]));
    servers.others[0].control().refuse(false);
    until("the double is seen", || also_on(&servers) == json!(["cred_b"]));
    let lists = || servers.others[0].control().count("fetchInstances", None);
    let from = lists();
    until("more lists", || lists() > from + 3);
    let told = "SELECT count(*) FROM instance_events WHERE reason = 'doubled' AND fromStatus = toStatus";
    assert_eq!(servers.shop.sql(told), [["1"]], "said once");
    assert_eq!(warnings(&servers.shop.post_as(&servers.admin, "loja")), ["found_on_several"]);
    // It ends where the double does.
    servers.others[0].control().forget(Some("loja"));
    until("the double is gone", || also_on(&servers) == json!([]));
    assert_eq!(warnings(&servers.shop.post_as(&servers.admin, "loja")), Vec::<&str>::new());
}
