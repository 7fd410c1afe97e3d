-- What people set of an instance upstream (webhook, proxy, …), so that an instance that is created anew gets it back.
-- It outlives its row for a while, and goes back to an instance of the same owner alone.
CREATE TABLE saved_settings (
    channel           TEXT NOT NULL,            -- with the name, whose settings these are
    channelInstanceId TEXT NOT NULL,            -- the name
    userId            TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- the owner when they were saved
    sealed            TEXT NOT NULL,            -- what is set, by kind, as JSON sealed with the key of pareia.key
    savedAt           INTEGER NOT NULL,         -- when that changed last, or the row was deleted
    awaited           TEXT NOT NULL DEFAULT '', -- kinds that still have to be put back, between commas
    createdAt         INTEGER,                  -- when the create left that made them go; null: there was none
    createdId         TEXT,                     -- the id of the instance that it made; null: not known
    PRIMARY KEY (channel, channelInstanceId)
) STRICT;

CREATE INDEX saved_settings_userId ON saved_settings (userId);

-- Whoever is given a row is given what was set of it.
CREATE TRIGGER messaging_instances_given AFTER UPDATE OF userId ON messaging_instances
WHEN NEW.userId <> OLD.userId BEGIN
    UPDATE saved_settings SET userId = NEW.userId
        WHERE channel = NEW.channel AND channelInstanceId = NEW.channelInstanceId AND userId = OLD.userId;
END;
