//! `pareia credential test`: whether a credential's server answers and its key opens it.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::credential::warn_if_public;
use super::output::{Done, Failure, fail, out};
use super::table::pretty;
use super::words;
use crate::evolution::{BaseUrl, Check, Client, Connections};
use crate::seal::new_id;
use crate::store::Credential;
use crate::words::upstream;

/// Longest the test may take; a server that needs more would fail every call.
const PATIENCE: Duration = Duration::from_secs(15);
/// The code of a key that is one instance's token.
const INSTANCE_TOKEN: &str = "instance_token";

/// Tests the credential; anything but a fine one is a failure.
pub fn run(credential: &Credential, json: bool) -> Done {
    let (id, key) = (&credential.id, &credential.key);
    let url = BaseUrl::parse(&credential.base_url)
        .map_err(|problem| Failure::Failed(words::base_url_unusable(id, &problem.to_string())))?;
    warn_if_public(id, key);
    let deadline = Instant::now() + PATIENCE;
    let client = Client::new(&Connections::default(), &url, key.clone(), &new_id("cli-"), deadline);
    let found = client.check();
    if json {
        out(pretty(&report(id, &found)))?;
    }
    match found {
        Check::Fine { .. } if json => Ok(()),
        Check::Fine { version, latency } => out(words::credential_fine(version.as_deref(), latency)),
        Check::InstanceToken => fail(words::coded(INSTANCE_TOKEN, &words::instance_token(id))),
        Check::Trouble(trouble) => {
            let (code, detail) = upstream(trouble);
            fail(words::coded(code, detail))
        }
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
    let failed = |code| Report { id, ok: false, code: Some(code), version: None, latency_ms: None };
    match found {
        Check::Fine { version, latency } => Report {
            id,
            ok: true,
            code: None,
            version: version.as_deref(),
            latency_ms: Some(latency.as_millis()),
        },
        Check::InstanceToken => failed(INSTANCE_TOKEN),
        Check::Trouble(trouble) => failed(upstream(*trouble).0),
    }
}
