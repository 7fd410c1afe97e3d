//! Where a server is: the address an administrator typed, checked once, in one spelling. Nothing is
//! looked up here.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

use super::address_rules::is_forbidden;

/// Longest address accepted, in characters.
const MAX_LENGTH: usize = 512;

/// The address of a server: `http(s)://host[:port][/prefix]`, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl(String);

/// Why a text is no [`BaseUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseUrlError {
    /// Not a URL, or too long.
    Malformed,
    /// Neither `http` nor `https`.
    Scheme,
    /// A user name or password in the URL.
    UserInfo,
    /// A query or a fragment.
    Query,
    /// An address that is never a server of ours.
    Forbidden,
}

impl BaseUrl {
    /// Reads an address. One server has one spelling: scheme and host in lower case, no port where
    /// it is the scheme's own, no slash at the end. A dot at the end of a host stays: without it a resolver
    /// may look the name up somewhere else.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        if text.contains(['?', '#']) {
            return Err(BaseUrlError::Query);
        }
        // A backslash or white space is read differently by different URL parsers.
        let is_ambiguous = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
        let (scheme, rest) = text.split_once("://").ok_or(BaseUrlError::Malformed)?;
        let scheme = scheme.to_ascii_lowercase();
        let default_port = default_port(&scheme).ok_or(BaseUrlError::Scheme)?;
        if text.len() > MAX_LENGTH
            || text.contains(is_ambiguous)
            || rest.split('/').any(|s| s == "." || s == "..")
        {
            return Err(BaseUrlError::Malformed);
        }
        let uri: Uri = text.parse().map_err(|_| BaseUrlError::Malformed)?;
        let authority = uri.authority().ok_or(BaseUrlError::Malformed)?.as_str();
        if authority.contains('@') {
            return Err(BaseUrlError::UserInfo);
        }
        let host = uri.host().filter(|h| !h.is_empty()).ok_or(BaseUrlError::Malformed)?;
        let is_port_unreadable =
            authority.strip_prefix(host).is_some_and(|port| !port.is_empty() && uri.port_u16().is_none());
        if is_port_unreadable || uri.port_u16() == Some(0) {
            return Err(BaseUrlError::Malformed);
        }
        if is_forbidden_host(host) {
            return Err(BaseUrlError::Forbidden);
        }
        let port = uri.port_u16().filter(|port| *port != default_port);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let path = uri.path().trim_end_matches('/');
        Ok(Self(format!("{scheme}://{}{port}{path}", host.to_ascii_lowercase())))
    }

    /// The address as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// For log lines; what people read is in `text`.
impl fmt::Display for BaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "is no URL",
            Self::Scheme => "is neither http nor https",
            Self::UserInfo => "has a user name or password",
            Self::Query => "has a query or a fragment",
            Self::Forbidden => "points to a link-local or metadata address",
        })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The scheme's own port; `None` for a scheme that is not HTTP's.
fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

fn is_forbidden_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => is_forbidden(address),
        // Any other name is checked when it has been resolved.
        Err(_) => bare.trim_end_matches('.').eq_ignore_ascii_case("metadata.google.internal"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_has_one_spelling() {
        for (given, kept) in [
            ("http://localhost:8080", "http://localhost:8080"),
            (" HTTP://LocalHost:8080/ ", "http://localhost:8080"),
            ("https://evo.example.com.br//", "https://evo.example.com.br"),
            ("https://example.com/Evolution/v2/", "https://example.com/Evolution/v2"),
            ("http://127.0.0.1", "http://127.0.0.1"),
            ("http://192.168.0.10:8080", "http://192.168.0.10:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://[::1]:80/x", "http://[::1]/x"),
            ("http://h:80", "http://h"),
            ("http://H:80/evo/", "http://h/evo"),
            ("https://h:443", "https://h"),
            ("https://h:80", "https://h:80"),
            ("http://h:443", "http://h:443"),
            ("http://h.", "http://h."),
        ] {
            assert_eq!(BaseUrl::parse(given).map(|u| u.0), Ok(kept.to_owned()), "{given}");
        }
    }

    #[test]
    fn what_is_no_server_is_refused_with_its_reason() {
        use BaseUrlError::{Forbidden, Malformed, Query, Scheme, UserInfo};
        for (given, why) in [
            ("", Malformed),
            ("localhost:8080", Malformed),
            ("http://", Malformed),
            ("http:///x", Malformed),
            ("http://a b", Malformed),
            ("http://a\\@b", Malformed),
            ("http://host:0", Malformed),
            ("http://host:99999", Malformed),
            ("http://host:x", Malformed),
            ("http://host/../admin", Malformed),
            ("ftp://host", Scheme),
            ("file:///etc/passwd", Scheme),
            ("http://user:pw@host", UserInfo),
            ("http://host/?a=1", Query),
            ("http://host/#x", Query),
            ("http://169.254.169.254/latest", Forbidden),
            ("http://[fe80::1]:8080", Forbidden),
            ("http://[::ffff:169.254.169.254]", Forbidden),
            ("http://[64:ff9b::a9fe:a9fe]", Forbidden),
            ("http://[64:ff9b:1::a9fe:a9fe]", Forbidden),
            ("http://[::ffff:0:a9fe:a9fe]", Forbidden),
            ("http://[fd00:ec2::254]", Forbidden),
            ("http://[fd20:ce::254]", Forbidden),
            ("http://100.100.100.200", Forbidden),
            ("http://168.63.129.16", Forbidden),
            ("http://0.0.0.0:8080", Forbidden),
            ("http://224.0.0.1", Forbidden),
            ("http://Metadata.Google.Internal.", Forbidden),
        ] {
            assert_eq!(BaseUrl::parse(given), Err(why), "{given}");
        }
    }
}
