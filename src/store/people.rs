//! Users and their bearer tokens.

use rusqlite::{OptionalExtension, Row, params};

use super::audit::note;
use super::instances::parsed;
use super::{Error, Store};
use crate::crypto::{new_id, new_token, token_hash};
use crate::domain::{AuditAction, Caller, Millis, Name, Role, Secret, TokenLimits, TokenScope};

/// A user as lists show it.
#[derive(Clone, Debug)]
pub struct UserLine {
    pub id: String,
    /// What an administrator calls them.
    pub name: String,
    pub role: Role,
    /// How many instances they own.
    pub instances: u32,
    /// How many tokens they have, expired ones included.
    pub tokens: u32,
    /// Whether they can log in to the page.
    pub has_password: bool,
    pub created_at: Millis,
}

impl UserLine {
    /// The user as a caller.
    pub fn caller(&self) -> Caller {
        Caller::of(&*self.id, self.role)
    }
}

/// A new token, which is returned once.
#[derive(Debug)]
pub struct NewToken {
    pub id: String,
    pub token: Secret,
}

/// A token as lists show it.
#[derive(Debug)]
pub struct TokenLine {
    pub id: String,
    /// The name of the user whose calls the token makes.
    pub user: String,
    /// What it is for.
    pub name: Option<String>,
    /// What it allows at most.
    pub limits: TokenLimits,
    /// From when on the token is refused.
    pub expires_at: Option<Millis>,
    /// When the token was last used, to the hour.
    pub last_used_at: Option<Millis>,
    pub created_at: Millis,
}

/// The caller whom a token identifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    pub caller: Caller,
    /// The user's name.
    pub user: String,
    /// The token's id.
    pub token: String,
    /// Whether the use of the token is to be written down: at most once an hour.
    pub note_due: bool,
}

/// The result of removing a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The user was removed.
    Done,
    /// There is no such user.
    Gone,
    /// The new owner of the instances is not there any more.
    NewOwnerGone,
    /// The user owns instances, and no new owner was named.
    OwnsInstances,
    /// Nobody could log in as administrator any more.
    LastAdministrator,
}

/// The result of giving a user a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleChange {
    /// The user has the role.
    Done,
    /// There is no such user.
    Gone,
    /// There would be no administrator any more, or none who can log in.
    LastAdministrator,
}

/// How often the use of a token is written down.
const USE_NOTED: Millis = 60 * 60 * 1000;

const SELECT_USER: &str =
    "SELECT u.id, u.name, u.role, u.createdAt, u.passwordHash IS NOT NULL AS hasPassword,
        (SELECT count(*) FROM messaging_instances i WHERE i.userId = u.id) AS instances,
        (SELECT count(*) FROM api_tokens t WHERE t.userId = u.id) AS tokens
    FROM users u";

impl Store {
    /// Adds a user, who has no password, and returns its id; `None` when the name is taken, in whatever capitals.
    pub fn add_user(&self, name: &Name, role: Role) -> Result<Option<String>, Error> {
        self.add_user_with(name, role, None)
    }

