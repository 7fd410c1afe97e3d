-- Notices: who is told what, and how it was delivered. `instance_events` and `server_events` are the outbox. Times are
-- milliseconds since the Unix epoch, UTC.

-- What happened to servers and to this program itself, kept for 90 days. Triggers write what happened to servers.
CREATE TABLE server_events (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- rises with time
    credentialId TEXT REFERENCES integration_credentials (id) ON DELETE CASCADE, -- the server; null: this program
    at           INTEGER NOT NULL,              -- when it was seen; of a server that fails, when it was last heard
    kind         TEXT NOT NULL,                 -- "server_down", "server_up", "licence_lost" or "backup_failed"
    detail       TEXT                           -- the API's error code, or what a person should know; null: nothing
) STRICT;

CREATE INDEX server_events_credentialId ON server_events (credentialId, id);

CREATE TRIGGER credential_health_written AFTER INSERT ON credential_health BEGIN
    INSERT INTO server_events (credentialId, at, kind, detail)
        SELECT NEW.credentialId, NEW.since, k.kind, NEW.trouble FROM (SELECT CASE
            WHEN NEW.trouble IS NULL THEN 'server_up'
            WHEN NEW.trouble = 'evolution_license_required' THEN 'licence_lost'
            ELSE 'server_down' END AS kind) k
        WHERE NEW.trouble IS NOT 'unwatched' AND k.kind <> coalesce((SELECT e.kind FROM server_events e
            WHERE e.credentialId = NEW.credentialId ORDER BY e.id DESC LIMIT 1), 'server_up');
END;

CREATE TRIGGER credential_health_changed AFTER UPDATE OF trouble ON credential_health BEGIN
    INSERT INTO server_events (credentialId, at, kind, detail)
        SELECT NEW.credentialId, NEW.since, k.kind, NEW.trouble FROM (SELECT CASE
            WHEN NEW.trouble IS NULL THEN 'server_up'
            WHEN NEW.trouble = 'evolution_license_required' THEN 'licence_lost'
            ELSE 'server_down' END AS kind) k
        WHERE NEW.trouble IS NOT 'unwatched' AND k.kind <> coalesce((SELECT e.kind FROM server_events e
            WHERE e.credentialId = NEW.credentialId ORDER BY e.id DESC LIMIT 1), 'server_up');
END;

-- Where notices go.
CREATE TABLE notice_targets (
    id             TEXT NOT NULL PRIMARY KEY,   -- "n" and 24 random letters and digits
    userId         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- whose target it is
    isForAll       INTEGER NOT NULL CHECK (isForAll IN (0, 1)), -- 1: everybody's numbers and all servers; 0: the user's own
    channel        TEXT NOT NULL,               -- "webhook", "ntfy", "telegram", "email" or "whatsapp"
    address        TEXT NOT NULL,               -- where that is, as lists show it
    sealed         TEXT NOT NULL,               -- address, keys and passwords as JSON, sealed with the key of pareia.key
    language       TEXT NOT NULL,               -- "pt-BR" or "en"
    quietFrom      INTEGER,                     -- minute of the day from which nothing is sent; null: at any time
    quietTo        INTEGER,                     -- minute of the day until which nothing is sent; null where quietFrom is
    utcOffset      INTEGER NOT NULL,            -- minutes by which the target's time is ahead of UTC
    isActive       INTEGER NOT NULL CHECK (isActive IN (0, 1)), -- 0: nothing is sent
    instanceEvents INTEGER NOT NULL,            -- the newest of instance_events when it became active
    serverEvents   INTEGER NOT NULL,            -- the newest of server_events when it became active
    createdAt      INTEGER NOT NULL             -- when it was added
) STRICT;

CREATE INDEX notice_targets_userId ON notice_targets (userId);

-- Messages to targets: those that are to be sent, and for 30 days what became of the others.
CREATE TABLE notice_messages (
    id           TEXT NOT NULL PRIMARY KEY,     -- "m" and 24 random letters and digits; receivers know a repeated message by it
    targetId     TEXT NOT NULL REFERENCES notice_targets (id) ON DELETE CASCADE, -- where it goes
    notices      TEXT NOT NULL,                 -- what it tells, a JSON array
    nextAt       INTEGER NOT NULL,              -- from when on it may be sent, or sent again
    attempts     INTEGER NOT NULL,              -- how often it was begun to be sent
    outcome      TEXT NOT NULL,                 -- "pending", "delivered", "refused", "given_up" or "settled" (over before it was sent)
    error        TEXT,                          -- why the last attempt failed, a code; null: it did not
    createdAt    INTEGER NOT NULL,              -- when its first notice was due
    endedAt      INTEGER                        -- when it became what outcome says; null: pending
) STRICT;

CREATE INDEX notice_messages_targetId ON notice_messages (targetId, createdAt);
CREATE INDEX notice_messages_pending ON notice_messages (nextAt) WHERE outcome = 'pending';

-- Up to which event all have been considered, for each of the two tables of events.
CREATE TABLE notice_positions (
    source  TEXT NOT NULL PRIMARY KEY,          -- "instance" or "server"
    eventId INTEGER NOT NULL                    -- the last of them
) STRICT;

INSERT INTO notice_positions VALUES
    ('instance', (SELECT coalesce(max(id), 0) FROM instance_events)), ('server', 0);

-- Subjects of which more has been considered than that, because another subject's event is still being waited for.
CREATE TABLE notice_considered (
    source  TEXT NOT NULL,                      -- "instance" or "server"
    subject TEXT NOT NULL,                      -- the instance's or the credential's id; empty: this program
    eventId INTEGER NOT NULL,                   -- the last event of it that has been considered
    PRIMARY KEY (source, subject)
) STRICT;

-- The id of the newest event is given again after its instance was deleted: what was considered up to it is not the next.
CREATE TRIGGER instance_events_removed AFTER DELETE ON instance_events
WHEN OLD.id > (SELECT coalesce(max(id), 0) FROM instance_events) BEGIN
    UPDATE notice_positions SET eventId = min(eventId, (SELECT coalesce(max(id), 0) FROM instance_events))
        WHERE source = 'instance';
    UPDATE notice_targets SET instanceEvents = min(instanceEvents, (SELECT coalesce(max(id), 0) FROM instance_events));
    DELETE FROM notice_considered
        WHERE source = 'instance' AND eventId > (SELECT coalesce(max(id), 0) FROM instance_events);
END;
