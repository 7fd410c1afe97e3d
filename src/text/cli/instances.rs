//! Sentences about instances, and about what is done to one by name.

use super::output::refused;
use crate::domain::Millis;
use crate::domain::clock;
use crate::text::sentence::Sentence;

/// The cell of a status, or since when nothing is known of it.
pub fn status(status: &str, unknown_since: Option<Millis>) -> String {
    unknown_since.map_or_else(
        || status.to_owned(),
        |since| format!("sem notícia desde {} (antes: {status})", clock::short(since)),
    )
}

/// The cell of the number that is linked, whether it is the right one, where that is known, and whether it was
/// before the connection went.
pub fn linked_number(number: Option<&str>, is_connected: bool, matches: Option<bool>) -> String {
    match (number, is_connected, matches) {
        (None, ..) => "-".to_owned(),
        (Some(number), false, _) => format!("último: {number}"),
        (Some(number), true, Some(false)) => format!("{number} (outro número)"),
        (Some(number), true, _) => number.to_owned(),
    }
}

/// What somebody wrote down about the instance.
pub fn note_of(note: &str) -> String {
    format!("Nota: {note}")
}

/// When what people set of the instance upstream was saved last.
pub fn settings_saved(at: Millis) -> String {
    format!("Configurações da instância na Evolution (webhook, proxy…) salvas em {} (UTC)", clock::short(at))
}

/// What was put back on an instance that was created anew.
pub fn restored(kinds: &str) -> String {
    format!("Configurações devolvidas à instância: {kinds}")
}

/// What was not put back, each with the reason's word.
pub fn not_restored(kinds: &str) -> String {
    format!("Configurações que não puderam ser devolvidas: {kinds}. Confira na Evolution.")
}

/// A text is no lifetime of a link.
pub const MINUTES_INVALID: &str = "deve ser um número de minutos, de 1 a 1440";
/// The address of the page is not known.
pub const NO_URL: &str = "não sei em que endereço as pessoas alcançam o pareia: rode \"pareia serve\" uma vez nesta \
     pasta de dados, ou informe --public-url (PAREIA_PUBLIC_URL)";
/// A deletion needs `--yes` where there is no terminal to ask at.
pub const DELETE_NEEDS_YES: &str =
    "apagar não tem volta: confirme com --yes, já que aqui não há terminal onde perguntar";
/// The question before a deletion.
pub const DELETE_CONFIRM: &str = "Apagar? Não tem volta. [s/N]";
/// The question was answered no.
pub const NOT_DELETED: &str = "nada foi apagado";

/// An adoption needs `--yes` where there is no terminal to ask at.
pub const ADOPT_NEEDS_YES: &str = "confirme com --yes, já que aqui não há terminal onde perguntar. Sem nome e sem --all, \
     o comando só mostra o que faria";
/// An adoption needs an owner.
pub const ADOPT_NEEDS_USER: &str = "diga de quem será, com --user USUÁRIO (pareia user list)";
/// The question before an adoption.
pub const ADOPT_CONFIRM: &str = "Adotar? Na Evolution nada muda. [s/N]";
/// The question was answered no.
pub const NOT_ADOPTED: &str = "nada foi adotado";
/// No server has anything that is not managed here.
pub const NOTHING_UNMANAGED: &str = "Tudo o que os servidores têm já está no pareia.";
/// Nothing of what was found can be adopted.
pub const NOTHING_ADOPTABLE: &str = "nada do que foi encontrado pode ser adotado";

/// An instance was adopted under a name that may be another.
pub fn adopted(upstream_name: &str, name: &str, server: &str) -> String {
    if upstream_name == name {
        format!("\"{name}\" ({server}) está no pareia.")
    } else {
        format!("\"{upstream_name}\" ({server}) está no pareia com o nome \"{name}\".")
    }
}

/// A server did not tell what it has.
pub fn server_not_asked(server: &str, why: &Sentence) -> String {
    format!("Servidor {server} não respondeu: {}", refused(why))
}

/// A link would show no code: a phone is connected.
pub fn already_connected(name: &str) -> String {
    format!(
        "\"{name}\" já está conectada: não há QR Code para mostrar. Para trocar de celular: pareia instance logout \
         {name}"
    )
}

/// A link was printed, and holds until then.
pub fn link_made(expires: &str) -> String {
    format!(
        "Mande este link a quem vai ler o QR Code. Vale até {expires} (UTC) e acaba quando o celular conectar."
    )
}

/// A phone was logged out.
pub fn logged_out(name: &str) -> String {
    format!(
        "\"{name}\" está desconectada do celular. Para conectar de novo: pareia instance connect {name} …"
    )
}

/// An instance was restarted.
pub fn restarted(name: &str) -> String {
    format!("\"{name}\" está reiniciando. Veja com: pareia instance show {name}")
}

/// What a deletion would take away: the instance upstream, and the session of its phone.
pub fn goes(name: &str, upstream: bool, session: bool) -> String {
    let upstream = match (upstream, session) {
        (true, true) => "a instância na Evolution, com o celular pareado, e ",
        (true, false) => "a instância na Evolution e ",
        (false, _) => "",
    };
    format!("De \"{name}\" vão embora: {upstream}o registro daqui, com o histórico e os links.")
}

/// What a deletion took away; `kept`: the instance upstream was left alone.
pub fn deleted(name: &str, upstream: bool, kept: bool) -> String {
    let scope = match (upstream, kept) {
        (true, _) => "na Evolution e aqui",
        (false, true) => "aqui; na Evolution ela fica como está",
        (false, false) => "aqui; na Evolution não havia o que apagar",
    };
    format!("\"{name}\" foi apagada {scope}.")
}

/// No instance has the name or id.
pub fn instance_unknown(name: &str) -> String {
    format!("não há instância \"{name}\". Veja os nomes com: pareia instance list")
}

/// The list of instances is empty.
pub const NO_INSTANCES: &str = "Nenhuma instância ainda. Conecte a primeira com: \
     pareia instance connect NOME --user USUÁRIO --phone TELEFONE";

/// A phone is connected.
pub const CONNECTED: &str = "conectado";
/// Where the phone scans a code.
pub const HOW_TO_SCAN: &str = "WhatsApp > Dispositivos conectados > Conectar dispositivo";
/// The command goes on until a phone is connected.
pub const CTRL_C: &str = "Acompanhando o QR Code até o celular conectar; Ctrl-C para sair.";

/// The pairing code, in the two halves that the phone shows.
pub fn pairing_code(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((first, second)) if code.len() == 8 => format!("Código de pareamento: {first}-{second}"),
        _ => format!("Código de pareamento: {code}"),
    }
}

/// Upstream sent a picture without the text that a terminal could draw.
pub const NO_CODE_TEXT: &str = "A Evolution API mandou só a imagem do QR Code, sem o texto dele. Veja a imagem no \
     campo qrCode de: pareia instance connect … --json";

/// The terminal has too few columns for the code.
pub fn too_narrow(needed: usize, columns: usize) -> String {
    format!(
        "O terminal tem {columns} colunas e o QR Code precisa de {needed}: alargue a janela ou diminua a letra."
    )
}

/// The terminal has too few rows for the code.
pub fn too_low(needed: usize, rows: usize) -> String {
    format!(
        "O terminal tem {rows} linhas e o QR Code precisa de {needed}: aumente a janela ou diminua a letra."
    )
}
