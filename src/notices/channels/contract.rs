//! What a channel is, and what it is given. Delivers nothing itself.

use std::time::{Duration, Instant};

use crate::domain::{Millis, NoConnection, Notice, UpstreamError};
use crate::store::Store;
use crate::upstream::{Gateway, Reach, WebAnswer, WebClient};

/// What is sent.
pub struct OutgoingMessage {
    /// The same each time the message is sent.
    pub id: String,
    pub at: Millis,
    pub title: String,
    pub body: String,
    /// What it tells, each with its connect link.
    pub items: Vec<(Notice, Option<String>)>,
    /// Where somebody goes who opens it.
    pub click: Option<String>,
}

/// Why a message was not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryFailure {
    /// A code that people find in the log.
    pub code: String,
    /// Whether the same message will be refused each time.
    pub is_final: bool,
    /// How long the other side tells to wait.
    pub retry_after: Option<Duration>,
}

impl DeliveryFailure {
    /// One that may be over the next time.
    pub(super) fn passing(code: impl Into<String>) -> Self {
        Self { code: code.into(), is_final: false, retry_after: None }
    }
}

impl From<UpstreamError> for DeliveryFailure {
    fn from(error: UpstreamError) -> Self {
        Self::passing(match error {
            UpstreamError::Unreachable(NoConnection::Forbidden) => "forbidden_address",
            UpstreamError::Unreachable(NoConnection::NameNotFound) => "name_not_found",
            UpstreamError::Unreachable(_) | UpstreamError::Broken => "unreachable",
            UpstreamError::Tls(_) => "tls",
            UpstreamError::Timeout => "timeout",
            UpstreamError::RejectedKey
            | UpstreamError::LicenseRequired
            | UpstreamError::NotLoaded
            | UpstreamError::Unexpected
            | UpstreamError::RateLimited(_)
            | UpstreamError::Proxy(_) => "unexpected",
        })
    }
}

/// A way to deliver messages.
pub trait NoticeChannel {
    /// Delivers a message once. When this returns, the other side has it.
    fn send(&self, message: &OutgoingMessage, deadline: Instant) -> Result<(), DeliveryFailure>;
}

/// What channels share.
pub struct ChannelContext<'a> {
    pub store: &'a Store,
    pub gateway: &'a Gateway,
    pub web: &'a WebClient,
}

/// Posts JSON, and says what an answer means.
pub(super) struct JsonPost<'a> {
    pub web: &'a WebClient,
    pub reach: Reach,
}

impl JsonPost<'_> {
    pub(super) fn send(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
        body: &str,
        deadline: Instant,
    ) -> Result<(), DeliveryFailure> {
        judge(self.web.post(url, self.reach, headers, body, deadline)?)
    }
}

/// What an answer means. A message that is malformed or too large will be so the next time; all else may be over by then.
fn judge(answer: WebAnswer) -> Result<(), DeliveryFailure> {
    match answer.status {
        200..300 => Ok(()),
        status => Err(DeliveryFailure {
            code: format!("http_{status}"),
            is_final: matches!(status, 400 | 410 | 413 | 422),
            retry_after: answer.retry_after,
        }),
    }
}
