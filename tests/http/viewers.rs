//! Who sees what of a number, and of what stands beside it: each role, with each limit of a token.

use pareia::domain::{Role, TokenLimits};
use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Client, Shop, instant};

const LIST: &str = "/api/messaging/instance";
const ROW: &str = "/api/messaging/instance/loja-1";
const PHONE: &str = "5521991856227";

/// One phone under five names, of two users on two of three servers, of which `loja-1` has been on two and is listed
/// by the third as well.
fn shop() -> Shop {
    let shop = Shop::new(instant(Version::V2_3_7));
    for (id, port) in [("cred_b", 1), ("cred_c", 2)] {
        shop.credential(id, &format!("http://127.0.0.1:{port}"));
    }
    for name in ["ana", "bia"] {
        shop.member(name, Role::Owner);
    }
    for (name, user) in
        [("loja-1", "ana"), ("loja-2", "ana"), ("priv-1", "ana"), ("loja-b", "ana"), ("loja-bia", "bia")]
    {
        shop.written(name, PHONE, user);
    }
    shop.set(&format!(
        "UPDATE messaging_instances SET status = 'connected', linkedNumber = '{PHONE}', linkedKey = 'k';
         UPDATE messaging_instances SET credentialId = 'cred_b' WHERE channelInstanceId = 'loja-b';
         INSERT INTO unmanaged_instances VALUES ('cred_c', 'loja-1', 'outro-id', 1, 1, 1);
         INSERT INTO left_instances SELECT id, 'cred_b', 'left', NULL, 1 FROM messaging_instances
             WHERE channelInstanceId = 'loja-1';
         INSERT INTO instance_moves (instanceId, at, credentialId) SELECT id, 1, 'cred_b' FROM messaging_instances
             WHERE channelInstanceId = 'loja-1';
         INSERT INTO audit_entries (at, action, subject, subjectId, detail, result, via)
             SELECT 1, 'instance.move', channelInstanceId, id, 'cred_b', 'done', 'command_line' FROM messaging_instances
             WHERE channelInstanceId = 'loja-1';
         INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason, detail)
             SELECT id, 1, status, status, 'doubled', 'cred_c' FROM messaging_instances
             WHERE channelInstanceId = 'loja-1';
         INSERT OR REPLACE INTO credential_health (credentialId, trouble, since)
             SELECT id, 'evolution_unreachable', 1 FROM integration_credentials"
    ));
    shop
}

/// What is to be seen of `loja-1`: the same number under other names, and elsewhere; other servers that list it, and
/// elsewhere; where it left an instance; which servers fail; and what an export names of other servers.
struct Seen(
    &'static [&'static str],
    bool,
    &'static [&'static str],
    bool,
    &'static [&'static str],
    &'static [&'static str],
    Exported,
);

/// What an export names of other servers: where it moved from and what it left, and who lists it.
enum Exported {
    Forbidden,
    Servers(&'static [&'static str], &'static [&'static str]),
}

fn narrowed(server: Option<&str>, prefix: Option<&str>) -> TokenLimits {
    TokenLimits { server: server.map(Into::into), prefix: prefix.map(Into::into), ..TokenLimits::default() }
}

fn names(list: &Value, member: &str) -> Vec<String> {
    let name = |one: &Value| one[member].as_str().map(str::to_owned);
    list.as_array().unwrap_or_else(|| panic!("no list: {list}")).iter().filter_map(name).collect()
}

