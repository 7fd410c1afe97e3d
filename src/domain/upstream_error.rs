//! Why upstream could not do its part.

use std::time::Duration;

use super::transport_cause::{NoConnection, ProxyAnswer, TlsFailure};

/// The status of Cloudflare's page for a server that took the call and did not answer in time.
const CLOUDFLARE_TIMEOUT: u16 = 524;

/// Why upstream could not do its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamError {
    /// No connection: nothing was sent.
    Unreachable(NoConnection),
    /// TLS failed. Nothing was sent, but for what was sent to a port of TLS without it.
    Tls(TlsFailure),
    /// The connection broke: what was sent may have arrived.
    Broken,
    /// 401: the key is not the server's.
    RejectedKey,
    /// 503 `LICENSE_REQUIRED` (2.4 and later): not activated.
    LicenseRequired,
    /// The name is taken, but the instance is not there to be used.
    NotLoaded,
    /// The server's own error, or an answer that is not understood or over the limit.
    Unexpected,
    /// Connected, and no answer within the time.
    Timeout,
    /// 429: the call was turned away, and may be made again after that time.
    RateLimited(Duration),
    /// Somebody answered in the server's place.
    Proxy(ProxyAnswer),
}

impl UpstreamError {
    /// The API's code for it, on the wire and in the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) | Self::Broken => "evolution_unreachable",
            Self::Tls(_) => "evolution_tls",
            Self::RejectedKey => "evolution_rejected_key",
            Self::LicenseRequired => "evolution_license_required",
            Self::NotLoaded => "evolution_not_loaded",
            Self::Unexpected => "evolution_error",
            Self::Timeout => "evolution_timeout",
            Self::Proxy(answer) if answer.is_bad_gateway() => "evolution_unreachable",
            Self::Proxy(answer) if answer.is_gateway_timeout() => "evolution_timeout",
            Self::Proxy(_) | Self::RateLimited(_) => "evolution_proxy",
        }
    }

    /// The API's word for what is behind the code, where that is known.
    pub fn cause(&self) -> Option<&'static str> {
        match self {
            Self::Unreachable(why) => Some(why.as_str()),
            Self::Tls(why) => Some(why.as_str()),
            Self::Broken => Some("broken"),
            Self::RateLimited(_) => Some("rate_limited"),
            Self::Proxy(answer) => Some(answer.sender.as_str()),
            Self::RejectedKey
            | Self::LicenseRequired
            | Self::NotLoaded
            | Self::Unexpected
            | Self::Timeout => None,
        }
    }

    /// Whether it is certain that the server acted on nothing that was sent.
    pub fn is_without_effect(&self) -> bool {
        match self {
            Self::Tls(TlsFailure::PlainToTls { is_said }) => *is_said,
            Self::Unreachable(_)
            | Self::Tls(_)
            | Self::RejectedKey
            | Self::LicenseRequired
            | Self::RateLimited(_) => true,
            Self::Proxy(answer) => answer.stopped_the_call(),
            Self::Broken | Self::NotLoaded | Self::Unexpected | Self::Timeout => false,
        }
    }

    /// Whether the server may still be at work on what was sent.
    pub fn is_unanswered(&self) -> bool {
        match self {
            Self::Timeout => true,
            Self::Proxy(answer) => answer.is_gateway_timeout() || answer.status == CLOUDFLARE_TIMEOUT,
            _ => false,
        }
    }

    /// Whether the same call will be answered in the same way until somebody changes a setting.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::RejectedKey | Self::LicenseRequired)
    }

    /// Whether what came back is not understood, and no matter of a moment.
    pub fn is_not_understood(&self) -> bool {
        match self {
            Self::Unexpected => true,
            Self::Proxy(answer) => !answer.is_passing(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ProxyKind;

    #[test]
    fn what_may_have_arrived_is_not_without_effect() {
        let plain = |is_said| UpstreamError::Tls(TlsFailure::PlainToTls { is_said });
        let proxy = |status| UpstreamError::Proxy(ProxyAnswer { status, sender: ProxyKind::Nginx });
        for (error, is_without_effect) in [
            (UpstreamError::Unreachable(NoConnection::Refused), true),
            (UpstreamError::Tls(TlsFailure::Expired), true),
            (plain(true), true),
            (plain(false), false),
            (UpstreamError::RateLimited(Duration::ZERO), true),
            (proxy(403), true),
            (proxy(502), false),
            (proxy(504), false),
            (UpstreamError::Broken, false),
            (UpstreamError::Timeout, false),
        ] {
            assert_eq!(error.is_without_effect(), is_without_effect, "{error:?}");
        }
    }
}
