//! Who sent an answer that is not the server's own. One table, and pure.

use std::time::Duration;

use super::answer_head::AnswerHead;
use crate::domain::{ProxyAnswer, ProxyKind, TlsFailure, UpstreamError};

/// How much of a body is searched.
const SEARCHED: usize = 8 * 1024;
/// The wait after a 429 that does not say how long.
const UNTOLD_WAIT: Duration = Duration::from_secs(2);
/// The least wait after a 429.
const LEAST_WAIT: Duration = Duration::from_secs(1);

/// What nginx, Apache and Go say to `http` on a port of theirs that speaks `https`.
const PLAIN_TO_TLS: &[&str] = &[
    "plain http request was sent to https port",
    "speaking plain http to an ssl-enabled server port",
    "client sent an http request to an https server",
];

/// A mark of a sender: what `Server` holds, what the body holds, and whether it counts in an error page alone.
struct Mark {
    server: &'static str,
    body: &'static str,
    in_errors_alone: bool,
    sender: ProxyKind,
}

/// The marks, from top to bottom, all in lower case: the first that fits counts, and an empty one fits all. Each is
/// what only its sender writes: pages of others load scripts from Cloudflare, and Cloudflare puts its own into what
/// it passes on. Of the server's name alone only an error page is known to be its own, for the same reason.
const MARKS: &[Mark] = &[
    in_body("<title>just a moment...", ProxyKind::CloudflareChallenge),
    in_body("type=\"password\"", ProxyKind::LoginPage),
    in_body("type='password'", ProxyKind::LoginPage),
    in_body("type=password", ProxyKind::LoginPage),
    in_body("service is not reachable", ProxyKind::EasyPanel),
    in_body("<title>easypanel", ProxyKind::EasyPanel),
    in_error("cloudflare ray id", ProxyKind::Cloudflare),
    in_error("cf-error", ProxyKind::Cloudflare),
    // Before Cloudflare's name, since it passes pages of theirs on under its own.
    in_body("<center>nginx", ProxyKind::Nginx),
    in_body("<center>openresty", ProxyKind::Nginx),
    in_body("welcome to nginx", ProxyKind::Nginx),
    by_server("cloudflare", ProxyKind::Cloudflare),
    by_server("nginx", ProxyKind::Nginx),
    by_server("openresty", ProxyKind::Nginx),
    by_server("caddy", ProxyKind::Caddy),
    // Go's own words, which Traefik has not changed.
    in_body("404 page not found", ProxyKind::Traefik),
    in_body("no available server", ProxyKind::Traefik),
    in_body("<html", ProxyKind::WebPage),
    in_body("<!doctype html", ProxyKind::WebPage),
];

const fn in_body(body: &'static str, sender: ProxyKind) -> Mark {
    Mark { server: "", body, in_errors_alone: false, sender }
}

const fn in_error(body: &'static str, sender: ProxyKind) -> Mark {
    Mark { server: "", body, in_errors_alone: true, sender }
}

const fn by_server(server: &'static str, sender: ProxyKind) -> Mark {
    Mark { server, body: "", in_errors_alone: true, sender }
}

/// What an answer means that is not the server's own.
pub(super) fn classify(head: &AnswerHead, body: &[u8]) -> UpstreamError {
    let searched = &body[..body.len().min(SEARCHED)];
    let text = String::from_utf8_lossy(searched).to_ascii_lowercase();
    if head.status == 429 {
        return UpstreamError::RateLimited(head.retry_after.unwrap_or(UNTOLD_WAIT).max(LEAST_WAIT));
    }
    if head.status == 400 && PLAIN_TO_TLS.iter().any(|words| text.contains(words)) {
        return UpstreamError::Tls(TlsFailure::PlainToTls { is_said: true });
    }
    UpstreamError::Proxy(ProxyAnswer { status: head.status, sender: sender(head, &text) })
}

fn sender(head: &AnswerHead, text: &str) -> ProxyKind {
    if is_redirect(head.status) {
        return ProxyKind::Redirect(head.leads_to.clone());
    }
    if head.asks_for_password {
        return ProxyKind::BasicAuth;
    }
    if head.is_challenge {
        return ProxyKind::CloudflareChallenge;
    }
    let is_error = head.status >= 400;
    let fits = |mark: &&Mark| {
        head.server.contains(mark.server) && text.contains(mark.body) && (is_error || !mark.in_errors_alone)
    };
    MARKS.iter().find(fits).map_or(ProxyKind::Unknown, |mark| mark.sender.clone())
}

