//! A test message: a text that the row's own instance sends, to its own number or to one that was typed, so that
//! somebody sees that the number really works.

use super::ActionService;
use super::error::ActionError;
use super::guard::{self, UpstreamOfRow};
use crate::domain::{AuditAction, ConnectionState, Phone};
use crate::store::InstanceRef;
use crate::upstream::CommandOutcome;

impl ActionService {
    /// Sends the text to that phone or, where none is named, to the number that is linked; whom it went to.
    pub fn send_test(
        &self,
        target: &InstanceRef,
        to: Option<&Phone>,
        text: &str,
        trace: &str,
    ) -> Result<Phone, ActionError> {
        let _permits = self.permits(target)?;
        let row = guard::read(&self.service, target)?;
        let own = match guard::find(&self.service, target, &row, trace)? {
            UpstreamOfRow::Own(own) => own,
            UpstreamOfRow::OtherOfName => return Err(ActionError::NotYours),
            UpstreamOfRow::Nothing => return Err(ActionError::NotConnected),
        };
        if own.state()? != Some(ConnectionState::Open) {
            return Err(ActionError::NotConnected);
        }
        let linked = || row.linked.as_ref().and_then(|linked| linked.phone.number.clone());
        let to = to.cloned().or_else(linked).or(row.phone).ok_or(ActionError::NotConnected)?;
        match own.send_text(&to, text)? {
            CommandOutcome::Done => {
                // It is done, whether that can be noted or not.
                let noted = self.store().note_act(AuditAction::InstanceTest, &target.id, "");
                noted.map_err(|error| guard::internal(trace, &error)).ok();
                log::info!("id={trace} a test message left through {}", target.name);
                Ok(to)
            }
            CommandOutcome::NotNow => Err(ActionError::NotOnWhatsapp),
            CommandOutcome::Missing | CommandOutcome::Unsupported => Err(ActionError::NotConnected),
        }
    }
}
