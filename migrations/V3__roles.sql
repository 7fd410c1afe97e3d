-- What a user is to the others, in place of a flag for administrators.

-- One of the words of domain::Role: administrator, operator, owner.
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'owner'
    CHECK (role IN ('administrator', 'operator', 'owner'));
UPDATE users SET role = 'administrator' WHERE isAdmin = 1;
ALTER TABLE users DROP COLUMN isAdmin;
-- 1: the role is administrator. Worked out from the role, for scripts that read it; it takes no value.
ALTER TABLE users ADD COLUMN isAdmin INTEGER GENERATED ALWAYS AS (role = 'administrator') VIRTUAL;
