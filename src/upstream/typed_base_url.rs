//! The address of a server as an administrator types or pastes it, made a [`BaseUrl`]. Pure.
//!
//! What is completed or left out is certain, and said: what else does not fit is refused by `base_url`.

use std::net::IpAddr;

use super::base_url::{BaseUrl, BaseUrlError};
use crate::domain::typed_value;

/// The port of `https`.
const HTTPS_PORT: &str = "443";
/// Evolution's own routes that people copy together with the address: its page, and calls of its API. No server of
/// ours is mounted below one of them.
const ROUTES: &[&str] = &["manager", "instance", "message"];

/// An address that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedBaseUrl {
    /// The address that is used.
    pub base_url: BaseUrl,
    /// Whether that is another than what was typed: with a scheme, or without one of Evolution's own routes.
    pub amended: bool,
}

impl TypedBaseUrl {
    /// Reads an address. Without a scheme it is `https`, except where certificates are hardly found: at addresses and
    /// names of the own network, and at other ports.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let typed = typed_value(text);
        let whole = with_scheme(&typed);
        let bare = without_route(&whole);
        Ok(Self { base_url: BaseUrl::parse(bare)?, amended: *bare != typed })
    }
}

/// The address with a scheme in front; unchanged where that would not make it one.
fn with_scheme(typed: &str) -> String {
    if let Some((scheme, rest)) = scheme(typed) {
        return format!("{scheme}://{rest}");
    }
    match host_and_port(typed) {
        Some((host, port)) => format!("{}://{typed}", usual_scheme(host, port)),
        None => typed.to_owned(),
    }
}

/// The scheme, and what is behind it and its slashes, of which one is easily lost. A port is no scheme.
fn scheme(typed: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = typed.split_once(":/")?;
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphabetic());
    is_scheme.then(|| (scheme, rest.strip_prefix('/').unwrap_or(rest)))
}

/// What an address without a scheme begins with; `None` where that is no host. `http//h` is no host called http.
fn host_and_port(typed: &str) -> Option<(&str, Option<&str>)> {
    let authority = typed.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some((v6, port)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return Some((v6, port.strip_prefix(':')));
    }
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_host = !["", "http", "https"].contains(&host.to_ascii_lowercase().as_str());
    is_host.then_some((host, port))
}

fn usual_scheme(host: &str, port: Option<&str>) -> &'static str {
    match port {
        Some(HTTPS_PORT) => "https",
        Some(_) => "http",
        None if is_local(host) => "http",
        None => "https",
    }
}

/// Whether it is an address, or a name that no authority certifies.
fn is_local(host: &str) -> bool {
    let is_address = host.parse::<IpAddr>().is_ok();
    let name = host.to_ascii_lowercase();
    let is_private = [".local", ".internal", ".lan", ".localhost"].iter().any(|zone| name.ends_with(zone));
    is_address || is_private || !name.contains('.')
}

/// The address in front of the first of Evolution's own routes.
fn without_route(url: &str) -> &str {
    let Some(host) = url.find("://").map(|at| at + "://".len()) else { return url };
    let slashes = url[host..].match_indices('/').map(|(at, _)| host + at);
    let mut routes = slashes.filter(|at| {
        let part = url[at + 1..].split(['/', '?', '#']).next().unwrap_or_default();
        ROUTES.contains(&part)
    });
    routes.next().map_or(url, |at| &url[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, used: &str, amended: bool) {
        let parsed = TypedBaseUrl::parse(typed).map(|t| (t.base_url.as_str().to_owned(), t.amended));
        assert_eq!(parsed, Ok((used.to_owned(), amended)), "{typed:?}");
    }

    #[test]
    fn what_is_whole_stays_as_it_is() {
        for whole in ["http://h:8080", "https://evo.example.com/v2", "http://h/api", "http://h/managers"] {
            check(whole, whole, false);
        }
        for typed in [
            "\u{feff}http://h:8080\r\n",
            "\"http://h:8080\"",
            "<http://h:8080/>",
            "“http://h:8080”",
            "\u{a0}http://\u{200b}h:8080",
        ] {
            check(typed, "http://h:8080", false);
        }
    }

    #[test]
    fn a_scheme_that_is_missing_is_the_likely_one() {
        for (typed, used) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("10.0.0.5", "http://10.0.0.5"),
            ("10.0.0.5:443", "https://10.0.0.5"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("[::1]", "http://[::1]"),
            ("localhost", "http://localhost"),
            ("LOCALHOST:8080/", "http://localhost:8080"),
            ("evolution_api:8080", "http://evolution_api:8080"),
            ("evolution-api", "http://evolution-api"),
            ("host.docker.internal", "http://host.docker.internal"),
            ("evo.loja.com.br", "https://evo.loja.com.br"),
            ("evo.loja.com.br/v2/", "https://evo.loja.com.br/v2"),
            ("evo.loja.com.br:8080", "http://evo.loja.com.br:8080"),
            ("evo.loja.com.br:443", "https://evo.loja.com.br"),
            ("http:/h:8080", "http://h:8080"),
        ] {
            check(typed, used, true);
        }
    }

    #[test]
    fn the_page_and_the_calls_of_evolution_are_no_part_of_its_address() {
        for behind in [
            "/manager",
            "/manager/",
            "/manager/instance/x",
            "/instance/create",
            "/manager?x=1#/login",
            "/message/sendText/x",
        ] {
            check(&format!("http://h:8080{behind}"), "http://h:8080", true);
            check(&format!("h:8080/v2{behind}"), "http://h:8080/v2", true);
        }
        check("https://manager.example.com/manager", "https://manager.example.com", true);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        use BaseUrlError::{Forbidden, Malformed, Query, Scheme, UserInfo};
        for (typed, why) in [
            ("", Malformed),
            ("http://", Malformed),
            ("a b", Malformed),
            ("http//h", Malformed),
            ("http:h", Malformed),
            ("https", Malformed),
            ("ftp://h", Scheme),
            ("file:///etc/passwd", Scheme),
            ("user:pw@h", UserInfo),
            ("h/?a=1", Query),
            ("169.254.169.254", Forbidden),
        ] {
            assert_eq!(TypedBaseUrl::parse(typed), Err(why), "{typed:?}");
        }
    }
}
