//! Who looks: which rows somebody sees, and what of all that hangs on them. It never looks anything up.

use super::caller::Caller;
use super::role::Permission;
use super::token_limits::TokenLimits;

/// What somebody sees. The default sees everything, as the commands beside the server do.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// The id of the user whose rows alone are seen; `None`: everybody's.
    pub owner: Option<String>,
    /// What the token narrows.
    pub limits: TokenLimits,
    /// What is seen of the rows that had the name of one before it.
    pub former: FormerRows,
}

/// Whose rows are meant of those that had a name and are gone. Nothing is left to tell which server had them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FormerRows {
    #[default]
    All,
    /// Those of the user with that id.
    Of(String),
    None,
}

impl Viewer {
    /// Whether they know every server: else only those that the rows which they see are on.
    pub fn knows_servers(&self) -> bool {
        self.owner.is_none() && !self.limits.is_narrowed()
    }
}

impl FormerRows {
    /// Whether a row of that owner is among them.
    pub fn has(&self, owner: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Of(user) => owner == Some(user),
            Self::None => false,
        }
    }

    /// The id of the one user whose rows they are.
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::Of(user) => Some(user),
            Self::All | Self::None => None,
        }
    }
}

impl Caller {
    /// What they see.
    pub fn viewer(&self) -> Viewer {
        let former = if self.limits.server.is_some() {
            FormerRows::None
        } else if self.may(Permission::ManageAllInstances) {
            FormerRows::All
        } else {
            FormerRows::Of(self.user.clone())
        };
        let sees_all = self.may(Permission::ConnectAllInstances);
        Viewer { owner: (!sees_all).then(|| self.user.clone()), limits: self.limits.clone(), former }
    }

    /// What they see of their own rows.
    pub fn own_viewer(&self) -> Viewer {
        Viewer { owner: Some(self.user.clone()), ..self.viewer() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;

    #[test]
    fn each_role_and_each_limit_see_what_is_theirs() {
        use FormerRows::{All, None as Nobodys, Of};
        let own = || Of("u".to_owned());
        for (role, server, prefix, everybody, servers, former) in [
            (Role::Administrator, false, false, true, true, All),
            (Role::Administrator, false, true, true, false, All),
            (Role::Administrator, true, false, true, false, Nobodys),
            (Role::Operator, false, false, true, true, own()),
            (Role::Operator, false, true, true, false, own()),
            (Role::Operator, true, true, true, false, Nobodys),
            (Role::Owner, false, false, false, false, own()),
            (Role::Owner, false, true, false, false, own()),
            (Role::Owner, true, false, false, false, Nobodys),
        ] {
            let [server, prefix] = [server, prefix].map(|is| is.then(|| "a".to_owned()));
            let limits = TokenLimits { server, prefix, ..TokenLimits::default() };
            let caller = Caller { limits, ..Caller::of("u", role) };
            let viewer = caller.viewer();
            assert_eq!(
                (viewer.owner.is_none(), viewer.knows_servers(), &viewer.former),
                (everybody, servers, &former),
                "{caller:?}"
            );
            assert_eq!(caller.own_viewer().owner.as_deref(), Some("u"), "{caller:?}");
        }
        assert!(All.has(None) && own().has(Some("u")) && !own().has(Some("v")) && !own().has(None));
        assert!(!Nobodys.has(Some("u")) && Viewer::default().knows_servers());
    }
}
