-- Why a scan does nothing: what became of the codes of a row, and what its server is.

-- Codes shown since somebody began to ask, nobody having connected.
ALTER TABLE messaging_instances ADD COLUMN scanCodes INTEGER NOT NULL DEFAULT 0;
-- Times since then that the socket closed while its code was shown, and came back with another.
ALTER TABLE messaging_instances ADD COLUMN scanReturns INTEGER NOT NULL DEFAULT 0;
-- When the last of those codes was first shown; null: there was none. Half an hour later the next begins anew.
ALTER TABLE messaging_instances ADD COLUMN scanCodeAt INTEGER;

-- What came before a phone connected, was logged out or was to be found elsewhere says nothing of the next scan.
CREATE TRIGGER messaging_instances_scanned AFTER UPDATE OF status, statusReason ON messaging_instances
WHEN NEW.scanCodeAt IS NOT NULL
    AND (NEW.status = 'connected' OR NEW.statusReason IN ('logged_out', 'moved')) BEGIN
    UPDATE messaging_instances SET scanCodes = 0, scanReturns = 0, scanCodeAt = NULL WHERE id = NEW.id;
END;

-- What each server said of itself when the monitor last asked, which it does a few times a day.
CREATE TABLE server_versions (
    credentialId TEXT NOT NULL PRIMARY KEY REFERENCES integration_credentials (id) ON DELETE CASCADE, -- the server
    server       TEXT,                          -- its release; null: it did not say
    whatsappWeb  TEXT                           -- the release of WhatsApp Web that it speaks; null: it did not say
) STRICT;
