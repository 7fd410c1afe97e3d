//! `pareia user` and `pareia token`.

use pareia::admin::Passwords;
use pareia::domain::Secret;
use pareia::store::NewSession;
use serde_json::Value;

use super::desk::{Desk, KEY};

#[test]
fn users_are_added_listed_and_removed() {
    let desk = Desk::new();
    desk.says("user list", 0, "", "Nenhum usuário ainda. Crie o primeiro com: pareia user add NOME");
    desk.says("user list --json", 0, "[]", "");
    desk.says(
        "user add loja",
        0,
        "",
        "Usuário \"loja\" criado. Agora crie o token: pareia token create loja",
    );
    desk.says("user add chefe --admin", 0, "", "criado");
    desk.says("user add loja", 1, "", "o usuário \"loja\" já existe. Veja todos com: pareia user list");
    let listed = desk.json("user list --json");
    assert_eq!(listed[0]["name"], "chefe");
    assert_eq!((&listed[0]["admin"], &listed[1]["admin"]), (&true.into(), &false.into()));
    assert!(listed[1]["createdAt"].as_str().unwrap().ends_with('Z'));
    let table = desk.ok("user list");
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("NOME   PAPEL          SENHA  INSTÂNCIAS  TOKENS  CRIADO (UTC)"), "{table}");
    assert!(lines[1].starts_with("chefe  administrator  não    0           0       20"), "{table}");

    desk.credential("cred_lab", "http://localhost:8080", KEY);
    desk.ok("token create loja");
    desk.instance("a", "loja", "cred_lab");
    desk.instance("b", "loja", "cred_lab");
    desk.says("user remove loja", 1, "", "é dono de 2 instâncias. Passe tudo para outro usuário com: pareia user remove loja --instances-to OUTRO");
    desk.says("user remove loja --instances-to loja", 1, "", "tem de ser outro usuário");
    desk.says("user remove loja --instances-to ninguem", 1, "", "não há usuário \"ninguem\"");
    desk.says(
        "user remove loja --instances-to chefe",
        0,
        "",
        "2 instâncias passaram para \"chefe\".\nUsuário \"loja\" removido, com 1 token.",
    );
    desk.says("user remove loja", 1, "", "não há usuário \"loja\". Veja os nomes com: pareia user list");
    assert_eq!(desk.json("user list --json")[0]["instances"], 2);
    assert_eq!(desk.json("token list --json"), Value::Array(vec![]), "its tokens went with it");
}

#[test]
fn a_token_is_printed_once_and_never_listed() {
    let desk = Desk::new();
    desk.says("token list", 0, "", "Nenhum token ainda");
    desk.says("token create loja", 1, "", "não há usuário \"loja\". Veja os nomes com: pareia user list");
    desk.ok("user add loja");
    let ran = desk.fed("token create loja --name site --expires 30", "");
    let token = ran.out.trim_end();
    assert!(
        token.starts_with("pareia_") && !token.contains(char::is_whitespace),
        "the token only: {token:?}"
    );
    let forever = desk.ok("token create loja");
    let listed = desk.json("token list --json");
    let id = listed[0]["id"].as_str().unwrap();
    assert!(ran.err.contains(&format!("pareia token revoke {id}")), "{}", ran.err);
    assert_eq!((&listed[0]["user"], &listed[0]["name"]), (&"loja".into(), &"site".into()));
    assert!(listed[0]["expiresAt"].as_str().unwrap() > listed[0]["createdAt"].as_str().unwrap());
    assert_eq!((&listed[1]["name"], &listed[1]["expiresAt"]), (&Value::Null, &Value::Null));
    let shown = format!("{}{listed}", desk.ok("token list"));
    assert!(!shown.contains(token) && !shown.contains(&forever));
    assert!(desk.store().caller(token).unwrap().is_some());
    desk.says(&format!("token revoke {id}"), 0, "", "revogado: a próxima chamada com ele recebe 401");
    desk.says(&format!("token revoke {id}"), 1, "", "Veja os ids com: pareia token list");
    assert!(desk.store().caller(token).unwrap().is_none());
}

