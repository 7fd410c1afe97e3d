//! A chat of Telegram, through a bot.

use std::time::Instant;

use serde_json::json;

use super::contract::{DeliveryFailure, JsonPost, NoticeChannel, OutgoingMessage};

/// Most characters of a message.
const MAX_TEXT: usize = 4000;

pub(super) struct TelegramChannel<'a> {
    pub post: JsonPost<'a>,
    pub server: String,
    pub token: String,
    pub chat: String,
}

impl NoticeChannel for TelegramChannel<'_> {
    fn send(&self, message: &OutgoingMessage, deadline: Instant) -> Result<(), DeliveryFailure> {
        let text: String = format!("{}\n\n{}", message.title, message.body).chars().take(MAX_TEXT).collect();
        let body = json!({
            "chat_id": self.chat,
            "text": text,
            // A preview would fetch the page of the connect link.
            "link_preview_options": {"is_disabled": true},
        });
        let url = format!("{}/bot{}/sendMessage", self.server, self.token);
        self.post.send(&url, &[], &body.to_string(), deadline)
    }
}