    /// Adds a user with the hash of a password.
    pub fn add_user_with(
        &self,
        name: &Name,
        role: Role,
        hash: Option<&str>,
    ) -> Result<Option<String>, Error> {
        let id = new_id("u");
        let insert = "INSERT INTO users (id, name, role, createdAt, passwordHash)
            SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM users WHERE name = ?2 COLLATE NOCASE)";
        let now = self.clock.now();
        let added = self.write(|t| {
            let added = t.execute(insert, params![id, name.as_str(), role.as_str(), now, hash])?;
            note(t, now, AuditAction::UserAdd, &id, role.as_str()).map(|()| added)
        })?;
        Ok((added == 1).then_some(id))
    }

    /// Every user, by name.
    pub fn users(&self) -> Result<Vec<UserLine>, Error> {
        self.read(|c| {
            c.prepare_cached(&format!("{SELECT_USER} ORDER BY u.name"))?.query_map([], read_user)?.collect()
        })
    }

    /// The user of that name.
    pub fn user(&self, name: &str) -> Result<Option<UserLine>, Error> {
        let query = format!("{SELECT_USER} WHERE u.name = ?1");
        self.read(|c| c.prepare_cached(&query)?.query_row([name], read_user).optional())
    }

    /// The user of that id.
    pub fn user_by_id(&self, id: &str) -> Result<Option<UserLine>, Error> {
        let query = format!("{SELECT_USER} WHERE u.id = ?1");
        self.read(|c| c.prepare_cached(&query)?.query_row([id], read_user).optional())
    }

    /// Removes a user with its tokens and sessions. Its instances go to the user `new_owner`, where one
    /// is named. Changes nothing unless the result is `Done`.
    ///
    /// `keep_administrator` refuses the last one who can log in: the page must not lock everybody out, while
    /// the command line can always add another.
    pub fn remove_user(
        &self,
        id: &str,
        new_owner: Option<&str>,
        keep_administrator: bool,
    ) -> Result<Removal, Error> {
        let others = "SELECT count(*) FILTER (WHERE id = ?1) > 0 AND count(*) = 1
            FROM users WHERE role = 'administrator' AND passwordHash IS NOT NULL";
        let named = "SELECT name FROM users WHERE id = ?1";
        self.write(|t| {
            let name_of = |id| t.query_row(named, [id], |row| row.get::<_, String>(0)).optional();
            if name_of(id)?.is_none() {
                return Ok(Removal::Gone);
            }
            if keep_administrator && t.query_row(others, [id], |row| row.get(0))? {
                return Ok(Removal::LastAdministrator);
            }
            let mut given_to = String::new();
            if let Some(new_owner) = new_owner {
                let Some(name) = name_of(new_owner)? else { return Ok(Removal::NewOwnerGone) };
                given_to = name;
                t.execute(
                    "UPDATE messaging_instances SET userId = ?2, updatedAt = ?3 WHERE userId = ?1",
                    params![id, new_owner, self.clock.now()],
                )?;
            }
            let owns = "SELECT EXISTS (SELECT 1 FROM messaging_instances WHERE userId = ?1)";
            if t.query_row(owns, [id], |row| row.get(0))? {
                return Ok(Removal::OwnsInstances);
            }
            note(t, self.clock.now(), AuditAction::UserRemove, id, &given_to)?;
            t.execute("DELETE FROM users WHERE id = ?1", [id])?;
            Ok(Removal::Done)
        })
    }

    /// Gives a user a role, which counts from the next request on. The last administrator keeps it, and of those with
    /// a password the last one who has one.
    pub fn set_role(&self, id: &str, role: Role) -> Result<RoleChange, Error> {
        let set =
            "UPDATE users SET role = ?2 WHERE id = ?1 AND (?2 = 'administrator' OR role <> 'administrator'
            OR EXISTS (SELECT 1 FROM users o WHERE o.id <> ?1 AND o.role = 'administrator'
                AND (o.passwordHash IS NOT NULL OR users.passwordHash IS NULL)))";
        let there = "SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1)";
        self.write(|t| {
            if t.execute(set, params![id, role.as_str()])? == 1 {
                note(t, self.clock.now(), AuditAction::UserRole, id, role.as_str())?;
                return Ok(RoleChange::Done);
            }
            let is_there: bool = t.query_row(there, [id], |row| row.get(0))?;
            Ok(if is_there { RoleChange::LastAdministrator } else { RoleChange::Gone })
        })
    }

    /// Makes a token for a user that nothing narrows.
    pub fn add_token(
        &self,
        user: &str,
        name: Option<&str>,
        expires_at: Option<Millis>,
    ) -> Result<NewToken, Error> {
        self.add_token_with(user, name, expires_at, &TokenLimits::default())
    }

    /// Makes a token for a user.
    pub fn add_token_with(
        &self,
        user: &str,
        name: Option<&str>,
        expires_at: Option<Millis>,
        limits: &TokenLimits,
    ) -> Result<NewToken, Error> {
        let new = NewToken { id: new_id("t"), token: new_token() };
        let (hash, now) = (token_hash(new.token.expose()), self.clock.now());
        let TokenLimits { scope, server, prefix } = limits;
        let insert = "INSERT INTO api_tokens
            (id, userId, name, hash, expiresAt, createdAt, scope, credentialId, namePrefix)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let row = params![new.id, user, name, hash, expires_at, now, scope.as_str(), server, prefix];
        let owner = "SELECT name FROM users WHERE id = ?1";
        self.write(|t| {
            t.execute(insert, row)?;
            let owner: String = t.query_row(owner, [user], |row| row.get(0))?;
            note(t, now, AuditAction::TokenCreate, &new.id, &format!("{owner} {limits}"))
        })?;
        Ok(new)
    }

    /// Every token, by user and age.
    pub fn tokens(&self) -> Result<Vec<TokenLine>, Error> {
        self.read(|c| {
            c.prepare_cached(
                "SELECT t.id, u.name, t.name, t.expiresAt, t.createdAt, t.lastUsedAt,
                    t.scope, t.credentialId, t.namePrefix
                 FROM api_tokens t JOIN users u ON u.id = t.userId ORDER BY u.name, t.createdAt, t.id",
            )?
            .query_map([], |row| {
                Ok(TokenLine {
                    id: row.get(0)?,
                    user: row.get(1)?,
                    name: row.get(2)?,
                    expires_at: row.get(3)?,
                    created_at: row.get(4)?,
                    last_used_at: row.get(5)?,
                    limits: limits(row, 6)?,
                })
            })?
            .collect()
        })
    }

    /// Ends a token; `false` when there is none of that id.
    pub fn revoke_token(&self, id: &str) -> Result<bool, Error> {
        let revoked = self.write(|t| {
            note(t, self.clock.now(), AuditAction::TokenRevoke, id, "")?;
            t.execute("DELETE FROM api_tokens WHERE id = ?1", [id])
        })?;
        Ok(revoked == 1)
    }

    /// The caller whom the token identifies; `None` when it is nobody's, or expired.
    ///
    /// Looks the token up by its hash, so that the time tells nothing of how much of a guess is right.
    pub fn caller(&self, token: &str) -> Result<Option<Identified>, Error> {
        let now = self.clock.now();
        self.read(|c| {
            c.prepare_cached(
                "SELECT u.id, u.role, t.lastUsedAt, t.scope, t.credentialId, t.namePrefix, u.name, t.id
                 FROM api_tokens t JOIN users u ON u.id = t.userId
                 WHERE t.hash = ?1 AND (t.expiresAt IS NULL OR t.expiresAt > ?2)",
            )?
            .query_row(params![token_hash(token), now], |row| {
                let used: Option<Millis> = row.get(2)?;
                Ok(Identified {
                    caller: Caller { user: row.get(0)?, role: role(row, 1)?, limits: limits(row, 3)? },
                    user: row.get(6)?,
                    token: row.get(7)?,
                    note_due: used.is_none_or(|at| at <= now - USE_NOTED),
                })
            })
            .optional()
        })
    }

    /// Writes down that the token was used.
    pub fn note_token(&self, token: &str) -> Result<(), Error> {
        let note = "UPDATE api_tokens SET lastUsedAt = ?2 WHERE hash = ?1";
        self.write(|t| t.execute(note, params![token_hash(token), self.clock.now()])).map(drop)
    }
}

fn read_user(row: &Row) -> rusqlite::Result<UserLine> {
    Ok(UserLine {
        id: row.get(0)?,
        name: row.get(1)?,
        role: role(row, 2)?,
        created_at: row.get(3)?,
        has_password: row.get(4)?,
        instances: row.get(5)?,
        tokens: row.get(6)?,
    })
}

/// The role that a column holds.
pub(super) fn role(row: &Row, column: usize) -> rusqlite::Result<Role> {
    parsed(row, column, |word| Role::parse(word).ok())
}

/// The limits that three columns hold, from that one on.
fn limits(row: &Row, first: usize) -> rusqlite::Result<TokenLimits> {
    let scope = parsed(row, first, |word| TokenScope::parse(word).ok())?;
    Ok(TokenLimits { scope, server: row.get(first + 1)?, prefix: row.get(first + 2)? })
}
