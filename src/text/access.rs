//! Sentences about logins, and about what administrators do.

use super::count::count;
use super::language::{either, say};
use super::sentence::Sentence;

/// 401: a login failed. Which of the two is wrong stays unsaid.
pub fn wrong_password() -> Sentence {
    let detail = either(
        "Confira maiúsculas e minúsculas. Uma senha nova vem de \"pareia user password NOME\".",
        "Check capital and small letters. A new password comes from \"pareia user password NAME\".",
    );
    let error = either("Nome ou senha incorretos", "Wrong name or password").to_owned();
    Sentence { code: "wrong_password", error, detail: Some(detail.into()) }
}
/// 401: the password was right.
pub fn code_needed() -> Sentence {
    let error = either("Falta o código do segundo fator", "The second factor's code is missing").to_owned();
    let detail = either(
        "Envie também \"code\": os 6 dígitos do aplicativo, ou um código de recuperação.",
        "Send \"code\" as well: the app's 6 digits, or a recovery code.",
    );
    Sentence { code: "code_needed", error, detail: Some(detail.into()) }
}
/// 401: the code is wrong, or was used.
pub fn wrong_code() -> Sentence {
    let error = either("Código incorreto ou já usado", "The code is wrong, or was used before").to_owned();
    let detail = either(
        "Cada código vale uma vez: espere o próximo e confira a hora do celular. Sem o celular, use um código de \
         recuperação, ou no servidor: pareia user totp off NOME",
        "Each code works once: wait for the next, and see that the phone's clock is right. Without the phone use a \
         recovery code, or on the server: pareia user totp off NAME",
    );
    Sentence { code: "wrong_code", error, detail: Some(detail.into()) }
}
/// 409.
pub fn second_factor_on() -> Sentence {
    let error = either("O segundo fator já está ativo", "The second factor is on already").to_owned();
    let detail =
        either("Para trocar de aplicativo, desative-o primeiro.", "To change the app, turn it off first.");
    Sentence { code: "second_factor_on", error, detail: Some(detail.into()) }
}
/// 410: the link of the first start.
pub fn setup_ended() -> &'static str {
    either("O link de configuração não vale mais", "The set-up link is no longer valid")
}
/// Said beside [`setup_ended`].
pub fn setup_ended_detail() -> &'static str {
    either(
        "Veja o link que vale com \"pareia setup-link\" no servidor, ou crie a senha com \"pareia user \
         password NOME\".",
        "See the link that is valid with \"pareia setup-link\" on the server, or set the password with \
         \"pareia user password NAME\".",
    )
}
/// 403: a cookie, or a login, from elsewhere.
pub fn cross_site() -> &'static str {
    either("A requisição não veio da página do pareia", "The request did not come from pareia's own page")
}
/// Said beside [`cross_site`].
pub fn cross_site_detail() -> &'static str {
    either(
        "Abra a página pelo endereço do pareia e tente de novo. Programas usam o cabeçalho \"Authorization: \
         Bearer TOKEN\", sem cookie.",
        "Open the page by pareia's address and try again. Programs use the header \"Authorization: Bearer \
         TOKEN\", without a cookie.",
    )
}
/// 403: a browser asks whether a page of that origin may call the API.
pub fn foreign_origin(origin: Option<&str>) -> Sentence {
    let origin = origin.unwrap_or("https://app.loja.com.br");
    Sentence {
        code: "forbidden",
        error: either(
            "Páginas de outra origem não podem chamar esta API",
            "Pages of another origin may not call this API",
        )
        .to_owned(),
        detail: Some(
            say!(
                "O navegador pergunta antes (CORS) se a página pode. Para liberar, quem roda o pareia o \
                 inicia com --allow-origin {origin} (ou PAREIA_ALLOW_ORIGIN={origin}). Chamadas de um \
                 servidor não precisam disso.",
                "The browser asks first (CORS) whether the page may. To allow it, whoever runs pareia starts \
                 it with --allow-origin {origin} (or PAREIA_ALLOW_ORIGIN={origin}). Calls from a server do \
                 not need that."
            )
            .into(),
        ),
    }
}

