-- The tables of the first release. Times are milliseconds since the Unix epoch, UTC.

-- People and programs that own instances.
CREATE TABLE users (
    id        TEXT NOT NULL PRIMARY KEY,        -- "u" and 24 random letters and digits
    name      TEXT NOT NULL UNIQUE,             -- what an administrator calls them; 1 to 64 of A-Z a-z 0-9 . _ -
    isAdmin   INTEGER NOT NULL CHECK (isAdmin IN (0, 1)), -- 1: may adopt instances that are already connected
    createdAt INTEGER NOT NULL                  -- when the user was added
) STRICT;

-- Bearer tokens of the HTTP API. The token itself is shown once and never stored.
CREATE TABLE api_tokens (
    id        TEXT NOT NULL PRIMARY KEY,        -- "t" and 24 random letters and digits; names the token to revoke it
    userId    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- whose calls these are
    name      TEXT,                             -- what it is for, in the owner's words; null: not said
    hash      BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- SHA-256 of the token, whose 256 random bits need no salt
    expiresAt INTEGER,                          -- from when on it is refused; null: never
    createdAt INTEGER NOT NULL                  -- when it was handed out
) STRICT;

CREATE INDEX api_tokens_userId ON api_tokens (userId);

-- Servers of the upstream and the keys that open them.
CREATE TABLE integration_credentials (
    id        TEXT NOT NULL PRIMARY KEY,        -- chosen by the administrator, or "cred_" and random letters and digits
    type      TEXT NOT NULL CHECK (type IN ('whatsapp_evolution')), -- the channel it serves
    name      TEXT NOT NULL,                    -- what an administrator calls it; the id where nothing was said
    baseUrl   TEXT NOT NULL,                    -- http(s)://host[:port][/prefix], without a slash at the end
    apiToken  TEXT NOT NULL,                    -- the server's global key, sealed with pareia.key for this id: "v1:" and base64
    isActive  INTEGER NOT NULL CHECK (isActive IN (0, 1)), -- 0: no call uses it; rows move to another at their next call
    createdAt INTEGER NOT NULL,                 -- when it was added; the oldest wins where two serve equally many
    updatedAt INTEGER NOT NULL                  -- when key, name or activity changed last
) STRICT;

-- One row for each instance somebody asked for. It is written before anything upstream is touched.
CREATE TABLE messaging_instances (
    id                TEXT NOT NULL PRIMARY KEY, -- "c" and 24 random letters and digits; never changes
    channel           TEXT NOT NULL CHECK (channel IN ('whatsapp_evolution')), -- kind of service
    channelInstanceId TEXT NOT NULL,            -- the instance's name upstream, letter for letter
    channelPhoneOrId  TEXT NOT NULL,            -- the phone last given for it; digits, country code first
    userId            TEXT NOT NULL REFERENCES users (id) ON DELETE RESTRICT, -- the owner
    credentialId      TEXT REFERENCES integration_credentials (id) ON DELETE SET NULL, -- the server it was last asked of; null: that credential was removed
    status            TEXT NOT NULL CHECK (status IN ('pending', 'connecting', 'connected', 'disconnected', 'lost', 'error')), -- pending: nothing upstream is known to be ours yet
    qrCode            TEXT,                     -- the last code answered, a PNG as data URI; null: none yet, or connected since
    pairedAt          INTEGER,                  -- when a phone was last seen connected on this server; null: never seen
    claimedUrl        TEXT,                     -- baseUrl of the server on which its instance was created or adopted; null: none yet
    upstreamId        TEXT,                     -- that instance's id there, which survives a move of the server; null: not seen yet
    createOutUntil    INTEGER,                  -- until when a create that left may still be under way upstream; null: none is
    connectOutUntil   INTEGER,                  -- until when a connect that left may still open a socket; null: none is
    createdAt         INTEGER NOT NULL,         -- when it was first asked for
    updatedAt         INTEGER NOT NULL,         -- when anything in the row changed last
    UNIQUE (channel, channelInstanceId)
) STRICT;

CREATE INDEX messaging_instances_userId ON messaging_instances (userId);
CREATE INDEX messaging_instances_credentialId ON messaging_instances (credentialId);
