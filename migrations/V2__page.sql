-- What the page, the watcher and the links remember. Times are milliseconds since the Unix epoch, UTC.

-- argon2id hash of the password for the page, with its parameters; null: this user has tokens only.
ALTER TABLE users ADD COLUMN passwordHash TEXT;

-- When a call last came with the token, to the hour: it is written at most that often; null: never.
ALTER TABLE api_tokens ADD COLUMN lastUsedAt INTEGER;

-- Why the status is what it is: one of the words of domain::Reason; null: nothing is known.
ALTER TABLE messaging_instances ADD COLUMN statusReason TEXT;
-- When the status became what it is; null: before this was kept, at or before updatedAt.
ALTER TABLE messaging_instances ADD COLUMN statusSince INTEGER;
-- When the code in qrCode was first seen; null: there is none, or it is from before this was kept.
ALTER TABLE messaging_instances ADD COLUMN qrSince INTEGER;

-- When the credential in credentialId was removed, or since when its server had been silent by then;
-- null: it was not, or before this was kept.
ALTER TABLE messaging_instances ADD COLUMN orphanedAt INTEGER;

-- All that lists filter, count and order by, so that none of it reads rows, whose codes make them large.
CREATE INDEX messaging_instances_listed ON messaging_instances
    (channel, channelInstanceId, userId, status, credentialId, channelPhoneOrId);

-- The history of each instance: one row for each change of its status, kept for 90 days. Triggers
-- write it, so that no change goes without, whoever makes it.
CREATE TABLE instance_events (
    id         INTEGER NOT NULL PRIMARY KEY,    -- rises with time
    instanceId TEXT NOT NULL REFERENCES messaging_instances (id) ON DELETE CASCADE, -- whose history this is
    at         INTEGER NOT NULL,                -- when it was seen
    fromStatus TEXT,                            -- the status before; null: the row was written
    toStatus   TEXT NOT NULL,                   -- the status since
    reason     TEXT                             -- statusReason at that moment
) STRICT;

CREATE INDEX instance_events_instanceId ON instance_events (instanceId, id);
CREATE INDEX instance_events_at ON instance_events (at);

CREATE TRIGGER messaging_instances_written AFTER INSERT ON messaging_instances BEGIN
    INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason)
        VALUES (NEW.id, NEW.createdAt, NULL, NEW.status, NEW.statusReason);
    UPDATE messaging_instances SET statusSince = NEW.createdAt WHERE id = NEW.id;
END;

CREATE TRIGGER messaging_instances_changed AFTER UPDATE OF status ON messaging_instances
WHEN NEW.status <> OLD.status BEGIN
    INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason)
        VALUES (NEW.id, NEW.updatedAt, OLD.status, NEW.status, NEW.statusReason);
    UPDATE messaging_instances SET statusSince = NEW.updatedAt WHERE id = NEW.id;
    UPDATE connect_links SET usedAt = NEW.updatedAt
        WHERE instanceId = NEW.id AND usedAt IS NULL AND NEW.status = 'connected';
END;

-- Links that show one instance's code to whoever holds them. The token is in the link only.
CREATE TABLE connect_links (
    id         TEXT NOT NULL PRIMARY KEY,       -- "l" and 24 random letters and digits; names the link
    instanceId TEXT NOT NULL REFERENCES messaging_instances (id) ON DELETE CASCADE, -- what it connects
    hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- SHA-256 of the token
    createdAt  INTEGER NOT NULL,                -- when it was made
    expiresAt  INTEGER NOT NULL,                -- from when on it shows nothing
    usedAt     INTEGER                          -- when the instance connected, from when on it shows no code; null: not yet
) STRICT;

CREATE INDEX connect_links_instanceId ON connect_links (instanceId);

-- Browsers that are logged in to the page. The cookie's value is shown once and never stored.
CREATE TABLE sessions (
    id         TEXT NOT NULL PRIMARY KEY,       -- "s" and 24 random letters and digits; names the session to end it
    userId     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- who is logged in
    hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- SHA-256 of the cookie's value
    client     TEXT NOT NULL,                   -- the browser as it names itself, cut short; empty: it did not
    address    TEXT NOT NULL,                   -- where the login came from
    createdAt  INTEGER NOT NULL,                -- when it logged in
    lastSeenAt INTEGER NOT NULL,                -- when it last asked for anything, to the minute
    expiresAt  INTEGER NOT NULL                 -- when it ends whatever happens
) STRICT;

CREATE INDEX sessions_userId ON sessions (userId);

-- How each server answers the watcher; written when that changes. No row: not asked yet.
CREATE TABLE credential_health (
    credentialId TEXT NOT NULL PRIMARY KEY REFERENCES integration_credentials (id) ON DELETE CASCADE, -- the server and the key it was asked with
    trouble      TEXT,                          -- what is wrong, as the API's error code; "unwatched": nobody asks it; null: it answers
    since        INTEGER NOT NULL               -- since when; of a trouble, when the server was last heard
) STRICT;

-- What a running server leaves for the commands beside it.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,            -- "url": the address under which people reach the page; "purged": up to when what had ended was removed
    value TEXT NOT NULL                         -- its value
) STRICT;
