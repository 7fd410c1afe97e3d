-- Where numbers are placed, and what a number left on the server that it moved from. Times are milliseconds since the Unix epoch, UTC.

-- Most rows that are placed on the server; null: no bound.
ALTER TABLE integration_credentials ADD COLUMN capacity INTEGER CHECK (capacity >= 0);
-- How many rows the server is given for each one of a server of weight 1.
ALTER TABLE integration_credentials ADD COLUMN weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 100);
-- "open": rows that have no server are placed there; "closed": none is; "draining": its own rows move away as well.
ALTER TABLE integration_credentials ADD COLUMN intake TEXT NOT NULL DEFAULT 'open'
    CHECK (intake IN ('open', 'closed', 'draining'));

-- What each server's list of everything showed when it was last written down, which is every few minutes.
CREATE TABLE server_loads (
    credentialId TEXT NOT NULL PRIMARY KEY REFERENCES integration_credentials (id) ON DELETE CASCADE, -- the server
    listMillis   INTEGER NOT NULL,              -- how long the list took, in milliseconds
    listed       INTEGER NOT NULL,              -- how many instances it had
    listedAt     INTEGER NOT NULL               -- when that was
) STRICT;

-- The instances that rows left on the servers they moved from. Each is removed there once its row is connected on
-- its new server, or when somebody asks for it.
CREATE TABLE left_instances (
    instanceId   TEXT NOT NULL REFERENCES messaging_instances (id) ON DELETE CASCADE, -- the row that moved
    credentialId TEXT NOT NULL REFERENCES integration_credentials (id) ON DELETE CASCADE, -- the server that it left
    upstreamId   TEXT,                          -- the id there of what it left; null: it has none
    pairedAt     INTEGER,                       -- when a phone was last seen connected there; null: none was
    leftAt       INTEGER NOT NULL,              -- when the row moved
    PRIMARY KEY (instanceId, credentialId)
) STRICT;

CREATE INDEX left_instances_credentialId ON left_instances (credentialId);

-- The same as before, but for what a row left itself.
DROP VIEW doubled_instances;
CREATE VIEW doubled_instances AS
    SELECT i.id AS instanceId, i.status, u.name, u.credentialId, c.name AS server
    FROM unmanaged_instances u
    JOIN messaging_instances i ON CAST(coalesce(i.upstreamName, i.channelInstanceId) AS TEXT) = u.name
    JOIN integration_credentials own ON own.id = i.credentialId
    JOIN integration_credentials c ON c.id = u.credentialId
    WHERE u.isPhone AND c.isActive AND c.type = +i.channel AND c.id <> own.id AND c.baseUrl <> own.baseUrl
        AND (u.upstreamId IS NULL OR u.upstreamId IS NOT i.upstreamId)
        AND NOT EXISTS (SELECT 1 FROM left_instances l WHERE l.instanceId = i.id AND l.credentialId = c.id);
