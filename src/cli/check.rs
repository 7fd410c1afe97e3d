//! `pareia credential test`: whether a credential's server answers and its key opens it.

use serde::Serialize;

use super::credential::warn_if_public;
use super::output::{Done, Failure, fail, out};
use super::table::pretty;
use super::words;
use crate::crypto::new_id;
use crate::store::Credential;
use crate::text::check as wrong;
use crate::upstream::BaseUrl;
use crate::upstream::evolution::{self, Check};

/// Tests the credential; anything but a fine one is a failure.
pub fn run(credential: &Credential, json: bool) -> Done {
    let (id, key) = (&credential.id, &credential.key);
    let url = BaseUrl::parse(&credential.base_url)
        .map_err(|problem| Failure::Failed(words::base_url_unusable(id, &problem.to_string())))?;
    warn_if_public(id, key);
    let found = evolution::test(&url, key, &new_id("cli-"));
    if json {
        out(pretty(&report(id, &found)))?;
    }
    match (wrong(&found), found) {
        (Some(sentence), _) => fail(words::refused(&sentence)),
        (None, Check::Fine { version, latency }) if !json => {
            out(words::credential_fine(version.as_deref(), latency))
        }
        (None, _) => Ok(()),
    }
}

/// The test's result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    id: &'a str,
    ok: bool,
    code: Option<&'static str>,
    version: Option<&'a str>,
    latency_ms: Option<u128>,
}

fn report<'a>(id: &'a str, found: &'a Check) -> Report<'a> {
    let code = wrong(found).map(|sentence| sentence.code);
    let (version, latency_ms) = match found {
        Check::Fine { version, latency } => (version.as_deref(), Some(latency.as_millis())),
        _ => (None, None),
    };
    Report { id, ok: code.is_none(), code, version, latency_ms }
}
