//! The rules for sessions of the page: whose may be seen and ended by whom.

use crate::domain::{Caller, Permission};
use crate::store::{self, SessionLine, Store};

/// Where the user of that name is logged in, or the caller, where none is named; `None` when there is no
/// such user, or the caller may not know.
pub fn list(
    store: &Store,
    caller: &Caller,
    user: Option<&str>,
) -> Result<Option<Vec<SessionLine>>, store::Error> {
    let Some(name) = user else { return store.sessions(&caller.user).map(Some) };
    let named = store.user(name)?.map(|user| user.id);
    let named = named.filter(|id| *id == caller.user || caller.may(Permission::ManageSessions));
    named.map(|id| store.sessions(&id)).transpose()
}

/// Ends a session, if it is the caller's own or the caller may end everybody's; `false` when it did not.
pub fn end(store: &Store, caller: &Caller, id: &str) -> Result<bool, store::Error> {
    let owner = (!caller.may(Permission::ManageSessions)).then_some(caller.user.as_str());
    store.end_session(id, owner)
}
