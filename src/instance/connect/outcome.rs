//! The request of a connect call and its result, as values.
//!
//! An error gets its HTTP status in `http::problem`, its code and sentence in `text`, not here.

use crate::domain::{
    Caller, Channel, Integration, Millis, Name, Phone, Qr, RestoreReport, ScanHelp, Status, TokenLimits,
    UseCaseError,
};

/// One call: whose, and for which instance. Equal calls at the same moment share one run and its result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectRequest {
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

/// How a call ended.
pub type ConnectResult = Result<ConnectOutcome, ConnectError>;

/// What a call that succeeded answers.
#[derive(Clone, Debug)]
pub struct ConnectOutcome {
    /// The row's id.
    pub instance_id: String,
    /// The instance's name.
    pub name: Name,
    /// [`Status::Connecting`] with a code, or [`Status::Connected`] without.
    pub status: Status,
    /// What the call found, which decides its sentence.
    pub prior_state: PriorState,
    /// The code that upstream holds valid now; `None` when connected.
    pub qr: Option<Qr>,
    /// When another code replaces this one, at the latest.
    pub qr_expires: Option<Millis>,
    /// Whether a pairing code was wanted and could not be had without a reset.
    pub pairing_code_missing: bool,
    /// What to advise whoever scans; `None`: nothing is amiss.
    pub scan_help: Option<ScanHelp>,
    /// The servers that did not say whether they have a name that had no row, by what administrators call them.
    pub servers_not_asked: Vec<String>,
    /// What people had set of an instance that this call created anew, and what became of it.
    pub restore: RestoreReport,
}

/// What was there before the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorState {
    /// Upstream did not know the name: it was created.
    Missing,
    /// Upstream knew the name.
    Existing,
    /// A phone is connected already.
    Connected,
}

/// Why a call ended without a code and without a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectError {
    /// The name has another owner.
    OwnedByOther,
    /// Upstream has the name with a phone paired: only an administrator may adopt it.
    PairedUpstream,
    /// Upstream has the name for an instance of this kind, which no phone is paired with.
    NotAPhone(Integration),
    /// The caller's token reaches neither the name nor a server for it: these are its limits.
    OutOfReach(TokenLimits),
    /// No credential of the channel is active.
    NoActiveCredential(Channel),
    /// No active server has room for another number.
    NoRoom,
    /// Everything went well and no code came within the time.
    NoQr,
    /// The same, and the codes that were shown before led nowhere.
    NoQrAfterScans,
    /// A phone is paired and its socket did not come back within the time.
    Reconnecting,
    /// Two sockets of the pairing replace each other.
    Fighting,
    /// What can end any use case.
    Failed(UseCaseError),
}

impl<E: Into<UseCaseError>> From<E> for ConnectError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
