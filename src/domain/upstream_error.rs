//! Why upstream could not do its part.

/// Why upstream could not do its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamError {
    /// No connection: nothing was sent.
    Unreachable,
    /// The connection broke: what was sent may have arrived.
    Broken,
    /// 401: the key is not the server's.
    RejectedKey,
    /// 503 `LICENSE_REQUIRED` (2.4 and later): not activated.
    LicenseRequired,
    /// The name is taken, but the instance is not there to be used.
    NotLoaded,
    /// An error status, HTML, garbage, a redirect, an answer over the limit.
    Unexpected,
    /// Connected, and no answer within the time.
    Timeout,
}

impl UpstreamError {
    /// The API's code for it, on the wire and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable | Self::Broken => "evolution_unreachable",
            Self::RejectedKey => "evolution_rejected_key",
            Self::LicenseRequired => "evolution_license_required",
            Self::NotLoaded => "evolution_not_loaded",
            Self::Unexpected => "evolution_error",
            Self::Timeout => "evolution_timeout",
        }
    }
}
