//! A single request to an address that is no upstream server: this program's own, over the proxy or beside it, or
//! whatever may tell the time. Sends no key and no cookie, follows no redirect.

use std::time::{Instant, SystemTime};

use super::address_rules::Reach;
use super::transport::{ConnectionPool, HttpRequest};
use super::trust::TrustAnchors;
use crate::domain::UpstreamError;

/// Largest body that is read of the answer.
const MAX_BODY: u64 = 64 * 1024;
/// Bytes of the read buffer.
const READ_BUFFER: usize = 4 * 1024;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Its `Server`, in lower case.
    pub server: String,
    /// What it sets as a cookie.
    pub cookie: Option<String>,
    /// What time it says to be.
    pub date: Option<SystemTime>,
    /// The body, as far as it is text.
    pub body: String,
}

/// Makes the request, `GET` or `DELETE`, and gives what comes back by the deadline.
pub fn ask_site(
    method: &'static str,
    url: &str,
    headers: &[(&'static str, &str)],
    deadline: Instant,
) -> Result<SiteAnswer, UpstreamError> {
    let trust = if url.starts_with("https:") { TrustAnchors::Usual } else { TrustAnchors::Nobody };
    let request = HttpRequest { method, url, headers, body: None, deadline, repeatable: false, fresh: true };
    ConnectionPool::new(&trust, READ_BUFFER, Reach::Anywhere).exchange(&request, &mut |response| {
        let header = |name| response.header(name).map(str::to_owned);
        let date = header("date").and_then(|text| httpdate::parse_http_date(&text).ok());
        let (cookie, server) = (header("set-cookie"), header("server").unwrap_or_default());
        let status = response.head().status;
        let body = String::from_utf8_lossy(&response.whole(MAX_BODY)?).into_owned();
        Ok(SiteAnswer { status, server: server.to_ascii_lowercase(), cookie, date, body })
    })
}
