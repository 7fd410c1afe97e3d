//! Saves what people set of an instance, and puts it back after a create of ours. Whoever calls has the name's
//! lock. Writes nothing over what is set already, and nothing to an instance that no create of ours made.

use std::collections::BTreeSet;

use crate::domain::{
    Channel, InstanceSettings, Name, NotRestored, Restoration, RestoreReport, SavedSettings, SeenSettings,
    SettingsKind, UpstreamError, UpstreamName, inserted,
};
use crate::store::{self, Store};
use crate::upstream::{SetOutcome, UpstreamClient};

/// The settings of one name, and the server that has its instance.
pub(super) struct SettingsKeeper<'a> {
    pub store: &'a Store,
    pub client: &'a dyn UpstreamClient,
    pub channel: Channel,
    pub name: &'a Name,
    /// What the instance is called upstream.
    pub upstream_name: &'a UpstreamName,
    pub trace: &'a str,
}

/// Who puts back what is still missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RestoreBy {
    /// The next call after a create of which no answer came.
    Call,
    /// The monitor, hours after the create: what somebody may have switched off meanwhile stays so.
    Monitor,
}

impl SettingsKeeper<'_> {
    /// Puts all of it back on the instance that was just created. What the server does not take is tried again
    /// later, and fails nothing.
    pub(super) fn put_back_all(&self, saved: &InstanceSettings, created_id: Option<&str>) -> RestoreReport {
        let awaited = saved.kinds();
        // Before the first request: a call after a crash then knows the instance by its id, however late it comes.
        self.note(created_id, &awaited, &RestoreReport::default());
        let report = self.put_back(saved, &awaited);
        self.note(created_id, &awaited, &report);
        report
    }

    /// Looks at what is set of the row's own instance, puts back what is missing since a create, and saves what
    /// is new.
    pub(super) fn look(
        &self,
        by: RestoreBy,
        owns: impl Fn(Option<&str>) -> bool,
    ) -> Result<RestoreReport, UpstreamError> {
        let Some((saved, seen)) = self.see(owns)? else { return Ok(RestoreReport::default()) };
        let report = self.finish(by, &saved, &seen);
        self.save_news(&saved, &seen);
        Ok(report)
    }

    /// Saves what is set of the row's own instance, and puts nothing back: that is about to be deleted or left.
    pub(super) fn save(&self, owns: impl Fn(Option<&str>) -> bool) -> Result<(), UpstreamError> {
        if let Some((saved, seen)) = self.see(owns)? {
            self.save_news(&saved, &seen);
        }
        Ok(())
    }

    fn see(
        &self,
        owns: impl Fn(Option<&str>) -> bool,
    ) -> Result<Option<(SavedSettings, SeenSettings)>, UpstreamError> {
        let seen = self.client.settings(self.upstream_name)?.filter(|seen| owns(seen.instance_id.as_deref()));
        let saved = || self.logged(self.store.saved_settings(self.channel, self.name));
        Ok(seen.and_then(|seen| Some((saved()?.unwrap_or_default(), seen))))
    }

    fn save_news(&self, saved: &SavedSettings, seen: &SeenSettings) {
        let due = self.due(saved, seen).map(|due| &due.awaited - &seen.switched_off);
        let awaited = due.unwrap_or_default();
        let new = saved.settings.seen_later(&seen.settings, &awaited);
        if new.to_json() != saved.settings.to_json() {
            self.logged(self.store.save_settings(self.channel, self.name, &new));
        }
    }

    /// What has to be put back on the instance that was seen.
    fn due<'a>(&self, saved: &'a SavedSettings, seen: &SeenSettings) -> Option<&'a Restoration> {
        let now = self.store.clock().now();
        saved.restoration.as_ref().filter(|due| due.is_for(seen.instance_id.as_deref(), now))
    }

    /// Puts back what is still missing on the instance that a create of ours made.
    fn finish(&self, by: RestoreBy, saved: &SavedSettings, seen: &SeenSettings) -> RestoreReport {
        let Some(due) = self.due(saved, seen) else {
            if saved.restoration.is_some() {
                self.logged(self.store.end_restoration(self.channel, self.name));
            }
            return RestoreReport::default();
        };
        if due.is_over(self.store.clock().now()) {
            return RestoreReport::default();
        }
        let (there, missing): (BTreeSet<_>, BTreeSet<_>) =
            due.awaited.iter().partition(|kind| seen.is_settled(**kind));
        let tried = if by == RestoreBy::Monitor { &missing - &seen.unclear } else { missing.clone() };
        let mut report = self.put_back(&saved.settings, &tried);
        // Of an earlier try the answer was lost; what differs is somebody's own by now.
        let arrived = |kind: &SettingsKind| seen.settings.get(*kind) == saved.settings.get(*kind);
        report.restored.extend(there.into_iter().filter(arrived));
        // A failure is said once, and tried again and again.
        let news = RestoreReport { restored: report.restored.clone(), not_restored: Vec::new() };
        self.note(seen.instance_id.as_deref(), &missing, &news);
        report
    }

    fn put_back(&self, saved: &InstanceSettings, kinds: &BTreeSet<SettingsKind>) -> RestoreReport {
        let mut report = RestoreReport::default();
        if kinds.is_empty() {
            return report;
        }
        let mut broken = None;
        for kind in kinds {
            let Some(value) = saved.get(*kind) else { continue };
            let failure = match &broken {
                // A server that did not answer is not asked for the rest.
                Some(error) => NotRestored::Failed(UpstreamError::clone(error)),
                None => match self.client.set(self.upstream_name, *kind, value) {
                    Ok(SetOutcome::Done) => {
                        report.restored.push(*kind);
                        continue;
                    }
                    Ok(SetOutcome::Refused) => NotRestored::Refused,
                    Ok(SetOutcome::Unsupported) => NotRestored::Unsupported,
                    Err(error) => NotRestored::Failed(broken.insert(error).clone()),
                },
            };
            report.not_restored.push((*kind, failure));
        }
        let (name, done) = (self.name, SettingsKind::join(report.restored.iter().copied()));
        log::info!("id={} {name}: put back [{done}], not {:?}", self.trace, report.not_restored);
        report
    }

    /// Notes in the row what was put back, and what is still missing of `awaited`.
    fn note(&self, id: Option<&str>, awaited: &BTreeSet<SettingsKind>, report: &RestoreReport) {
        let missing = inserted(awaited.iter().copied().filter(|kind| !report.restored.contains(kind)));
        self.logged(self.store.note_restoration(self.channel, self.name, id, &missing, report));
    }

    /// What the database says; a failure there fails no call, since the settings are upstream or still saved.
    fn logged<T>(&self, result: Result<T, store::Error>) -> Option<T> {
        result.inspect_err(|error| log::error!("id={} settings of {}: {error}", self.trace, self.name)).ok()
    }
}
