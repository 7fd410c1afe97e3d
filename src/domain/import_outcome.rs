//! What becomes of a line that is imported.

/// What an import makes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// There is no such number yet: it is written.
    New,
    /// The number is there, and its texts are written anew.
    Change,
    /// The number is there as the line says.
    Same,
    /// Something else is there; nothing is written.
    Conflict(ImportConflict),
    /// The line cannot be read; nothing is written.
    Invalid(ImportFault),
}

/// What a line contradicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportConflict {
    /// The name is another user's.
    Owner,
    /// The name is there for another phone.
    Phone,
    /// The name is there on another server.
    Server,
    /// The server has no room for another number.
    Room,
    /// An earlier line has the name: that one.
    Line(usize),
    /// A server has an instance of that name, with a phone; its name, where the reader may know it.
    Upstream(Option<String>),
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportFault {
    Name,
    /// With what is wrong with it.
    Phone(super::PhoneError),
    DisplayName,
    Note,
    Labels,
    /// There is no such user, or the reader is none who may give numbers to another.
    Owner,
    /// There is no such server in use, or several have the name, or the reader may not choose.
    Server,
}

impl ImportOutcome {
    /// Its word in the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Change => "change",
            Self::Same => "same",
            Self::Conflict(_) => "conflict",
            Self::Invalid(_) => "invalid",
        }
    }

    /// Why it is not written, as a word of the API.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::New | Self::Change | Self::Same => None,
            Self::Conflict(ImportConflict::Owner) => Some("other_owner"),
            Self::Conflict(ImportConflict::Phone) => Some("other_phone"),
            Self::Conflict(ImportConflict::Server) => Some("other_server"),
            Self::Conflict(ImportConflict::Room) => Some("no_room"),
            Self::Conflict(ImportConflict::Line(_)) => Some("twice"),
            Self::Conflict(ImportConflict::Upstream(_)) => Some("upstream"),
            Self::Invalid(ImportFault::Name) => Some("name"),
            Self::Invalid(ImportFault::Phone(_)) => Some("phone"),
            Self::Invalid(ImportFault::DisplayName) => Some("display_name"),
            Self::Invalid(ImportFault::Note) => Some("note"),
            Self::Invalid(ImportFault::Labels) => Some("labels"),
            Self::Invalid(ImportFault::Owner) => Some("owner"),
            Self::Invalid(ImportFault::Server) => Some("server"),
        }
    }
}
