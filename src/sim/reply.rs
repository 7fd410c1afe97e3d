//! Answers of the simulated server, and the envelopes that both versions share.
//!
//! The envelopes are Evolution's own, oddities included; what goes into a good answer is in `wire_v1`
//! and `wire_v2`.

use serde_json::{Value, json};
use std::borrow::Cow;

const JSON: &str = "application/json; charset=utf-8";

/// What follows the head.
pub enum Body {
    /// JSON.
    Json(Value),
    /// Anything else.
    Raw(&'static str),
    /// That many bytes of one JSON string.
    Huge(usize),
}

impl Body {
    /// The bytes, except of a huge body, which is never held in memory.
    #[must_use]
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Json(value) => Cow::Owned(value.to_string().into_bytes()),
            Self::Raw(text) => Cow::Borrowed(text.as_bytes()),
            Self::Huge(_) => Cow::Borrowed(&[]),
        }
    }
}

/// One answer.
pub struct EvolutionReply {
    /// The status.
    pub status: u16,
    content_type: &'static str,
    location: Option<String>,
    /// The body.
    pub body: Body,
}

impl EvolutionReply {
    /// JSON with any status.
    #[must_use]
    pub fn json(status: u16, value: Value) -> Self {
        Self { status, content_type: JSON, location: None, body: Body::Json(value) }
    }

    /// 200 with JSON.
    #[must_use]
    pub fn ok(value: Value) -> Self {
        Self::json(200, value)
    }

    /// An empty body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, content_type: JSON, location: None, body: Body::Raw("") }
    }

    /// Something that is not JSON, or not whole.
    #[must_use]
    pub fn raw(status: u16, content_type: &'static str, body: &'static str) -> Self {
        Self { status, content_type, location: None, body: Body::Raw(body) }
    }

    /// 200 with that many bytes of JSON.
    #[must_use]
    pub fn huge(length: usize) -> Self {
        Self { body: Body::Huge(length), ..Self::status(200) }
    }

    /// The same answer with another status.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(to: String) -> Self {
        Self { location: Some(to), ..Self::status(302) }
    }

    fn envelope(status: u16, error: &str, message: &Value) -> Self {
        Self::json(status, json!({"status": status, "error": error, "response": {"message": message}}))
    }

    /// An exception that Evolution throws on purpose: its text in an array.
    #[must_use]
    pub fn thrown(status: u16, message: &str) -> Self {
        Self::envelope(status, title(status), &json!([message]))
    }

    /// A body that fails its JSON schema: the complaints in an array in an array.
    #[must_use]
    pub fn invalid(complaints: &[String]) -> Self {
        Self::envelope(400, title(400), &json!([complaints]))
    }

    /// An exception that nobody expected: its text, and always the same title.
    #[must_use]
    pub fn uncaught(status: u16, message: &str) -> Self {
        Self::envelope(status, title(500), &json!(message))
    }

    /// 401.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::envelope(401, title(401), &json!("Unauthorized"))
    }

    /// 403 for a name that is taken.
    #[must_use]
    pub fn taken(name: &str) -> Self {
        Self::thrown(403, &format!("This name \"{name}\" is already in use."))
    }

    /// 404 for a route that does not exist.
    #[must_use]
    pub fn no_route(method: &str, target: &str) -> Self {
        Self::thrown(404, &format!("Cannot {method} {target}"))
    }

    /// 404 for an instance that does not exist.
    #[must_use]
    pub fn no_instance(name: &str) -> Self {
        Self::thrown(404, &format!("The \"{name}\" instance does not exist"))
    }

    /// An exception in connect or restart of 2.x, which comes with status 200.
    #[must_use]
    pub fn error_200() -> Self {
        Self::ok(json!({"error": true, "message": "[object Object]"}))
    }

    /// 200 for a logout or a delete.
    #[must_use]
    pub fn success(message: &str) -> Self {
        Self::ok(json!({"status": "SUCCESS", "error": false, "response": {"message": message}}))
    }

    /// A failure of the database: hundreds of characters that quote the server's minified source.
    #[must_use]
    pub fn database(status: u16, call: &str, length: usize) -> Self {
        let start = format!("\nInvalid `{call}` invocation in\n/evolution/dist/main.js:241:4713\n\n");
        let source =
            "  238 `,async sendDataWebhook(e,t,o=!0){return n.send({instance:this.instance.name})}\n";
        let message: String = start.chars().chain(source.chars().cycle()).take(length).collect();
        Self::thrown(status, &message)
    }

    /// The lines before the body.
    #[must_use]
    pub fn head(&self, length: usize, keep: bool) -> String {
        let connection =
            if keep { "Connection: keep-alive\r\nKeep-Alive: timeout=5" } else { "Connection: close" };
        let location = self.location.as_ref().map(|to| format!("Location: {to}\r\n")).unwrap_or_default();
        format!(
            "HTTP/1.1 {} {}\r\nX-Powered-By: Express\r\nVary: Origin\r\n\
             Access-Control-Allow-Credentials: true\r\nContent-Type: {}\r\nContent-Length: {length}\r\n\
             {location}{connection}\r\n\r\n",
            self.status,
            title(self.status),
            self.content_type,
        )
    }
}

/// The words that belong to a status.
fn title(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}
