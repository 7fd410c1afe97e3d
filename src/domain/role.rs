//! What users are to each other, and what that allows.

use super::name::Invalid;

/// What a user is to the others. The words are those of the API and of `users.role`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// May do everything.
    Administrator,
    /// Sees and connects everybody's instances, manages nothing.
    Operator,
    /// Has instances of its own, and reaches no others.
    Owner,
}

/// What a role may allow beyond the caller's own instances, sessions and password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// To see everybody's instances and connect them: codes, links, restarts.
    ConnectAllInstances,
    /// To log everybody's instances out and delete them.
    ManageAllInstances,
    /// To adopt an instance upstream that a phone is paired with already.
    AdoptPaired,
    /// To see, add, test, change and remove credentials, and the overview of them.
    ManageCredentials,
    /// To see, add and remove users, to set their passwords and change their roles.
    ManageUsers,
    /// To see, make and revoke everybody's tokens.
    ManageTokens,
    /// To see and end everybody's sessions.
    ManageSessions,
    /// To make, list, fetch and restore backups.
    ManageBackups,
    /// To see, add, test and remove everybody's notice targets.
    ManageNotices,
    /// To read and export the audit trail.
    ReadAudit,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 3] = [Self::Administrator, Self::Operator, Self::Owner];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Operator => "operator",
            Self::Owner => "owner",
        }
    }

    /// Reads the word, letter for letter.
    pub fn parse(word: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|role| role.as_str() == word).ok_or(Invalid::Role)
    }

    /// The table of permissions. A new permission is nobody's but the administrators' until it is
    /// listed here.
    pub fn allows(self, permission: Permission) -> bool {
        match self {
            Self::Administrator => true,
            Self::Operator => matches!(permission, Permission::ConnectAllInstances),
            Self::Owner => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_the_table_says() {
        use Permission::{
            AdoptPaired, ConnectAllInstances, ManageAllInstances, ManageBackups, ManageCredentials,
            ManageNotices, ManageSessions, ManageTokens, ManageUsers, ReadAudit,
        };
        // administrator, operator, owner
        for (permission, allowed) in [
            (ConnectAllInstances, [true, true, false]),
            (ManageAllInstances, [true, false, false]),
            (AdoptPaired, [true, false, false]),
            (ManageCredentials, [true, false, false]),
            (ManageUsers, [true, false, false]),
            (ManageTokens, [true, false, false]),
            (ManageSessions, [true, false, false]),
            (ManageBackups, [true, false, false]),
            (ManageNotices, [true, false, false]),
            (ReadAudit, [true, false, false]),
        ] {
            assert_eq!(Role::ALL.map(|role| role.allows(permission)), allowed, "{permission:?}");
        }
    }

    #[test]
    fn a_role_is_read_letter_for_letter() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Ok(role));
        }
        for other in ["", "admin", "Owner", " owner", "root"] {
            assert_eq!(Role::parse(other), Err(Invalid::Role), "{other}");
        }
    }
}
