//! The page's documents: `GET /`, `GET /c`, `GET /api-docs`. The first brings along what it would ask for at once.
//!
//! Nothing here words or decides anything: what is brought along is what the API answers to the same browser.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::api::{instances, session};
use super::app::App;
use super::assets::{self, Content, REVALIDATED, VERSION};
use super::problem::Problem;
use super::reply::HttpReply;
use super::request::Request;
use super::security::origin::{self, Site};
use super::security::{auth, cookie};
use crate::domain::{Language, clock};
use crate::text::language;

/// Who is there, as the page asks it.
const SETUP: &str = "/api/setup";
/// The list as it opens, as the page asks for it.
const LIST: &str = "/api/messaging/instance?page=1&perPage=50&sort=action_needed";
/// Which screens a document's dark colours are for, where nobody chose anything.
const DARK: &str = "media=\"(prefers-color-scheme: dark)\"";
/// The part of the page that is shown once it is known who is there, as the document has it, and as it is where nobody is.
const CONTENT: &str = "<div class=\"content\" hidden>";
const CONTENT_SHOWN: &str = "<div class=\"content\">";
/// Where a document holds what it brings along: behind everything else.
const END: &str = "</body>";

/// What each document is, up to what it brings along, by its name in each language.
static DOCUMENTS: LazyLock<HashMap<&str, String>> = LazyLock::new(|| {
    let names = ["index.html", "index.en.html", "connect.html", "connect.en.html", "api.html", "api.en.html"];
    names.map(|name| (name, document(name))).into()
});

fn document(name: &str) -> String {
    let html = assets::document(name).replace("assets/", &format!("assets/{}/", *VERSION));
    html.split(END).next().unwrap_or_default().to_owned()
}

/// The page.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn index(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let is_known = auth::session(app, request).is_ok_and(|session| session.is_some());
    // A browser that comes from another site keeps its cookie back, though it has one: nobody knows who is there.
    let is_told = is_known || matches!(origin::site(app, request), Site::Ours | Site::Typed);
    let given = if is_told { given(app, request, is_known) } else { String::new() };
    let mut html = written(request, ["index.html", "index.en.html"]);
    if is_told && !is_known && app.store.setup_needed().is_ok_and(|needed| !needed) {
        html = html.replace(CONTENT, CONTENT_SHOWN);
    }
    Ok(complete(app, request, &html, &given, is_known))
}

/// What a connect link shows.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn connect(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    Ok(complete(app, request, &written(request, ["connect.html", "connect.en.html"]), "", false))
}

/// The description of the API, for people.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn api_docs(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    Ok(complete(app, request, &written(request, ["api.html", "api.en.html"]), "", false))
}

/// The document of those in the language, and with the theme, that were chosen in this browser.
fn written(request: &Request, [portuguese, english]: [&str; 2]) -> String {
    let cookies = request.headers("Cookie");
    let spoken = Language::of_any_country(cookie::choice(&cookies, "pareia_lang"));
    let name = if spoken.unwrap_or_else(language) == Language::English { english } else { portuguese };
    let html = &DOCUMENTS[name];
    match cookie::choice(&cookies, "pareia_theme") {
        "dark" => html.replace(DARK, "media=\"all\""),
        "light" => html.replace(DARK, "media=\"not all\""),
        _ => html.clone(),
    }
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
fn complete(app: &App, request: &Request, html: &str, given: &str, is_personal: bool) -> HttpReply {
    let whole = [html, given, END, "\n</html>\n"].concat();
    let caching = if is_personal { "no-store" } else { REVALIDATED };
    let content = Content::Fresh(whole.as_bytes());
    let mut reply = assets::answer(app, request, "text/html; charset=utf-8", &content, caching);
    reply.depends_on("Accept-Language");
    reply.depends_on("Cookie");
    reply
}
