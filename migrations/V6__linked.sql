-- Which phone is really linked, and what people write down about an instance. Times are milliseconds since the
-- Unix epoch, UTC.

-- The number that WhatsApp says is linked, digits as it writes them; null: not seen since the pairing, or hidden.
ALTER TABLE messaging_instances ADD COLUMN linkedNumber TEXT;
-- linkedNumber without the digit that three countries write or leave out, by which one phone is found under
-- two names; null where linkedNumber is.
ALTER TABLE messaging_instances ADD COLUMN linkedKey TEXT;
-- What the linked account calls itself; null: not known.
ALTER TABLE messaging_instances ADD COLUMN profileName TEXT;
-- When that number or name was first seen; null: none was since the pairing.
ALTER TABLE messaging_instances ADD COLUMN linkedSeenAt INTEGER;

-- What people call the instance; null: by its name.
ALTER TABLE messaging_instances ADD COLUMN displayName TEXT;
-- What people want to remember of it; null: nothing.
ALTER TABLE messaging_instances ADD COLUMN note TEXT;
-- Its labels, a JSON array of texts; null: none.
ALTER TABLE messaging_instances ADD COLUMN labels TEXT;
-- What searches look through: a line with displayName and one for each label, without accents and capitals; null
-- where both are.
ALTER TABLE messaging_instances ADD COLUMN searchText TEXT;

-- What was seen beside the change: of a row that is connected, linkedNumber; null: nothing.
ALTER TABLE instance_events ADD COLUMN detail TEXT;

-- The index of lists, with what they filter and search by now.
DROP INDEX messaging_instances_listed;
CREATE INDEX messaging_instances_listed ON messaging_instances
    (channel, channelInstanceId, userId, status, credentialId, channelPhoneOrId, linkedNumber, searchText);

-- The names under which one phone is linked, of one user or of the others.
CREATE INDEX messaging_instances_linkedKey ON messaging_instances
    (linkedKey, status, userId, channelInstanceId) WHERE linkedKey IS NOT NULL;

-- As before, and the line of a connection says which phone it is.
DROP TRIGGER messaging_instances_changed;
CREATE TRIGGER messaging_instances_changed AFTER UPDATE OF status ON messaging_instances
WHEN NEW.status <> OLD.status BEGIN
    INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason, detail)
        VALUES (NEW.id, NEW.updatedAt, OLD.status, NEW.status, NEW.statusReason,
            CASE WHEN NEW.status = 'connected' THEN NEW.linkedNumber END);
    UPDATE messaging_instances SET statusSince = NEW.updatedAt WHERE id = NEW.id;
    UPDATE connect_links SET usedAt = NEW.updatedAt
        WHERE instanceId = NEW.id AND usedAt IS NULL AND NEW.status = 'connected';
END;

-- The phone of a connection is often seen a moment after the connection: its line is completed. Another phone
-- has a line of its own.
CREATE TRIGGER messaging_instances_linked AFTER UPDATE OF linkedNumber ON messaging_instances
WHEN OLD.status = 'connected' AND NEW.status = 'connected'
    AND NEW.linkedNumber IS NOT NULL AND NEW.linkedNumber IS NOT OLD.linkedNumber BEGIN
    UPDATE instance_events SET detail = NEW.linkedNumber
        WHERE detail IS NULL AND toStatus = 'connected'
            AND id = (SELECT max(id) FROM instance_events WHERE instanceId = NEW.id);
    INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason, detail)
        SELECT NEW.id, NEW.updatedAt, OLD.status, NEW.status, 'linked', NEW.linkedNumber
        WHERE NEW.linkedNumber IS NOT (
            SELECT detail FROM instance_events WHERE instanceId = NEW.id ORDER BY id DESC LIMIT 1);
END;
