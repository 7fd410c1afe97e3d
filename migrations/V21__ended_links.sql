-- Connect links that were ended, and those that messages have. Times are milliseconds since the Unix epoch, UTC.

-- When somebody ended the link, from when on it opens nothing; null: nobody has.
ALTER TABLE connect_links ADD COLUMN revokedAt INTEGER;
-- The message that has the link, which ends with it; null: a person asked for the link.
ALTER TABLE connect_links ADD COLUMN messageId TEXT REFERENCES notice_messages (id) ON DELETE CASCADE;

-- A message has one link for an instance, however often it is sent.
CREATE UNIQUE INDEX connect_links_messageId ON connect_links (messageId, instanceId) WHERE messageId IS NOT NULL;

-- What was used or revoked stays so, whoever writes.
CREATE TRIGGER connect_links_ended BEFORE UPDATE OF usedAt, revokedAt ON connect_links
WHEN OLD.usedAt IS NOT NULL AND NEW.usedAt IS NULL OR OLD.revokedAt IS NOT NULL AND NEW.revokedAt IS NULL BEGIN
    SELECT RAISE(ABORT, 'a link that was ended stays so');
END;
