//! What a call learns of scans that do nothing: whether its code is another than before, and how that came.
//! What follows of it is decided in `domain::scan`.

use super::ConnectCall;
use crate::domain::{NewCode, ScanHelp, Secret, is_out};
use crate::instance::connect::ConnectError;
use crate::instance::connect::plan::SocketHistory;
use crate::store::InstanceRow;

impl ConnectCall<'_> {
    /// How the code came to be shown; `None`: it was shown before. Asked once for each code that is answered,
    /// before the row has it.
    pub(super) fn new_code(&self, image: &Secret) -> Option<NewCode> {
        let row = self.row.known()?;
        let (sockets, name) = (&self.service.sockets, self.request.name.as_str());
        let credential = &self.server().credential;
        // Of another instance's code nothing follows.
        let before = row.qr_code.as_ref().filter(|_| self.is_claimed(row));
        let (is_new, lifetime) = (before != Some(image), self.client().code_lifetime());
        let is_early = sockets.note_code((credential, name), is_new, self.opened, lifetime);
        if !is_new {
            return None;
        }
        // Somebody's restart or `connect` replaced the socket, or WhatsApp is out of reach.
        let is_explained =
            row.connect_out_until.is_some_and(is_out) || sockets.flapped_lately(credential, name);
        let came_back = self.socket == SocketHistory::Resumed || is_early;
        let is_return = before.is_some() && came_back && !is_explained;
        Some(if is_return { NewCode::AfterReturn } else { NewCode::InTurn })
    }

    /// What to advise whoever scans, as the row says; `None` where nothing is amiss.
    pub(super) fn scan_help(&self) -> Result<Option<ScanHelp>, ConnectError> {
        let now = self.service.store.clock().now();
        let has_cause = |row: &&InstanceRow| row.scans.advice(now).is_some();
        let Some(row) = self.row.known().filter(has_cause) else { return Ok(None) };
        self.service.store.scan_help(&row.id).map_err(|e| self.internal(&e))
    }

    /// The error of a call that got no code, which says what to look for where codes led nowhere before.
    pub(super) fn explained(&self, error: ConnectError) -> ConnectError {
        match error {
            ConnectError::NoQr if matches!(self.scan_help(), Ok(Some(_))) => ConnectError::NoQrAfterScans,
            error => error,
        }
    }
}
