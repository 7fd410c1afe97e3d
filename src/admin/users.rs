//! The rules for users: who may be added, changed and removed, who gets the instances, who is the last administrator.

use crate::domain::{Name, Role};
use crate::store::{self, Removal, RoleChange, Store, UserLine};

/// Why a change of a user was refused. Nothing changed.
#[derive(Debug)]
pub enum UserError {
    /// No user has the name.
    Unknown,
    /// Another user has the name, perhaps in other capitals.
    Taken,
    /// No user has the name of the new owner.
    NewOwnerUnknown,
    /// The instances were to go to the user who is to be removed.
    NewOwnerIsSelf,
    /// That many instances would be left without an owner.
    OwnsInstances(u32),
    /// It is the asker's own account, or the last administrator's who can log in.
    LastAdministrator,
    /// The database failed.
    Store(store::Error),
}

impl From<store::Error> for UserError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// Who removes a user or gives one another role.
#[derive(Clone, Copy, Debug)]
pub enum ChangedBy<'a> {
    /// The user of this id, over the API, who may not lock everybody out of the page.
    User(&'a str),
    /// Somebody with access to the data folder, who can always add an administrator.
    CommandLine,
}

/// A user that was removed.
#[derive(Debug)]
pub struct RemovedUser {
    /// The user as it was.
    pub user: UserLine,
    /// The new owner of the instances, where one was named.
    pub new_owner: Option<UserLine>,
}

/// The user of that name.
pub fn find(store: &Store, name: &str) -> Result<UserLine, UserError> {
    store.user(name)?.ok_or(UserError::Unknown)
}

/// Adds a user; without a password only tokens get in.
pub fn add(
    store: &Store,
    name: &Name,
    role: Role,
    password_hash: Option<&str>,
) -> Result<UserLine, UserError> {
    store.add_user_with(name, role, password_hash)?.ok_or(UserError::Taken)?;
    find(store, name.as_str())
}

/// Gives a user a password, and ends the user's sessions.
pub fn set_password(store: &Store, user: &UserLine, password_hash: &str) -> Result<(), UserError> {
    if store.set_password(&user.id, password_hash, None)? { Ok(()) } else { Err(UserError::Unknown) }
}

/// Gives a user a role. Over the API nobody changes their own, so that no slip shuts an administrator out.
pub fn set_role(store: &Store, name: &str, role: Role, by: ChangedBy) -> Result<UserLine, UserError> {
    let user = find(store, name)?;
    if matches!(by, ChangedBy::User(asker) if asker == user.id && role != user.role) {
        return Err(UserError::LastAdministrator);
    }
    match store.set_role(&user.id, role)? {
        RoleChange::Done => Ok(UserLine { role, ..user }),
        RoleChange::Gone => Err(UserError::Unknown),
        RoleChange::LastAdministrator => Err(UserError::LastAdministrator),
    }
}

/// Removes a user with tokens and sessions. Instances go to the user named `new_owner`; where none is named,
/// there must be none.
pub fn remove(
    store: &Store,
    name: &str,
    new_owner: Option<&str>,
    by: ChangedBy,
) -> Result<RemovedUser, UserError> {
    let user = find(store, name)?;
    let from_page = match by {
        ChangedBy::User(asker) if asker == user.id => return Err(UserError::LastAdministrator),
        ChangedBy::User(_) => true,
        ChangedBy::CommandLine => false,
    };
    let new_owner = new_owner.map(|name| find_new_owner(store, name, &user)).transpose()?;
    let new_owner_id = new_owner.as_ref().map(|new_owner| new_owner.id.as_str());
    match store.remove_user(&user.id, new_owner_id, from_page)? {
        Removal::Done => Ok(RemovedUser { user, new_owner }),
        Removal::Gone => Err(UserError::Unknown),
        Removal::NewOwnerGone => Err(UserError::NewOwnerUnknown),
        Removal::OwnsInstances => Err(UserError::OwnsInstances(user.instances)),
        Removal::LastAdministrator => Err(UserError::LastAdministrator),
    }
}

fn find_new_owner(store: &Store, name: &str, of: &UserLine) -> Result<UserLine, UserError> {
    let new_owner = store.user(name)?.ok_or(UserError::NewOwnerUnknown)?;
    if new_owner.id == of.id { Err(UserError::NewOwnerIsSelf) } else { Ok(new_owner) }
}
