-- Who did what, from where, when, and with what result. Kept for a year, and never changed. Times are milliseconds
-- since the Unix epoch, UTC.

CREATE TABLE audit_entries (
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- rises with time
    at        INTEGER NOT NULL,                 -- when it was done, or refused
    actor     TEXT,                             -- who: the user's name then, or the system's user of a command; null: nobody that is known, or this program
    userId    TEXT,                             -- the id of that user, who may be gone since; null: no user of ours
    via       TEXT NOT NULL,                    -- by what: "session", "token", "command_line", "program" or "nobody"
    viaId     TEXT,                             -- the id of that session or token; null: of none
    address   TEXT,                             -- the address that it came from; null: from this machine
    requestId TEXT,                             -- the id of the request, as the log has it; null: no request
    action    TEXT NOT NULL,                    -- what: one of the words of domain::AuditAction
    subjectId TEXT,                             -- the id of what it was done to, which may be gone since; null: of nothing
    subject   TEXT,                             -- what that was called then; null: nothing, or it was erased
    detail    TEXT,                             -- what of it, never a secret; null: nothing more, or it was erased
    result    TEXT NOT NULL                     -- "done", or the API's code of why not
) STRICT;

CREATE INDEX audit_entries_at ON audit_entries (at);
CREATE INDEX audit_entries_actor ON audit_entries (actor, id);
CREATE INDEX audit_entries_subject ON audit_entries (subject, id);

-- Append only: an erasure takes away what something was called, and nothing else of an entry ever changes.
CREATE TRIGGER audit_entries_fixed BEFORE UPDATE ON audit_entries
WHEN NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.actor IS NOT OLD.actor OR NEW.userId IS NOT OLD.userId
    OR NEW.via IS NOT OLD.via OR NEW.viaId IS NOT OLD.viaId OR NEW.address IS NOT OLD.address
    OR NEW.requestId IS NOT OLD.requestId OR NEW.action IS NOT OLD.action OR NEW.subjectId IS NOT OLD.subjectId
    OR NEW.result IS NOT OLD.result OR NEW.subject IS NOT NULL OR NEW.detail IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'audit_entries is append only');
END;

-- Only what is older than a year when the daily purge runs goes, and the oldest beyond a million.
CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries
WHEN OLD.at >= coalesce((SELECT CAST(value AS INTEGER) FROM settings WHERE name = 'purged'), 0) - 365 * 86400000
    AND OLD.id > (SELECT seq FROM sqlite_sequence WHERE name = 'audit_entries') - 1000000 BEGIN
    SELECT RAISE(ABORT, 'audit_entries is append only');
END;
