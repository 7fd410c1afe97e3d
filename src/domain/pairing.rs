//! Whether a phone is paired with an instance: the one place that decides it.
//!
//! A `connect` on a paired instance whose socket is down opens a second socket, and the two replace
//! each other for ever. A code that upstream answers for a paired instance is stale. So every caller
//! (connect, actions, monitor) asks [`pairing`] and nothing else.

use super::{Integration, LinkedPhone, Millis};

/// What an instance's socket is doing, as `connectionState` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// No socket, or it just dropped.
    Close,
    /// A socket waits for a scan, or comes back.
    Connecting,
    /// A phone is connected.
    Open,
    /// Known, and not there to be used: an object without a state, while it is removed or not
    /// loaded yet.
    Unloaded,
}

/// An instance as `fetchInstances` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedInstance {
    /// Its id there.
    pub id: Option<String>,
    /// What it is: what is no phone is listed as `open` for ever.
    pub integration: Integration,
    /// Its state, which on 2.x is the database's.
    pub state: ConnectionState,
    /// Whether the list lags behind the truth (2.x: it lists its database; 1.8 lists its memory).
    pub lags: bool,
    /// The phone that was paired last (2.x), or is connected (1.8).
    pub owner: Option<LinkedPhone>,
    /// The last end of a pairing (2.x). It stays when a phone is paired anew.
    pub logout: Option<Logout>,
    /// Changes with what people set of it, as far as the list shows that (2.x: all but the webhook).
    pub settings_stamp: u64,
}

impl ListedInstance {
    /// Whether a phone is paired with it, as far as the list alone tells.
    pub fn pairing(&self) -> Pairing {
        pairing(Some(self), PhoneMemory::Unknown, self.state)
    }

    /// The phone that is linked now: 2.x lists a former one as well.
    pub fn linked(&self) -> Option<&LinkedPhone> {
        self.owner.as_ref().filter(|_| self.state == ConnectionState::Open)
    }
}

/// How a pairing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logout {
    /// `disconnectionReasonCode`; 0 where that is no number.
    pub code: u16,
    /// `disconnectionObject`.
    pub cause: LogoutCause,
    /// `disconnectionAt`, by upstream's clock.
    pub at: Option<Millis>,
}

/// Who ended a pairing, as `disconnectionObject` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutCause {
    /// The linked device was removed on the phone.
    DeviceRemoved,
    /// Evolution's manager, or a client of its API, logged the instance out.
    LoggedOutUpstream,
    /// It does not say.
    Unsaid,
}

/// What the row remembers of phones on its instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneMemory {
    /// Nothing is known: the instance was not created for the row, nor watched since.
    Unknown,
    /// The instance is the row's, and no phone was connected since its last code or logout.
    NoPhone,
    /// A phone was seen connected then, by our clock, and no code or logout since.
    SeenAt(Millis),
}

/// Whether a phone is paired with the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// No, and none was that anybody knows.
    Never,
    /// Perhaps: upstream does not say, and the row remembers a phone or knows nothing.
    Possible,
    /// Yes: its socket comes back by itself, and its last code is stale.
    Paired,
    /// One was, and was logged out.
    LoggedOut(Logout),
}

/// Whether a phone is paired, from the list, the row's memory and the socket's state now. The rules
/// are read from top to bottom.
pub fn pairing(listed: Option<&ListedInstance>, memory: PhoneMemory, live: ConnectionState) -> Pairing {
    use ConnectionState::{Connecting, Open};
    match (listed, memory) {
        _ if live == Open => Pairing::Paired,
        // Lists leave out what is being removed or not loaded.
        (None, PhoneMemory::NoPhone) => Pairing::Never,
        (None, _) => Pairing::Possible,
        // 1.8 lists an owner only while the phone is connected.
        (Some(old), _) if !old.lags && old.owner.is_some() => Pairing::Paired,
        (Some(old), PhoneMemory::NoPhone) if !old.lags => Pairing::Never,
        (Some(old), _) if !old.lags => Pairing::Possible,
        // A phone that was seen is listed later, or nobody is told whose it is.
        (Some(new), PhoneMemory::SeenAt(_))
            if new.owner.is_none() && new.logout.is_none_or(|logout| memory.is_newer_than(&logout)) =>
        {
            Pairing::Possible
        }
        (Some(new), _) if new.owner.is_none() => Pairing::Never,
        (Some(new), memory) => match new.logout {
            None => Pairing::Paired,
            // The list says `open` from the pairing to the next logout, whatever the socket does.
            Some(_) if new.state == Open => Pairing::Paired,
            // Paired anew, and the list does not say `open` yet; otherwise somebody is shown codes.
            Some(logout) if new.state == Connecting && memory.is_newer_than(&logout) => Pairing::Paired,
            Some(logout) => Pairing::LoggedOut(logout),
        },
    }
}

