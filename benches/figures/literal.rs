//! The flow as a client writes it by hand: look, create with `qrcode:true` where nothing is listed,
//! connect, take what comes. No lock, no second look, no patience. It is what README compares with.

use std::time::Instant;

use serde_json::Value;

use super::rig::{Client, simulate, together};

/// One caller of the literal flow; whether it got a code.
fn literal(address: &str, name: &str) -> bool {
    let mut client = Client::new(address, "");
    let list = format!("/instance/fetchInstances?instanceName={name}");
    let (status, _) = client.exchange("GET", &list, "");
    if status == 404 {
        let body = format!(r#"{{"instanceName":"{name}","integration":"WHATSAPP-BAILEYS","qrcode":true}}"#);
        if client.exchange("POST", "/instance/create", &body).0 != 201 {
            return false;
        }
    }
    let (status, body) = client.exchange("GET", &format!("/instance/connect/{name}"), "");
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    status == 200 && body["base64"].is_string()
}

pub fn figure() -> String {
    const CALLERS: usize = 60;
    let sim = simulate("2.3.7");
    let address = sim.addr().to_string();
    let begun = Instant::now();
    assert!(literal(&address, "alone"), "one caller alone gets a code");
    let alone = begun.elapsed().as_secs_f64();
    let served = together(CALLERS, |_| literal(&address, "my-store")).into_iter().filter(|s| *s).count();
    format!(
        "{alone:.2} s to the code; of {CALLERS} callers of one name {} get none, {} creates, {} destroyed",
        CALLERS - served,
        sim.control().count("create", Some("my-store")),
        sim.control().destroyed().len()
    )
}
