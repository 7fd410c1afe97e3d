//! The kind of an instance upstream: whether a phone can be paired with it at all.

/// What carries an instance's messages, in Evolution's words for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Integration {
    /// `WHATSAPP-BAILEYS`, or a word of a later release: a phone is paired with it.
    #[default]
    Phone,
    /// `WHATSAPP-BUSINESS`: Meta's own API.
    Business,
    /// `EVOLUTION`: messages come from elsewhere over Evolution's webhook.
    Evolution,
}

impl Integration {
    const BUSINESS: &str = "WHATSAPP-BUSINESS";
    const EVOLUTION: &str = "EVOLUTION";

    /// Reads the word of a list. What is no phone is listed as `open` for ever, so that a word which says
    /// so decides before any state does.
    pub fn read(word: &str) -> Self {
        match word {
            Self::BUSINESS => Self::Business,
            Self::EVOLUTION => Self::Evolution,
            _ => Self::Phone,
        }
    }

    /// Evolution's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "WHATSAPP-BAILEYS",
            Self::Business => Self::BUSINESS,
            Self::Evolution => Self::EVOLUTION,
        }
    }

    /// Whether a phone can be paired.
    pub fn is_phone(self) -> bool {
        self == Self::Phone
    }
}
