//! What is asked of the use case, and everything that can come of it.
//!
//! A refusal is an outcome like any other: it is a value here, and gets its HTTP status, code and
//! sentence in one place each (`http::problem`, `text`).

use std::path::PathBuf;

use crate::domain::UpstreamError;
use crate::domain::{Caller, Channel, Millis, Name, Phone, Qr, Status};
use crate::store;

/// One call: whose, and for which instance. Two equal calls at the same moment share one answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ask {
    /// Who asks.
    pub caller: Caller,
    /// The kind of service.
    pub channel: Channel,
    /// The instance's name.
    pub name: Name,
    /// The phone it is for.
    pub phone: Phone,
    /// Whether the 8-character code is wanted beside the QR code.
    pub pairing_code: bool,
    /// The row it has to be, by id: a call for what somebody was shown does not bring it back once
    /// it was deleted. `None`: a missing row is written.
    pub row: Option<String>,
}

/// The end of a call.
pub type Outcome = Result<Answer, Refusal>;

/// A call that got what it came for.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The row's id.
    pub instance_id: String,
    /// The instance's name.
    pub name: Name,
    /// [`Status::Connecting`] with a code, or [`Status::Connected`] without.
    pub status: Status,
    /// What the call found, which decides its sentence.
    pub found: Found,
    /// The code that upstream holds valid now; `None` when connected.
    pub qr: Option<Qr>,
    /// When another code replaces this one, at the latest.
    pub qr_expires: Option<Millis>,
    /// Whether a pairing code was wanted and could not be had without a reset.
    pub pairing_code_missing: bool,
}

/// What a successful call found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Upstream did not know the name: it was created.
    Missing,
    /// Upstream knew the name.
    Existing,
    /// A phone is connected already.
    Connected,
}

/// A call that ended with a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The row that was asked for is not there any more.
    Gone,
    /// The name has another owner.
    OwnedByOther,
    /// Upstream has the name with a phone paired: only an administrator may adopt it.
    PairedUpstream,
    /// No credential of the channel is active.
    NoActiveCredential(Channel),
    /// Too much is waiting already: here, for this server, or for this name in another process.
    Busy,
    /// Upstream could not do its part.
    Upstream(UpstreamError),
    /// Everything went well and no code came within the time.
    NoQr,
    /// A phone is paired and its socket did not come back within the time.
    Reconnecting,
    /// The disk that holds this data folder is full.
    StorageFull(PathBuf),
    /// Something failed that should not have; the log has it.
    Internal,
}

impl From<&store::Error> for Refusal {
    fn from(error: &store::Error) -> Self {
        match error {
            store::Error::Busy => Self::Busy,
            store::Error::Full(folder) => Self::StorageFull(folder.clone()),
            _ => Self::Internal,
        }
    }
}
