//! `pareia instance list` and `show`: what is shown of instances.

use serde::Serialize;

use crate::cli::output::{CommandResult, fail, note};
use crate::cli::table::{TableLine, list, show};
use crate::cli::user;
use crate::domain::{Reason, Status, Viewer, clock};
use crate::http::InstanceJson;
use crate::store::{InstanceLine, Store};
use crate::text::cli as words;

/// Prints the instances of one user, or all.
pub fn list_of(store: &Store, user: Option<&str>, json: bool) -> CommandResult {
    let user = user.map(|name| user::find(store, name)).transpose()?;
    let lines = store.instance_lines(user.as_ref().map(|user| user.id.as_str()))?;
    list(&lines, json, words::no_instances())
}

/// Prints one instance.
pub fn show_one(store: &Store, name: &str, json: bool) -> CommandResult {
    let Some(line) = store.instance_line(name, &Viewer::default())? else {
        return fail(words::instance_unknown(name));
    };
    show(&line, json)?;
    let reason = line.reason.as_deref().and_then(Reason::parse).map(crate::text::reason);
    let warnings = crate::text::connect_warnings(&line, &[]).into_iter().map(|warning| Some(warning.message));
    let scan_help = line.scan_help.as_ref().map(|help| words::scan_help(&help.versions));
    let saved = line.settings_saved_at.map(words::settings_saved);
    let left = (!line.left_on.is_empty()).then(|| words::left_on(&line.left_on));
    let note_of = line.note.as_deref().map(words::note_of);
    let beside = std::iter::once(reason).chain(warnings).chain([scan_help, saved, left, note_of]);
    beside.flatten().filter(|_| !json).for_each(note);
    Ok(())
}

impl TableLine for InstanceLine {
    fn titles() -> &'static [&'static str] {
        words::instance_titles()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            words::or_dash(self.display_name.clone()),
            words::status(&self.status, self.unknown_since),
            clock::short(self.since),
            self.phone.clone(),
            words::linked_number(
                self.linked_number.as_deref(),
                self.status == Status::Connected.as_str(),
                self.number_matches(),
            ),
            self.user.clone(),
            words::or_dash(self.credential.clone()),
            words::or_dash((!self.labels.is_empty()).then(|| self.labels.join(", "))),
            clock::short(self.created_at),
            self.id.clone(),
        ]
    }

    fn json(&self) -> impl Serialize {
        InstanceJson::of(self)
    }
}
