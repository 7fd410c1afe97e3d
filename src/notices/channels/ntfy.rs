//! A topic of an ntfy server.

use std::time::Instant;

use serde_json::json;

use super::contract::{DeliveryFailure, JsonPost, NoticeChannel, OutgoingMessage};

pub(super) struct NtfyChannel<'a> {
    pub post: JsonPost<'a>,
    pub server: String,
    pub topic: String,
    pub token: Option<String>,
}

impl NoticeChannel for NtfyChannel<'_> {
    fn send(&self, message: &OutgoingMessage, deadline: Instant) -> Result<(), DeliveryFailure> {
        let is_good = message.items.iter().all(|(notice, _)| notice.kind.is_good());
        let body = json!({
            "topic": self.topic,
            // From 2.16 on, what has the same one replaces what was shown; older servers pass it over.
            "sequence_id": message.id,
            "title": message.title,
            "message": message.body,
            "priority": if is_good { 3 } else { 4 },
            "tags": [if is_good { "white_check_mark" } else { "warning" }],
            "click": message.click,
        });
        let token = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = token.iter().map(|token| ("authorization", token.as_str())).collect();
        self.post.send(&format!("{}/", self.server), &headers, &body.to_string(), deadline)
    }
}
