//! Titles of the columns of lists.

/// Of `pareia credential list`.
pub const CREDENTIAL_TITLES: &[&str] =
    &["ID", "NOME", "TIPO", "ENDEREÇO", "ATIVA", "INSTÂNCIAS", "CRIADA (UTC)"];
/// Of `pareia user list`.
pub const USER_TITLES: &[&str] = &["NOME", "PAPEL", "SENHA", "INSTÂNCIAS", "TOKENS", "CRIADO (UTC)", "ID"];
/// Of `pareia token list`.
pub const TOKEN_TITLES: &[&str] = &["ID", "USUÁRIO", "NOME", "EXPIRA (UTC)", "USADO (UTC)", "CRIADO (UTC)"];
/// Of `pareia instance list`.
pub const INSTANCE_TITLES: &[&str] =
    &["NOME", "STATUS", "DESDE (UTC)", "TELEFONE", "USUÁRIO", "CREDENCIAL", "CRIADA (UTC)", "ID"];
