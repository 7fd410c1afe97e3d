//! Sentences about logins, and about what administrators do.

use super::count::count;
use super::sentence::Sentence;

/// 401: a login failed. Which of the two is wrong stays unsaid.
pub const WRONG_PASSWORD: &str = "Nome ou senha incorretos";
/// Said beside [`WRONG_PASSWORD`].
pub const WRONG_PASSWORD_DETAIL: &str =
    "Confira maiúsculas e minúsculas. Uma senha nova vem de \"pareia user password NOME\".";
/// 410: the link of the first start.
pub const SETUP_EXPIRED: &str = "O link de configuração não vale mais";
/// Said beside [`SETUP_EXPIRED`].
pub const SETUP_EXPIRED_DETAIL: &str = "Veja o link que vale com \"pareia setup-link\" no servidor, ou crie a senha com \"pareia user password NOME\".";
/// 403: a cookie, or a login, from elsewhere.
pub const CROSS_SITE: &str = "A requisição não veio da página do pareia";
/// Said beside [`CROSS_SITE`].
pub const CROSS_SITE_DETAIL: &str = "Abra a página pelo endereço do pareia e tente de novo. Programas usam o \
    cabeçalho \"Authorization: Bearer TOKEN\", sem cookie.";
/// 403: a browser asks whether a page of that origin may call the API.
pub fn foreign_origin(origin: Option<&str>) -> Sentence {
    let origin = origin.unwrap_or("https://app.loja.com.br");
    Sentence {
        code: "forbidden",
        error: "Páginas de outra origem não podem chamar esta API".to_owned(),
        detail: Some(
            format!(
                "O navegador pergunta antes (CORS) se a página pode. Para liberar, quem roda o pareia o inicia com \
                 --allow-origin {origin} (ou PAREIA_ALLOW_ORIGIN={origin}). Chamadas de um servidor não precisam disso."
            )
            .into(),
        ),
    }
}

/// 429: restarts, calls by one link, tests of servers.
pub const TOO_OFTEN: &str = "Pedidos demais em pouco tempo";
/// Said beside [`TOO_OFTEN`].
pub const TOO_OFTEN_DETAIL: &str =
    "Espere alguns segundos e tente de novo (para programas: o cabeçalho Retry-After).";
/// 429: logins.
pub const TOO_MANY_ATTEMPTS: &str = "Tentativas demais em pouco tempo";
/// Said beside [`TOO_MANY_ATTEMPTS`].
pub const TOO_MANY_ATTEMPTS_DETAIL: &str =
    "Espere um minuto e tente de novo (para programas: o cabeçalho Retry-After). Quem já entrou continua.";
/// 409: nobody could log in as administrator any more.
pub const LAST_ADMINISTRATOR: &str =
    "Ninguém remove nem muda o papel da própria conta, nem da do último administrador";
/// Said beside [`LAST_ADMINISTRATOR`].
pub const LAST_ADMINISTRATOR_DETAIL: &str = "Entre como outro administrador com senha e faça por ele.";
/// Said where instances would be left without an owner.
pub const USER_OWNS_DETAIL: &str = "Escolha outro usuário para ficar com elas (instancesTo).";
/// Said where instances would be left without a server.
pub const CREDENTIAL_IN_USE_DETAIL: &str =
    "Com force=true ela é removida e, na próxima chamada, cada instância passa para outra credencial ativa.";

/// 409: somebody or something has that name.
pub fn taken(field: &str) -> String {
    format!("{field} já está em uso: escolha outro")
}

/// A field that names a user whom nobody knows.
pub fn no_such_user(field: &str) -> String {
    format!("{field} deve ser o nome de um usuário que existe")
}

/// A field that names a credential that is not there.
pub fn no_such_credential(field: &str) -> String {
    format!("{field} deve ser o id de uma credencial que existe")
}

/// A role beside `admin: true` that is another.
pub fn role_is_not_admin(field: &str) -> String {
    format!("{field} não combina com admin true: use só um deles")
}

/// A field that names the user who is to be removed.
pub fn new_owner_is_self(field: &str) -> String {
    format!("{field} deve ser outro usuário")
}

/// 409: a user owns instances.
pub fn user_owns(instances: u32) -> String {
    format!("Este usuário é dono de {}", count(instances, "instância", "instâncias"))
}

/// 409: instances use a credential.
pub fn credential_in_use(instances: u32) -> String {
    format!("{} esta credencial", count(instances, "instância usa", "instâncias usam"))
}
