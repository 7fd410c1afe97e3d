//! What a notice says: its title, and what happened.

use super::super::instances::reason;
use super::super::language::{either, say};
use super::super::servers::server_code;
use crate::domain::{Notice, NoticeKind, Reason};

/// The title of one notice; without a name, of a server whose name the reader may not know.
pub(super) fn title(kind: NoticeKind, name: &str) -> String {
    let server = if name.is_empty() {
        either("O servidor dos seus números", "The server of your numbers").to_owned()
    } else {
        say!("O servidor {name}", "Server {name}")
    };
    match kind {
        NoticeKind::Disconnected => say!("{name} desconectou", "{name} disconnected"),
        NoticeKind::Lost => say!("{name} sumiu da Evolution", "{name} is gone from Evolution"),
        NoticeKind::Back => say!("{name} voltou", "{name} is back"),
        NoticeKind::OtherNumber => say!("{name}: outro número conectado", "{name}: another number is linked"),
        NoticeKind::ServerDown => say!("{server} não responde", "{server} does not answer"),
        NoticeKind::ServerUp => say!("{server} voltou", "{server} is back"),
        NoticeKind::LicenceLost => {
            say!("{server} pede ativação da licença", "{server} asks for its licence to be activated")
        }
        NoticeKind::BackupFailed => either("O backup falhou", "The backup failed").to_owned(),
        NoticeKind::Test => either("Teste do pareia", "Test of pareia").to_owned(),
    }
}

/// The title of several about numbers of one server.
pub(super) fn title_of_many(kind: NoticeKind, many: usize) -> String {
    let what = match kind {
        NoticeKind::Lost => either("sumiram da Evolution", "are gone from Evolution"),
        NoticeKind::Back => either("voltaram", "are back"),
        _ => either("desconectaram", "disconnected"),
    };
    say!("{many} números do mesmo servidor {what}", "{many} numbers of the same server {what}")
}

/// What happened and what to do.
pub(super) fn why(notice: &Notice, knows_servers: bool) -> String {
    let detail = notice.detail.as_deref();
    let text = match notice.kind {
        NoticeKind::Disconnected | NoticeKind::Lost => {
            match notice.reason.as_deref().and_then(Reason::parse) {
                Some(why) => return reason(why),
                None => either("O celular não está mais conectado.", "The phone is no longer connected."),
            }
        }
        NoticeKind::Back => either("Conectado de novo.", "Connected again."),
        NoticeKind::OtherNumber => return other_number(detail.unwrap_or("?")),
        NoticeKind::ServerDown | NoticeKind::LicenceLost if !knows_servers => either(
            "Enquanto isso não se sabe como estão seus números. Quem cuida do servidor já pode ver a causa.",
            "Meanwhile nothing is known of your numbers. Whoever runs the server can see the cause.",
        ),
        NoticeKind::ServerDown | NoticeKind::LicenceLost => {
            let fault = server_code(detail.unwrap_or_default());
            return format!("{}. {}", fault.error, fault.detail.unwrap_or_default());
        }
        NoticeKind::ServerUp => either("Responde de novo.", "It answers again."),
        NoticeKind::BackupFailed => return backup_failed(detail.unwrap_or("?")),
        NoticeKind::Test => either("Os avisos chegam aqui.", "Notices reach this place."),
    };
    text.to_owned()
}

fn other_number(number: &str) -> String {
    say!(
        "Agora está conectado o número {number}. Se não é o certo, desconecte a instância e leia o QR Code \
         com o outro celular.",
        "Now the number {number} is linked. If it is the wrong one, log the instance out and scan its code \
         with the other phone."
    )
}

fn backup_failed(code: &str) -> String {
    say!(
        "Código: {code}. \"pareia doctor\" e o log do pareia dizem por quê.",
        "Code: {code}. \"pareia doctor\" and pareia's log say why."
    )
}
