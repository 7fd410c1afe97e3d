//! Sentences about instances, and about what is done to one by name.

use super::output::refused;
use crate::domain::Millis;
use crate::domain::clock;
use crate::text::language::{either, say};
use crate::text::sentence::Sentence;

/// The cell of a status, or since when nothing is known of it.
pub fn status(status: &str, unknown_since: Option<Millis>) -> String {
    unknown_since.map_or_else(
        || status.to_owned(),
        |since| {
            say!(
                "sem notícia desde {} (antes: {status})",
                "no news since {} (before: {status})",
                clock::short(since)
            )
        },
    )
}

/// The cell of the number that is linked, whether it is the right one, where that is known, and whether it was
/// before the connection went.
pub fn linked_number(number: Option<&str>, is_connected: bool, matches: Option<bool>) -> String {
    match (number, is_connected, matches) {
        (None, ..) => "-".to_owned(),
        (Some(number), false, _) => say!("último: {number}", "last: {number}"),
        (Some(number), true, Some(false)) => say!("{number} (outro número)", "{number} (another number)"),
        (Some(number), true, _) => number.to_owned(),
    }
}

/// What somebody wrote down about the instance.
pub fn note_of(note: &str) -> String {
    say!("Nota: {note}", "Note: {note}")
}

/// When what people set of the instance upstream was saved last.
pub fn settings_saved(at: Millis) -> String {
    say!(
        "Configurações da instância na Evolution (webhook, proxy…) salvas em {} (UTC)",
        "Settings of the instance in Evolution (webhook, proxy…) saved on {} (UTC)",
        clock::short(at)
    )
}

/// What was put back on an instance that was created anew.
pub fn restored(kinds: &str) -> String {
    say!("Configurações devolvidas à instância: {kinds}", "Settings put back on the instance: {kinds}")
}

/// What was not put back, each with the reason's word.
pub fn not_restored(kinds: &str) -> String {
    say!(
        "Configurações que não puderam ser devolvidas: {kinds}. Confira na Evolution.",
        "Settings that could not be put back: {kinds}. Check them in Evolution."
    )
}

/// A text is no lifetime of a link.
pub fn minutes_invalid() -> &'static str {
    either("deve ser um número de minutos, de 1 a 1440", "must be a number of minutes, from 1 to 1440")
}
/// The address of the page is not known.
pub fn no_url() -> &'static str {
    either(
        "não sei em que endereço as pessoas alcançam o pareia: rode \"pareia serve\" uma vez nesta pasta de \
         dados, ou informe --public-url (PAREIA_PUBLIC_URL)",
        "the address at which people reach pareia is not known: run \"pareia serve\" once on this data \
         folder, or give --public-url (PAREIA_PUBLIC_URL)",
    )
}
/// A deletion needs `--yes` where there is no terminal to ask at.
pub fn delete_needs_yes() -> &'static str {
    either(
        "apagar não tem volta: confirme com --yes, já que aqui não há terminal onde perguntar",
        "there is no way back from a deletion: confirm it with --yes, since there is no terminal to ask at",
    )
}
/// The question before a deletion.
pub fn delete_confirm() -> &'static str {
    either("Apagar? Não tem volta. [s/N]", "Delete? There is no way back. [y/N]")
}
/// The question was answered no.
pub fn not_deleted() -> &'static str {
    either("nada foi apagado", "nothing was deleted")
}

/// An adoption needs `--yes` where there is no terminal to ask at.
pub fn adopt_needs_yes() -> &'static str {
    either(
        "confirme com --yes, já que aqui não há terminal onde perguntar. Sem nome e sem --all, o comando só \
         mostra o que faria",
        "confirm with --yes, since there is no terminal to ask at. Without a name and without --all the \
         command only shows what it would do",
    )
}
/// An adoption needs an owner.
pub fn adopt_needs_user() -> &'static str {
    either(
        "diga de quem será, com --user USUÁRIO (pareia user list)",
        "say whose they will be, with --user USER (pareia user list)",
    )
}
/// The question before an adoption.
pub fn adopt_confirm() -> &'static str {
    either("Adotar? Na Evolution nada muda. [s/N]", "Adopt? In Evolution nothing changes. [y/N]")
}
/// The question was answered no.
pub fn not_adopted() -> &'static str {
    either("nada foi adotado", "nothing was adopted")
}
/// No server has anything that is not managed here.
pub fn nothing_unmanaged() -> &'static str {
    either(
        "Tudo o que os servidores têm já está no pareia.",
        "Everything that the servers have is in pareia already.",
    )
}
/// Nothing of what was found can be adopted.
pub fn nothing_adoptable() -> &'static str {
    either("nada do que foi encontrado pode ser adotado", "nothing of what was found can be adopted")
}

