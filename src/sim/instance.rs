//! One instance: what its server remembers of it, and what its WhatsApp sockets are doing.
//!
//! Plain data and the small steps that change it. Time is passed in; the steps that happen later are
//! the world's to schedule.

use super::qr::{Code, uuid};
use super::timing::Moment;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an account calls itself, unless told otherwise.
const PROFILE_NAME: &str = "Loja Teste";

/// The three words of `connectionState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveState {
    /// No socket, or one that is down for the moment.
    Close,
    /// A socket is up and waits for a scan, or signs in again.
    Connecting,
    /// Signed in.
    Open,
}

impl LiveState {
    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Connecting => "connecting",
            Self::Open => "open",
        }
    }
}

/// What `create` was told.
#[derive(Clone, Debug, Default)]
pub struct InstanceSpec {
    /// The name, in whatever characters.
    pub name: String,
    /// The kind of instance; 1.8.2 does without and stores anything.
    pub integration: Option<String>,
    /// The instance's own key, if the caller chose one.
    pub token: Option<String>,
    /// The phone number, if one was given.
    pub number: Option<String>,
}

/// A WhatsApp socket that has not ended.
#[derive(Clone, Copy, Debug)]
pub struct WhatsappSocket {
    /// Changes at each reconnect, so that what was planned for the old connection is void.
    pub id: u64,
    /// When it was opened.
    pub since: Moment,
}

/// Why and when WhatsApp ended the pairing, as the database of 2.x keeps it.
#[derive(Clone, Debug)]
pub struct Disconnection {
    /// The reason's number: 401 for all that is simulated.
    pub code: u16,
    /// The error, as JSON in a string.
    pub object: String,
    /// When.
    pub at: Moment,
}

/// Why a pairing ended.
#[derive(Clone, Copy, Debug)]
pub enum Ended {
    /// Someone called `logout` or `delete`.
    LoggedOut,
    /// The phone removed the linked device.
    Unlinked,
    /// The socket dropped while a pairing code waited, and WhatsApp refused the half-made pairing.
    Refused,
}

/// An instance of the simulated server.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "memory and database are independent, as over there")]
pub struct SimulatedInstance {
    /// What `create` was told.
    pub facts: InstanceSpec,
    /// Its `instanceId`; 1.8.2 has none for an instance whose `create` failed half-way.
    pub id: Option<String>,
    /// The key that opens this instance alone; absent likewise.
    pub token: Option<String>,
    /// The webhook as `webhook/find` shows it: an object, or nothing.
    pub webhook: Option<Map<String, Value>>,
    /// What else is set, by kind, as `find` shows it.
    pub settings: BTreeMap<String, Map<String, Value>>,
    /// When it was created.
    pub created: Moment,
    /// When its row last changed.
    pub updated: Moment,
    /// Whether the server's process knows it.
    pub in_memory: bool,
    /// Whether its row exists. 1.8.2 keeps no rows; there it follows the memory.
    pub in_database: bool,
    /// Whether a clean-up of 2.x has begun to take its rows apart.
    pub in_removal: bool,
    /// The state of the process.
    pub state: LiveState,
    /// The state in the database, which lags behind.
    pub stored: LiveState,
    /// Sockets that have not ended. More than one on a paired instance fight.
    pub sockets: Vec<WhatsappSocket>,
    /// QR codes since the last time the limit was reached.
    pub count: u32,
    /// The last code. It is never cleared, however stale.
    pub code: Option<Arc<Code>>,
    /// Whether the newest socket was opened with a phone number and so asks for pairing codes.
    pub with_pairing: bool,
    /// Whether a phone is linked.
    pub paired: bool,
    /// The account last linked.
    pub account: Option<String>,
    /// The account that last signed in, as the list shows it; stays after a logout.
    pub owner: Option<String>,
    /// What that account calls itself.
    pub profile_name: String,
    /// The last end of a pairing; stays after the next pairing, as the server never clears it.
    pub disconnection: Option<Disconnection>,
    /// Since when two sockets of one pairing have been replacing each other.
    pub fighting: Option<Moment>,
    /// How long a webhook receiver that fails keeps the instance alive after its `delete`.
    pub delete_delay: Moment,
    /// Calls that sleep and will look at this instance when they wake.
    pub busy: u32,
}

