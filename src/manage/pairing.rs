//! Whether an instance waits for a scan, and for nothing else.
//!
//! A logout cannot be taken back, so what was seen once is not believed: between a scan and the
//! pairing the state says `connecting` for a while, as it does before.

use std::thread;
use std::time::{Duration, Instant};

use super::Refusal;
use super::held::Own;
use crate::evolution::{Connected, Listed, State};
use crate::store::Instance;

/// How long the state has to stay `connecting`: after a scan the socket drops and returns within it.
/// Recorded: 0.1 s.
const STEADY: Duration = Duration::from_secs(1);
/// The pause between two looks, shorter than such a drop.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether the instance's socket waits for a scan of a QR code that has no pairing code beside it, and
/// no phone is paired or about to be.
pub(super) fn waits_for_scan_alone(own: &Own, row: &Instance) -> Result<bool, Refusal> {
    let is_connecting = || own.state().map(|state| state == Some(State::Connecting));
    if !is_unpaired(own.listed()?.as_ref(), row) || !is_connecting()? {
        return Ok(false);
    }
    // A socket that has a pairing code, or is just opening, is what the caller wants.
    if !matches!(own.code()?, Connected::Code(qr) if qr.pairing_code.is_none()) {
        return Ok(false);
    }
    let until = Instant::now() + STEADY;
    while Instant::now() < until {
        thread::sleep(PAUSE);
        if !is_connecting()? {
            return Ok(false);
        }
    }
    Ok(is_unpaired(own.listed()?.as_ref(), row) && is_connecting()?)
}

/// Whether the list shows that no phone is paired. 2.x lists an owner for good; 1.8 only while open,
/// so there the row's memory decides.
fn is_unpaired(listed: Option<&Listed>, row: &Instance) -> bool {
    match listed {
        Some(Listed { lags: true, owner, logged_out, .. }) => !owner || *logged_out,
        Some(Listed { lags: false, owner, .. }) => !owner && row.paired_at.is_none(),
        None => false,
    }
}
