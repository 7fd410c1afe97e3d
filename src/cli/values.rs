//! Values of arguments, read for clap. What is refused says what it must be.

use clap::builder::{StringValueParser, TypedValueParser};

use super::config;
use crate::admin::links::LINK_MINUTES;
use crate::admin::tokens::TOKEN_DAYS;
use crate::domain::{
    self, AuditAction, Channel, Invalid, Language, MILLIS_PER_DAY, Millis, Name, NoticeChannelKind, Phone,
    QuietHours, Role, TokenScope, parse_utc_offset, typed_text,
};
use crate::http::parse_moment;
use crate::text::cli as words;
use crate::upstream::TypedBaseUrl;

/// A name or an id of what is there, as it was pasted.
pub fn typed() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().map(|text| typed_text(&text))
}

/// A name of a user, a credential or an instance.
pub fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(invalid)
}

/// A free text that lists will show.
pub fn label(text: &str) -> Result<String, String> {
    domain::label(text).map_err(invalid)
}

/// What people call an instance; empty: nothing any more.
pub fn display_name(text: &str) -> Result<String, String> {
    domain::display_name(text).map_err(invalid)
}

/// What people want to remember of an instance; empty: nothing any more.
pub fn note(text: &str) -> Result<String, String> {
    domain::note(text).map_err(invalid)
}

/// A phone.
pub fn phone(text: &str) -> Result<Phone, String> {
    Phone::parse(text).map_err(|error| crate::text::phone(&error))
}

/// A role.
pub fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).map_err(invalid)
}

/// The scope of a token.
pub fn token_scope(text: &str) -> Result<TokenScope, String> {
    TokenScope::parse(text).map_err(invalid)
}

/// How names begin.
pub fn name_prefix(text: &str) -> Result<String, String> {
    domain::name_prefix(text).map_err(invalid)
}

/// A channel.
pub fn channel(text: &str) -> Result<Channel, String> {
    Channel::parse(text).map_err(|_| words::channel_invalid())
}

/// A channel of notices.
pub fn notice_channel(text: &str) -> Result<NoticeChannelKind, String> {
    NoticeChannelKind::parse(text).ok_or_else(crate::text::notice_channel_invalid)
}

/// A language of notices.
pub fn notice_language(text: &str) -> Result<Language, &'static str> {
    Language::parse(text).ok_or(crate::text::notice_language_invalid())
}

/// Hours in which nothing is sent.
pub fn quiet_hours(text: &str) -> Result<QuietHours, &'static str> {
    QuietHours::parse(text).ok_or(crate::text::quiet_hours_invalid())
}

/// What a time is ahead of UTC, in minutes.
pub fn utc_offset(text: &str) -> Result<i16, &'static str> {
    parse_utc_offset(text).ok_or(crate::text::utc_offset_invalid())
}

/// The address of a server.
pub fn base_url(text: &str) -> Result<TypedBaseUrl, &'static str> {
    TypedBaseUrl::parse(text).map_err(crate::text::base_url)
}

/// Days that a token may live.
pub fn days(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|days| TOKEN_DAYS.contains(days)).ok_or(words::days_invalid())
}

/// Minutes that a link may live.
pub fn minutes(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|minutes| LINK_MINUTES.contains(minutes)).ok_or(words::minutes_invalid())
}

/// Seconds to wait for an answer.
pub fn wait_seconds(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|seconds| (1..=60).contains(seconds)).ok_or(words::wait_invalid())
}

/// An address to listen on.
pub fn listen_address(text: &str) -> Result<String, &'static str> {
    config::listen(text).ok_or(words::listen_invalid())
}

/// A word of the audit trail.
pub fn audit_action(text: &str) -> Result<String, String> {
    let words: Vec<_> = AuditAction::words().collect();
    if AuditAction::is_filter(text) { Ok(text.to_owned()) } else { Err(words::not_one_of(&words)) }
}

/// A day, from its first moment on.
pub fn first_moment(text: &str) -> Result<Millis, &'static str> {
    parse_moment(text, 0).ok_or(words::day_invalid())
}

/// A day, up to its last moment.
pub fn last_moment(text: &str) -> Result<Millis, &'static str> {
    parse_moment(text, MILLIS_PER_DAY).ok_or(words::day_invalid())
}

/// What a text should have been.
pub fn invalid(problem: Invalid) -> String {
    crate::text::invalid(problem)
}