/// 429: restarts, calls by one link, tests of servers.
pub fn too_often() -> &'static str {
    either("Pedidos demais em pouco tempo", "Too many requests in a short time")
}
/// Said beside [`too_often`].
pub fn too_often_detail() -> &'static str {
    either(
        "Espere alguns segundos e tente de novo (para programas: o cabeçalho Retry-After).",
        "Wait a few seconds and try again (for programs: the Retry-After header).",
    )
}
/// 429: logins.
pub fn too_many_attempts() -> Sentence {
    let error = either("Tentativas demais em pouco tempo", "Too many attempts in a short time").to_owned();
    let detail = either(
        "Espere um minuto e tente de novo (para programas: o cabeçalho Retry-After). Quem já entrou continua.",
        "Wait a minute and try again (for programs: the Retry-After header). Whoever is logged in already \
         stays so.",
    );
    Sentence { code: "rate_limited", error, detail: Some(detail.into()) }
}
/// 409: nobody could log in as administrator any more.
pub fn last_administrator() -> &'static str {
    either(
        "Ninguém remove nem muda o papel da própria conta, nem da do último administrador",
        "Nobody removes their own account or changes its role, nor the last administrator's",
    )
}
/// Said beside [`last_administrator`].
pub fn last_administrator_detail() -> &'static str {
    either(
        "Entre como outro administrador com senha e faça por ele.",
        "Log in as another administrator with a password and do it from there.",
    )
}
/// Said where instances would be left without an owner.
pub fn user_owns_detail() -> &'static str {
    either(
        "Escolha outro usuário para ficar com elas (instancesTo).",
        "Choose another user to take them over (instancesTo).",
    )
}
/// Said where instances would be left without a server, or where what they left on one would stay there.
pub fn credential_in_use_detail(has_leaving: bool) -> &'static str {
    if has_leaving {
        return either(
            "Com force=true ela é removida e o que ficou lá fica, com o celular: o pareia não o remove mais. Cada \
             instância que ainda a usa passa para outra credencial ativa na próxima chamada.",
            "With force=true it is removed and what was left there stays, phone and all: pareia no longer removes \
             it. Each instance that still uses it moves to another active credential at its next call.",
        );
    }
    either(
        "Com force=true ela é removida e, na próxima chamada, cada instância passa para outra credencial \
         ativa.",
        "With force=true it is removed and, at the next call, each instance moves to another active \
         credential.",
    )
}

/// 409: somebody or something has that name.
pub fn taken(field: &str) -> String {
    say!("{field} já está em uso: escolha outro", "{field} is taken: choose another")
}

/// A field that names a user whom nobody knows.
pub fn no_such_user(field: &str) -> String {
    say!("{field} deve ser o nome de um usuário que existe", "{field} must be the name of a user who exists")
}

/// A field that names a credential that is not there.
pub fn no_such_credential(field: &str) -> String {
    say!(
        "{field} deve ser o id de uma credencial que existe",
        "{field} must be the id of a credential that exists"
    )
}

/// A role beside `admin: true` that is another.
pub fn role_is_not_admin(field: &str) -> String {
    say!(
        "{field} não combina com admin true: use só um deles",
        "{field} does not go with admin true: use only one of them"
    )
}

/// A field that names the user who is to be removed.
pub fn new_owner_is_self(field: &str) -> String {
    say!("{field} deve ser outro usuário", "{field} must be another user")
}

/// 409: a user owns instances.
pub fn user_owns(instances: u32) -> String {
    say!(
        "Este usuário é dono de {}",
        "This user owns {}",
        count(instances, either("instância", "instance"), either("instâncias", "instances"))
    )
}

/// 409: instances use a credential, or are still to leave its server.
pub fn credential_in_use(instances: u32, leaving: u32) -> String {
    let (one, many) = (either("instância usa", "instance uses"), either("instâncias usam", "instances use"));
    let used = || say!("{} esta credencial", "{} this credential", count(instances, one, many));
    let leave = || still_to_leave(leaving);
    let parts = [(instances > 0).then(used), (leaving > 0).then(leave)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// So many numbers moved away from a server, and have left something there.
fn still_to_leave(leaving: u32) -> String {
    let (one, many) = (
        either("número ainda vai sair deste servidor", "number is still to leave this server"),
        either("números ainda vão sair deste servidor", "numbers are still to leave this server"),
    );
    let numbers = count(leaving, one, many);
    say!(
        "{numbers}: até o QR Code do novo ser lido, o celular continua conectado nele",
        "{numbers}: until the new one's QR code is scanned, the phone stays connected to it"
    )
}
