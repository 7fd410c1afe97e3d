//! The status of an instance, as its row stores it.

/// What is known of an instance, as stored in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The row is written; nothing upstream is known to belong to it yet.
    Pending,
    /// Upstream holds a QR code, or is about to.
    Connecting,
    /// A phone is paired and the socket is open.
    Connected,
    /// Upstream knows the instance; nobody is connected.
    Disconnected,
    /// Upstream no longer knows the instance.
    Lost,
    /// Upstream says that it cannot go on with it.
    Error,
}

impl Status {
    /// Every status there is.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Connecting, Self::Connected, Self::Disconnected, Self::Lost, Self::Error];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Lost => "lost",
            Self::Error => "error",
        }
    }

    /// Reads the word; the database checks that there is no other.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}
