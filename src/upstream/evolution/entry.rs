//! One entry of `fetchInstances`, and the answer about one name. Pure.
//!
//! An entry that is not understood (`null`, a number for a name, another type inside) says nothing of
//! the others: it is left out and counted. A list of which nothing is understood is no list, or all
//! that a server has would count as gone.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;
use serde_json::Value;

use super::decode::{missing, state};
use crate::domain::clock;
use crate::domain::{
    Integration, LinkedPhone, ListedInstance, Logout, LogoutCause, UpstreamError, UpstreamName,
};

/// `GET /instance/fetchInstances?instanceName=`: a list of one (2.x), one object (1.8), 404 for
/// none. `None`: not listed.
pub(super) fn listed(
    status: u16,
    body: &[u8],
    name: &UpstreamName,
) -> Result<Option<ListedInstance>, UpstreamError> {
    if status != 200 {
        return missing(status, body).map(|()| None);
    }
    if let Some((_, instance)) = only_entry(body).filter(|(listed, _)| listed == name.as_str()) {
        return Ok(Some(instance));
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| UpstreamError::Unexpected)?;
    let entries = entries(&body);
    let understood: Vec<_> = entries.iter().filter_map(ListEntry::read_value).collect();
    let is_unreadable =
        entries.iter().any(|entry| has_name(entry, name)) || understood.is_empty() && !entries.is_empty();
    // A server that ignores the filter, or the case of names, lists others as well.
    match understood.into_iter().find(|(listed, _)| listed == name.as_str()) {
        Some((_, instance)) => Ok(Some(instance)),
        None if is_unreadable => Err(UpstreamError::Unexpected),
        None => Ok(None),
    }
}

/// The one entry of the usual answer, which is read as it stands. `None`: an answer of another kind.
fn only_entry(body: &[u8]) -> Option<(Cow<'_, str>, ListedInstance)> {
    let body = body.trim_ascii();
    let entry = body.strip_prefix(b"[").and_then(|list| list.strip_suffix(b"]")).unwrap_or(body);
    // An array would be read as the members in their order.
    let is_object = entry.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice::<ListEntry>(entry).ok()).flatten()?.named()
}

/// The entries of a list of one name: 1.8 answers one without a list around it.
pub(super) fn entries(body: &Value) -> &[Value] {
    body.as_array().map_or(std::slice::from_ref(body), Vec::as_slice)
}

/// Whether an entry has that name, whatever else is wrong with it.
pub(super) fn has_name(entry: &Value, name: &UpstreamName) -> bool {
    [&entry["name"], &entry["instance"]["instanceName"]].iter().any(|named| *named == name.as_str())
}

/// One instance of a list, in the words of both lines. Read without a copy of what is not used,
/// which is most of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListEntry<'a> {
    /// 1.8 wraps each instance.
    #[serde(borrow)]
    instance: Option<OldListEntry<'a>>,
    id: Option<String>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    connection_status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    owner_jid: Option<Cow<'a, str>>,
    #[serde(borrow)]
    profile_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    integration: Option<Cow<'a, str>>,
    disconnection_reason_code: Option<Value>,
    #[serde(borrow)]
    disconnection_object: Option<Cow<'a, str>>,
    #[serde(borrow)]
    disconnection_at: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "Chatwoot")]
    chatwoot: Option<ChangedRow<'a>>,
    #[serde(borrow, rename = "Proxy")]
    proxy: Option<ChangedRow<'a>>,
    #[serde(borrow, rename = "Rabbitmq")]
    rabbitmq: Option<ChangedRow<'a>>,
    #[serde(borrow, rename = "Nats")]
    nats: Option<ChangedRow<'a>>,
    #[serde(borrow, rename = "Sqs")]
    sqs: Option<ChangedRow<'a>>,
    #[serde(borrow, rename = "Websocket")]
    websocket: Option<ChangedRow<'a>>,
    #[serde(borrow, rename = "Setting")]
    setting: Option<ChangedRow<'a>>,
}

/// When a row of settings changed last: of what stands in it nothing else is read here.
#[derive(Deserialize, Hash)]
#[serde(rename_all = "camelCase")]
struct ChangedRow<'a> {
    #[serde(borrow)]
    updated_at: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldListEntry<'a> {
    instance_id: Option<String>,
    #[serde(borrow)]
    instance_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    owner: Option<Cow<'a, str>>,
    #[serde(borrow)]
    profile_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    integration: Option<OldIntegration<'a>>,
}

