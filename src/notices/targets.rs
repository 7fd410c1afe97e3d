//! The rules for targets, for the command line and the API alike: what may be added, by whom, and what is removed.

use super::channels::reach;
use super::settings::{ChannelSettings, SettingsFault, SettingsField, TypedSettings};
use crate::domain::{Caller, Language, NoticeChannelKind, Permission, QuietHours, Secret};
use crate::store::{self, NewNoticeTarget, NoticeTarget, Store};
use crate::upstream::is_out_of_reach;

/// Most targets of one user: a person, their team, and the programs of both.
pub const MAX_TARGETS: usize = 20;

/// Why a change of a target was refused. Nothing changed.
#[derive(Debug)]
pub enum TargetError {
    /// No target has the id, or another user's has.
    Unknown,
    /// The user may not see others' numbers.
    NotForAll,
    /// The user has [`MAX_TARGETS`].
    TooMany,
    /// A setting cannot be used.
    Setting(SettingsField, SettingsFault),
    /// The database failed.
    Store(store::Error),
}

impl From<store::Error> for TargetError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// A target to be added.
pub struct TargetDraft<'a> {
    /// Whose it is.
    pub owner: &'a Caller,
    /// Whether it is told of everybody's numbers and of servers.
    pub for_all: bool,
    pub channel: NoticeChannelKind,
    pub typed: TypedSettings,
    pub language: Language,
    pub quiet: Option<QuietHours>,
    /// Minutes by which its time is ahead of UTC.
    pub utc_offset: i16,
}

/// A target that was added.
pub struct AddedTarget {
    pub target: NoticeTarget,
    /// The key of a webhook's signature, which is shown now and never again.
    pub signing_key: Option<Secret>,
}

/// Adds a target, which is told of what happens from now on.
pub fn add(store: &Store, draft: &TargetDraft) -> Result<AddedTarget, TargetError> {
    if draft.for_all && !draft.owner.may(Permission::ConnectAllInstances) {
        return Err(TargetError::NotForAll);
    }
    let settings = ChannelSettings::read(draft.channel, &draft.typed);
    let settings = settings.map_err(|(field, fault)| TargetError::Setting(field, fault))?;
    if store.notice_targets(Some(&draft.owner.user))?.len() >= MAX_TARGETS {
        return Err(TargetError::TooMany);
    }
    // Once more with each message: names may lead elsewhere by then.
    if let Some((field, url)) = settings.destination()
        && is_out_of_reach(&url, reach(draft.owner.role))
    {
        return Err(TargetError::Setting(field, SettingsFault::OutOfReach));
    }
    let new = NewNoticeTarget {
        user: &draft.owner.user,
        for_all: draft.for_all,
        channel: draft.channel,
        address: &settings.shown(),
        settings: &settings.to_json(),
        language: draft.language,
        quiet: draft.quiet,
        utc_offset: draft.utc_offset,
    };
    let id = store.add_notice_target(&new)?.ok_or(TargetError::Unknown)?;
    Ok(AddedTarget { target: find(store, &id, None)?, signing_key: settings.signing_key() })
}

/// The target of that id, if it is that user's.
pub fn find(store: &Store, id: &str, user: Option<&str>) -> Result<NoticeTarget, TargetError> {
    store.notice_target(id, user)?.ok_or(TargetError::Unknown)
}

/// Begins or stops to tell a target.
pub fn set_active(
    store: &Store,
    id: &str,
    user: Option<&str>,
    active: bool,
) -> Result<NoticeTarget, TargetError> {
    find(store, id, user)?;
    store.set_notice_target_active(id, active)?;
    find(store, id, user)
}

/// Removes a target and its log.
pub fn remove(store: &Store, id: &str, user: Option<&str>) -> Result<(), TargetError> {
    find(store, id, user)?;
    if store.remove_notice_target(id)? { Ok(()) } else { Err(TargetError::Unknown) }
}
