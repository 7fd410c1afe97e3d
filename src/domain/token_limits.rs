//! What a token allows at most, whatever the role of its user allows.

use std::fmt;

use super::name::{Invalid, Name};
use super::role::Permission;

/// What a token is for. The words are those of the API and of `api_tokens.scope`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TokenScope {
    /// The call that ends in a code, and the pictures of that code.
    Ensure,
    /// Everything that its user may see, and no change of anything.
    Read,
    /// Everything that its user may do.
    #[default]
    Admin,
}

impl TokenScope {
    /// Every scope, the narrowest first.
    pub const ALL: [Self; 3] = [Self::Ensure, Self::Read, Self::Admin];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ensure => "ensure",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }

    /// Reads the word, letter for letter.
    pub fn parse(word: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word).ok_or(Invalid::TokenScope)
    }

    /// Whether a token of this scope does what needs the other one.
    pub fn covers(self, needed: Self) -> bool {
        self == Self::Admin || self == needed
    }
}

/// All that narrows a token. The default narrows nothing, as for whoever logs in with a password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TokenLimits {
    pub scope: TokenScope,
    /// The id of the credential whose instances alone it reaches. It may be there no longer: then it reaches none.
    pub server: Option<String>,
    /// How the names of the instances begin that it reaches.
    pub prefix: Option<String>,
}

impl TokenLimits {
    /// Whether it reaches some instances only, and so nothing else.
    pub fn is_narrowed(&self) -> bool {
        self.server.is_some() || self.prefix.is_some()
    }

    /// Whether it reaches instances of that name.
    pub fn has_name(&self, name: &str) -> bool {
        self.prefix.as_deref().is_none_or(|prefix| name.starts_with(prefix))
    }

    /// Whether it reaches instances of that credential's server.
    pub fn has_server(&self, credential: Option<&str>) -> bool {
        self.server.is_none() || self.server.as_deref() == credential
    }

    /// What of its user's permissions is left. What a phone is paired with upstream, only the full scope adopts.
    pub fn allow(&self, permission: Permission) -> bool {
        match permission {
            Permission::ConnectAllInstances | Permission::ManageAllInstances => true,
            Permission::AdoptPaired => self.scope == TokenScope::Admin,
            _ => !self.is_narrowed(),
        }
    }
}

/// The scope, and the server and how names begin where that narrows it: `read cred_a loja-*`.
impl fmt::Display for TokenLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scope.as_str())?;
        if let Some(server) = &self.server {
            write!(f, " {server}")?;
        }
        self.prefix.as_ref().map_or(Ok(()), |prefix| write!(f, " {prefix}*"))
    }
}

/// Reads how names begin: what a name can begin with.
pub fn name_prefix(text: &str) -> Result<String, Invalid> {
    Name::parse(text).map(|name| name.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_itself_and_the_full_one_all() {
        for (scope, covered) in [
            (TokenScope::Ensure, [true, false, false]),
            (TokenScope::Read, [false, true, false]),
            (TokenScope::Admin, [true, true, true]),
        ] {
            assert_eq!(TokenScope::ALL.map(|needed| scope.covers(needed)), covered, "{scope:?}");
            assert_eq!(TokenScope::parse(scope.as_str()), Ok(scope));
        }
        assert_eq!(TokenScope::parse("Admin"), Err(Invalid::TokenScope));
    }

    #[test]
    fn a_narrowed_token_reaches_its_instances_and_nothing_else() {
        let limits =
            TokenLimits { server: Some("cred_a".into()), prefix: Some("loja-".into()), ..Default::default() };
        for (name, server, reached) in [
            ("loja-1", Some("cred_a"), true),
            ("loja-", Some("cred_a"), true),
            ("loja", Some("cred_a"), false),
            ("Loja-1", Some("cred_a"), false),
            ("loja-1", Some("cred_b"), false),
            ("loja-1", None, false),
        ] {
            assert_eq!(limits.has_name(name) && limits.has_server(server), reached, "{name} {server:?}");
        }
        let everything = TokenLimits::default();
        assert!(everything.has_name("x") && everything.has_server(None) && !everything.is_narrowed());
        for (permission, left) in [
            (Permission::ManageUsers, false),
            (Permission::ManageAllInstances, true),
            (Permission::AdoptPaired, true),
        ] {
            assert_eq!(limits.allow(permission), left, "{permission:?}");
            assert!(everything.allow(permission), "{permission:?}");
        }
        let ensure = TokenLimits { scope: TokenScope::Ensure, ..Default::default() };
        assert!(!ensure.allow(Permission::AdoptPaired));
    }
}