/// An instance was adopted under a name that may be another.
pub fn adopted(upstream_name: &str, name: &str, server: &str) -> String {
    if upstream_name == name {
        say!("\"{name}\" ({server}) está no pareia.", "\"{name}\" ({server}) is in pareia.")
    } else {
        say!(
            "\"{upstream_name}\" ({server}) está no pareia com o nome \"{name}\".",
            "\"{upstream_name}\" ({server}) is in pareia under the name \"{name}\"."
        )
    }
}

/// A server did not tell what it has.
pub fn server_not_asked(server: &str, why: &Sentence) -> String {
    say!("Servidor {server} não respondeu: {}", "Server {server} did not answer: {}", refused(why))
}

/// A link would show no code: a phone is connected.
pub fn already_connected(name: &str) -> String {
    say!(
        "\"{name}\" já está conectada: não há QR Code para mostrar. Para trocar de celular: pareia instance \
         logout {name}",
        "\"{name}\" is connected already: there is no QR code to show. To change the phone: pareia instance \
         logout {name}"
    )
}

/// A link was printed, and holds until then.
pub fn link_made(expires: &str) -> String {
    say!(
        "Mande este link a quem vai ler o QR Code. Vale até {expires} (UTC) e acaba quando o celular conectar.",
        "Send this link to whoever will scan the QR code. It is valid until {expires} (UTC) and ends when the \
         phone connects."
    )
}

/// The link begins with an address that means "this computer".
pub fn link_is_local() -> &'static str {
    either(
        "Este link só abre neste computador. Para outros celulares, use --public-url com o endereço público.",
        "This link opens on this computer only. For other phones, use --public-url with the public address.",
    )
}

/// The list of links is empty.
pub fn no_links() -> &'static str {
    either(
        "Nenhum link aberto. Crie um com: pareia instance link NOME",
        "No open link. Make one with: pareia instance link NAME",
    )
}

/// No link of the instance that still shows its code has the id.
pub fn link_unknown(id: &str, name: &str) -> String {
    say!(
        "não há link aberto \"{id}\". Veja os ids com: pareia instance links {name}",
        "there is no open link \"{id}\". See the ids with: pareia instance links {name}"
    )
}

/// So many links were ended.
pub fn links_revoked(links: u32) -> String {
    say!("Links cancelados: {links}", "Links cancelled: {links}")
}

/// A phone was logged out.
pub fn logged_out(name: &str) -> String {
    say!(
        "\"{name}\" está desconectada do celular. Para conectar de novo: pareia instance connect {name} …",
        "\"{name}\" is logged out of the phone. To connect it again: pareia instance connect {name} …"
    )
}

/// An instance was restarted.
pub fn restarted(name: &str) -> String {
    say!(
        "\"{name}\" está reiniciando. Veja com: pareia instance show {name}",
        "\"{name}\" is restarting. See it with: pareia instance show {name}"
    )
}

/// What a deletion would take away: the instance upstream, and the session of its phone.
pub fn goes(name: &str, upstream: bool, session: bool) -> String {
    let upstream = match (upstream, session) {
        (true, true) => either(
            "a instância na Evolution, com o celular pareado, e ",
            "the instance in Evolution, with the paired phone, and ",
        ),
        (true, false) => either("a instância na Evolution e ", "the instance in Evolution and "),
        (false, _) => "",
    };
    say!(
        "De \"{name}\" vão embora: {upstream}o registro daqui, com o histórico e os links.",
        "Of \"{name}\" these go: {upstream}the record here, with its history and links."
    )
}

