//! Every server in use, all at the same time: reachable, its key, its release, how fast, and what is double.

use std::time::Duration;

use super::facts::Facts;
use super::finding::Finding;
use crate::admin::credentials::{CredentialError, test_until};
use crate::crypto::new_id;
use crate::domain::clock::time_between;
use crate::domain::{Credential, now};
use crate::store::{InspectedServer, Inspection};
use crate::sync::in_lanes;
use crate::text;
use crate::text::cli as words;
use crate::upstream::{Check, Gateway, is_public_default_key};

const CHECK: &str = "server";
/// Most servers that are asked at the same time; each costs a thread.
const MOST_AT_ONCE: usize = 256;
/// A server that takes longer to judge a key is slow.
const SLOW: Duration = Duration::from_secs(1);
/// The lines of releases that this program was tried with.
const TRIED: [&str; 3] = ["1.8.", "2.2.", "2.3."];

/// Tests all servers.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let servers = match facts.ask(CHECK, Inspection::servers) {
        Ok(servers) => servers,
        Err(unasked) => return vec![unasked],
    };
    // One whose key does not open is a line of its own.
    let is_active =
        |one: &InspectedServer| one.credential.as_ref().map_or(true, |credential| credential.active);
    let none = (!servers.iter().any(is_active)).then(|| Finding::warn(CHECK, words::no_servers()));
    let gateway = Gateway::default();
    let found = in_lanes(&servers, MOST_AT_ONCE, |server| examine(facts, &gateway, server));
    none.into_iter().chain(found.into_iter().flatten()).collect()
}

fn examine(facts: &Facts, gateway: &Gateway, server: &InspectedServer) -> Vec<Finding> {
    let credential = match &server.credential {
        Ok(credential) => credential,
        Err(id) => return vec![Finding::bad(CHECK, words::server_sealed()).about(id)],
    };
    let found = if credential.active {
        match test_until(gateway, credential, &new_id("doctor-"), facts.network_deadline) {
            Ok(check) => judge(server, credential, &check),
            Err(CredentialError::Address(why)) => {
                vec![Finding::bad(CHECK, words::server_address(text::base_url(why)))]
            }
            Err(_) => Vec::new(),
        }
    } else {
        vec![Finding::ok(CHECK, words::server_disabled())]
    };
    found.into_iter().map(|finding| finding.about(&credential.name)).collect()
}

fn judge(server: &InspectedServer, credential: &Credential, check: &Check) -> Vec<Finding> {
    let mut found: Vec<_> = text::check(check).map(|wrong| Finding::bad(CHECK, wrong)).into_iter().collect();
    if let Check::Fine { version, latency } = check {
        let version = version.as_deref();
        let webhook = server.webhook_at.map(|at| time_between(at, now()));
        let fine = words::server_fine(version, *latency, server.instances, webhook);
        found.push(Finding::ok(CHECK, fine));
        let untried = version.filter(|version| !TRIED.iter().any(|tried| version.starts_with(tried)));
        found.extend(untried.map(|version| Finding::warn(CHECK, words::server_untried(version))));
        found.extend((*latency > SLOW).then(|| Finding::warn(CHECK, words::server_slow(*latency))));
    }
    let is_default = is_public_default_key(credential.channel, &credential.key);
    found.extend(is_default.then(|| Finding::warn(CHECK, words::server_default_key(&credential.id))));
    let doubled = server.doubled;
    found.extend((doubled > 0).then(|| Finding::warn(CHECK, words::server_doubles(doubled))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Channel, PlacementRule, Secret, UpstreamError};

    fn codes(key: &str, doubled: u32, check: &Check) -> Vec<&'static str> {
        let credential = Credential {
            id: "a".into(),
            channel: Channel::WhatsappEvolution,
            name: "a".into(),
            base_url: "http://a".into(),
            ca_certificate: None,
            key: Secret::new(key),
            active: true,
            rule: PlacementRule::default(),
            created_at: 0,
        };
        let server = InspectedServer {
            credential: Ok(credential.clone()),
            instances: 1,
            doubled,
            webhook_at: Some(0),
        };
        judge(&server, &credential, check).iter().filter_map(|one| one.code).collect()
    }

    #[test]
    fn a_server_is_judged_by_all_that_is_known_of_it() {
        let fine = |version: &str, millis| Check::Fine {
            version: Some(version.into()),
            latency: Duration::from_millis(millis),
        };
        assert_eq!(codes("own", 0, &fine("2.3.7", 5)), [""; 0]);
        assert_eq!(
            codes("own", 2, &fine("2.4.0", 1500)),
            ["server_untried", "server_slow", "server_doubles"]
        );
        assert_eq!(codes("own", 0, &Check::InstanceToken), ["instance_token"]);
        let license = Check::Failed(UpstreamError::LicenseRequired);
        assert_eq!(codes("own", 1, &license), ["evolution_license_required", "server_doubles"]);
    }
}
