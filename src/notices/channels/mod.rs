//! The channels: a short file for each, behind one trait.

mod contract;
mod email;
mod ntfy;
mod telegram;
mod webhook;
mod whatsapp;

use std::time::Instant;

pub use contract::{ChannelContext, DeliveryFailure, NoticeChannel, OutgoingMessage};

use super::settings::ChannelSettings;
use crate::domain::{Permission, Role};
use crate::store::NoticeTarget;
use crate::upstream::Reach;
use contract::JsonPost;

/// Delivers a message to a target.
pub fn send(
    context: &ChannelContext,
    target: &NoticeTarget,
    message: &OutgoingMessage,
    deadline: Instant,
) -> Result<(), DeliveryFailure> {
    let settings = ChannelSettings::from_json(&target.settings);
    let settings = settings.ok_or_else(|| DeliveryFailure::passing("unreadable_settings"))?;
    let post = JsonPost { web: context.web, reach: reach(target.role) };
    let channel: Box<dyn NoticeChannel> = match settings {
        ChannelSettings::Webhook { url, secret } => Box::new(webhook::WebhookChannel { post, url, secret }),
        ChannelSettings::Ntfy { server, topic, token } => {
            Box::new(ntfy::NtfyChannel { post, server, topic, token })
        }
        ChannelSettings::Telegram { server, token, chat } => {
            Box::new(telegram::TelegramChannel { post, server, token, chat })
        }
        ChannelSettings::Email(settings) => Box::new(email::EmailChannel { settings, reach: post.reach }),
        ChannelSettings::Whatsapp { phone } => Box::new(whatsapp::WhatsappChannel { context, target, phone }),
    };
    channel.send(message, deadline)
}

/// How far the address of a target of such a user may lead: administrators may name what they like, others reach no private
/// network.
pub fn reach(owner: Role) -> Reach {
    if owner.allows(Permission::ManageCredentials) { Reach::Anywhere } else { Reach::Public }
}
