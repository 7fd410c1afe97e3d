//! What is shown of an instance beside its status: which phone is linked, and what people write about it. One shape
//! for each answer that shows an instance.

use serde::Serialize;

use crate::domain::clock;
use crate::store::InstanceLine;

/// The phone and the texts of an instance as JSON.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DetailsJson<'a> {
    linked_number: Option<&'a str>,
    number_matches: Option<bool>,
    profile_name: Option<&'a str>,
    linked_seen_at: Option<String>,
    same_number_as: &'a [String],
    same_number_elsewhere: bool,
    also_on: &'a [String],
    also_elsewhere: bool,
    upstream_name: Option<&'a str>,
    display_name: Option<&'a str>,
    note: Option<&'a str>,
    labels: &'a [String],
    settings_saved_at: Option<String>,
}

impl<'a> DetailsJson<'a> {
    /// What is shown of a line.
    pub fn of(line: &'a InstanceLine) -> Self {
        Self {
            linked_number: line.linked_number.as_deref(),
            number_matches: line.number_matches(),
            profile_name: line.profile_name.as_deref(),
            linked_seen_at: line.linked_seen_at.map(clock::iso),
            same_number_as: &line.same_number_as,
            same_number_elsewhere: line.same_number_elsewhere,
            also_on: &line.also_on,
            also_elsewhere: line.also_elsewhere,
            upstream_name: line.upstream_name.as_deref(),
            display_name: line.display_name.as_deref(),
            note: line.note.as_deref(),
            labels: &line.labels,
            settings_saved_at: line.settings_saved_at.map(clock::iso),
        }
    }
}