impl PhoneMemory {
    /// Whether the phone was seen after that logout.
    fn is_newer_than(self, logout: &Logout) -> bool {
        match self {
            Self::SeenAt(seen) => logout.at.is_none_or(|at| at <= seen),
            Self::Unknown | Self::NoPhone => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [ConnectionState; 4] = [
        ConnectionState::Close,
        ConnectionState::Connecting,
        ConnectionState::Open,
        ConnectionState::Unloaded,
    ];
    const MEMORIES: [PhoneMemory; 4] =
        [PhoneMemory::Unknown, PhoneMemory::NoPhone, PhoneMemory::SeenAt(100), PhoneMemory::SeenAt(300)];

    fn logouts() -> [Option<Logout>; 3] {
        let logout = Logout { code: 401, cause: LogoutCause::DeviceRemoved, at: Some(200) };
        [None, Some(logout), Some(Logout { at: None, ..logout })]
    }

    /// Every combination there is.
    fn matrix() -> Vec<(Option<ListedInstance>, PhoneMemory, ConnectionState)> {
        let mut listings = vec![None];
        for state in STATES {
            for owner in [None, LinkedPhone::read(Some("5521998765432@s.whatsapp.net"), None)] {
                for logout in logouts() {
                    for lags in [false, true] {
                        let integration = Integration::Phone;
                        listings.push(Some(ListedInstance {
                            id: None,
                            integration,
                            state,
                            lags,
                            owner: owner.clone(),
                            logout,
                            settings_stamp: 0,
                        }));
                    }
                }
            }
        }
        let with = |listed: &Option<ListedInstance>| {
            let listed = listed.clone();
            MEMORIES.into_iter().flat_map(move |memory| {
                let listed = listed.clone();
                STATES.into_iter().map(move |live| (listed.clone(), memory, live))
            })
        };
        listings.iter().flat_map(with).collect()
    }

    /// What each verdict must rest on, said the other way round than the rules say it.
    #[test]
    fn every_verdict_of_the_matrix_has_its_grounds() {
        let all = matrix();
        assert_eq!(all.len(), 49 * 4 * 4);
        for (listed, memory, live) in all {
            let (open, connecting) = (ConnectionState::Open, ConnectionState::Connecting);
            let new = listed.as_ref().filter(|l| l.lags);
            let old = listed.as_ref().filter(|l| !l.lags);
            let newer = matches!((memory, new.and_then(|l| l.logout)), (PhoneMemory::SeenAt(seen), Some(l))
                if l.at.is_none_or(|at| at <= seen));
            let seen = matches!(memory, PhoneMemory::SeenAt(_));
            let unlisted = seen && new.is_some_and(|l| l.owner.is_none() && (l.logout.is_none() || newer));
            let grounds = match pairing(listed.as_ref(), memory, live) {
                Pairing::Paired => {
                    live == open
                        || old.is_some_and(|l| l.owner.is_some())
                        || new.is_some_and(|l| {
                            l.owner.is_some()
                                && (l.logout.is_none() || l.state == open || l.state == connecting && newer)
                        })
                }
                Pairing::Possible => {
                    live != open
                        && (new.is_none() || unlisted)
                        && memory != PhoneMemory::NoPhone
                        && old.is_none_or(|l| l.owner.is_none())
                }
                Pairing::Never => {
                    live != open
                        && listed.as_ref().is_none_or(|l| l.owner.is_none())
                        && (new.is_some() && !unlisted || memory == PhoneMemory::NoPhone)
                }
                Pairing::LoggedOut(logout) => {
                    live != open
                        && new
                            .is_some_and(|l| l.owner.is_some() && l.state != open && l.logout == Some(logout))
                }
            };
            assert!(grounds, "{listed:?} {memory:?} {live:?}");
        }
    }

    #[test]
    fn a_logout_of_before_the_phone_was_seen_is_a_former_one() {
        let [_, logout, _] = logouts();
        let state = ConnectionState::Connecting;
        let owner = LinkedPhone::read(Some("5521998765432@s.whatsapp.net"), None);
        let integration = Integration::Phone;
        let listed =
            ListedInstance { id: None, integration, state, lags: true, owner, logout, settings_stamp: 0 };
        let verdict = |memory| pairing(Some(&listed), memory, state);
        assert_eq!(verdict(PhoneMemory::SeenAt(300)), Pairing::Paired, "paired anew");
        assert!(matches!(verdict(PhoneMemory::SeenAt(100)), Pairing::LoggedOut(_)), "logged out since");
        assert!(matches!(verdict(PhoneMemory::NoPhone), Pairing::LoggedOut(_)), "somebody is shown codes");
    }
}
