//! Titles of the columns of lists.

/// Titles of `pareia credential list`.
pub const CREDENTIAL_TITLES: &[&str] =
    &["ID", "NOME", "TIPO", "ENDEREÇO", "ATIVA", "INSTÂNCIAS", "CRIADA (UTC)"];
/// Titles of `pareia user list`.
pub const USER_TITLES: &[&str] = &["NOME", "PAPEL", "SENHA", "INSTÂNCIAS", "TOKENS", "CRIADO (UTC)", "ID"];
/// Titles of `pareia token list`.
pub const TOKEN_TITLES: &[&str] = &["ID", "USUÁRIO", "NOME", "EXPIRA (UTC)", "USADO (UTC)", "CRIADO (UTC)"];
/// Titles of what `pareia instance adopt` finds.
pub const UNMANAGED_TITLES: &[&str] = &["NA EVOLUTION", "CREDENCIAL", "PAREADA", "TELEFONE", "NO PAREIA"];
/// Titles of `pareia instance list`, and of the lines of `show`.
pub const INSTANCE_TITLES: &[&str] = &[
    "NOME",
    "APELIDO",
    "STATUS",
    "DESDE (UTC)",
    "TELEFONE",
    "CONECTADO",
    "USUÁRIO",
    "CREDENCIAL",
    "ETIQUETAS",
    "CRIADA (UTC)",
    "ID",
];
