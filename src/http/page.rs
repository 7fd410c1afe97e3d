//! The page's documents: `GET /`, `GET /c`, `GET /api-docs`. The first brings along what it would ask for at once.
//!
//! Nothing here words or decides anything: what is brought along is what the API answers to the same browser.

use std::collections::HashMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::api::{instances, session};
use super::app::App;
use super::assets::{self, Content, POLICY, REVALIDATED, VERSION};
use super::problem::Problem;
use super::reply::HttpReply;
use super::request::Request;
use super::security::auth;
use super::security::origin::{self, Site};
use crate::crypto::sha256;
use crate::domain::clock;

/// Who is there, as the page asks it.
const SETUP: &str = "/api/setup";
/// The list as it opens, as the page asks for it.
const LIST: &str = "/api/messaging/instance?page=1&perPage=50&sort=action_needed";
/// Where a document holds what it brings along: behind everything else.
const END: &str = "</body>";

/// A document, ready to be completed.
struct Document {
    before: String,
    /// What a browser may do with it, which names the one script inside it.
    policy: String,
}

static DOCUMENTS: LazyLock<HashMap<&str, Document>> = LazyLock::new(|| {
    ["index.html", "connect.html", "api.html"]
        .map(|name| (name, Document::of(&assets::document(name))))
        .into()
});

impl Document {
    fn of(html: &str) -> Self {
        let html = html.replace("assets/", &format!("assets/{}/", *VERSION));
        let script = html.split_once("<script>").and_then(|(_, rest)| rest.split_once("</script>"));
        let hash = STANDARD.encode(sha256(script.map_or("", |(script, _)| script).as_bytes()));
        let policy = POLICY.replace("script-src 'self'", &format!("script-src 'self' 'sha256-{hash}'"));
        let before = html.split(END).next().unwrap_or_default().to_owned();
        Self { before, policy }
    }
}

/// The page.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn index(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let is_known = auth::session(app, request).is_ok_and(|session| session.is_some());
    // A browser that comes from another site keeps its cookie back, though it has one: nobody knows who is there.
    let is_told = is_known || matches!(origin::site(app, request), Site::Ours | Site::Typed);
    let given = if is_told { given(app, request, is_known) } else { String::new() };
    Ok(complete(app, request, "index.html", &given, is_known))
}

/// What a connect link shows.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn connect(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    Ok(complete(app, request, "connect.html", "", false))
}

/// The description of the API, for people.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn api_docs(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    Ok(complete(app, request, "api.html", "", false))
}

/// The answers to what the page asks first, by the paths of the questions.
fn given(app: &App, request: &Request, is_known: bool) -> String {
    let mut answers = vec![(SETUP, session::setup(app, &request.asking(SETUP)))];
    if is_known {
        answers.push((LIST, instances::list(app, &request.asking(LIST))));
    }
    let answered = answers.into_iter().filter_map(|(path, answer)| {
        Some(format!("\"{path}\":{}", String::from_utf8(answer.ok()?.body).ok()?))
    });
    let mut answers: Vec<_> = answered.collect();
    // Whoever has to log in is shown no times, and the same document as before.
    if is_known {
        answers.push(format!("\"date\":\"{}\"", clock::iso(clock::now())));
    }
    // Nothing in it ends the element that holds it: a "<" is within a text.
    let answers = answers.join(",").replace('<', "\\u003c");
    format!("<script type=\"application/json\" id=\"given\">{{{answers}}}</script>\n")
}

/// The document with that at its end. What is one person's is kept by nobody.
fn complete(app: &App, request: &Request, name: &str, given: &str, is_personal: bool) -> HttpReply {
    let Document { before, policy } = &DOCUMENTS[name];
    let whole = [before, given, END, "\n</html>\n"].concat();
    let caching = if is_personal { "no-store" } else { REVALIDATED };
    assets::answer(
        app,
        request,
        "text/html; charset=utf-8",
        &Content::Fresh(whole.as_bytes()),
        caching,
        policy,
    )
}
