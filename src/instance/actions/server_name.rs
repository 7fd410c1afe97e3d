//! What a server is called.

/// A server, by its credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerName {
    /// The credential's id.
    pub id: String,
    /// What an administrator calls it.
    pub name: String,
}
