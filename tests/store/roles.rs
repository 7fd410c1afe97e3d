//! Roles in the database: a folder of the release before them, and what scripts may still read.

use pareia::domain::Role;
use pareia::store::Store;

use crate::harness::{Folder, sql};

/// A data folder as the release before roles left it: an administrator and another user.
fn of_the_release_before() -> Folder {
    let (new, old) = (Folder::new(), Folder::new());
    drop(Store::open(new.path()).expect("a new folder"));
    let connection = rusqlite::Connection::open(old.path().join("pareia.db")).expect("a database");
    for migration in
        [include_str!("../../migrations/V1__core.sql"), include_str!("../../migrations/V2__page.sql")]
    {
        connection.execute_batch(migration).expect("the tables of before");
    }
    let rows = format!(
        "ATTACH '{}' AS new;
         CREATE TABLE refinery_schema_history AS SELECT * FROM new.refinery_schema_history WHERE version <= 2;
         INSERT INTO users VALUES ('u1', 'chefe', 1, 5, 'x'), ('u2', 'loja', 0, 6, NULL);
         INSERT INTO api_tokens (id, userId, hash, createdAt) VALUES ('t1', 'u1', zeroblob(32), 7);",
        new.path().join("pareia.db").display()
    );
    connection.execute_batch(&rows).expect("its rows");
    old
}

#[test]
fn administrators_stay_administrators_and_others_become_owners() {
    let folder = of_the_release_before();
    let store = Store::open(folder.path()).expect("it opens");
    let users = store.users().expect("read");
    let roles: Vec<_> = users.iter().map(|user| (user.name.as_str(), user.role, user.tokens)).collect();
    assert_eq!(roles, [("chefe", Role::Administrator, 1), ("loja", Role::Owner, 0)]);
    assert!(!store.setup_needed().expect("read"), "an administrator has a password");
}

#[test]
fn is_admin_can_be_read_and_never_differs_from_the_role() {
    let folder = of_the_release_before();
    drop(Store::open(folder.path()).expect("it opens"));
    let connection = rusqlite::Connection::open(folder.path().join("pareia.db")).expect("a database");
    connection.execute("UPDATE users SET role = 'operator' WHERE name = 'chefe'", []).expect("a role");
    assert!(connection.execute("UPDATE users SET isAdmin = 1", []).is_err(), "it is worked out");
    assert!(connection.execute("UPDATE users SET role = 'root'", []).is_err(), "no such role");
    let admins = "SELECT name, isAdmin FROM users ORDER BY name";
    assert_eq!(sql(folder.path(), admins), [["chefe", "0"], ["loja", "0"]]);
}
