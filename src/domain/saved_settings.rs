//! What people set of an instance upstream (webhook, proxy, …): as it was seen, as it is saved, and what of it
//! still has to be put back. Knows no upstream's words for it, and puts nothing back.

use std::collections::{BTreeMap, BTreeSet};

use super::{MILLIS_PER_DAY, Millis, Secret, UpstreamError, inserted};

/// How long after a create it counts as the one that made an instance whose id was not answered: a slow server takes
/// a call's time for it and as long once more, and the next call comes a minute later.
const UNSURE: Millis = 2 * 60 * 1000;
/// How long after a create what is missing is tried again.
const RETRIES: Millis = MILLIS_PER_DAY;

/// A kind of what people set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingsKind {
    Webhook,
    Settings,
    Chatwoot,
    Rabbitmq,
    Nats,
    Sqs,
    Websocket,
    /// The last: the server tries a proxy before it takes it, which lasts seconds.
    Proxy,
}

impl SettingsKind {
    /// All of them, in the order in which they are put back.
    pub const ALL: [Self; 8] = [
        Self::Webhook,
        Self::Settings,
        Self::Chatwoot,
        Self::Rabbitmq,
        Self::Nats,
        Self::Sqs,
        Self::Websocket,
        Self::Proxy,
    ];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Settings => "settings",
            Self::Chatwoot => "chatwoot",
            Self::Rabbitmq => "rabbitmq",
            Self::Nats => "nats",
            Self::Sqs => "sqs",
            Self::Websocket => "websocket",
            Self::Proxy => "proxy",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Reads words that stand between commas; one of a later release is left out.
    pub fn parse_all(text: &str) -> BTreeSet<Self> {
        inserted(text.split(',').filter_map(Self::parse))
    }

    /// Writes them between commas.
    pub fn join(kinds: impl IntoIterator<Item = Self>) -> String {
        kinds.into_iter().map(Self::as_str).collect::<Vec<_>>().join(",")
    }
}

/// What is set of an instance, by kind, in upstream's own words; `None`: nothing is set. A kind that is not
/// there was not seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceSettings(BTreeMap<SettingsKind, Option<Secret>>);

impl InstanceSettings {
    /// What is set of that kind.
    pub fn get(&self, kind: SettingsKind) -> Option<&Secret> {
        self.0.get(&kind)?.as_ref()
    }

    /// The kinds of which something is set.
    pub fn kinds(&self) -> BTreeSet<SettingsKind> {
        inserted(self.0.iter().filter(|(_, value)| value.is_some()).map(|(kind, _)| *kind))
    }

    /// What was seen, and of the rest what was known. Of the kinds that still have to be put back only what is
    /// set counts: that there is nothing is why they have to be.
    #[must_use]
    pub fn seen_later(&self, seen: &Self, awaited: &BTreeSet<SettingsKind>) -> Self {
        let counts = |kind: &SettingsKind| seen.get(*kind).is_some() || !awaited.contains(kind);
        let news = seen.0.iter().filter(|(kind, _)| counts(kind)).map(|(kind, value)| (*kind, value.clone()));
        Self(inserted(self.0.clone().into_iter().chain(news)))
    }

    /// As one JSON text.
    pub fn to_json(&self) -> Secret {
        let member = |(kind, value): (&SettingsKind, &Option<Secret>)| {
            Some((kind.as_str().to_owned(), value.as_ref()?.expose().into()))
        };
        let members: serde_json::Map<_, _> = inserted(self.0.iter().filter_map(member));
        Secret::new(serde_json::Value::from(members).to_string())
    }

    /// Reads that text; `None` where it is another.
    pub fn from_json(text: &Secret) -> Option<Self> {
        let members: BTreeMap<String, String> = serde_json::from_str(text.expose()).ok()?;
        let member =
            |(kind, value): (String, String)| Some((SettingsKind::parse(&kind)?, Some(Secret::new(value))));
        Some(Self(inserted(members.into_iter().filter_map(member))))
    }
}

/// What was seen of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenSetting {
    /// The server does not say.
    Unknown,
    /// Nobody has set anything since the instance was created.
    Nothing,
    /// Somebody has set it since, and nothing is left: it is switched off, or as it was at first.
    Off,
    /// Nothing is set, and the server does not say whether somebody switched it off.
    Unclear,
    /// This, in the words in which it is set.
    Set(Secret),
}

/// What was seen of an instance, and its id there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenSettings {
    pub instance_id: Option<String>,
    pub settings: InstanceSettings,
    /// The kinds that somebody switched off: they are put back no more.
    pub switched_off: BTreeSet<SettingsKind>,
    /// The kinds that somebody may have switched off.
    pub unclear: BTreeSet<SettingsKind>,
}

