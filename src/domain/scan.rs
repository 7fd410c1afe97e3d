//! The evidence that a code is scanned and nothing comes of it, and what to advise. Pure.

use super::Millis;

/// How long nobody has to ask for a code before the next one counts as a new attempt.
const REST: Millis = 30 * 60 * 1000;
/// Codes without a phone after which something is amiss: each is shown for 45 s.
const MANY_CODES: u32 = 3;

/// What became of the codes of a row since somebody began to ask for them. A phone that connects, a logout and a
/// move to another server clear it: a trigger of the database where the status tells, and whoever logs out or moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanEvidence {
    /// Codes that were shown.
    pub codes: u32,
    /// Times that a socket closed while its code was shown, and came back with another.
    pub returns: u32,
    /// When the last of the codes was first shown; `None`: there was none.
    pub last_code: Option<Millis>,
}

/// How another code came to be shown than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewCode {
    /// It is the first, or took the place of one whose time was over.
    InTurn,
    /// The socket closed while a code was shown, and came back with this one.
    AfterReturn,
}

/// What to ask of whoever scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanAdvice {
    /// What the phone says: that tells the causes apart.
    AskWhatThePhoneSays,
}

/// The releases that a server names in the answer to `GET /`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerVersions {
    /// The server's own.
    pub server: Option<String>,
    /// Of WhatsApp Web, whose protocol it speaks.
    pub whatsapp_web: Option<String>,
}

/// An advice, with what is known of the server that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanHelp {
    pub advice: ScanAdvice,
    pub versions: ServerVersions,
}

impl ScanEvidence {
    /// The evidence once another code is shown at that moment.
    #[must_use]
    pub fn with_code(self, code: NewCode, now: Millis) -> Self {
        let is_rested = self.is_rested(now);
        let before = if is_rested { Self::default() } else { self };
        let is_return = code == NewCode::AfterReturn && !is_rested;
        Self {
            codes: before.codes.saturating_add(1),
            returns: before.returns.saturating_add(u32::from(is_return)),
            last_code: Some(now),
        }
    }

    /// What to advise at that moment; `None`: nothing is amiss, or nobody has been trying for a while.
    pub fn advice(self, now: Millis) -> Option<ScanAdvice> {
        let is_amiss = self.codes >= MANY_CODES || self.returns > 0;
        (is_amiss && !self.is_rested(now)).then_some(ScanAdvice::AskWhatThePhoneSays)
    }

    /// Whether nobody has been shown a code for so long that the next one is a new attempt.
    fn is_rested(self, now: Millis) -> bool {
        self.last_code.is_none_or(|last| now - last >= REST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_codes_without_a_phone_or_one_return_ask_what_the_phone_says() {
        use NewCode::{AfterReturn, InTurn};
        const MINUTE: Millis = 60 * 1000;
        for (codes, is_advised) in [
            (vec![], false),
            (vec![(InTurn, 0)], false),
            (vec![(InTurn, 0), (InTurn, 1)], false),
            (vec![(InTurn, 0), (InTurn, 1), (InTurn, 2)], true),
            (vec![(InTurn, 0), (AfterReturn, 0)], true),
            (vec![(InTurn, 0), (InTurn, 29), (InTurn, 58)], true),
            (vec![(InTurn, 0), (InTurn, 1), (InTurn, 31)], false),
            (vec![(InTurn, 0), (AfterReturn, 1), (InTurn, 31)], false),
            (vec![(InTurn, 0), (AfterReturn, 30)], false),
            (vec![(InTurn, 0), (InTurn, 1), (InTurn, 31), (InTurn, 32), (InTurn, 33)], true),
        ] {
            let evidence = codes.iter().fold(ScanEvidence::default(), |evidence, (code, minute)| {
                evidence.with_code(*code, 1_790_000_000_000 + minute * MINUTE)
            });
            let last = evidence.last_code.unwrap_or_default();
            assert_eq!(evidence.advice(last).is_some(), is_advised, "{codes:?}");
            for (minutes, is_advised) in [(29, is_advised), (30, false)] {
                let advice = evidence.advice(last + minutes * MINUTE);
                assert_eq!(advice.is_some(), is_advised, "{codes:?} {minutes} minutes later");
            }
        }
        let edited = ScanEvidence { codes: 9, returns: 9, last_code: None };
        assert_eq!(edited.advice(0), None);
    }
}
