//! The upstream server.

/// Why upstream could not do its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection, or it broke.
    Unreachable,
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
