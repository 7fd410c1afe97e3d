//! Answers that no Evolution gives: of a proxy, a broken server, or a later release.

use std::time::{Duration, Instant};

use pareia::domain::{Name, Secret, UpstreamError};
use pareia::qr_image;
use pareia::upstream::BaseUrl;
use pareia::upstream::evolution::{Client, Connected, Connections};

use super::recorded::{serving, whole_list};

fn client(url: &str) -> Client {
    let base = BaseUrl::parse(url).expect("a URL");
    let deadline = Instant::now() + Duration::from_secs(5);
    Client::new(&Connections::default(), &base, Secret::new("k"), "odd", deadline)
}

#[test]
fn what_connect_never_answers_is_an_error_at_once() {
    let name = Name::parse("a").expect("a name");
    let code = r#"{"pairingCode":null,"code":"2@x","count":1}"#;
    for (status, body) in [
        (200, "<html>Bem-vindo</html>"),
        (200, r#"{"code":"2@x","count":"#),
        (200, "[]"),
        (200, "[null,null,1,null,null,null]"),
        (200, r#"{"base64":"data:image/png;base64,AAAA","count":1}"#),
        (201, code),
        (204, ""),
        (301, "<html>Moved</html>"),
        (302, code),
        (500, code),
    ] {
        assert_eq!(
            client(&serving(status, body)).code(&name),
            Err(UpstreamError::Unexpected),
            "{status} {body}"
        );
    }
    let Ok(Connected::Code(qr)) = client(&serving(200, code)).code(&name) else { panic!("a code") };
    assert_eq!(Some(qr.image.expose()), qr_image::png_uri("2@x").as_deref(), "drawn");
}

#[test]
fn one_odd_entry_of_a_list_hides_no_other() {
    let good = r#"{"name":"a","connectionStatus":"open","ownerJid":"55@s.whatsapp.net"}"#;
    let read = "a open None true None".to_owned();
    for odd in ["null", r#"{"name":7}"#, r#""a""#, "{}", r#"{"name":"b","connectionStatus":[]}"#] {
        for body in [format!("[{odd},{good}]"), format!("[{good},{odd}]")] {
            assert_eq!(whole_list(&serving(200, &body)), Ok((vec![read.clone()], 1)), "{body}");
        }
        let body = format!("[{odd},{odd}]");
        assert_eq!(whole_list(&serving(200, &body)), Err(UpstreamError::Unexpected), "{body}");
    }
}
