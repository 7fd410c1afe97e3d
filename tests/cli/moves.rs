//! `pareia credential set` and `drain`, `pareia instance move` and `send-test`.

use pareia::sim::Version;
use serde_json::json;

use super::desk::{Desk, KEY, simulated};
use crate::harness::until;

#[test]
fn servers_are_given_numbers_by_rules_and_drained_and_numbers_moved_from_the_shell() {
    let (desk, first, second) = (Desk::new(), simulated(Version::V2_3_7), simulated(Version::V2_3_7));
    desk.ok("user add loja");
    desk.credential("a", &first.url(), KEY);
    desk.says("credential set b --weight 2", 1, "", "não há credencial \"b\"");
    desk.says("credential set a", 2, "", "");
    desk.says("credential set a --weight 0", 2, "", "");
    desk.says("credential set a --new --no-new", 2, "", "");
    let set = desk.fed("credential set a --capacity 2 --no-new", "");
    assert!(set.err.contains("Não recebe números novos") && set.err.contains("até 2 números"), "{}", set.err);
    let connect = |name: &str| format!("instance connect {name} --user loja --phone 5521991856227 --once");
    desk.says(&connect("um"), 1, "", "Nenhum servidor recebe números novos (no_room)");
    desk.ok("credential set a --new");
    for name in ["um", "dois"] {
        desk.ok(&connect(name));
        assert!(first.control().scan(name, Some("5521991856227@s.whatsapp.net")));
        let is_open = || first.control().state(name).is_some_and(|state| state.word() == "open");
        until("it is connected", is_open);
        desk.says(&connect(name), 0, "conectado", "");
    }
    desk.says(&connect("tres"), 1, "", "no_room");
    let listed = desk.ok("credential list");
    assert!(listed.contains("NOVAS") && listed.contains("2/2"), "{listed}");

    desk.says("instance send-test um", 0, "", "Mensagem de teste mandada para 5521991856227");
    desk.says("instance send-test um --to 5511987650000 --json", 0, &pretty(), "5511987650000");
    assert_eq!(first.control().texts().len(), 2);

    desk.credential("b", &second.url(), KEY);
    desk.says("instance move um --to b", 2, "", "--yes");
    desk.says("instance move um --to a --yes", 1, "", "(already_there)");
    let moved = desk.fed("instance move um --to b --yes --json", "");
    assert!(moved.err.starts_with("A sessão do celular não vai junto"), "said first: {}", moved.err);
    assert!(moved.out.contains("\"old\": \"stays\""), "{}", moved.out);
    desk.says("instance send-test um", 1, "", "(not_connected)");
    let shown = desk.fed("instance show um", "");
    assert!(shown.err.contains("a instância em a fica como está"), "{}", shown.err);

    desk.says("credential drain a", 0, "", "1 número passa para outro servidor");
    assert_eq!(desk.json("credential list --json")[0]["intake"], "draining");
    let drained = desk.fed("credential drain a --now --public-url https://zap.example", "");
    assert_eq!(drained.code, Some(0), "{}", drained.err);
    assert!(drained.out.starts_with("dois\thttps://zap.example/c#"), "{}", drained.out);
    assert_eq!(desk.json("instance show dois --json")["leftOn"], json!(["a"]));
    desk.says("credential drain a --stop", 0, "", "volta a receber");
}

/// The answer of a test message, as `--json` prints it.
fn pretty() -> String {
    let sent = json!({
        "instance": "um", "sentTo": "5511987650000",
        "text": "Mensagem de teste do pareia: este número está funcionando.",
    });
    serde_json::to_string_pretty(&sent).expect("JSON")
}
