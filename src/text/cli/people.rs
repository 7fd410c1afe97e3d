//! Sentences about users and tokens.

use crate::text::count::count;
use crate::text::language::{either, say};

/// A user was added.
pub fn user_added(name: &str) -> String {
    say!(
        "Usuário \"{name}\" criado. Agora crie o token: pareia token create {name}",
        "User \"{name}\" added. Now create the token: pareia token create {name}"
    )
}

/// The name of a new user is taken.
pub fn user_taken(name: &str) -> String {
    say!(
        "o usuário \"{name}\" já existe. Veja todos com: pareia user list (maiúsculas não contam)",
        "the user \"{name}\" exists already. See all of them with: pareia user list (capitals do not count)"
    )
}

/// No user has the name.
pub fn user_unknown(name: &str) -> String {
    say!(
        "não há usuário \"{name}\". Veja os nomes com: pareia user list",
        "there is no user \"{name}\". See the names with: pareia user list"
    )
}

/// Nobody needs a set-up link any more.
pub fn already_set_up(base: &str) -> String {
    say!(
        "o pareia já tem um administrador com senha: entre em {base}. Esqueceu a senha? pareia user password \
         NOME",
        "pareia already has an administrator with a password: log in at {base}. Forgot the password? pareia \
         user password NAME"
    )
}

/// The set-up link was printed.
pub fn setup_link_printed(until: &str) -> String {
    say!(
        "Abra o link no navegador para criar o administrador: vale uma vez, até {until}. Outro, que anula \
         este: pareia setup-link --renew",
        "Open the link in a browser to create the administrator: it is valid once, until {until}. Another, \
         which voids this one: pareia setup-link --renew"
    )
}

/// The set-up link, for whoever started the server in a terminal.
pub fn open_setup_link(url: &str, until: &str) -> String {
    say!(
        "Para configurar, abra no navegador (vale uma vez, até {until}):\n  {url}",
        "To set up, open in a browser (valid once, until {until}):\n  {url}"
    )
}

/// The list of users is empty.
pub fn no_users() -> &'static str {
    either(
        "Nenhum usuário ainda. Crie o primeiro com: pareia user add NOME",
        "No user yet. Add the first with: pareia user add NAME",
    )
}

/// A user has another role.
pub fn role_set(name: &str, role: &str) -> String {
    say!(
        "\"{name}\" agora é {role}. Vale a partir da próxima chamada.",
        "\"{name}\" is {role} now. It counts from the next call on."
    )
}

/// The last administrator keeps the role.
pub fn last_administrator(name: &str) -> String {
    say!(
        "\"{name}\" é o último administrador. Antes, torne outro: pareia user role OUTRO administrator",
        "\"{name}\" is the last administrator. First make another: pareia user role OTHER administrator"
    )
}

/// A user is not removed while it owns so many instances.
pub fn user_owns(name: &str, instances: u32) -> String {
    let owned = count(instances, either("instância", "instance"), either("instâncias", "instances"));
    say!(
        "\"{name}\" é dono de {owned}. Passe tudo para outro usuário com: pareia user remove {name} \
         --instances-to OUTRO",
        "\"{name}\" owns {owned}. Hand them all to another user with: pareia user remove {name} \
         --instances-to OTHER"
    )
}

/// The instances were to go to the user who is removed.
pub fn new_owner_is_self() -> &'static str {
    either("--instances-to tem de ser outro usuário", "--instances-to has to be another user")
}

/// A user was removed with so many tokens.
pub fn user_removed(name: &str, tokens: u32) -> String {
    say!(
        "Usuário \"{name}\" removido, com {}.",
        "User \"{name}\" was removed, with {}.",
        count(tokens, either("token", "token"), either("tokens", "tokens"))
    )
}

/// So many instances have another owner.
pub fn instances_moved(instances: u32, new_owner: &str) -> String {
    say!(
        "{} para \"{new_owner}\".",
        "{} to \"{new_owner}\".",
        count(
            instances,
            either("instância passou", "instance went"),
            either("instâncias passaram", "instances went")
        )
    )
}

/// A user has no second factor.
pub fn no_second_factor(name: &str) -> String {
    say!("\"{name}\" não tem segundo fator", "\"{name}\" has no second factor")
}

/// A user's second factor was removed.
pub fn second_factor_removed(name: &str) -> String {
    say!(
        "Segundo fator de \"{name}\" desativado: a senha basta até ativar outro, em Conta",
        "Second factor of \"{name}\" turned off: the password is enough until another is turned on, under Account"
    )
}

/// A token was printed.
pub fn token_created(id: &str) -> String {
    say!(
        "Guarde o token: ele não aparece de novo. Para revogar: pareia token revoke {id}",
        "Keep the token: it is not shown again. To revoke it: pareia token revoke {id}"
    )
}

/// No token has the id.
pub fn token_unknown(id: &str) -> String {
    say!(
        "não há token \"{id}\". Veja os ids com: pareia token list",
        "there is no token \"{id}\". See the ids with: pareia token list"
    )
}

/// A token was revoked.
pub fn token_revoked(id: &str) -> String {
    say!(
        "Token {id} revogado: a próxima chamada com ele recebe 401.",
        "Token {id} was revoked: the next call with it gets 401."
    )
}

/// The list of tokens is empty.
pub fn no_tokens() -> &'static str {
    either(
        "Nenhum token ainda. Crie um com: pareia token create USUÁRIO",
        "No token yet. Create one with: pareia token create USER",
    )
}

/// The cell of a moment that has passed.
pub fn expired(at: &str) -> String {
    say!("{at} (expirado)", "{at} (expired)")
}

/// A password was set.
pub fn password_set(name: &str) -> String {
    say!(
        "Senha de \"{name}\" definida. Quem estava na página com essa conta precisa entrar de novo.",
        "Password of \"{name}\" set. Whoever was on the page with this account has to log in again."
    )
}

/// A password is refused.
pub fn password_invalid(why: &str) -> String {
    say!("a senha {why}", "the password {why}")
}

/// The prompt for a new password.
pub fn new_password() -> &'static str {
    either(
        "Digite a senha nova (ela não aparece) e tecle Enter:",
        "Type the new password (it is not shown) and press Enter:",
    )
}
/// The prompt for the same password once more.
pub fn new_password_again() -> &'static str {
    either("Digite a mesma senha de novo e tecle Enter:", "Type the same password again and press Enter:")
}
/// The two passwords are not the same.
pub fn passwords_differ() -> &'static str {
    either(
        "as duas senhas são diferentes: nada mudou, tente de novo",
        "the two passwords differ: nothing has changed, try again",
    )
}
/// A password is no line of text.
pub fn password_not_text() -> &'static str {
    either("a senha deve ser uma linha de texto em UTF-8", "the password must be one line of text in UTF-8")
}

/// The audit trail has nothing of that.
pub fn no_audit() -> &'static str {
    either("Nada na trilha de auditoria.", "Nothing in the audit trail.")
}
/// A day is refused.
pub fn day_invalid() -> &'static str {
    either("deve ser um dia, como 2026-01-31", "must be a day, like 2026-01-31")
}

/// A word that is none of these.
pub fn not_one_of(words: &[&str]) -> String {
    say!("deve ser um de: {}", "must be one of: {}", words.join(", "))
}
