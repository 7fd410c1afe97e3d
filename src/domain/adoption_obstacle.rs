//! Why an instance that no row has cannot be adopted.

use super::Integration;

/// Why an instance upstream cannot be adopted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdoptionObstacle {
    /// No phone is paired with instances of its kind.
    NotAPhone(Integration),
    /// A row has its name: for another instance of that name, here or on another server.
    NameHasRow,
    /// Upstream names no phone for it, and a row needs one.
    NumberUnknown,
    /// Its name cannot be sent to its server without harm.
    UnsafeName,
}

impl AdoptionObstacle {
    /// The API's word for it.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAPhone(_) => "not_a_phone",
            Self::NameHasRow => "name_has_row",
            Self::NumberUnknown => "number_unknown",
            Self::UnsafeName => "unsafe_name",
        }
    }
}
