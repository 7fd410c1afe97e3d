-- Where an instance's home is: what servers list that no row there has, and rows whose instance has a name of its
-- own upstream. Times are milliseconds since the Unix epoch, UTC.

-- The instance's name upstream, where that is one that channelInstanceId may not be; null: channelInstanceId.
ALTER TABLE messaging_instances ADD COLUMN upstreamName TEXT;

-- The names upstream, by which rows are found for what a server lists. The cast gives them the affinity of a column:
-- without it SQLite compares them with one by reading every row.
CREATE INDEX messaging_instances_upstream ON messaging_instances
    (CAST(coalesce(upstreamName, channelInstanceId) AS TEXT));

-- What each server listed last and no row of it has, as the monitor or a call saw it.
CREATE TABLE unmanaged_instances (
    credentialId TEXT NOT NULL REFERENCES integration_credentials (id) ON DELETE CASCADE, -- the server that lists it
    name         TEXT NOT NULL,                 -- its name upstream, letter for letter
    upstreamId   TEXT,                          -- its id there; null: it has none
    isPhone      INTEGER NOT NULL CHECK (isPhone IN (0, 1)), -- 0: of a kind that no phone is paired with
    isPaired     INTEGER NOT NULL CHECK (isPaired IN (0, 1)), -- 1: a phone was paired when it was first listed
    seenAt       INTEGER NOT NULL,              -- when it was first listed
    PRIMARY KEY (credentialId, name)
) STRICT;

CREATE INDEX unmanaged_instances_name ON unmanaged_instances (name);

-- The rows whose name another server in use has for a phone as well: one at another address, for an instance with
-- another id.
CREATE VIEW doubled_instances AS
    SELECT i.id AS instanceId, i.status, u.name, u.credentialId, c.name AS server
    FROM unmanaged_instances u
    JOIN messaging_instances i ON CAST(coalesce(i.upstreamName, i.channelInstanceId) AS TEXT) = u.name
    JOIN integration_credentials own ON own.id = i.credentialId
    JOIN integration_credentials c ON c.id = u.credentialId
    WHERE u.isPhone AND c.isActive AND c.type = +i.channel AND c.id <> own.id AND c.baseUrl <> own.baseUrl
        AND (u.upstreamId IS NULL OR u.upstreamId IS NOT i.upstreamId);
