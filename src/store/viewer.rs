//! What a viewer sees, as parts of queries: the one place where rows, and what hangs on them, are kept from whoever may
//! not see them.

use rusqlite::ToSql;
use rusqlite::types::Value;

use crate::domain::{Channel, Viewer};

/// The conditions under which a row of that alias is seen; none: every row is. They name what [`values`] has, all of it.
pub(super) fn conditions(viewer: &Viewer, row: &str) -> Vec<String> {
    let mut all: Vec<_> = viewer.owner.iter().map(|_| format!("{row}.userId = :viewer")).collect();
    all.extend(reach(viewer, row));
    all
}

/// The same as one condition.
pub(super) fn seen(viewer: &Viewer, row: &str) -> String {
    let all = conditions(viewer, row);
    if all.is_empty() { "1".to_owned() } else { all.join(" AND ") }
}

/// Conditions of which one holds where a row of that alias is not seen. What is compared with the owner alone is found in
/// the index of linked phones.
pub(super) fn hidden(viewer: &Viewer, row: &str) -> Vec<String> {
    let others =
        viewer.owner.iter().flat_map(|_| ['<', '>'].map(|than| format!("{row}.userId {than} :viewer")));
    let reach = reach(viewer, row);
    let beyond = (!reach.is_empty()).then(|| format!("NOT ({})", reach.join(" AND ")));
    others.chain(beyond).collect()
}

/// The condition that a server with that id is within what a token reaches.
pub(super) fn server_reached(viewer: &Viewer, id: &str) -> String {
    if viewer.limits.server.is_some() { format!("{id} = :reached") } else { "1".to_owned() }
}

fn reach(viewer: &Viewer, row: &str) -> Vec<String> {
    let server = viewer.limits.server.iter().map(|_| format!("{row}.credentialId IS :reached"));
    let prefix = viewer.limits.prefix.iter();
    let prefix = prefix.map(|_| format!("substr({row}.channelInstanceId, 1, length(:prefix)) = :prefix"));
    server.chain(prefix).collect()
}

/// What these conditions name, with its values.
pub(super) fn values(viewer: &Viewer) -> Vec<(&'static str, Value)> {
    let named =
        [(":viewer", &viewer.owner), (":reached", &viewer.limits.server), (":prefix", &viewer.limits.prefix)];
    named.into_iter().filter_map(|(name, value)| Some((name, value.clone()?.into()))).collect()
}

/// The condition for a row that is seen and has the id or the name `:key`; an id goes before a name that looks like
/// one. It names the channels, since the index of names begins with them.
pub(super) fn by_id_or_name(viewer: &Viewer) -> String {
    let channels = Channel::ALL.map(|channel| format!("'{}'", channel.as_str())).join(", ");
    format!(
        "(i.id = :key OR (i.channel IN ({channels}) AND i.channelInstanceId = :key)) AND {}
         ORDER BY i.id = :key DESC LIMIT 1",
        seen(viewer, "+i")
    )
}

/// What [`by_id_or_name`] names, with its values.
pub(super) fn keyed(viewer: &Viewer, key: &str) -> Vec<(&'static str, Value)> {
    let mut all = values(viewer);
    all.push((":key", key.to_owned().into()));
    all
}

/// Values as a statement takes them.
pub(super) fn bound<'a>(values: &'a [(&'static str, Value)]) -> Vec<(&'static str, &'a dyn ToSql)> {
    values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
}