impl SimulatedInstance {
    /// A fresh instance, closed.
    #[must_use]
    pub fn new(facts: InstanceSpec, now: Moment) -> Self {
        let token = facts.token.clone().unwrap_or_else(|| uuid().to_uppercase());
        Self {
            facts,
            id: Some(uuid()),
            token: Some(token),
            webhook: None,
            settings: BTreeMap::new(),
            created: now,
            updated: now,
            in_memory: true,
            in_database: true,
            in_removal: false,
            state: LiveState::Close,
            stored: LiveState::Close,
            sockets: Vec::new(),
            count: 0,
            code: None,
            with_pairing: false,
            paired: false,
            account: None,
            owner: None,
            profile_name: PROFILE_NAME.to_owned(),
            disconnection: None,
            fighting: None,
            delete_delay: Moment::ZERO,
            busy: 0,
        }
    }

    /// Whether that socket has not ended.
    #[must_use]
    pub fn has(&self, socket: u64) -> bool {
        self.sockets.iter().any(|s| s.id == socket)
    }

    /// Ends the pairing, and every socket with it.
    pub fn end(&mut self, why: Ended, now: Moment, stamp: &str) {
        self.sockets.clear();
        self.state = LiveState::Close;
        self.stored = LiveState::Close;
        self.paired = false;
        self.with_pairing = false;
        self.fighting = None;
        self.updated = now;
        let object = disconnection_object(why, &self.facts.name, stamp);
        self.disconnection = Some(Disconnection { code: 401, object, at: now });
    }

    /// A phone is linked: the newest socket has to open anew, any others end. Without an id nobody is told whose it
    /// is.
    pub fn scanned(&mut self, jid: &str) {
        self.sockets = self.sockets.pop().into_iter().collect();
        self.state = LiveState::Close;
        self.paired = true;
        self.with_pairing = false;
        self.account = Some(account(jid)).filter(|_| !jid.is_empty());
    }

    /// The linked account goes by that id and name from now on, letter for letter; without an id, nobody was told
    /// whose it is.
    pub fn rename(&mut self, jid: Option<&str>, profile_name: Option<&str>) {
        self.account = jid.map(str::to_owned);
        self.owner.clone_from(&self.account);
        profile_name.unwrap_or(PROFILE_NAME).clone_into(&mut self.profile_name);
    }

    /// A paired socket is signed in, and the database says so: only now is it said whose it is.
    pub fn open(&mut self, now: Moment) {
        self.state = LiveState::Open;
        self.list_open(now);
    }

    /// The database hears that a paired socket is signed in, and whose it is.
    pub fn list_open(&mut self, now: Moment) {
        self.owner.clone_from(&self.account);
        self.stored = LiveState::Open;
        self.updated = now;
    }
}

/// The account of a device: `5521…:28@s.whatsapp.net` belongs to `5521…@s.whatsapp.net`.
fn account(jid: &str) -> String {
    match (jid.split_once(':'), jid.split_once('@')) {
        (Some((user, _)), Some((_, host))) => format!("{user}@{host}"),
        (None, Some(_)) => jid.to_owned(),
        _ => format!("{jid}@s.whatsapp.net"),
    }
}

/// The error as Baileys reports it, in the JSON that the database stores.
fn disconnection_object(why: Ended, name: &str, stamp: &str) -> String {
    let (data, message) = match why {
        Ended::LoggedOut => (Value::Null, format!("Log out instance: {name}")),
        Ended::Unlinked => {
            let data = json!({"tag": "conflict", "attrs": {"type": "device_removed"}});
            (data, "Stream Errored (conflict)".to_owned())
        }
        Ended::Refused => (json!({"reason": "401", "location": "frc"}), "Connection Failure".to_owned()),
    };
    let payload = json!({"statusCode": 401, "error": "Unauthorized", "message": message});
    let output = json!({"statusCode": 401, "payload": payload, "headers": {}});
    let error = json!({"data": data, "isBoom": true, "isServer": false, "output": output});
    json!({"error": error, "date": stamp}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_of_a_device_has_no_device_number() {
        assert_eq!(account("5511911111111:28@s.whatsapp.net"), "5511911111111@s.whatsapp.net");
        assert_eq!(account("5511911111111@s.whatsapp.net"), "5511911111111@s.whatsapp.net");
        assert_eq!(account("5511911111111"), "5511911111111@s.whatsapp.net");
    }
}
