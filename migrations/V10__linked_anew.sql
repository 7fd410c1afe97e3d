-- Another phone is one that takes the place of a phone. The first one that is seen of a connection is none, also
-- where the line of that connection is gone from the history because it is old. Lines about other things than
-- connections (settings, doubles) say nothing of phones.
DROP TRIGGER messaging_instances_linked;
CREATE TRIGGER messaging_instances_linked AFTER UPDATE OF linkedNumber ON messaging_instances
WHEN OLD.status = 'connected' AND NEW.status = 'connected'
    AND NEW.linkedNumber IS NOT NULL AND NEW.linkedNumber IS NOT OLD.linkedNumber BEGIN
    UPDATE instance_events SET detail = NEW.linkedNumber
        WHERE detail IS NULL AND toStatus = 'connected'
            AND id = (SELECT max(id) FROM instance_events
                WHERE instanceId = NEW.id AND (fromStatus IS NOT toStatus OR reason = 'linked'));
    INSERT INTO instance_events (instanceId, at, fromStatus, toStatus, reason, detail)
        SELECT NEW.id, NEW.updatedAt, OLD.status, NEW.status, 'linked', NEW.linkedNumber
        WHERE NEW.linkedNumber <> coalesce(OLD.linkedNumber, (
            SELECT detail FROM instance_events
            WHERE instanceId = NEW.id AND (fromStatus IS NOT toStatus OR reason = 'linked')
            ORDER BY id DESC LIMIT 1));
END;
