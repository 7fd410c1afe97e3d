//! The words of the field as types: what a channel, an instance, a phone, a status is.
//!
//! Text from outside becomes one of these at the edge, once, or is refused; everything inside is
//! spared the question. This room knows neither HTTP nor SQL nor the upstream.

mod adoption_obstacle;
mod audit;
mod caller;
mod channel;
pub mod clock;
mod credential;
pub mod csv;
mod description;
mod import_outcome;
mod inserted;
mod integration;
mod language;
mod linked;
mod month;
mod name;
mod notice;
mod outage;
mod pairing;
mod phone;
mod phone_error;
mod placement;
mod reason;
mod role;
mod saved_settings;
mod scan;
mod secret;
mod status;
mod token_limits;
mod transport_cause;
mod typed_text;
mod unaccented;
mod upstream_error;
mod upstream_name;
mod uptime;
mod use_case_error;
mod viewer;
mod written_number;

pub use adoption_obstacle::AdoptionObstacle;
pub use audit::{Actor, AuditAction, Via};
pub use caller::Caller;
pub use channel::Channel;
pub use clock::{AdjustableClock, MILLIS_PER_DAY, Millis, from_now, is_out, now};
pub use credential::Credential;
pub use description::{Description, MAX_DISPLAY_NAME, display_name, labels, note};
pub use import_outcome::{ImportConflict, ImportFault, ImportOutcome};
pub use inserted::inserted;
pub use integration::Integration;
pub use language::Language;
pub use linked::{LinkedPhone, LinkedSince};
pub use month::Month;
pub use name::{Invalid, MAX_NAME, Name, label};
pub use notice::{
    Notice, NoticeChannelKind, NoticeKind, QuietHours, USUAL_UTC_OFFSET, parse_utc_offset, utc_offset,
};
pub use outage::{DROPPED_AFTER, NOT_LOADED_AFTER, UNSCANNED_AFTER};
pub use pairing::{ConnectionState, ListedInstance, Logout, LogoutCause, Pairing, PhoneMemory, pairing};
pub use phone::Phone;
pub use phone_error::{PhoneError, PhoneFault};
pub use placement::{Intake, MAX_WEIGHT, PlacementChange, PlacementRule, ServerRoom, roomiest};
pub use reason::Reason;
pub use role::{Permission, Role};
pub use saved_settings::{
    InstanceSettings, NotRestored, Restoration, RestoreReport, SavedSettings, SeenSetting, SeenSettings,
    SettingsKind,
};
pub use scan::{NewCode, ScanAdvice, ScanEvidence, ScanHelp, ServerVersions};
pub use secret::{Qr, Secret};
pub use status::Status;
pub use token_limits::{TokenLimits, TokenScope, name_prefix};
pub use transport_cause::{NoConnection, ProxyAnswer, ProxyKind, TlsFailure};
pub use typed_text::{trimmed, typed_text, typed_value, unquoted};
pub use unaccented::unaccented;
pub use upstream_error::UpstreamError;
pub use upstream_name::UpstreamName;
pub use uptime::{
    AskedSpan, Availability, Segment, StatusChange, StatusHistory, Stay, Uptime, UptimeSum, number_segments,
    seen_spans, server_segments,
};
pub use use_case_error::{BUSY_RETRY, BusyCause, UseCaseError};
pub use viewer::{FormerRows, Viewer};
