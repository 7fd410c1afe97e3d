//! What a row should say by what was seen, and its writing, which gives way to any call.

use std::time::Instant;

use super::Rounds;
use crate::domain::{Reason, Status};
use crate::instance::monitor::judge::{Amiss, Known, Lasted, Upstream, Verdict, judge};
use crate::instance::monitor::snapshot::Round;
use crate::store::Watched;

impl Rounds<'_> {
    pub(super) fn is_long_missing(&mut self, name: &str) -> bool {
        self.doubts.lasted(name, Some(Amiss::Missing), &self.shared.pace) == Lasted::Long
    }

    pub(super) fn judge(&mut self, round: &Round, at: usize, upstream: Upstream) -> Verdict {
        let row = &round.rows[at];
        judge(&Known {
            ours: round.is_ours(at),
            status: row.status,
            reason: row.reason,
            upstream,
            lasted: self.doubts.lasted(&row.name, upstream.amiss(), &self.shared.pace),
        })
    }

    /// Does what the verdict says; whether the row says what is so.
    pub(super) fn settle(&mut self, round: &Round, at: usize, verdict: Verdict, seen: Upstream) -> bool {
        let row = &round.rows[at];
        let settled = match (verdict, seen.amiss()) {
            (Verdict::Doubt, Some(amiss)) => {
                self.doubts.doubt(&row.name, amiss);
                return false;
            }
            (Verdict::Keep | Verdict::Doubt, _) => true,
            (Verdict::Change(status, reason), _) => self.apply(round.trace, row, status, reason),
        };
        if settled {
            self.doubts.clear(&row.name);
        }
        settled
    }

    /// Writes the row, if nobody is at work on its name and nobody was since it was read.
    fn apply(&self, trace: &str, row: &Watched, status: Status, reason: Reason) -> bool {
        let store = &self.shared.store;
        let _turn = match store.instance_turn(row.channel, &row.name, Instant::now()) {
            Ok(Some(turn)) => turn,
            Ok(None) => return false,
            Err(error) => {
                log::error!("id={trace} the lock of {}: {error}", row.name);
                return false;
            }
        };
        match self.server.write(|| store.note_status(row, status, reason)) {
            Some(Ok(true)) => {
                let (before, now, why) = (row.status.as_str(), status.as_str(), reason.word());
                let credential = &self.server.credential.id;
                log::info!("id={trace} {} at credential {credential}: {before} → {now} ({why})", row.name);
                true
            }
            Some(Ok(false)) | None => false,
            Some(Err(error)) => {
                log::error!("id={trace} the row of {} could not be written: {error}", row.name);
                false
            }
        }
    }
}