/// What an erasure takes away as well.
pub fn erases() -> &'static str {
    either(
        "E tudo o mais que o pareia guarda dela: as configurações salvas, o que os avisos diziam e o nome na trilha \
         de auditoria. Backups feitos antes ainda a têm, até saírem.",
        "And all else that pareia holds about it: the saved settings, what notices said and its name in the audit \
         trail. Backups made before still have it, until they are gone.",
    )
}

/// What an erasure takes away where the instance was deleted before.
pub fn erases_traces(name: &str) -> String {
    say!(
        "\"{name}\" já foi apagada. Do que ainda há dela vão embora: as configurações salvas, o que os avisos diziam e o \
         nome na trilha de auditoria. Backups feitos antes ainda a têm, até saírem.",
        "\"{name}\" was deleted before. Of what is left of it goes: the saved settings, what notices said and its name in \
         the audit trail. Backups made before still have it, until they are gone."
    )
}

/// Nothing is left of an instance.
pub fn traces_erased(name: &str) -> String {
    say!("Nada mais há de \"{name}\".", "Nothing is left of \"{name}\".")
}

/// What a deletion took away; `kept`: the instance upstream was left alone.
pub fn deleted(name: &str, upstream: bool, kept: bool) -> String {
    let scope = match (upstream, kept) {
        (true, _) => either("na Evolution e aqui", "in Evolution and here"),
        (false, true) => {
            either("aqui; na Evolution ela fica como está", "here; in Evolution it stays as it is")
        }
        (false, false) => either(
            "aqui; na Evolution não havia o que apagar",
            "here; in Evolution there was nothing to delete",
        ),
    };
    say!("\"{name}\" foi apagada {scope}.", "\"{name}\" was deleted {scope}.")
}

/// No instance has the name or id.
pub fn instance_unknown(name: &str) -> String {
    say!(
        "não há instância \"{name}\". Veja os nomes com: pareia instance list",
        "there is no instance \"{name}\". See the names with: pareia instance list"
    )
}

/// The list of instances is empty.
pub fn no_instances() -> &'static str {
    either(
        "Nenhuma instância ainda. Conecte a primeira com: pareia instance connect NOME --user USUÁRIO --phone \
         TELEFONE",
        "No instance yet. Connect the first with: pareia instance connect NAME --user USER --phone PHONE",
    )
}

/// A phone is connected.
pub fn connected() -> &'static str {
    either("conectado", "connected")
}
/// Where the phone scans a code.
pub fn how_to_scan() -> &'static str {
    either(
        "WhatsApp > Dispositivos conectados > Conectar dispositivo",
        "WhatsApp > Linked devices > Link a device",
    )
}
/// The command goes on until a phone is connected.
pub fn ctrl_c() -> &'static str {
    either(
        "Acompanhando o QR Code até o celular conectar; Ctrl-C para sair.",
        "Following the QR code until the phone connects; Ctrl-C to leave.",
    )
}

/// The pairing code, in the two halves that the phone shows.
pub fn pairing_code(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((first, second)) if code.len() == 8 => {
            say!("Código de pareamento: {first}-{second}", "Pairing code: {first}-{second}")
        }
        _ => say!("Código de pareamento: {code}", "Pairing code: {code}"),
    }
}

/// Upstream sent a picture without the text that a terminal could draw.
pub fn no_code_text() -> &'static str {
    either(
        "A Evolution API mandou só a imagem do QR Code, sem o texto dele. Veja a imagem no campo qrCode de: \
         pareia instance connect … --json",
        "Evolution API sent only the picture of the QR code, without its text. See the picture in the field \
         qrCode of: pareia instance connect … --json",
    )
}

/// The terminal has too few columns for the code.
pub fn too_narrow(needed: usize, columns: usize) -> String {
    say!(
        "O terminal tem {columns} colunas e o QR Code precisa de {needed}: alargue a janela ou diminua a \
         letra.",
        "The terminal has {columns} columns and the QR code needs {needed}: widen the window or make the \
         letters smaller."
    )
}

/// The terminal has too few rows for the code.
pub fn too_low(needed: usize, rows: usize) -> String {
    say!(
        "O terminal tem {rows} linhas e o QR Code precisa de {needed}: aumente a janela ou diminua a letra.",
        "The terminal has {rows} lines and the QR code needs {needed}: make the window larger or the letters \
         smaller."
    )
}
