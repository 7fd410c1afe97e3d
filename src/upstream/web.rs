//! Posts to servers that are none of ours to watch: webhooks and the services that pass notices on. The same
//! connections and address rules as for upstream servers; no redirect is followed, and no answer is read.

use std::net::{SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

use ureq::http::Uri;

use super::BaseUrlError;
use super::address_rules::{Reach, is_allowed};
use super::base_url::BaseUrl;
use super::transport::{ConnectionPool, HttpRequest};
use super::trust::TrustAnchors;
use crate::domain::{NoConnection, UpstreamError};
use crate::sync::Mutex;

/// Read buffer of a connection: heads alone are read.
const READ_BUFFER: usize = 8 * 1024;

/// An address to post to: as a server's, with a query where it needs one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebUrl(String);

impl WebUrl {
    /// Reads an address. Nothing of it is changed: a slash at its end may count.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        BaseUrl::parse(address)?;
        let is_odd = |c: char| c == '\\' || c == '#' || c.is_whitespace() || c.is_control();
        if query.contains(is_odd) || text.len() > 2048 {
            return Err(BaseUrlError::Malformed);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as it may be shown: queries hold keys.
    pub fn shown(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }
}

/// What an answer's head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebAnswer {
    pub status: u16,
    /// How long it tells to wait before the next request.
    pub retry_after: Option<Duration>,
}

/// Connections for posts, made when they are first needed.
#[derive(Default)]
pub struct WebClient {
    pools: Mutex<Vec<((bool, Reach), ConnectionPool)>>,
}

impl WebClient {
    /// Posts a JSON body, once.
    pub fn post(
        &self,
        url: &str,
        reach: Reach,
        headers: &[(&'static str, &str)],
        body: &str,
        deadline: Instant,
    ) -> Result<WebAnswer, UpstreamError> {
        let (method, body) = ("POST", Some(body));
        let request = HttpRequest { method, url, headers, body, deadline, repeatable: false, fresh: true };
        self.pool(url, reach).exchange(&request, &mut |response| {
            let head = response.head();
            Ok(WebAnswer { status: head.status, retry_after: head.retry_after })
        })
    }

    fn pool(&self, url: &str, reach: Reach) -> ConnectionPool {
        let key = (url.starts_with("https:"), reach);
        let mut pools = self.pools.lock();
        if let Some((_, kept)) = pools.iter().find(|(of, _)| *of == key) {
            return kept.clone();
        }
        let trust = if key.0 { TrustAnchors::Usual } else { TrustAnchors::Nobody };
        let made = ConnectionPool::new(&trust, READ_BUFFER, reach);
        pools.push((key, made.clone()));
        made
    }
}

/// The addresses of a host that may be connected to.
pub(super) fn resolve(host: &str, port: u16, reach: Reach) -> Result<Vec<SocketAddr>, UpstreamError> {
    let unreachable = |why| UpstreamError::Unreachable(why);
    let found = (host, port).to_socket_addrs().map_err(|_| unreachable(NoConnection::NameNotFound))?;
    let allowed: Vec<_> = found.filter(|address| is_allowed(address.ip(), reach)).collect();
    if allowed.is_empty() { Err(unreachable(NoConnection::Forbidden)) } else { Ok(allowed) }
}

/// Whether no connection of that reach may lead to a URL, as names resolve now. A name that nobody knows may yet.
pub fn is_out_of_reach(url: &str, reach: Reach) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let found = resolve(host, uri.port_u16().unwrap_or_default(), reach);
    matches!(found, Err(UpstreamError::Unreachable(NoConnection::Forbidden)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_out_of_reach_where_its_name_leads_there_too() {
        for (url, public, anywhere) in [
            ("http://127.0.0.1:9/x", true, false),
            ("smtp://localhost:25", true, false),
            ("https://[::1]/", true, false),
            ("http://169.254.169.254/", true, true),
            ("https://1.1.1.1/", false, false),
            ("https://no-such-name.invalid/", false, false),
        ] {
            let found = [Reach::Public, Reach::Anywhere].map(|reach| is_out_of_reach(url, reach));
            assert_eq!(found, [public, anywhere], "{url}");
        }
    }

    #[test]
    fn an_address_keeps_its_query_and_its_slash_and_shows_no_key() {
        for (text, shown) in [
            ("https://n8n.loja.com/webhook/abc/", "https://n8n.loja.com/webhook/abc/"),
            (" http://127.0.0.1:9/x?token=abc%20d ", "http://127.0.0.1:9/x"),
        ] {
            let url = WebUrl::parse(text).expect("an address");
            assert_eq!((url.as_str(), url.shown()), (text.trim(), shown));
        }
        for text in
            ["", "ftp://h/", "http://u:p@h/", "http://h/?a b", "http://h/?a#b", "http://169.254.169.254/?x"]
        {
            assert!(WebUrl::parse(text).is_err(), "{text}");
        }
    }
}