#[test]
fn a_token_is_made_for_a_scope_a_server_and_names() {
    let desk = Desk::new();
    desk.ok("user add loja");
    desk.says("token create loja --scope tudo", 2, "", "deve ser um de: ensure, read, admin");
    desk.says("token create loja --prefix -x", 2, "", "");
    desk.says("token create loja --server nada", 1, "", "não há credencial \"nada\"");
    let token = desk.ok("token create loja --scope ensure --prefix loja-");
    let limits = desk.store().caller(token.trim()).unwrap().unwrap().caller.limits;
    assert_eq!((limits.scope.as_str(), limits.prefix.as_deref()), ("ensure", Some("loja-")));
    assert!(desk.ok("token list").contains("ensure loja-*"));
    assert_eq!(desk.json("token list --json")[0]["scope"], "ensure");
}

#[test]
fn a_password_is_set_from_a_pipe_and_ends_sessions() {
    let desk = Desk::new();
    desk.ok("user add ana");
    desk.fed_says(
        "user password ana",
        "uma senha boa\n",
        0,
        "",
        "Senha de \"ana\" definida. Quem estava na página com essa conta precisa entrar de novo.",
    );
    let account = || desk.store().account("ana").unwrap().unwrap();
    let hash = account().hash.unwrap();
    let begin = || {
        let (user, hash) = (account().user, account().hash.unwrap());
        let new = NewSession {
            user: &user,
            hash: &hash,
            client: "",
            address: "127.0.0.1",
            replaces: None,
            shown: "",
        };
        desk.store().add_session(&new).unwrap().unwrap()
    };
    let cookie = begin();
    assert!(desk.store().session(cookie.expose()).unwrap().is_some());
    let listed = desk.json("user list --json");
    assert_eq!((&listed[0]["hasPassword"], &listed[0]["admin"]), (&true.into(), &false.into()));
    assert!(!listed.to_string().contains("argon2"));
    for (line, stdin, sentence) in [
        ("user password ana", "curta", "a senha deve ter de 8 a 128 caracteres"),
        ("user password ana", "", "a senha deve ter de 8 a 128 caracteres"),
        ("user password ana", "uma linha\noutra linha", "a senha deve ser uma linha de texto"),
        ("user password ninguem", "uma senha boa", "não há usuário \"ninguem\""),
    ] {
        desk.fed_says(line, stdin, 1, "", sentence);
    }
    assert_eq!(account().hash.as_deref(), Some(&*hash), "nothing changed");
    assert!(desk.store().session(cookie.expose()).unwrap().is_some());
    desk.fed_says("user password ana", "outra senha boa\r\n", 0, "", "definida");
    assert!(desk.store().session(cookie.expose()).unwrap().is_none());
    let new = account().hash.unwrap();
    let matches = |text: &str| Passwords::default().matches(&Secret::new(text), Some(&new));
    assert!(matches("outra senha boa") && !matches("outra senha boa\r"));
}

#[test]
fn a_second_factor_is_turned_off_on_the_server() {
    let desk = Desk::new();
    desk.ok("user add ana");
    let id = desk.store().user("ana").unwrap().unwrap().id;
    assert!(desk.store().begin_second_factor(&id, &Secret::new("GEZDGNBV")).unwrap());
    desk.says("user totp off ana", 0, "", "Segundo fator de \"ana\" desativado");
    assert!(desk.store().second_factor(&id).unwrap().is_none());
    desk.says("user totp off ana", 1, "", "\"ana\" não tem segundo fator");
    desk.says("user totp off ninguem", 1, "", "não há usuário \"ninguem\"");
}