#[test]
fn each_viewer_sees_what_their_role_and_their_token_reach() {
    use Exported::{Forbidden, Servers};
    let shop = shop();
    for (name, role) in [("chefe", Role::Administrator), ("robo", Role::Operator)] {
        shop.member(name, role);
    }
    let everything: &[&str] = &["loja-2", "loja-b", "loja-bia", "priv-1"];
    let (a, ab, abc) = (&["cred_a"][..], &["cred_a", "cred_b"][..], &["cred_a", "cred_b", "cred_c"][..]);
    let (b, c) = (&["cred_b"][..], &["cred_c"][..]);
    let none: &[&str] = &[];
    for (user, server, prefix, seen) in [
        ("chefe", None, None, Seen(everything, false, c, false, b, abc, Servers(b, c))),
        ("robo", None, None, Seen(everything, false, c, false, b, abc, Forbidden)),
        ("ana", None, None, Seen(&["loja-2", "loja-b", "priv-1"], true, none, true, b, ab, Servers(b, none))),
        ("chefe", None, Some("loja-"), Seen(&everything[..3], true, none, true, b, ab, Servers(b, none))),
        ("robo", None, Some("loja-"), Seen(&everything[..3], true, none, true, b, ab, Forbidden)),
        ("ana", None, Some("loja-"), Seen(&["loja-2", "loja-b"], true, none, true, b, ab, Servers(b, none))),
        ("ana", None, Some("loja-1"), Seen(none, true, none, true, b, a, Servers(b, none))),
        (
            "chefe",
            Some("cred_a"),
            None,
            Seen(&["loja-2", "loja-bia", "priv-1"], true, none, true, none, a, Servers(none, none)),
        ),
        (
            "ana",
            Some("cred_a"),
            None,
            Seen(&["loja-2", "priv-1"], true, none, true, none, a, Servers(none, none)),
        ),
        (
            "ana",
            Some("cred_a"),
            Some("loja-"),
            Seen(&["loja-2"], true, none, true, none, a, Servers(none, none)),
        ),
    ] {
        let who = format!("{user} {server:?} {prefix:?}");
        let id = shop.store.user(user).unwrap().unwrap().id;
        let token = shop.store.add_token_with(&id, None, None, &narrowed(server, prefix)).unwrap().token;
        let mut viewer = Client::bearer(&shop, token.expose());
        let Seen(same, same_elsewhere, also, also_elsewhere, left, failing, exported) = seen;
        let expected = json!([same, same_elsewhere, also, also_elsewhere, left]);
        let list = viewer.get(LIST).body;
        let of_list =
            list["data"].as_array().unwrap().iter().find(|line| line["channelInstanceId"] == "loja-1");
        for (how, line) in [
            ("alone", &viewer.get(ROW).body["data"]),
            ("listed", of_list.unwrap()),
            ("found", &viewer.get(&format!("{LIST}?search=loja-1&perPage=1")).body["data"][0]),
        ] {
            let found = ["sameNumberAs", "sameNumberElsewhere", "alsoOn", "alsoElsewhere", "leftOn"];
            assert_eq!(json!(found.map(|field| &line[field])), expected, "{who} {how}");
        }
        assert_eq!(names(&list["troubles"], "server"), failing, "{who}");
        let held = viewer.get(&format!("{ROW}/export"));
        match exported {
            Forbidden => assert_eq!(held.code(), "forbidden", "{who}"),
            Servers(own, listed) => {
                let data = &held.body["data"];
                for (part, servers) in [("left", own), ("moves", own), ("listed", listed)] {
                    assert_eq!(names(&data[part], "server"), servers, "{who} {part}");
                }
                let moves =
                    data["audit"].as_array().unwrap().iter().filter(|act| act["action"] == "instance.move");
                assert_eq!(names(&moves.cloned().collect(), "detail"), own, "{who} audit");
                let double =
                    data["history"].as_array().unwrap().iter().filter(|event| event["reason"] == "doubled");
                assert_eq!(
                    names(&double.cloned().collect(), "detail"),
                    listed,
                    "{who}: {held:?}",
                    held = held.body
                );
            }
        }
    }
}

#[test]
fn what_is_beyond_a_token_is_not_there() {
    let shop = shop();
    let bia = shop.store.user("bia").unwrap().unwrap().id;
    let ana = shop.store.user("ana").unwrap().unwrap().id;
    for (user, server, prefix, reached) in [
        (&ana, None, Some("loja-"), [200, 404, 200, 404]),
        (&ana, Some("cred_a"), None, [200, 200, 404, 404]),
        (&ana, Some("cred_b"), Some("loja-"), [404, 404, 200, 404]),
        (&bia, None, None, [404, 404, 404, 200]),
        (&bia, None, Some("outra-"), [404, 404, 404, 404]),
    ] {
        let token = shop.store.add_token_with(user, None, None, &narrowed(server, prefix)).unwrap().token;
        let viewer = Client::bearer(&shop, token.expose());
        for (path, method) in
            [("", "GET"), ("/events", "GET"), ("/export", "GET"), ("/uptime", "GET"), ("/link", "GET")]
        {
            let statuses = ["loja-1", "priv-1", "loja-b", "loja-bia"]
                .map(|name| viewer.send(method, &format!("{LIST}/{name}{path}"), "", &[]).0);
            assert_eq!(statuses, reached, "{server:?} {prefix:?} {path}");
        }
        let erased = ["loja-1", "priv-1", "loja-b", "loja-bia"].map(|name| {
            viewer
                .send("DELETE", &format!("{LIST}/{name}?erase=true&keepUpstream=true&dryRun=true"), "", &[])
                .0
        });
        assert_eq!(erased, reached, "{server:?} {prefix:?}");
    }
}
