//! The way from the public address to this server: does it lead here, is it encrypted, does the proxy say who calls.

use std::net::{IpAddr, SocketAddr};

use super::facts::Facts;
use super::finding::{Finding, or_fine};
use crate::cli::public_url::is_local;
use crate::store::Inspection;
use crate::text::cli as words;
use crate::upstream::{SiteAnswer, ask_site};

const CHECK: &str = "proxy";
/// Fewer logins than this say nothing of a proxy.
const ENOUGH_LOGINS: usize = 3;

/// Asks over the public address, where there is one.
pub fn check(facts: &Facts) -> Vec<Finding> {
    match &facts.public_url {
        None if !facts.is_served => vec![Finding::ok(CHECK, words::proxy_unserved())],
        None => vec![local_only(facts)],
        Some(url) => {
            let found = [plain(url), way(facts, url), forwarding(facts, url)];
            or_fine(found.into_iter().flatten().collect(), CHECK, || words::proxy_fine(url))
        }
    }
}

/// Without a public address nobody but this machine should get at the server.
fn local_only(facts: &Facts) -> Finding {
    let listening = facts.note.as_ref().map(|note| &*note.listen);
    let open = listening.filter(|text| text.parse::<SocketAddr>().is_ok_and(|at| !at.ip().is_loopback()));
    open.map_or_else(
        || Finding::ok(CHECK, words::proxy_none()),
        |address| Finding::warn(CHECK, words::unencrypted(address)),
    )
}

fn plain(url: &str) -> Option<Finding> {
    (url.starts_with("http://") && !is_local(url)).then(|| Finding::warn(CHECK, words::public_url_plain(url)))
}

/// Whether the address leads here, and the page's cookie would be sent encrypted only. Who has no session logs out
/// of none: the answer shows how a cookie is set, and changes nothing.
fn way(facts: &Facts, url: &str) -> Option<Finding> {
    let ask = |method, path: &str| ask_site(method, &format!("{url}{path}"), &[], facts.network_deadline);
    match ask("GET", "/livez") {
        Ok(alive) => judge_way(url, &alive, || ask("DELETE", "/api/session").ok()?.cookie),
        Err(error) => Some(Finding::warn(CHECK, words::public_url_unreachable(url, &error))),
    }
}

fn judge_way(url: &str, alive: &SiteAnswer, cookie: impl FnOnce() -> Option<String>) -> Option<Finding> {
    if alive.status != 200 || !alive.body.contains("\"status\":\"ok\"") {
        let elsewhere = words::public_url_elsewhere(url, alive.status, &alive.server);
        return Some(Finding::bad(CHECK, elsewhere));
    }
    let is_insecure = url.starts_with("https:") && !cookie()?.contains("; Secure");
    is_insecure.then(|| Finding::bad(CHECK, words::cookie_insecure(url)))
}

/// Whether callers behind the proxy can be told apart.
fn forwarding(facts: &Facts, url: &str) -> Option<Finding> {
    let trusted = facts.note.as_ref()?.trusted_proxies;
    if trusted == 0 {
        return url.starts_with("https:").then(|| Finding::warn(CHECK, words::proxy_untrusted()));
    }
    let logins = facts.ask(CHECK, Inspection::login_addresses).ok()?;
    let is_here = |text: &String| text.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let unsaid = logins.len() >= ENOUGH_LOGINS && logins.iter().all(is_here);
    unsaid.then(|| Finding::warn(CHECK, words::forwarded_missing()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_leads_here_and_keeps_the_cookie_to_itself() {
        let ours = r#"{"status":"ok"}"#;
        let secure = "pareia_session=; HttpOnly; Max-Age=0; Secure";
        for (url, status, body, cookie, code) in [
            ("https://a", 200, ours, Some(secure), None),
            ("https://a", 200, ours, Some("pareia_session=; HttpOnly"), Some("cookie_insecure")),
            ("http://a", 200, ours, Some("pareia_session=; HttpOnly"), None),
            ("https://a", 200, ours, None, None),
            ("https://a", 404, ours, None, Some("public_url_elsewhere")),
            ("https://a", 200, "<html>", None, Some("public_url_elsewhere")),
        ] {
            let (server, body) = ("nginx".to_owned(), body.to_owned());
            let alive = SiteAnswer { status, server, cookie: None, date: None, body };
            let found = judge_way(url, &alive, || cookie.map(str::to_owned));
            assert_eq!(found.and_then(|one| one.code), code, "{url} {status} {cookie:?}");
        }
    }
}
