//! Where a server is: the address an administrator typed, checked once, and the addresses that no
//! name may lead to.
//!
//! Evolution lives on loopback or in a private network, so those are allowed. Link-local and
//! metadata addresses are where cloud providers answer with the machine's own credentials: a
//! stored key must never go there, and no answer from there may be read.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

/// Longest address accepted, in characters.
const MAX_LENGTH: usize = 512;
/// Metadata services outside the link-local ranges: Alibaba, Azure's wire server, Oracle's old one.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
/// The metadata services of Amazon and Google over IPv6.
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

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
    /// Reads an address. Scheme and host are folded to lower case, slashes at the end dropped, so
    /// that one server has one spelling.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        if text.contains(['?', '#']) {
            return Err(BaseUrlError::Query);
        }
        // A backslash or white space is read differently by different URL parsers.
        let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
        let (scheme, rest) = text.split_once("://").ok_or(BaseUrlError::Malformed)?;
        if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(BaseUrlError::Scheme);
        }
        if text.len() > MAX_LENGTH || text.contains(odd) || rest.split('/').any(|s| s == "." || s == "..") {
            return Err(BaseUrlError::Malformed);
        }
        let uri: Uri = text.parse().map_err(|_| BaseUrlError::Malformed)?;
        let authority = uri.authority().ok_or(BaseUrlError::Malformed)?.as_str();
        if authority.contains('@') {
            return Err(BaseUrlError::UserInfo);
        }
        let host = uri.host().filter(|h| !h.is_empty()).ok_or(BaseUrlError::Malformed)?;
        let named_port =
            authority.strip_prefix(host).is_some_and(|port| !port.is_empty() && uri.port_u16().is_none());
        if named_port || uri.port_u16() == Some(0) {
            return Err(BaseUrlError::Malformed);
        }
        if is_forbidden_host(host) {
            return Err(BaseUrlError::Forbidden);
        }
        let path = uri.path().trim_end_matches('/');
        Ok(Self(format!("{}://{}{path}", scheme.to_ascii_lowercase(), authority.to_ascii_lowercase())))
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

fn is_forbidden_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => is_forbidden(address),
        // "metadata.google.internal" and its like; other names are judged by where they lead.
        Err(_) => bare.trim_end_matches('.').eq_ignore_ascii_case("metadata.google.internal"),
    }
}

/// Whether no call may ever go to `address`.
pub fn is_forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_forbidden_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_forbidden_v4(v4),
            None => {
                v6.is_unicast_link_local()
                    || v6.is_multicast()
                    || v6.is_unspecified()
                    || METADATA_V6.contains(&v6)
            }
        },
    }
}

fn is_forbidden_v4(v4: Ipv4Addr) -> bool {
    v4.is_link_local()
        || v4.is_multicast()
        || v4.is_broadcast()
        || v4.octets()[0] == 0
        || METADATA_V4.contains(&v4)
}

/// The IPv4 address that a mapped, compatible, NAT64 or 6to4 one stands for.
fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let words = v6.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match words {
        _ if v6.is_loopback() || v6.is_unspecified() => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0 | 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
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
