//! Sentences about users and tokens.

use crate::text::count::count;

/// A user was added.
pub fn user_added(name: &str) -> String {
    format!("Usuário \"{name}\" criado. Agora crie o token: pareia token create {name}")
}

/// The name of a new user is taken.
pub fn user_taken(name: &str) -> String {
    format!("o usuário \"{name}\" já existe. Veja todos com: pareia user list")
}

/// No user has the name.
pub fn user_unknown(name: &str) -> String {
    format!("não há usuário \"{name}\". Veja os nomes com: pareia user list")
}

/// Nobody needs a set-up link any more.
pub fn already_set_up(base: &str) -> String {
    format!(
        "o pareia já tem um administrador com senha: entre em {base}. Esqueceu a senha? pareia user password NOME"
    )
}

/// The set-up link was printed.
pub fn setup_link_printed(until: &str) -> String {
    format!(
        "Abra o link no navegador para criar o administrador: vale uma vez, até {until}. Outro, que anula este: \
         pareia setup-link --renew"
    )
}

/// The set-up link, for whoever started the server in a terminal.
pub fn open_setup_link(url: &str, until: &str) -> String {
    format!("Para configurar, abra no navegador (vale uma vez, até {until}):\n  {url}")
}

/// The list of users is empty.
pub const NO_USERS: &str = "Nenhum usuário ainda. Crie o primeiro com: pareia user add NOME";

/// A user has another role.
pub fn role_set(name: &str, role: &str) -> String {
    format!("\"{name}\" agora é {role}. Vale a partir da próxima chamada.")
}

/// The last administrator keeps the role.
pub fn last_administrator(name: &str) -> String {
    format!("\"{name}\" é o último administrador. Antes, torne outro: pareia user role OUTRO administrator")
}

/// A user is not removed while it owns so many instances.
pub fn user_owns(name: &str, instances: u32) -> String {
    let owned = count(instances, "instância", "instâncias");
    format!(
        "\"{name}\" é dono de {owned}. Passe tudo para outro usuário com: \
         pareia user remove {name} --instances-to OUTRO"
    )
}

/// The instances were to go to the user who is removed.
pub const NEW_OWNER_IS_SELF: &str = "--instances-to tem de ser outro usuário";

/// A user was removed with so many tokens.
pub fn user_removed(name: &str, tokens: u32) -> String {
    format!("Usuário \"{name}\" removido, com {}.", count(tokens, "token", "tokens"))
}

/// So many instances have another owner.
pub fn instances_moved(instances: u32, new_owner: &str) -> String {
    format!("{} para \"{new_owner}\".", count(instances, "instância passou", "instâncias passaram"))
}

/// A token was printed.
pub fn token_created(id: &str) -> String {
    format!("Guarde o token: ele não aparece de novo. Para revogar: pareia token revoke {id}")
}

/// No token has the id.
pub fn token_unknown(id: &str) -> String {
    format!("não há token \"{id}\". Veja os ids com: pareia token list")
}

/// A token was revoked.
pub fn token_revoked(id: &str) -> String {
    format!("Token {id} revogado: a próxima chamada com ele recebe 401.")
}

/// The list of tokens is empty.
pub const NO_TOKENS: &str = "Nenhum token ainda. Crie um com: pareia token create USUÁRIO";

/// The cell of a moment that has passed.
pub fn expired(at: &str) -> String {
    format!("{at} (expirado)")
}

/// A password was set.
pub fn password_set(name: &str) -> String {
    format!("Senha de \"{name}\" definida. Quem estava na página com essa conta precisa entrar de novo.")
}

/// A password is refused.
pub fn password_invalid(why: &str) -> String {
    format!("a senha {why}")
}

/// The prompt for a new password.
pub const NEW_PASSWORD: &str = "Digite a senha nova (ela não aparece) e tecle Enter:";
/// The prompt for the same password once more.
pub const NEW_PASSWORD_AGAIN: &str = "Digite a mesma senha de novo e tecle Enter:";
/// The two passwords are not the same.
pub const PASSWORDS_DIFFER: &str = "as duas senhas são diferentes: nada mudou, tente de novo";
/// A password is no line of text.
pub const PASSWORD_NOT_TEXT: &str = "a senha deve ser uma linha de texto em UTF-8";
