//! Notices: people are told what happens to numbers and servers, wherever they want.
//!
//! The histories are the outbox: `timeline` decides what of them is told, and when (pure), `assign` which message of which
//! target tells it (pure), both within one transaction; `service` has what is due sent, each target on a thread of its
//! own, and `delivery` writes down what became of it. Nothing of this is waited for by a call, and nothing changes
//! anything upstream but that a message is sent where a target is a number of WhatsApp.

mod assign;
mod channels;
mod delivery;
mod message;
mod pace;
mod service;
mod settings;
pub mod targets;
mod timeline;

pub use channels::{ChannelContext, DeliveryFailure};
pub use delivery::send_test;
pub use message::{MessageWords, NoticeReader};
pub use pace::NoticePace;
pub use service::NoticeService;
pub use settings::{ChannelSettings, SettingsFault, SettingsField, TypedSettings};
