-- What was done to one thing, whatever that was called.

CREATE INDEX audit_entries_subjectId ON audit_entries (subjectId, id) WHERE subjectId IS NOT NULL;
