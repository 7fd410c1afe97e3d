//! Who is asking, and what that allows.

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The id of the user's row.
    pub user: String,
    /// Whether the user may adopt what is already connected.
    pub admin: bool,
}
