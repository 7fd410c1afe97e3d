//! Who is asking. It never looks anything up: a caller is made by the store.

use super::role::{Permission, Role};
use super::token_limits::TokenLimits;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The id of the user's row.
    pub user: String,
    /// The role the user has now.
    pub role: Role,
    /// What the token narrows, where one was sent.
    pub limits: TokenLimits,
}

impl Caller {
    /// A user whom no token narrows.
    pub fn of(user: impl Into<String>, role: Role) -> Self {
        Self { user: user.into(), role, limits: TokenLimits::default() }
    }

    /// Whether the caller may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.allows(permission) && self.limits.allow(permission)
    }
}
