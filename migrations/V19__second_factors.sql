-- Second factors of logins.

-- Secrets of time-based one-time passwords (RFC 6238), which a login asks for after the password.
CREATE TABLE second_factors (
    userId      TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, -- whose logins it guards
    secret      TEXT NOT NULL,                  -- what codes are worked out from, sealed with pareia.key for this user
    isConfirmed INTEGER NOT NULL DEFAULT 0 CHECK (isConfirmed IN (0, 1)), -- 0: no code has shown yet that a phone has the secret, and no login asks for one
    lastStep    INTEGER NOT NULL DEFAULT 0      -- the span of 30 s, counted from the epoch, of the last code that was used: only later ones count
) STRICT;

-- Codes for when the phone is lost. Each works once and is deleted then.
CREATE TABLE recovery_codes (
    userId TEXT NOT NULL REFERENCES second_factors (userId) ON DELETE CASCADE, -- whose it is
    hash   TEXT NOT NULL,                       -- HMAC of user and code by a key derived from pareia.key
    PRIMARY KEY (userId, hash)
) STRICT;
