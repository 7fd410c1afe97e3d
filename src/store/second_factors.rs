//! Second factors of logins and their recovery codes. The rules, and what a code is, are in `admin::second_factor`.

use rusqlite::{OptionalExtension, params};

use super::audit::note;
use super::{Error, Store};
use crate::domain::{AuditAction, Secret};

/// A user's second factor.
#[derive(Debug)]
pub struct SecondFactor {
    /// What codes are worked out from; `None`: it was sealed with another key.
    pub secret: Option<Secret>,
    /// Whether logins ask for it.
    pub is_confirmed: bool,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
    /// The secret as it is stored, by which it is known again.
    sealed: String,
}

impl Store {
    /// The second factor of that user, confirmed or not.
    pub fn second_factor(&self, user: &str) -> Result<Option<SecondFactor>, Error> {
        self.read(|c| {
            c.prepare_cached(
                "SELECT secret, isConfirmed, (SELECT count(*) FROM recovery_codes r WHERE r.userId = f.userId)
                 FROM second_factors f WHERE userId = ?1",
            )?
            .query_row([user], |row| {
                let sealed: String = row.get(0)?;
                let secret = self.sealer.open(user, &sealed);
                Ok(SecondFactor { secret, is_confirmed: row.get(1)?, recovery_codes: row.get(2)?, sealed })
            })
            .optional()
        })
    }

    /// Keeps a secret that a code has to confirm, in place of one that none has; `false` when one is confirmed.
    pub fn begin_second_factor(&self, user: &str, secret: &Secret) -> Result<bool, Error> {
        let begin = "INSERT INTO second_factors (userId, secret) VALUES (?1, ?2)
            ON CONFLICT (userId) DO UPDATE SET secret = excluded.secret, lastStep = 0 WHERE NOT isConfirmed";
        let sealed = self.sealer.seal(user, secret);
        Ok(self.write(|t| t.execute(begin, params![user, sealed]))? == 1)
    }

    /// Lets logins ask for the second factor, with recovery codes, once a code of that step has confirmed it;
    /// `false` when it was confirmed or replaced meanwhile.
    pub fn confirm_second_factor(
        &self,
        user: &str,
        factor: &SecondFactor,
        step: i64,
        recovery_codes: &[Secret],
    ) -> Result<bool, Error> {
        let confirm = "UPDATE second_factors SET isConfirmed = 1, lastStep = ?3
            WHERE userId = ?1 AND secret = ?2 AND NOT isConfirmed";
        let marks: Vec<_> =
            recovery_codes.iter().map(|code| self.recovery_mark(user, code.expose())).collect();
        self.write(|t| {
            if t.execute(confirm, params![user, factor.sealed, step])? == 0 {
                return Ok(false);
            }
            for mark in &marks {
                t.execute("INSERT INTO recovery_codes (userId, hash) VALUES (?1, ?2)", params![user, mark])?;
            }
            note(t, self.clock.now(), AuditAction::UserFactorOn, user, "")?;
            Ok(true)
        })
    }

    /// Uses up the code of a step; `false` when it or a later one was used before.
    pub fn use_code_step(&self, user: &str, step: i64) -> Result<bool, Error> {
        let use_up =
            "UPDATE second_factors SET lastStep = ?2 WHERE userId = ?1 AND isConfirmed AND lastStep < ?2";
        Ok(self.write(|t| t.execute(use_up, params![user, step]))? == 1)
    }

    /// Uses up a recovery code; `false` when the user has none such.
    pub fn use_recovery_code(&self, user: &str, code: &str) -> Result<bool, Error> {
        let use_up = "DELETE FROM recovery_codes WHERE userId = ?1 AND hash = ?2";
        let mark = self.recovery_mark(user, code);
        Ok(self.write(|t| t.execute(use_up, params![user, mark]))? == 1)
    }

    /// Removes a user's second factor with its recovery codes; `false` when there is none.
    pub fn remove_second_factor(&self, user: &str) -> Result<bool, Error> {
        self.write(|t| {
            let removed = t.execute("DELETE FROM second_factors WHERE userId = ?1", [user])? == 1;
            if removed {
                note(t, self.clock.now(), AuditAction::UserFactorOff, user, "")?;
            }
            Ok(removed)
        })
    }

    fn recovery_mark(&self, user: &str, code: &str) -> String {
        self.sealer.recovery_mark(user, code)
    }
}
