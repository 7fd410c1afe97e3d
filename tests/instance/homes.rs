//! One number, one home: what has a name already, wherever that is, and what cannot be a phone's home.

use pareia::sim::Version;
use serde_json::json;

use crate::harness::{Shop, instant, upstream_create};

#[test]
fn what_is_no_phone_is_refused_and_named_and_left_alone() {
    for (version, integration, status) in [
        (Version::V2_3_7, "WHATSAPP-BAILEYS", 200),
        (Version::V2_3_7, "EVOLUTION", 409),
        (Version::V2_3_7, "WHATSAPP-BUSINESS", 409),
        // 1.8 stores whatever it is told, and takes it for a phone.
        (Version::V1_8_2, "EVOLUTION", 200),
        (Version::V1_8_2, "WHATSAPP-BUSINESS", 409),
    ] {
        let shop = Shop::new(instant(version));
        let admin = shop.user("chefe", true);
        let body = json!({ "instanceName": "loja", "integration": integration, "token": "t-loja" });
        upstream_create(&shop.sim.url(), &body);
        for token in [&shop.token, &admin] {
            let from = shop.calls();
            let answer = shop.post_as(token, "loja");
            assert_eq!(answer.status, status, "{version:?} {integration}: {:?}", answer.body);
            if status == 409 {
                assert_eq!(answer.code(), "not_a_phone");
                assert!(answer.body["error"].as_str().is_some_and(|error| error.contains(integration)));
                assert!(answer.body["detail"].as_str().is_some_and(|detail| detail.contains("manager")));
                assert_eq!(shop.calls_since(from), "fetchInstances", "looked at and no more");
                assert!(shop.sql("SELECT id FROM messaging_instances").is_empty(), "the name is not held");
            } else {
                break;
            }
        }
    }
}