#[test]
fn a_user_has_the_role_that_was_named() {
    let desk = Desk::new();
    for (name, flags) in [
        ("a", ""),
        ("b", "--admin"),
        ("c", "--role administrator"),
        ("d", "--role operator"),
        ("e", "--role owner"),
    ] {
        desk.ok(&format!("user add {name} {flags}"));
    }
    let listed = desk.json("user list --json");
    let roles: Vec<_> = listed.as_array().unwrap().iter().map(|u| (&u["role"], &u["admin"])).collect();
    let [owner, administrator, operator] = ["owner", "administrator", "operator"].map(Value::from);
    let [yes, no] = [true, false].map(Value::from);
    let expected =
        [(&owner, &no), (&administrator, &yes), (&administrator, &yes), (&operator, &no), (&owner, &no)];
    assert_eq!(roles, expected);
    let valid = "\"chefe\" não serve: deve ser um de: administrator, operator, owner";
    desk.says("user add f --role chefe", 2, "", valid);
    desk.says("user add f --role owner --admin", 2, "", "use só um deles");
}

#[test]
fn the_command_line_may_remove_the_last_administrator() {
    let desk = Desk::new();
    desk.ok("user add chefe --admin");
    desk.fed_says("user password chefe", "uma senha boa\n", 0, "", "definida");
    assert!(!desk.store().setup_needed().unwrap());
    desk.says("user remove chefe", 0, "", "Usuário \"chefe\" removido");
    assert!(desk.store().setup_needed().unwrap());
}

#[test]
fn names_and_ids_are_read_as_files_of_another_system_hand_them_over() {
    let desk = Desk::new();
    desk.ok("user add loja");
    let mut command = desk.command("token create");
    let ran = command.args(["\u{feff}loja\r", "--name", "site\u{a0}\r\n"]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let listed = desk.json("token list --json");
    assert_eq!((&listed[0]["user"], &listed[0]["name"]), (&"loja".into(), &"site".into()));
    let id = format!("{}\r\n", listed[0]["id"].as_str().unwrap());
    let ran = desk.command("token revoke").arg(&id).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn the_last_administrator_keeps_the_role() {
    let desk = Desk::new();
    desk.ok("user add chefe --admin");
    let kept = "\"chefe\" é o último administrador. Antes, torne outro: pareia user role OUTRO administrator";
    desk.says("user role chefe owner", 1, "", kept);
    desk.says("user role ninguem owner", 1, "", "não há usuário \"ninguem\"");
    desk.says("user role chefe dono", 2, "", "deve ser um de: administrator, operator, owner");
    desk.ok("user add ana");
    desk.says(
        "user role ana administrator",
        0,
        "",
        "\"ana\" agora é administrator. Vale a partir da próxima chamada.",
    );
    desk.says("user role chefe operator", 0, "", "\"chefe\" agora é operator");
    let listed = desk.json("user list --json");
    let roles: Vec<_> = listed.as_array().unwrap().iter().map(|u| &u["role"]).collect();
    assert_eq!(roles, ["administrator", "operator"]);
}

#[test]
fn what_commands_do_is_told_by_the_systems_user() {
    let desk = Desk::new();
    desk.says("audit list", 0, "", "Nada na trilha de auditoria.");
    desk.ok("user add ana --role operator");
    desk.ok("user role ana owner");
    let told = desk.json("audit list --json");
    let told: Vec<_> =
        told.as_array().unwrap().iter().map(|e| (&e["action"], &e["subject"], &e["detail"])).collect();
    let [add, role, ana] = ["user.add", "user.role", "ana"].map(Value::from);
    assert_eq!(told, [(&role, &ana, &"owner".into()), (&add, &ana, &"operator".into())]);
    let first = &desk.json("audit list --json --limit 1 --action user.role --from 2026-01-01")[0];
    assert_eq!((&first["via"], &first["address"]), (&"command_line".into(), &Value::Null));
    assert!(first["actor"].as_str().is_some_and(|name| !name.is_empty()), "{first}");
    assert!(desk.ok("audit list").contains("user.role  ana  owner"));
    let csv = desk.ok("audit list --csv --subject ana");
    assert_eq!(csv.lines().count(), 3, "{csv}");
    desk.says("audit list --action usuario", 2, "", "deve ser um de: audit.export, ");
    desk.says("audit list --from ontem", 2, "", "deve ser um dia, como 2026-01-31");
}
