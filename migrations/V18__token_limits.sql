-- What a token allows at most, and what is made with it.

-- One of the words of domain::TokenScope. Older tokens keep allowing all that their users may do.
ALTER TABLE api_tokens ADD COLUMN scope TEXT NOT NULL DEFAULT 'admin'
    CHECK (scope IN ('ensure', 'read', 'admin'));
-- The id of the credential whose instances alone it reaches; null: those of all. It outlives its credential, since a token
-- must not reach more once that is removed.
ALTER TABLE api_tokens ADD COLUMN credentialId TEXT;
-- How the names of the instances begin that it reaches; null: any way.
ALTER TABLE api_tokens ADD COLUMN namePrefix TEXT;

-- The credential of the server that the link keeps its instance on, since the token that it was made with is for that one
-- alone; null: it may go on wherever there is room.
ALTER TABLE connect_links ADD COLUMN credentialId TEXT;
