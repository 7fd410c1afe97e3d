//! Looks over time before a logout: whether a socket waits for a scan only, and whether one that is down
//! comes back.
//!
//! A logout cannot be undone, so one look is not enough: between a scan and the pairing the state says
//! `connecting` for a while, as it does before the scan.

use std::thread;
use std::time::{Duration, Instant};

use super::error::ActionError;
use super::guard::OwnInstance;
use crate::domain::{ConnectionState, Pairing, PhoneMemory, now, pairing};
use crate::store::InstanceRow;
use crate::upstream::Connected;

/// How long the state has to stay `connecting`: a login takes some seconds after the scan, of which
/// upstream shows only the drop and the return at the end. A code that has changed proves nothing: the
/// former one may have been scanned in its last moment.
const STEADY: Duration = Duration::from_secs(5);
/// How long a socket has to come back. Recorded: 0.1 s, and up to 2.2 s after WhatsApp was out of reach.
const RETURN: Duration = Duration::from_secs(3);
/// Pause between two looks, shorter than the drop of a login.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether the instance's socket waits for a scan of a QR code that has no pairing code beside it, and
/// no phone is paired or about to be.
pub(super) fn waits_for_scan_alone(own: &OwnInstance, row: &InstanceRow) -> Result<bool, ActionError> {
    let is_connecting = || own.state().map(|state| state == Some(ConnectionState::Connecting));
    let is_paired = || is_paired(own, row, ConnectionState::Connecting);
    let pairing = pairing_of(own, row, ConnectionState::Connecting)?;
    let Some(state) = own.state()? else { return Ok(false) };
    // A socket that has a pairing code, or is just opening, is what the caller wants.
    if !matches!(own.code(row, state, pairing)?, Some(Connected::Code(qr)) if qr.pairing_code.is_none()) {
        return Ok(false);
    }
    let until = Instant::now() + STEADY;
    while Instant::now() < until {
        thread::sleep(PAUSE);
        if !is_connecting()? {
            return Ok(false);
        }
    }
    Ok(!is_paired()? && is_connecting()?)
}

/// Waits until a logged-out socket is closed: 1.8 answers the logout before it is done, and a call that came
/// in between would take the old socket's code for a new one's.
pub(super) fn await_close(own: &OwnInstance) -> Result<(), ActionError> {
    let until = Instant::now() + RETURN;
    while own.state()? == Some(ConnectionState::Connecting) && Instant::now() < until {
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Waits whether a closed socket comes back: one of a paired phone that just dropped, or one that a pending
/// `connect` opens.
pub(super) fn comes_back(own: &OwnInstance, row: &InstanceRow) -> Result<bool, ActionError> {
    let is_opening = row.connect_out_until.is_some_and(|until| until > now());
    let is_paired = is_paired(own, row, ConnectionState::Close)?;
    let until = Instant::now() + RETURN;
    while (is_opening || is_paired) && Instant::now() < until {
        if matches!(own.state()?, Some(ConnectionState::Open | ConnectionState::Connecting)) {
            return Ok(true);
        }
        thread::sleep(PAUSE);
    }
    Ok(false)
}

/// Whether a phone is paired, or may be, as far as upstream and the row know.
pub(super) fn is_paired(
    own: &OwnInstance,
    row: &InstanceRow,
    state: ConnectionState,
) -> Result<bool, ActionError> {
    Ok(matches!(pairing_of(own, row, state)?, Pairing::Paired | Pairing::Possible))
}

fn pairing_of(own: &OwnInstance, row: &InstanceRow, state: ConnectionState) -> Result<Pairing, ActionError> {
    let memory = row.paired_at.map_or(PhoneMemory::NoPhone, PhoneMemory::SeenAt);
    Ok(pairing(own.listed()?.as_ref(), memory, state))
}
