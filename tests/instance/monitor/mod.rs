//! The monitor: what happens upstream while nobody calls shows in the rows, once, and nothing else does.

mod fights;
mod health;
mod lifetime;
mod lists;
mod ownership;
mod polls;
mod purge;
mod status;

use std::sync::Arc;
use std::time::Duration;

use pareia::domain::{Channel, Name};
use pareia::instance::monitor::{Monitor, Pace};
use pareia::sim::Version;

use crate::harness::{PHONE, Shop, instant, until};

/// The usual pace, many times faster.
pub fn swift() -> Pace {
    let ms = Duration::from_millis;
    Pace {
        rest: ms(100),
        quick: ms(40),
        second_look: ms(60),
        unscanned: ms(80),
        lasting: ms(400),
        steady: ms(500),
        drop_look_pause: ms(2),
        keep_fresh: ms(300),
        hint_gap: ms(20),
        retry: ms(50),
        retry_most: ms(200),
        retry_looked: ms(100),
        // What a busy machine is late with is no trouble of the server.
        patience: ms(5_000),
        supervise: ms(20),
        ..Pace::default()
    }
}

fn shop(version: Version) -> Shop {
    Shop::watched(instant(version), swift())
}

impl Shop {
    /// Status and reason of a row, as the database has them.
    pub fn row(&self, name: &str) -> String {
        let query = format!(
            "SELECT status, statusReason FROM messaging_instances WHERE channelInstanceId = '{name}'"
        );
        self.sql(&query).into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub fn until_row(&self, name: &str, row: &str) {
        until(&format!("{name} is {row}"), || self.row(name) == row);
    }

    /// The history of a row: each status it had since the first code, with its reason.
    fn history(&self, name: &str) -> String {
        let query = format!(
            "SELECT toStatus, reason FROM instance_events e JOIN messaging_instances i ON i.id = instanceId
             WHERE channelInstanceId = '{name}' ORDER BY e.id"
        );
        let events: Vec<_> = self.sql(&query).into_iter().map(|e| e.join(" ")).collect();
        events.join(", ").replacen("pending asked, connecting asked", "asked", 1)
    }

    /// Waits until that many more polls have begun; the last one before has ended by then.
    #[track_caller]
    fn polls(&self, polls: u32) {
        let from = self.lists();
        until("more polls", || self.lists() > from + polls);
    }

    fn health(&self) -> String {
        self.sql("SELECT trouble FROM credential_health").concat().join(" ")
    }

    /// A watched instance with a phone.
    fn paired(&self, name: &str) {
        assert_eq!(self.post(name).status, 200);
        self.scan(name);
        self.until_row(name, "connected paired");
    }
}

impl Shop {
    /// Rows of connected instances, `row-1` and so on, as the simulation is filled with.
    fn seed(&self, rows: u32) {
        self.seed_for("cred_a", rows);
    }

    fn seed_for(&self, credential: &str, rows: u32) {
        (1..=rows).for_each(|n| self.seed_as(credential, &format!("row-{n}")));
    }

    fn seed_as(&self, credential: &str, name: &str) {
        let user = self.sql("SELECT id FROM users")[0][0].clone();
        let channel = Channel::WhatsappEvolution;
        let (name, phone) = (Name::parse(name).expect("a name"), pareia::domain::Phone::parse(PHONE));
        let row = self.store.add_instance(channel, &name, &phone.expect("a phone"), &user, credential);
        let mut row = row.expect("a store").expect("a free name");
        row.become_status(pareia::domain::Status::Connected, pareia::domain::Reason::Paired);
        row.paired_at = Some(1);
        row.claimed_url = self.store.credential(credential).expect("a store").map(|c| c.base_url);
        assert!(self.store.save_instance(&row).expect("saved"));
    }
}

/// A monitor of its own, for shops that have none.
fn monitor(shop: &Shop, pace: Pace) -> Monitor {
    Monitor::start(Arc::clone(&shop.store), Arc::default(), pace)
}
