//! The words of notices in English.

use crate::domain::{Notice, NoticeKind, Reason};

/// The title of one notice; without a name, of a server whose name the reader may not know.
pub(super) fn title(kind: NoticeKind, name: &str) -> String {
    let server =
        if name.is_empty() { "The server of your numbers".to_owned() } else { format!("Server {name}") };
    match kind {
        NoticeKind::Disconnected => format!("{name} disconnected"),
        NoticeKind::Lost => format!("{name} is gone from Evolution"),
        NoticeKind::Back => format!("{name} is back"),
        NoticeKind::OtherNumber => format!("{name}: another number is linked"),
        NoticeKind::ServerDown => format!("{server} does not answer"),
        NoticeKind::ServerUp => format!("{server} is back"),
        NoticeKind::LicenceLost => format!("{server} asks for its licence to be activated"),
        NoticeKind::BackupFailed => "The backup failed".to_owned(),
        NoticeKind::Test => "Test of pareia".to_owned(),
    }
}

/// The title of several about numbers of one server.
pub(super) fn title_of_many(kind: NoticeKind, many: usize) -> String {
    let what = match kind {
        NoticeKind::Lost => "are gone from Evolution",
        NoticeKind::Back => "are back",
        _ => "disconnected",
    };
    format!("{many} numbers of the same server {what}")
}

/// What happened and what to do.
pub(super) fn why(notice: &Notice, knows_servers: bool) -> String {
    let detail = notice.detail.as_deref();
    match notice.kind {
        NoticeKind::Disconnected | NoticeKind::Lost => {
            reason(notice.reason.as_deref().and_then(Reason::parse)).to_owned()
        }
        NoticeKind::Back => "Connected again.".to_owned(),
        NoticeKind::OtherNumber => format!(
            "Now the number {} is linked. If it is the wrong one, log the instance out and scan its code with the \
             other phone.",
            detail.unwrap_or("?")
        ),
        NoticeKind::ServerDown | NoticeKind::LicenceLost if !knows_servers => {
            "Meanwhile nothing is known of your numbers. Whoever runs the server can see the cause."
                .to_owned()
        }
        NoticeKind::ServerDown | NoticeKind::LicenceLost => server(detail.unwrap_or_default()).to_owned(),
        NoticeKind::ServerUp => "It answers again.".to_owned(),
        NoticeKind::BackupFailed => {
            format!("Code: {}. \"pareia doctor\" and pareia's log say why.", detail.unwrap_or("?"))
        }
        NoticeKind::Test => "Notices reach this place.".to_owned(),
    }
}

fn reason(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::Dropped) => {
            "The phone's connection dropped, and Evolution is bringing it back by itself."
        }
        Some(Reason::Gone) => {
            "Evolution does not know the instance any more: it was deleted there. Scan a new code."
        }
        Some(Reason::NotLoaded) => {
            "Evolution knows the instance and has not loaded it. See its log, or restart it."
        }
        Some(Reason::Fighting) => {
            "Two systems use the same pairing and throw each other out. Stop the other one."
        }
        Some(Reason::LoggedOut) => "The phone was logged out from here. Scan a new code to come back.",
        Some(Reason::DeviceRemoved) => {
            "The device was removed under Linked devices on the phone. Scan a new code to come back."
        }
        Some(Reason::LoggedOutUpstream) => {
            "The phone was logged out in Evolution's manager, or by another system. Scan a new code to come back."
        }
        Some(Reason::NotAPhone) => "Upstream the name is of an instance that is no phone.",
        Some(Reason::Upstream(402 | 403 | 406)) => {
            "WhatsApp has suspended or refused this number. Open WhatsApp on the phone and do what it asks."
        }
        Some(Reason::Upstream(440)) => {
            "Another session took its place: the number is connected on two servers."
        }
        Some(Reason::Upstream(_)) => "WhatsApp ended the connection. Scan a new code to come back.",
        _ => "The phone is not connected any more.",
    }
}

/// What is wrong with a server, from the code that was written down.
fn server(code: &str) -> &'static str {
    match code {
        "evolution_timeout" => "It did not answer in time. See how busy it is.",
        "evolution_rejected_key" => {
            "It refuses the key. Set the credential's key anew: pareia credential rotate."
        }
        "evolution_license_required" => "It asks for its licence to be activated, in its manager.",
        "evolution_tls" => "The TLS connection failed. See its certificate.",
        "evolution_proxy" => "A proxy in front of it answers in its place.",
        "evolution_error" => "It answers with an error, or with what is not understood. Its log says why.",
        _ => "There is no connection. See whether it runs.",
    }
}