/// Shown by servers that expose keys in lists.
#[derive(Deserialize)]
struct OldIntegration<'a> {
    #[serde(borrow)]
    integration: Option<Cow<'a, str>>,
}

impl<'a> ListEntry<'a> {
    fn read_value(entry: &'a Value) -> Option<(Cow<'a, str>, ListedInstance)> {
        // An array would be read as the members in their order.
        let entry = entry.is_object().then(|| ListEntry::deserialize(entry).ok()).flatten()?;
        entry.named()
    }

    /// The entry with its name, if it is one of an instance.
    pub(super) fn named(mut self) -> Option<(Cow<'a, str>, ListedInstance)> {
        let name = self.instance.as_mut().map_or(&mut self.name, |old| &mut old.instance_name).take()?;
        Some((name, self.read()))
    }

    fn read(self) -> ListedInstance {
        if let Some(old) = self.instance {
            // 1.8 lists what its memory holds, and an owner only while open.
            return ListedInstance {
                integration: old.integration(),
                id: old.instance_id,
                state: state(old.status.as_deref()),
                lags: false,
                owner: LinkedPhone::read(old.owner.as_deref(), old.profile_name.as_deref()),
                logout: None,
                settings_stamp: 0,
            };
        }
        // 2.x lists what its database holds: "open" stays there while the socket is down, and so
        // does the reason of a former logout once a phone is paired anew.
        ListedInstance {
            integration: self.integration.as_deref().map_or(Integration::Phone, Integration::read),
            state: state(self.connection_status.as_deref()),
            lags: true,
            owner: LinkedPhone::read(self.owner_jid.as_deref(), self.profile_name.as_deref()),
            logout: self.logout(),
            settings_stamp: self.settings_stamp(),
            id: self.id,
        }
    }

    fn settings_stamp(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let rows = [&self.chatwoot, &self.proxy, &self.rabbitmq, &self.nats, &self.sqs, &self.websocket];
        (&self.id, rows, &self.setting).hash(&mut hasher);
        hasher.finish()
    }

    /// The last end of a pairing, of which the reason's number is the sign.
    fn logout(&self) -> Option<Logout> {
        let code = self.disconnection_reason_code.as_ref()?;
        let code = code.as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
        let cause = cause(self.disconnection_object.as_deref().unwrap_or_default());
        Some(Logout { code, cause, at: self.disconnection_at.as_deref().and_then(clock::parse_iso) })
    }
}

impl OldListEntry<'_> {
    /// 1.8 stores whatever it was told, and pairs a phone with all but `WHATSAPP-BUSINESS`.
    fn integration(&self) -> Integration {
        let word = self.integration.as_ref().and_then(|shown| shown.integration.as_deref());
        match word.map(Integration::read) {
            Some(Integration::Business) => Integration::Business,
            Some(Integration::Phone | Integration::Evolution) | None => Integration::Phone,
        }
    }
}

/// Who ended the pairing. The object is JSON in a string, in which one word is looked for: parsing
/// it would cost a list of ten thousand more than all the rest.
fn cause(disconnection: &str) -> LogoutCause {
    if disconnection.contains("device_removed") {
        LogoutCause::DeviceRemoved
    } else if disconnection.contains("Log out instance: ") {
        LogoutCause::LoggedOutUpstream
    } else {
        LogoutCause::Unsaid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"name":"a","connectionStatus":"open","ownerJid":"55@s.whatsapp.net"}"#;

    #[test]
    fn odd_entries_beside_the_name_change_nothing_and_others_are_no_answer() {
        let name = UpstreamName::parse("a").expect("a name");
        let listed =
            |body: &str| listed(200, body.as_bytes(), &name).map(|found| found.map(|l| l.owner.is_some()));
        for odd in ["null", "7", "\"a\"", "[]", "{}", r#"{"name":7}"#, r#"{"name":"b","ownerJid":1}"#] {
            assert_eq!(listed(&format!("[{odd},{GOOD},{odd}]")), Ok(Some(true)), "{odd}");
            assert_eq!(listed(&format!("[{odd}]")), Err(UpstreamError::Unexpected), "{odd}");
            assert_eq!(listed(&format!(r#"[{odd},{{"name":"c"}}]"#)), Ok(None), "{odd}");
        }
        assert_eq!(listed("[]"), Ok(None));
        let unreadable = r#"[{"name":"c"},{"name":"a","connectionStatus":7}]"#;
        assert_eq!(
            listed(unreadable),
            Err(UpstreamError::Unexpected),
            "it is listed, in a state that is not understood"
        );
    }
}
