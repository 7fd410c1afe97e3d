//! The words of notices in Brazilian Portuguese.

use super::super::instances::reason;
use super::super::servers::server_code;
use crate::domain::{Notice, NoticeKind, Reason};

/// The title of one notice; without a name, of a server whose name the reader may not know.
pub(super) fn title(kind: NoticeKind, name: &str) -> String {
    let server = if name.is_empty() {
        "O servidor dos seus números".to_owned()
    } else {
        format!("O servidor {name}")
    };
    match kind {
        NoticeKind::Disconnected => format!("{name} desconectou"),
        NoticeKind::Lost => format!("{name} sumiu da Evolution"),
        NoticeKind::Back => format!("{name} voltou"),
        NoticeKind::OtherNumber => format!("{name}: outro número conectado"),
        NoticeKind::ServerDown => format!("{server} não responde"),
        NoticeKind::ServerUp => format!("{server} voltou"),
        NoticeKind::LicenceLost => format!("{server} pede ativação da licença"),
        NoticeKind::BackupFailed => "O backup falhou".to_owned(),
        NoticeKind::Test => "Teste do pareia".to_owned(),
    }
}

/// The title of several about numbers of one server.
pub(super) fn title_of_many(kind: NoticeKind, many: usize) -> String {
    let what = match kind {
        NoticeKind::Lost => "sumiram da Evolution",
        NoticeKind::Back => "voltaram",
        _ => "desconectaram",
    };
    format!("{many} números do mesmo servidor {what}")
}

/// What happened and what to do.
pub(super) fn why(notice: &Notice, knows_servers: bool) -> String {
    let detail = notice.detail.as_deref();
    match notice.kind {
        NoticeKind::Disconnected | NoticeKind::Lost => match notice.reason.as_deref().and_then(Reason::parse)
        {
            Some(why) => reason(why),
            None => "O celular não está mais conectado.".to_owned(),
        },
        NoticeKind::Back => "Conectado de novo.".to_owned(),
        NoticeKind::OtherNumber => format!(
            "Agora está conectado o número {}. Se não é o certo, desconecte a instância e leia o QR Code com o outro \
             celular.",
            detail.unwrap_or("?")
        ),
        NoticeKind::ServerDown | NoticeKind::LicenceLost if !knows_servers => {
            "Enquanto isso não se sabe como estão seus números. Quem cuida do servidor já pode ver a causa."
                .to_owned()
        }
        NoticeKind::ServerDown | NoticeKind::LicenceLost => {
            let fault = server_code(detail.unwrap_or_default());
            format!("{}. {}", fault.error, fault.detail.unwrap_or_default())
        }
        NoticeKind::ServerUp => "Responde de novo.".to_owned(),
        NoticeKind::BackupFailed => {
            format!("Código: {}. \"pareia doctor\" e o log do pareia dizem por quê.", detail.unwrap_or("?"))
        }
        NoticeKind::Test => "Os avisos chegam aqui.".to_owned(),
    }
}
