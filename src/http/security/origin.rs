//! Where a request says it was made, and where people reach this server.
//!
//! A browser sends the cookie along whoever makes it ask, another port of the same machine included;
//! what it says about that cannot be changed by the page that asks.

use super::authority::{self, is_host, parts, without_port};
use super::cookie::CookieScope;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::request::Request;

/// Where a request was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// On our own page.
    Ours,
    /// On somebody else's, or on nobody knows whose.
    Foreign,
    /// On none: a person typed the address, or opened it from their bookmarks.
    Typed,
    /// Not said: no browser sent it, or not on behalf of a page.
    Unsaid,
}

/// Where the request was made.
pub fn site(app: &App, request: &Request) -> Site {
    judge(
        &request.headers("Sec-Fetch-Site"),
        &request.headers("Origin"),
        &request.headers("Host"),
        app.public_url.as_deref(),
    )
}

/// Whether the client's own connection is encrypted, as far as that is known here.
pub fn is_secure(app: &App, request: &Request) -> bool {
    let forwarded =
        request.headers("X-Forwarded-Proto").first().is_some_and(|p| p.eq_ignore_ascii_case("https"));
    let public = app.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    public || forwarded && app.trusted_proxies.iter().any(|proxy| proxy.contains(request.peer))
}

/// The path below which people use this server; empty at the root of its host.
pub fn base_path(app: &App) -> &str {
    app.public_url.as_deref().map_or("", authority::path)
}

/// Where the browser that asks is to send the page's cookies. A page that was not opened by the public address, but
/// beside the proxy, is at the root.
pub fn cookie_scope<'a>(app: &'a App, request: &Request) -> CookieScope<'a> {
    let public = app.public_url.as_deref().and_then(parts);
    let is_beside = request.headers("Origin").first().is_some_and(|origin| parts(origin) != public);
    CookieScope { base_path: if is_beside { "" } else { base_path(app) }, secure: is_secure(app, request) }
}

/// The address under which whoever asks reaches this server, without a slash at the end.
pub fn base(app: &App, request: &Request) -> Result<String, Problem> {
    if let Some(url) = &app.public_url {
        return Ok(url.clone());
    }
    let scheme = if is_secure(app, request) { "https" } else { "http" };
    match request.headers("Host").as_slice() {
        [host] if is_host(host) => Ok(format!("{scheme}://{host}")),
        _ => Err(Problem::Malformed),
    }
}

fn judge(fetch: &[&str], origin: &[&str], host: &[&str], public: Option<&str>) -> Site {
    match (fetch, origin) {
        ([], []) => Site::Unsaid,
        ([], [origin]) if is_ours(origin, host, public) => Site::Ours,
        (["same-origin"], _) => Site::Ours,
        (["none"], _) => Site::Typed,
        _ => Site::Foreign,
    }
}

fn is_ours(origin: &str, host: &[&str], public: Option<&str>) -> bool {
    let Some((scheme, authority)) = parts(origin) else { return false };
    let here = matches!(host, [host] if without_port(scheme, host.trim()) == authority);
    here || public.and_then(parts).is_some_and(|public| public == (scheme, authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fetch: &[&str], origin: &[&str], host: &[&str], public: Option<&str>, expected: Site) {
        assert_eq!(judge(fetch, origin, host, public), expected, "{fetch:?} {origin:?} {host:?} {public:?}");
    }

    #[test]
    fn what_the_browser_says_of_the_site_counts_first() {
        let (host, foreign) = (&["h:3000"][..], &["http://evil.example"][..]);
        check(&["same-origin"], &["http://h:3000"], host, None, Site::Ours);
        check(&["same-origin"], &[], host, None, Site::Ours);
        check(&["none"], &[], host, None, Site::Typed);
        for other in ["same-site", "cross-site", "", "none, none", "SAME-ORIGIN", "same-origin, cross-site"] {
            check(&[other], &["http://h:3000"], host, None, Site::Foreign);
        }
        check(&["same-origin", "cross-site"], &[], host, None, Site::Foreign);
        check(&["cross-site"], foreign, host, None, Site::Foreign);
    }

    #[test]
    fn else_the_origin_is_the_hosts_or_the_public_addresss() {
        let public = Some("https://zap.loja.com.br/pareia");
        for (origin, host) in [
            ("http://h:3000", "h:3000"),
            ("http://H:3000", "h:3000"),
            ("http://h", "h:80"),
            ("https://h", "h:443"),
            ("http://[::1]:3000", "[::1]:3000"),
            ("https://zap.loja.com.br", "127.0.0.1:3000"),
            ("https://zap.loja.com.br:443", "127.0.0.1:3000"),
        ] {
            check(&[], &[origin], &[host], public, Site::Ours);
        }
        for (origin, host) in [
            ("null", "h:3000"),
            ("", "h:3000"),
            ("h:3000", "h:3000"),
            ("http://", ""),
            ("http://h:3001", "h:3000"),
            ("http://h", "h:3000"),
            ("http://h.evil.example:3000", "h:3000"),
            ("http://evil.example", "h:3000"),
            ("http://zap.loja.com.br", "127.0.0.1:3000"),
        ] {
            check(&[], &[origin], &[host], public, Site::Foreign);
        }
        check(&[], &["http://h", "http://h"], &["h"], None, Site::Foreign);
        check(&[], &["http://h"], &["h", "h"], None, Site::Foreign);
        check(&[], &["http://h"], &[], None, Site::Foreign);
        check(&[], &[], &["h"], None, Site::Unsaid);
    }
}
