//! Sentences about instances, and about what is done to one by name.

use crate::domain::Millis;
use crate::domain::clock;

/// A status, or since when nothing is known of it.
pub fn status(status: &str, unknown_since: Option<Millis>) -> String {
    unknown_since.map_or_else(
        || status.to_owned(),
        |since| format!("sem notícia desde {} (antes: {status})", clock::short(since)),
    )
}

/// No life that a link can have.
pub const MINUTES_INVALID: &str = "deve ser um número de minutos, de 1 a 1440";
/// Nobody said where the page is.
pub const NO_URL: &str = "não sei em que endereço as pessoas alcançam o pareia: rode \"pareia serve\" uma vez nesta \
     pasta de dados, ou informe --public-url (PAREIA_PUBLIC_URL)";
/// Nobody can be asked.
pub const DELETE_NEEDS_YES: &str =
    "apagar não tem volta: confirme com --yes, já que aqui não há terminal onde perguntar";
/// The question.
pub const DELETE_CONFIRM: &str = "Apagar? Não tem volta. [s/N]";
/// The answer was no.
pub const NOT_DELETED: &str = "nada foi apagado";

/// There is nothing to scan.
pub fn already_connected(name: &str) -> String {
    format!(
        "\"{name}\" já está conectada: não há QR Code para mostrar. Para trocar de celular: pareia instance logout \
         {name}"
    )
}

/// A link was printed.
pub fn link_made(expires: &str) -> String {
    format!(
        "Mande este link a quem vai ler o QR Code. Vale até {expires} (UTC) e acaba quando o celular conectar."
    )
}

/// A phone is out.
pub fn logged_out(name: &str) -> String {
    format!(
        "\"{name}\" está desconectada do celular. Para conectar de novo: pareia instance connect {name} …"
    )
}

/// A socket opens anew.
pub fn restarted(name: &str) -> String {
    format!("\"{name}\" está reiniciando. Veja com: pareia instance show {name}")
}

/// What a deletion takes away.
pub fn goes(name: &str, upstream: bool, session: bool) -> String {
    let upstream = match (upstream, session) {
        (true, true) => "a instância na Evolution, com o celular pareado, e ",
        (true, false) => "a instância na Evolution e ",
        (false, _) => "",
    };
    format!("De \"{name}\" vão embora: {upstream}o registro daqui, com o histórico e os links.")
}

/// It is gone.
pub fn deleted(name: &str, upstream: bool, kept: bool) -> String {
    let place = match (upstream, kept) {
        (true, _) => "na Evolution e aqui",
        (false, true) => "aqui; na Evolution ela fica como está",
        (false, false) => "aqui; na Evolution não havia o que apagar",
    };
    format!("\"{name}\" foi apagada {place}.")
}
