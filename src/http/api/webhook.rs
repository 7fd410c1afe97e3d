//! `POST /webhooks/evolution/{secret}` and `…/{secret}/{event}`: what Evolution's global webhook sends.
//!
//! A body is a hint that something may have happened to an instance, never a truth: of it only the
//! instance's name is read, nothing of it is believed, logged or kept. Whoever knows the secret is
//! answered 200 whatever they send, at once and without the database: Evolution tries again what
//! fails, up to ten times.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::{Permission, Secret, UpstreamName};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::http::security::origin;
use crate::text;

#[derive(Serialize)]
struct ReceivedJson {
    success: bool,
}

/// What is read of a body.
#[derive(Deserialize)]
struct Hint<'a> {
    #[serde(borrow)]
    instance: Option<Cow<'a, str>>,
}

/// Takes a hint.
pub fn receive(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let credential = credential(app, request.captured()).ok_or(Problem::NotFound)?;
    let name = instance(request.body());
    app.monitor.hint(&credential, name.as_ref().map(UpstreamName::as_str));
    Ok(HttpReply::json(200, &ReceivedJson { success: true }))
}

/// The credential whose secret the open part of the path begins with.
pub fn credential(app: &App, open: &str) -> Option<String> {
    let secret = open.split('/').next().unwrap_or_default();
    app.monitor.webhook_of(secret)
}

/// The instance that the body is about, if it says so.
fn instance(body: &[u8]) -> Option<UpstreamName> {
    let hint: Hint = serde_json::from_slice(body).ok()?;
    UpstreamName::parse(&hint.instance?)
}

/// The address to which a credential's server is to post, below the address that people use.
pub fn address(base: &str, secret: &Secret) -> String {
    format!("{base}/webhooks/evolution/{}", secret.expose())
}

#[derive(Serialize)]
struct WebhookJson {
    url: String,
    environment: String,
}

/// `GET /api/admin/credentials/{id}/webhook`: the address, and what to paste into Evolution.
pub fn show(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    auth::permitted(app, request, Permission::ManageCredentials)?;
    let id = request.captured();
    app.store.credential(id)?.ok_or(Problem::NotFound)?;
    let base = app.store.setting("url")?.map_or_else(|| origin::base(app, request), Ok)?;
    let url = address(&base, &app.store.webhook_secret(id));
    Ok(HttpReply::data(&WebhookJson { environment: text::webhook_environment(&url), url }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_says_which_instance_or_nothing() {
        let name = |body: &[u8]| instance(body).map(|name| name.as_str().to_owned());
        let good =
            br#"{"event":"connection.update","instance":"loja","data":{"instance":"other"},"apikey":null}"#;
        assert_eq!(name(good).as_deref(), Some("loja"));
        assert_eq!(name(br#"{"instance":"lo\u006aa"}"#).as_deref(), Some("loja"));
        assert_eq!(name(br#"{"instance":"Loja 1/2"}"#).as_deref(), Some("Loja 1/2"));
        let (deep, long) = ("[".repeat(1 << 20), format!(r#"{{"instance":"{}"}}"#, "a".repeat(1 << 20)));
        for bad in [
            "",
            "{",
            "null",
            "[]",
            "\"loja\"",
            "{}",
            r#"{"instance":null}"#,
            r#"{"instance":{"a":1}}"#,
            r#"{"instance":"a\nb"}"#,
            r#"{"instance":"a","instance":"b"}"#,
            &deep,
            &long,
        ] {
            assert_eq!(name(bad.as_bytes()), None, "{bad:.40}");
        }
        assert_eq!(name(b"{\"instance\":\"\xff\"}"), None);
    }
}