/// Whether a status sends the caller elsewhere.
pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sender_is_known_by_its_marks() {
        use ProxyKind::{Caddy, Cloudflare, CloudflareChallenge, EasyPanel, LoginPage, Nginx, Traefik};
        use ProxyKind::{Unknown, WebPage};
        let nginx =
            "<html><head><title>502 Bad Gateway</title></head><body><hr><center>nginx</center></html>";
        let login = "<!doctype html><form><input name=\"p\" type=\"password\"></form>";
        // What Cloudflare puts into pages that it passes on, and what pages load from it.
        let scripts = "<!doctype html><script src=\"https://cdnjs.cloudflare.com/ajax/libs/x.js\"></script>\
            <script>a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script><a href=/easypanel>x</a>";
        let login_by_cloudflare = format!("{scripts}<form><input type=\"password\"></form>");
        for (status, server, body, sender) in [
            (520, "cloudflare", "<!DOCTYPE html><title>evo.example | 520</title>", Cloudflare),
            (521, "", "<p>Cloudflare Ray ID: 8f</p>", Cloudflare),
            (403, "cloudflare", "<html><title>Just a moment...</title></html>", CloudflareChallenge),
            (404, "", "404 page not found\n", Traefik),
            (503, "", "no available server\n", Traefik),
            (502, "", nginx, Nginx),
            (504, "nginx/1.22.1", "<html><title>504 Gateway Time-out</title></html>", Nginx),
            (403, "openresty", "", Nginx),
            (200, "nginx", "<html><h1>Welcome to nginx!</h1></html>", Nginx),
            (502, "caddy", "", Caddy),
            (502, "", "Service is not reachable", EasyPanel),
            (200, "nginx", login, LoginPage),
            (200, "cloudflare", "<!doctype html><div id=root></div>", WebPage),
            (200, "cloudflare", &login_by_cloudflare, LoginPage),
            (200, "cloudflare", scripts, WebPage),
            (404, "", scripts, WebPage),
            (502, "cloudflare", nginx, Nginx),
            (200, "", "<p>cf-error, Cloudflare Ray ID</p><html>", WebPage),
            (502, "cloudflare", "<div id=\"cf-error-details\">", Cloudflare),
            (503, "", "<!doctype html><title>Easypanel</title>", EasyPanel),
            (404, "", r#"{"message":"Not Found"}"#, Unknown),
            (200, "nginx", "ok", Unknown),
        ] {
            let head = AnswerHead { status, server: server.to_owned(), ..AnswerHead::default() };
            let expected = UpstreamError::Proxy(ProxyAnswer { status, sender });
            assert_eq!(classify(&head, body.as_bytes()), expected, "{status} {server} {body}");
        }
    }

    #[test]
    fn heads_say_more_than_bodies() {
        let proxy = |status, sender| UpstreamError::Proxy(ProxyAnswer { status, sender });
        let head = |status| AnswerHead { status, ..AnswerHead::default() };
        let to = || Some("https://evo.example".to_owned());
        let wait = |seconds| Some(Duration::from_secs(seconds));
        for (head, expected) in [
            (AnswerHead { leads_to: to(), ..head(308) }, proxy(308, ProxyKind::Redirect(to()))),
            (head(302), proxy(302, ProxyKind::Redirect(None))),
            (AnswerHead { asks_for_password: true, ..head(401) }, proxy(401, ProxyKind::BasicAuth)),
            (AnswerHead { is_challenge: true, ..head(403) }, proxy(403, ProxyKind::CloudflareChallenge)),
            (
                AnswerHead { retry_after: wait(7), ..head(429) },
                UpstreamError::RateLimited(Duration::from_secs(7)),
            ),
            (AnswerHead { retry_after: wait(0), ..head(429) }, UpstreamError::RateLimited(LEAST_WAIT)),
            (head(429), UpstreamError::RateLimited(UNTOLD_WAIT)),
        ] {
            assert_eq!(classify(&head, b""), expected);
        }
        for words in [
            "<center>The plain HTTP request was sent to HTTPS port</center>",
            "Client sent an HTTP request to an HTTPS server.\n",
            "You're speaking plain HTTP to an SSL-enabled server port.",
        ] {
            let said = UpstreamError::Tls(TlsFailure::PlainToTls { is_said: true });
            assert_eq!(classify(&head(400), words.as_bytes()), said);
        }
    }
}
