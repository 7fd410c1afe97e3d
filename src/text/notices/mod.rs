//! The words of notices, in the language of their target; and of what is wrong with a target, or became of a message.

mod faults;
mod words;

use std::fmt::Write as _;

pub use faults::*;

use crate::domain::{Language, Millis, Notice, clock};
use crate::notices::NoticeReader;
use crate::text::language::{either, in_language, say};

/// Names that one message lists: more nobody reads.
const MAX_NAMES: usize = 20;
const MILLIS_PER_MINUTE: Millis = 60_000;

/// A message as people read it: its title, and what it says.
pub fn notice_message(reader: NoticeReader, items: &[(Notice, Option<String>)]) -> (String, String) {
    in_language(reader.language, || message(reader, items))
}

fn message(reader: NoticeReader, items: &[(Notice, Option<String>)]) -> (String, String) {
    let Some((first, _)) = items.first() else { return (String::new(), String::new()) };
    let title = match items.len() {
        1 => reader.title(first),
        many => words::title_of_many(first.kind, many),
    };
    let mut body = String::new();
    for (notice, link) in items.iter().take(MAX_NAMES) {
        let _ = writeln!(body, "{}", reader.line(notice, items.len() > 1));
        if let Some(link) = link {
            let connect =
                either("Conectar de novo (link vale 24 horas)", "Connect again (link lives 24 hours)");
            let _ = writeln!(body, "{connect}: {link}");
        }
    }
    if let Some(more) = items.len().checked_sub(MAX_NAMES).filter(|more| *more > 0) {
        let _ = writeln!(body, "{}", say!("… e mais {more}.", "… and {more} more."));
    }
    (title, body.trim_end().to_owned())
}

impl NoticeReader {
    fn title(self, notice: &Notice) -> String {
        let name = if notice.kind.is_of_instance() || self.knows_servers { notice.shown_name() } else { "" };
        words::title(notice.kind, name)
    }

    /// What happened, with its time and its reason; among others, with the name in front.
    fn line(self, notice: &Notice, among_others: bool) -> String {
        let why = words::why(notice, self.knows_servers);
        let at = self.moment(notice.at);
        match (&notice.display_name, among_others) {
            (Some(own), true) => format!("• {own} ({}), {at}: {why}", notice.name),
            (None, true) => format!("• {}, {at}: {why}", notice.name),
            (Some(_), false) => format!("{at} ({}): {why}", notice.name),
            (None, false) => format!("{at}: {why}"),
        }
    }

    /// Day and time as the target's clock shows them.
    fn moment(self, at: Millis) -> String {
        let local = clock::short(at + Millis::from(self.utc_offset) * MILLIS_PER_MINUTE);
        let (date, time) = local.split_once(' ').unwrap_or((&local, ""));
        match (self.language, date.splitn(3, '-').collect::<Vec<_>>().as_slice()) {
            (Language::Portuguese, [_, month, day]) => format!("{day}/{month} {time}"),
            _ => local,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::NoticeKind;

    fn notice(kind: NoticeKind, reason: Option<&str>, detail: Option<&str>) -> Notice {
        Notice {
            kind,
            at: clock::parse_iso("2026-01-31T02:05:00.000Z").expect("a moment"),
            subject: "c1".to_owned(),
            name: "loja-1".to_owned(),
            display_name: Some("Loja Centro".to_owned()),
            owner: None,
            credential: None,
            reason: reason.map(str::to_owned),
            detail: detail.map(str::to_owned),
        }
    }

    fn reader(language: Language, knows_servers: bool) -> NoticeReader {
        NoticeReader { language, utc_offset: -180, knows_servers }
    }

    #[test]
    fn a_notice_says_what_happened_when_and_what_to_do() {
        use Language::{English, Portuguese};
        use NoticeKind::{Back, BackupFailed, Disconnected, OtherNumber, ServerDown, Test};
        let link = Some("https://x/c#t".to_owned());
        for (language, item, title, begins) in [
            (
                Portuguese,
                (notice(Disconnected, Some("device_removed"), None), link),
                "Loja Centro desconectou",
                "30/01 23:05 (loja-1): O aparelho foi removido",
            ),
            (
                English,
                (notice(Disconnected, Some("device_removed"), None), None),
                "Loja Centro disconnected",
                "2026-01-30 23:05 (loja-1): The device was removed",
            ),
            (
                Portuguese,
                (notice(Back, Some("paired"), None), None),
                "Loja Centro voltou",
                "30/01 23:05 (loja-1): Conectado de novo.",
            ),
            (
                Portuguese,
                (notice(OtherNumber, Some("linked"), Some("5511987654321")), None),
                "Loja Centro: outro número conectado",
                "30/01 23:05 (loja-1): Agora está conectado o número 5511987654321",
            ),
            (
                English,
                (notice(ServerDown, None, Some("evolution_timeout")), None),
                "Server Loja Centro does not answer",
                "2026-01-30 23:05 (loja-1): Evolution API took the call and did not answer in time.",
            ),
            (
                Portuguese,
                (notice(BackupFailed, None, Some("storage_full")), None),
                "O backup falhou",
                "30/01 23:05 (loja-1): Código: storage_full.",
            ),
            (
                English,
                (notice(Test, None, None), None),
                "Test of pareia",
                "2026-01-30 23:05 (loja-1): Notices reach this place.",
            ),
        ] {
            let (shown_title, body) = notice_message(reader(language, true), &[item]);
            assert_eq!(shown_title, title);
            assert!(body.starts_with(begins), "{body}");
        }
        let (_, body) = notice_message(
            reader(Portuguese, false),
            &[(notice(Disconnected, None, None), Some("L".to_owned()))],
        );
        assert!(body.ends_with("\nConectar de novo (link vale 24 horas): L"), "{body}");
    }

    #[test]
    fn many_are_one_message_and_servers_have_names_for_their_administrators() {
        let one = (notice(NoticeKind::Disconnected, Some("dropped"), None), None);
        let (title, body) = notice_message(reader(Language::Portuguese, true), &vec![one; 23]);
        assert_eq!(title, "23 números do mesmo servidor desconectaram");
        assert_eq!(body.lines().count(), MAX_NAMES + 1);
        assert!(
            body.starts_with("• Loja Centro (loja-1), 30/01 23:05: ") && body.ends_with("… e mais 3."),
            "{body}"
        );
        let down = [(notice(NoticeKind::ServerDown, None, Some("evolution_timeout")), None)];
        for (language, title) in [
            (Language::Portuguese, "O servidor dos seus números não responde"),
            (Language::English, "The server of your numbers does not answer"),
        ] {
            assert_eq!(notice_message(reader(language, false), &down).0, title);
        }
    }
}
