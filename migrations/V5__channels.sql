-- The channels there are, said once: one more is one more line here, in a migration of its own.

CREATE TABLE channels (
    name TEXT NOT NULL PRIMARY KEY              -- one of the words of domain::Channel
) STRICT;

INSERT INTO channels VALUES ('whatsapp_evolution');

-- The two CHECKs that named the channel refer to that table instead. A constraint changes nothing of how rows
-- are stored, so only the text of the two tables is changed, the way SQLite provides for that (its page on
-- ALTER TABLE, section 7): no row is written anew, and indices and triggers stay as they are.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema
SET sql = replace(sql, 'CHECK (type IN (''whatsapp_evolution''))', 'REFERENCES channels (name)')
WHERE type = 'table' AND name = 'integration_credentials';

UPDATE sqlite_schema
SET sql = replace(sql, 'CHECK (channel IN (''whatsapp_evolution''))', 'REFERENCES channels (name)')
WHERE type = 'table' AND name = 'messaging_instances';

-- And has this connection read its tables again; others do when they see that there is a new one.
PRAGMA writable_schema = RESET;

-- A table whose text was not as it was released has kept its CHECK: the upgrade ends here then.
CREATE TEMP TABLE referring (tables INTEGER NOT NULL CHECK (tables = 2)); -- how many of the two refer to channels
INSERT INTO temp.referring
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%REFERENCES channels (name)%';
DROP TABLE temp.referring;
