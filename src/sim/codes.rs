//! What `connect` and `create` answer of an instance's code, at once or after Evolution's sleep.

use super::hub::Hub;
use super::world::InstanceKey;
use serde_json::{Value, json};
use std::time::Duration;

/// Sleeps, then says what code an instance shows; lets go of the instance.
#[must_use]
pub fn after_sleep(hub: &Hub, key: InstanceKey, sleep: Duration) -> Value {
    hub.sleep(sleep);
    let codes = codes_of(hub, key);
    hub.world(|world, _| world.release(key));
    codes
}

/// The codes of an instance. The picture is drawn after the lock is released.
#[must_use]
pub fn codes_of(hub: &Hub, key: InstanceKey) -> Value {
    let found = hub.world(|world, _| world.get(key).map(|i| (i.code.clone(), i.count)));
    let (code, count) = found.unwrap_or_default();
    match code {
        Some(code) => json!({
            "pairingCode": code.pairing, "code": code.text, "base64": &*code.base64(), "count": count,
        }),
        None => json!({"count": count}),
    }
}
