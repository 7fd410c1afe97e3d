//! A webhook of the receiver's own, signed.

use std::time::Instant;

use serde_json::{Value, json};

use super::contract::{DeliveryFailure, JsonPost, NoticeChannel, OutgoingMessage};
use crate::crypto::hmac_hex;
use crate::domain::clock::iso;
use crate::domain::{Notice, Secret, now};

pub(super) struct WebhookChannel<'a> {
    pub post: JsonPost<'a>,
    pub url: String,
    pub secret: String,
}

impl NoticeChannel for WebhookChannel<'_> {
    fn send(&self, message: &OutgoingMessage, deadline: Instant) -> Result<(), DeliveryFailure> {
        let body = body(message).to_string();
        // Of this attempt: a receiver refuses what is too old to be anything but a replay.
        let timestamp = (now() / 1000).to_string();
        let signed = format!("{timestamp}.{body}");
        let signature = format!("sha256={}", hmac_hex(&Secret::new(self.secret.as_str()), signed.as_bytes()));
        let headers = [
            ("x-pareia-notice-id", message.id.as_str()),
            ("x-pareia-timestamp", &timestamp),
            ("x-pareia-signature", &signature),
        ];
        self.post.send(&self.url, &headers, &body, deadline)
    }
}

fn body(message: &OutgoingMessage) -> Value {
    let items: Vec<_> = message.items.iter().map(|(notice, link)| item(notice, link.as_deref())).collect();
    json!({
        "id": message.id,
        "kind": message.items.first().map(|(notice, _)| notice.kind),
        "createdAt": iso(message.at),
        "title": message.title,
        "text": message.body,
        "notices": items,
    })
}

fn item(notice: &Notice, link: Option<&str>) -> Value {
    let is_of_instance = notice.kind.is_of_instance();
    json!({
        "kind": notice.kind,
        "at": iso(notice.at),
        "instanceId": is_of_instance.then_some(&notice.subject),
        "channelInstanceId": is_of_instance.then_some(&notice.name),
        "displayName": notice.display_name,
        "reason": notice.reason,
        "detail": notice.detail,
        "connectUrl": link,
    })
}