impl SeenSettings {
    /// Notes what was seen of a kind.
    pub fn note(&mut self, kind: SettingsKind, seen: SeenSetting) {
        let value = match seen {
            SeenSetting::Unknown => return,
            SeenSetting::Nothing => None,
            SeenSetting::Off => {
                self.switched_off.insert(kind);
                None
            }
            SeenSetting::Unclear => {
                self.unclear.insert(kind);
                None
            }
            SeenSetting::Set(value) => Some(value),
        };
        self.settings.0.insert(kind, value);
    }

    /// Whether it is set, or somebody switched it off.
    pub fn is_settled(&self, kind: SettingsKind) -> bool {
        self.settings.get(kind).is_some() || self.switched_off.contains(&kind)
    }
}

/// What is saved of a name's instance.
#[derive(Clone, Debug, Default)]
pub struct SavedSettings {
    pub settings: InstanceSettings,
    /// What has to be put back; `None`: nothing is missing.
    pub restoration: Option<Restoration>,
}

/// What has to be put back after a create.
#[derive(Clone, Debug)]
pub struct Restoration {
    pub awaited: BTreeSet<SettingsKind>,
    /// When the create left.
    pub created_at: Millis,
    /// The instance that it made; `None`: that was not answered.
    pub created_id: Option<String>,
}

impl Restoration {
    /// Whether the instance with that id is the one that the create made: no other is ever written.
    pub fn is_for(&self, id: Option<&str>, now: Millis) -> bool {
        match (&self.created_id, id) {
            (Some(created), Some(id)) => created == id,
            _ => now - self.created_at < UNSURE,
        }
    }

    /// Whether it is too late to try again.
    pub fn is_over(&self, now: Millis) -> bool {
        now - self.created_at >= RETRIES
    }
}

/// What came of putting settings back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoreReport {
    pub restored: Vec<SettingsKind>,
    pub not_restored: Vec<(SettingsKind, NotRestored)>,
}

impl RestoreReport {
    /// What was put back, between commas; `None`: nothing.
    pub fn restored_text(&self) -> Option<String> {
        let words: Vec<_> = self.restored.iter().map(|kind| kind.as_str()).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// What was not, each with its reason's word; `None`: nothing.
    pub fn not_restored_text(&self) -> Option<String> {
        let word = |(kind, why): &(SettingsKind, NotRestored)| format!("{} ({})", kind.as_str(), why.word());
        let words: Vec<_> = self.not_restored.iter().map(word).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// Why something was not put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRestored {
    /// The server did not take it.
    Refused,
    /// The server has no such thing, or it is switched off there.
    Unsupported,
    /// The server could not be asked.
    Failed(UpstreamError),
}

impl NotRestored {
    /// The word on the wire.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unsupported => "unsupported",
            Self::Failed(error) => error.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SettingsKind::{Proxy, Settings, Webhook};
    use super::*;

    fn of(values: &[(SettingsKind, Option<&str>)]) -> InstanceSettings {
        InstanceSettings(values.iter().map(|(kind, value)| (*kind, value.map(Secret::new))).collect())
    }

    #[test]
    fn what_is_not_seen_or_awaited_stays_as_it_was() {
        let saved = of(&[(Webhook, Some("w")), (Proxy, Some("p")), (Settings, Some("s"))]);
        for (seen, awaited, expected) in [
            (of(&[]), "", saved.clone()),
            (of(&[(Settings, None)]), "", of(&[(Webhook, Some("w")), (Proxy, Some("p")), (Settings, None)])),
            (of(&[(Settings, None)]), "settings,webhook", saved.clone()),
            (
                of(&[(Proxy, Some("q"))]),
                "proxy",
                of(&[(Webhook, Some("w")), (Proxy, Some("q")), (Settings, Some("s"))]),
            ),
        ] {
            assert_eq!(saved.seen_later(&seen, &SettingsKind::parse_all(awaited)), expected, "{seen:?}");
        }
    }

    #[test]
    fn settings_are_read_as_they_are_written() {
        let saved = of(&[(Webhook, Some(r#"{"url":"x"}"#)), (Proxy, Some("p"))]);
        assert_eq!(InstanceSettings::from_json(&saved.to_json()), Some(saved));
        assert_eq!(SettingsKind::parse_all(&SettingsKind::join(SettingsKind::ALL)).len(), 8);
    }

    #[test]
    fn only_the_instance_that_a_create_made_is_written() {
        let of = |id: Option<&str>| Restoration {
            awaited: BTreeSet::new(),
            created_at: 1000,
            created_id: id.map(str::to_owned),
        };
        for (created, listed, later, expected) in [
            (Some("a"), Some("a"), MILLIS_PER_DAY, true),
            (Some("a"), Some("b"), 1, false),
            (None, Some("a"), UNSURE - 1, true),
            (None, Some("a"), UNSURE, false),
            (Some("a"), None, UNSURE, false),
        ] {
            assert_eq!(of(created).is_for(listed, 1000 + later), expected, "{created:?} {listed:?} {later}");
        }
    }
}
