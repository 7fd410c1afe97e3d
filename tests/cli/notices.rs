//! `pareia notify`.

use super::desk::Desk;

#[test]
fn targets_are_added_listed_tested_and_removed() {
    let desk = Desk::new();
    desk.says("notify list", 0, "", "Nenhum destino de avisos ainda");
    desk.says("notify test", 1, "", "Nenhum destino de avisos ainda");
    desk.says("notify add webhook https://h/ --user loja", 1, "", "não há usuário \"loja\"");
    desk.ok("user add loja");
    desk.says(
        "notify add fax 1 --user loja",
        2,
        "",
        "deve ser um de: webhook, ntfy, telegram, email, whatsapp",
    );
    desk.says("notify add webhook https://h/ --user loja --all", 1, "", "só administradores e operadores");
    let telegram = "notify add telegram -100123 --user loja";
    desk.says(telegram, 1, "", "--secret-stdin (ou --secret-file) é obrigatório neste canal");
    let blamed = "--secret-stdin não é o token de um bot";
    desk.fed_says(&format!("{telegram} --secret-stdin"), "x\n", 1, "", blamed);
    let private = "ENDEREÇO leva à rede do próprio servidor, o que só um administrador pode usar";
    desk.says("notify add ntfy http://127.0.0.1:1/avisos --user loja", 1, "", private);
    desk.ok("user add ana --admin");
    let ran = desk.fed("notify add telegram -100123 --user ana --all --secret-stdin --server http://127.0.0.1:1 --quiet 22:00-07:00", "123:abc\n");
    let id = ran.out.trim_end().to_owned();
    assert!(id.starts_with('n') && ran.err.contains("Para testar: pareia notify test n"), "{}", ran.err);
    let ran = desk.fed("notify add webhook http://127.0.0.1:1/x?key=1 --user ana", "");
    assert!(ran.err.contains("Chave da assinatura (não aparece de novo): "), "{}", ran.err);
    let table = desk.ok("notify list");
    assert!(table.contains("-100123") && table.contains("22:00-07:00 (-03:00)"), "{table}");
    assert!(!table.contains("123:abc") && !table.contains("key=1"), "{table}");
    assert_eq!(desk.json("notify list --json")[0]["channel"], "telegram");
    let ran = desk.fed(&format!("notify test {id}"), "");
    assert!(ran.out.contains("-100123: Não há conexão com o servidor"), "{}", ran.out);
    assert!(ran.code == Some(1) && ran.err.contains("1 de 1 destinos não receberam o teste"), "{}", ran.err);
    let log = desk.json("notify log --json");
    assert_eq!((&log[0]["outcome"], &log[0]["error"]), (&"refused".into(), &"unreachable".into()));
    assert!(desk.ok("notify log").contains("Teste do pareia"));
    desk.says(&format!("notify disable {id}"), 0, "", "desativado");
    desk.says(&format!("notify enable {id}"), 0, "", "ativo");
    desk.says(&format!("notify remove {id}"), 0, "", "removido");
    desk.says(&format!("notify remove {id}"), 1, "", "não há destino de avisos");
}
