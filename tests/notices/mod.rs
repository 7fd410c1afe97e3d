//! Notices: what happens to numbers and servers reaches people over each channel, once, whatever breaks on the way.

mod administering;
mod deciding;
mod delivering;
mod mail;
mod receivers;
mod rights;
mod whatsapp;

use std::sync::Arc;
use std::time::Duration;

use pareia::domain::{Language, NoticeChannelKind, QuietHours, Secret};
use pareia::notices::{ChannelSettings, NoticePace, NoticeService, TypedSettings};
use pareia::sim::Version;
use pareia::store::NewNoticeTarget;
use pareia::text::notice_message;

use crate::harness::{PHONE, Shop, instant, until};

/// The usual times, many times shorter.
pub fn swift() -> NoticePace {
    let ms = Duration::from_millis;
    NoticePace {
        settle: ms(30),
        unsettled: ms(2_000),
        gather: ms(10),
        tick: ms(2),
        retry: ms(10),
        retry_most: ms(40),
        sending: ms(10_000),
        ..NoticePace::default()
    }
}

/// A shop whose people are told of things, with an administrator called `ana`.
pub fn shop() -> (Shop, NoticeService) {
    told(Shop::new(instant(Version::V2_3_7)), swift())
}

pub fn told(shop: Shop, pace: NoticePace) -> (Shop, NoticeService) {
    shop.user("ana", true);
    shop.store.set_setting("url", "https://zap.example").expect("a setting");
    let service = NoticeService::start(Arc::clone(&shop.store), Arc::default(), notice_message, pace);
    (shop, service)
}

/// What is typed for a target.
pub fn typed(address: impl Into<String>) -> TypedSettings {
    TypedSettings { address: address.into(), ..TypedSettings::default() }
}

impl Shop {
    /// A target of `ana` for all.
    pub fn target(&self, channel: NoticeChannelKind, typed: &TypedSettings) -> String {
        self.target_of("ana", true, channel, typed)
    }

    pub fn target_of(
        &self,
        user: &str,
        for_all: bool,
        channel: NoticeChannelKind,
        typed: &TypedSettings,
    ) -> String {
        self.add_target(user, for_all, channel, typed, None)
    }

    pub fn add_target(
        &self,
        user: &str,
        for_all: bool,
        channel: NoticeChannelKind,
        typed: &TypedSettings,
        quiet: Option<QuietHours>,
    ) -> String {
        let user = self.store.user(user).expect("a store").expect("a user").id;
        let settings = ChannelSettings::read(channel, typed).map_err(|refused| format!("{refused:?}"));
        let settings = settings.expect("settings");
        let new = NewNoticeTarget {
            user: &user,
            for_all,
            channel,
            address: &settings.shown(),
            settings: &settings.to_json(),
            language: Language::Portuguese,
            quiet,
            utc_offset: 0,
        };
        self.store.add_notice_target(&new).expect("a store").expect("a target")
    }

    /// A webhook of `ana` for all, with a key of its own.
    pub fn webhook_target(&self, url: String) -> String {
        let secret = Some(Secret::new("a key that is long enough"));
        self.target(NoticeChannelKind::Webhook, &TypedSettings { secret, ..typed(url) })
    }

    /// A row that is connected.
    pub fn connected(&self, name: &str) {
        self.written(name, PHONE, "loja");
        self.becomes(name, "connected", "paired");
    }

    /// The status of the rows with these names, apart by spaces, changes at one moment, as the monitor would write it.
    pub fn becomes(&self, names: &str, status: &str, reason: &str) {
        self.set(&format!(
            "UPDATE messaging_instances SET status = '{status}', statusReason = '{reason}',
                 updatedAt = CAST(unixepoch('subsec') * 1000 AS INTEGER)
             WHERE instr(' {names} ', ' ' || channelInstanceId || ' ')"
        ));
    }

    /// What became of each message, with the error of the last attempt.
    pub fn outcomes(&self) -> Vec<String> {
        let query = "SELECT outcome || coalesce(' ' || error, '') FROM notice_messages ORDER BY rowid";
        self.sql(query).concat()
    }

    #[track_caller]
    pub fn until_outcomes(&self, outcomes: &[&str]) {
        until(&format!("{outcomes:?}, not {:?}", self.outcomes()), || self.outcomes() == outcomes);
    }
}
