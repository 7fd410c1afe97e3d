//! The language of the API's sentences: the one that is asked for, Portuguese where none is.

use pareia::sim::Version;

use crate::harness::{Client, ROUTE, Shop, ask, instant};

#[test]
fn an_answer_is_in_the_language_that_is_asked_for_and_names_it() {
    let shop = Shop::new(instant(Version::V2_3_7));
    let mut client = Client::bearer(&shop, &shop.token);
    let wrong = serde_json::json!({ "channel": "whatsapp_evolution", "channelInstanceId": ".", "channelPhoneOrId": 1 });
    for (asked, named, created, fault, unknown) in [
        ("", "pt-BR", "Instância criada. Escaneie", "channelInstanceId deve ter", "Não encontrado"),
        ("*", "pt-BR", "Instância já existente.", "channelInstanceId deve ter", "Não encontrado"),
        ("fr, de;q=0.5", "pt-BR", "Instância já existente.", "channelInstanceId deve ter", "Não encontrado"),
        ("en-GB,en;q=0.9,pt;q=0.5", "en", "The instance exists", "channelInstanceId must have", "Not found"),
    ] {
        let line = [("Accept-Language", asked)];
        let line = if asked.is_empty() { &[][..] } else { &line };
        let done = client.call_with("POST", ROUTE, &ask("a"), line);
        assert!(
            done.data("message").as_str().is_some_and(|said| said.starts_with(created)),
            "{:?}",
            done.body
        );
        let refused = client.call_with("POST", ROUTE, &wrong, line);
        assert!(
            refused.body["error"].as_str().is_some_and(|said| said.starts_with(fault)),
            "{:?}",
            refused.body
        );
        // A worker answers this one, not the connection's own thread.
        let lost = client.call_with("GET", "/nowhere", &serde_json::Value::Null, line);
        assert_eq!(lost.body["error"], unknown);
        for answer in [done, refused, lost] {
            let headers = (answer.header("content-language"), answer.header("vary"));
            assert_eq!(headers, (Some(named), Some("Accept-Language")), "{asked:?}");
        }
    }
}
