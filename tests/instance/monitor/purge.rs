//! What is past its time.

use pareia::domain::{Role, now};
use pareia::sim::Version;

use crate::harness::{Shop, instant};

#[test]
fn what_is_past_its_time_is_removed() {
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!(shop.post("a").status, 200);
    let (old, recent) = (now() - 91 * 86_400_000, now() - 89 * 86_400_000);
    let row = "(SELECT id FROM messaging_instances)";
    for (table, values) in [
        (
            "instance_events (instanceId, at, toStatus)",
            format!("({row}, {old}, 'lost'), ({row}, {recent}, 'error')"),
        ),
        (
            "connect_links (id, instanceId, hash, createdAt, expiresAt)",
            format!(
                "('l1', {row}, zeroblob(32), 1, {recent}), ('l2', {row}, randomblob(32), 1, {} )",
                now() + 60_000
            ),
        ),
        (
            "sessions (id, userId, hash, client, address, createdAt, lastSeenAt, expiresAt)",
            format!("('s1', (SELECT id FROM users), zeroblob(32), '', '', 1, 1, {recent})"),
        ),
        (
            "saved_settings (channel, channelInstanceId, userId, sealed, savedAt)",
            format!(
                "('whatsapp_evolution', 'a', (SELECT id FROM users), '', {old}),
                 ('whatsapp_evolution', 'gone', (SELECT id FROM users), '', {old}),
                 ('whatsapp_evolution', 'deleted', (SELECT id FROM users), '', {})",
                now() - 29 * 86_400_000
            ),
        ),
    ] {
        shop.sql(&format!("INSERT INTO {table} VALUES {values} RETURNING 1"));
    }
    assert_eq!(shop.store.purge().expect("purged"), 4);
    assert_eq!(shop.sql("SELECT channelInstanceId FROM saved_settings"), [["a"], ["deleted"]]);
    assert_eq!(shop.sql("SELECT toStatus FROM instance_events WHERE id > 2"), [["error"]]);
    assert_eq!(shop.sql("SELECT id FROM connect_links"), [["l2"]]);
    assert_eq!(shop.store.purge().expect("purged"), 0);
    shop.member("outra", Role::Owner);
    shop.set("UPDATE saved_settings SET userId = (SELECT id FROM users WHERE name = 'outra') WHERE channelInstanceId = 'a'");
    assert_eq!(shop.store.purge().expect("purged"), 1, "the row of that name is another's");
}

#[test]
fn a_clock_that_is_years_ahead_for_one_start_erases_nothing_and_a_storm_is_kept_short() {
    const DAY: i64 = 86_400_000;
    let shop = Shop::new(instant(Version::V2_3_7));
    assert_eq!((shop.post("a").status, shop.post("b").status), (200, 200));
    // As good as a clock that is three years ahead: everything else was yesterday, three years ago.
    let yesterday = now() - 1096 * DAY;
    shop.store.set_setting("purged", &yesterday.to_string()).expect("set");
    shop.set(&format!(
        "UPDATE instance_events SET at = {yesterday};
         INSERT INTO sessions (id, userId, hash, client, address, createdAt, lastSeenAt, expiresAt)
             VALUES ('s1', (SELECT id FROM users), zeroblob(32), '', '', 1, 1, {yesterday});
         INSERT INTO connect_links (id, instanceId, hash, createdAt, expiresAt)
             VALUES ('l1', (SELECT id FROM messaging_instances), zeroblob(32), 1, {yesterday});"
    ));
    assert_eq!(shop.store.purge().expect("purged"), 0);
    shop.set(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)
         INSERT INTO instance_events (instanceId, at, toStatus)
             SELECT (SELECT id FROM messaging_instances WHERE channelInstanceId = 'a'), {yesterday} + i, i FROM n"
    ));
    assert_eq!(shop.store.purge().expect("purged"), 302, "beyond the newest thousand");
    let kept =
        "SELECT count(*), min(toStatus + 0), max(toStatus + 0) FROM instance_events WHERE toStatus > '0'
        AND toStatus < 'a'";
    assert_eq!(shop.sql(kept), [["1000", "301", "1300"]]);
    let other = "SELECT count(*) FROM instance_events e JOIN messaging_instances i ON i.id = e.instanceId
        WHERE channelInstanceId = 'b'";
    assert_eq!(shop.sql(other), [["2"]]);
}
