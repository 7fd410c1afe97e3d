-- A server whose certificate is signed by an authority of its owner's own, which no system's store has.

ALTER TABLE integration_credentials ADD COLUMN
    caCertificate TEXT;                          -- PEM of the authorities trusted beside the usual ones; NULL: none
