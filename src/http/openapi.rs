//! The description of the API for programs: `GET /openapi.json`, in the language that a request asks for.

use std::sync::LazyLock;

use flate2::Compression;

use super::app::App;
use super::assets::{self, Content, REVALIDATED};
use super::problem::Problem;
use super::reply::HttpReply;
use super::request::Request;
use crate::domain::Language;
use crate::text::language;

/// Both languages, as `packaging/embedded/bilingual.rs` puts them into one text; compressed.
static BOTH: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/description.gz"));
/// Stands between the parts of it.
const BETWEEN: char = '\u{1f}';

static PORTUGUESE: LazyLock<Vec<u8>> = LazyLock::new(|| without(2));
static ENGLISH: LazyLock<Vec<u8>> = LazyLock::new(|| without(1));

/// What is left without every third part, of which the first is common, the next Portuguese and the last English;
/// compressed.
fn without(left_out: usize) -> Vec<u8> {
    let both = String::from_utf8(assets::gunzip(BOTH)).expect("the build has made it of texts");
    let parts = both.split(BETWEEN).enumerate().filter(|(index, _)| index % 3 != left_out);
    let one: String = parts.map(|(_, part)| part).collect();
    assets::gzip(one.as_bytes(), Compression::best())
}

/// The description, which names its language.
#[expect(clippy::unnecessary_wraps, reason = "every route has this shape")]
pub fn description(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let packed = match language() {
        Language::Portuguese => &PORTUGUESE,
        Language::English => &ENGLISH,
    };
    let content = Content::Packed(packed);
    let kind = "application/json; charset=utf-8";
    Ok(assets::answer(app, request, kind, &content, REVALIDATED).worded())
}
