//! Titles of the columns of lists.

use crate::text::language::either;

/// Titles of `pareia credential list`.
pub fn credential_titles() -> &'static [&'static str] {
    either(
        &[
            "ID",
            "NOME",
            "TIPO",
            "ENDEREÇO",
            "ATIVA",
            "INSTÂNCIAS",
            "NOVAS",
            "SAÚDE",
            "VERSÃO",
            "LISTA",
            "CRIADA (UTC)",
        ],
        &[
            "ID",
            "NAME",
            "TYPE",
            "ADDRESS",
            "ACTIVE",
            "INSTANCES",
            "NEW",
            "HEALTH",
            "VERSION",
            "LIST",
            "CREATED (UTC)",
        ],
    )
}
/// Titles of `pareia user list`.
pub fn user_titles() -> &'static [&'static str] {
    either(
        &["NOME", "PAPEL", "SENHA", "INSTÂNCIAS", "TOKENS", "CRIADO (UTC)", "ID"],
        &["NAME", "ROLE", "PASSWORD", "INSTANCES", "TOKENS", "CREATED (UTC)", "ID"],
    )
}
/// Titles of `pareia token list`.
pub fn token_titles() -> &'static [&'static str] {
    either(
        &["ID", "USUÁRIO", "NOME", "ESCOPO", "EXPIRA (UTC)", "USADO (UTC)", "CRIADO (UTC)"],
        &["ID", "USER", "NAME", "SCOPE", "EXPIRES (UTC)", "USED (UTC)", "CREATED (UTC)"],
    )
}
/// Titles of `pareia audit list`.
pub fn audit_titles() -> &'static [&'static str] {
    either(
        &["QUANDO (UTC)", "QUEM", "POR", "DE", "AÇÃO", "EM", "DETALHE", "RESULTADO"],
        &["WHEN (UTC)", "WHO", "BY", "FROM", "ACTION", "ON", "DETAIL", "RESULT"],
    )
}
/// Titles of `pareia instance links`.
pub fn link_titles() -> &'static [&'static str] {
    either(&["ID", "CRIADO (UTC)", "VALE ATÉ (UTC)"], &["ID", "CREATED (UTC)", "VALID UNTIL (UTC)"])
}
/// Titles of what `pareia instance adopt` finds.
pub fn unmanaged_titles() -> &'static [&'static str] {
    either(
        &["NA EVOLUTION", "CREDENCIAL", "PAREADA", "TELEFONE", "NO PAREIA"],
        &["IN EVOLUTION", "CREDENTIAL", "PAIRED", "PHONE", "IN PAREIA"],
    )
}
/// Titles of `pareia instance list`, and of the lines of `show`.
pub fn instance_titles() -> &'static [&'static str] {
    either(
        &[
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
        ],
        &[
            "NAME",
            "DISPLAY NAME",
            "STATUS",
            "SINCE (UTC)",
            "PHONE",
            "CONNECTED",
            "USER",
            "CREDENTIAL",
            "LABELS",
            "CREATED (UTC)",
            "ID",
        ],
    )
}
