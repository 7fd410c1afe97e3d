//! What people had set of an instance: put back where this call creates it anew, or where an earlier call did and
//! was cut short. Ends no call.

use std::time::Instant;

use super::ConnectCall;
use crate::domain::{ConnectionState, InstanceSettings, Pairing, Restoration};
use crate::instance::connect::ConnectError;
use crate::instance::connect::limits::RESTORE;
use crate::instance::connect::plan::{Step, Upstream, plan};
use crate::instance::saved_settings::{RestoreBy, SettingsKeeper};
use crate::upstream::UpstreamClient;

impl ConnectCall<'_> {
    /// Notes that a create leaves, before it does: a call after a crash then knows what is missing.
    pub(super) fn begin_restoration(&self) -> Result<Option<InstanceSettings>, ConnectError> {
        let begun = self.service.store.begin_restoration(self.request.channel, &self.request.name);
        begun.map_err(|error| self.internal(&error))
    }

    /// Whether an earlier create, of which no answer came, may have made the instance that the next one finds.
    pub(super) fn may_be_made(&self) -> bool {
        let is_due =
            |due: Restoration| due.created_id.is_none() && due.is_for(None, self.service.store.clock().now());
        self.may_be_out() && self.due().is_some_and(is_due)
    }

    /// Notes that no create of ours made an instance.
    pub(super) fn end_restoration(&self) {
        if let Err(error) = self.service.store.end_restoration(self.request.channel, &self.request.name) {
            log::error!("id={} {error}", self.trace);
        }
    }

    /// Puts back what is saved, before the instance has a socket: a proxy counts from the next one on.
    pub(super) fn put_back(&mut self, saved: Option<&InstanceSettings>) {
        let Some(saved) = saved else { return };
        let client = self.restore_client();
        self.restore = Some(self.keeper(&*client).put_back_all(saved, self.listed.id.as_deref()));
    }

    /// Puts back what an earlier call could not, since it was cut short or the answer to its create was lost: of
    /// that the row still says that it may be out. A create makes no instance with a phone: one that has a phone
    /// is somebody's.
    pub(super) fn finish_restoration(&mut self) {
        if self.restore.is_some() || !self.may_be_out() {
            return;
        }
        let Some(due) = self.due() else { return };
        if due.created_id.is_none() && self.has_phone() {
            self.end_restoration();
        } else if self.may_be_created() {
            let (client, id) = (self.restore_client(), self.listed.id.clone());
            let looked = self.keeper(&*client).look(RestoreBy::Call, |seen| seen == id.as_deref());
            self.restore = Some(looked.unwrap_or_default());
        }
    }

    /// Whether the row says that a create is out, or was and was not answered.
    fn may_be_out(&self) -> bool {
        self.row.known().is_some_and(|row| row.create_out_until.is_some())
    }

    /// What has to be put back since an earlier create.
    fn due(&self) -> Option<Restoration> {
        let saved = self.service.store.saved_settings(self.request.channel, &self.request.name);
        saved.ok().flatten().and_then(|saved| saved.restoration)
    }

    /// Whether what was found may be what a create of ours made.
    fn may_be_created(&self) -> bool {
        matches!(self.upstream, Upstream::Present(..))
            && !self.has_phone()
            && plan(&self.facts()) != Step::Refuse
    }

    fn has_phone(&self) -> bool {
        let Upstream::Present(state, pairing) = self.upstream else { return false };
        state == ConnectionState::Open || pairing == Pairing::Paired
    }

    /// At most half of the time that is left goes to settings: the code comes after them.
    fn restore_client(&self) -> Box<dyn UpstreamClient> {
        let now = Instant::now();
        self.client().until(now + RESTORE.min(self.deadline.saturating_duration_since(now) / 2))
    }

    pub(super) fn keeper<'a>(&'a self, client: &'a dyn UpstreamClient) -> SettingsKeeper<'a> {
        let (channel, name) = (self.request.channel, &self.request.name);
        let (store, upstream_name) = (&self.service.store, &self.upstream_name);
        SettingsKeeper { store, client, channel, name, upstream_name, trace: self.trace }
    }
}
