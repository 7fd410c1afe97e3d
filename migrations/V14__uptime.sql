-- Availability: when servers were asked, on which servers rows were before, since when a number is in use. Times are
-- milliseconds since the Unix epoch, UTC.

-- Spans in which the monitor asked a server, noted once a minute and where that changes, kept for 90 days. Where there
-- is none, nothing is known: this program did not run, or did not ask that server.
CREATE TABLE server_spans (
    id           INTEGER NOT NULL PRIMARY KEY,  -- rises with time
    credentialId TEXT NOT NULL,                 -- the server; its spans outlive its credential
    beganAt      INTEGER NOT NULL,              -- when it first answered; of one that fails, when it was last heard
    endedAt      INTEGER NOT NULL,              -- until when that is known to have lasted
    answered     INTEGER NOT NULL CHECK (answered IN (0, 1)) -- 1: it answered; 0: it failed
) STRICT;

CREATE INDEX server_spans_credentialId ON server_spans (credentialId, id);
CREATE INDEX server_spans_endedAt ON server_spans (endedAt);

-- Servers that rows have left, kept for 90 days. A trigger writes them.
CREATE TABLE instance_moves (
    instanceId   TEXT NOT NULL REFERENCES messaging_instances (id) ON DELETE CASCADE, -- the row
    at           INTEGER NOT NULL,              -- when it left
    credentialId TEXT                           -- the server it left; null: it had none
) STRICT;

CREATE INDEX instance_moves_instanceId ON instance_moves (instanceId, at);
CREATE INDEX instance_moves_at ON instance_moves (at);

CREATE TRIGGER messaging_instances_moved AFTER UPDATE OF credentialId ON messaging_instances
WHEN NEW.credentialId IS NOT OLD.credentialId BEGIN
    INSERT INTO instance_moves (instanceId, at, credentialId)
        VALUES (NEW.id, max(NEW.updatedAt, coalesce(NEW.orphanedAt, 0)), OLD.credentialId);
END;

-- When a phone was first connected, as far as the history goes, from when on its availability counts; null: none has
-- been yet.
ALTER TABLE messaging_instances ADD COLUMN firstConnectedAt INTEGER;

UPDATE messaging_instances SET firstConnectedAt = coalesce(
    (SELECT min(at) FROM instance_events WHERE instanceId = messaging_instances.id AND 'connected' IN (fromStatus, toStatus)),
    pairedAt, CASE status WHEN 'connected' THEN updatedAt END); -- no event of it is kept

CREATE TRIGGER messaging_instances_first_written AFTER INSERT ON messaging_instances
WHEN NEW.status = 'connected' BEGIN
    UPDATE messaging_instances SET firstConnectedAt = NEW.createdAt WHERE id = NEW.id;
END;

CREATE TRIGGER messaging_instances_first_connected AFTER UPDATE OF status ON messaging_instances
WHEN NEW.status = 'connected' AND NEW.firstConnectedAt IS NULL BEGIN
    UPDATE messaging_instances SET firstConnectedAt = NEW.updatedAt WHERE id = NEW.id;
END;
