//! The kinds of messaging service: a closed set.

use super::Invalid;

/// The kind of messaging service an instance speaks: a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// WhatsApp through an Evolution API server.
    WhatsappEvolution,
}

impl Channel {
    /// Every channel there is.
    pub const ALL: [Self; 1] = [Self::WhatsappEvolution];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WhatsappEvolution => "whatsapp_evolution",
        }
    }

    /// Reads a channel's name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or(Invalid::Channel)
    }
}
