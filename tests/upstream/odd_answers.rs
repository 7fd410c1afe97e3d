//! Answers that no Evolution gives: of a proxy, a broken server, or a later release.

use pareia::domain::{Phone, ProxyAnswer, ProxyKind, UpstreamError, UpstreamName};
use pareia::qr_image;
use pareia::sim::{Options, Sim, Timing, Version};
use pareia::upstream::{CommandOutcome, Connected};

use super::recorded::{answer, client, serving, serving_each, whole_list};
use super::stand_in::{StandIn, answer as head};

#[test]
fn what_connect_never_answers_is_an_error_at_once() {
    let name = UpstreamName::parse("a").expect("a name");
    let code = r#"{"pairingCode":null,"code":"2@x","count":1}"#;
    let by = |status, sender| UpstreamError::Proxy(ProxyAnswer { status, sender });
    for (status, body, error) in [
        (200, r#"{"code":"2@x","count":"#, UpstreamError::Unexpected),
        (200, "[]", UpstreamError::Unexpected),
        (200, "[null,null,1,null,null,null]", UpstreamError::Unexpected),
        (200, r#"{"base64":"data:image/png;base64,AAAA","count":1}"#, UpstreamError::Unexpected),
        (200, r#"{"base64":"data:image/png;base64,iVBORw0KGgo=","count":1}"#, UpstreamError::Unexpected),
        (201, code, UpstreamError::Unexpected),
        (204, "", UpstreamError::Unexpected),
        (200, "<html>Bem-vindo</html>", by(200, ProxyKind::WebPage)),
        (301, "<html>Moved</html>", by(301, ProxyKind::Redirect(None))),
        (302, code, by(302, ProxyKind::Redirect(None))),
        (500, code, by(500, ProxyKind::Unknown)),
    ] {
        assert_eq!(client(&serving(status, body)).code(&name), Err(error), "{status} {body}");
    }
    let Ok(Connected::Code(qr)) = client(&serving(200, code)).code(&name) else { panic!("a code") };
    assert_eq!(Some(qr.image.expose()), qr_image::png_uri("2@x").as_deref(), "drawn");
}

#[test]
fn a_detail_that_is_turned_away_is_not_waited_for() {
    let turned_away = StandIn::answering(|_| head(429, &[("Retry-After", "1")], ""));
    assert_eq!(client(&turned_away.url()).versions(), None);
    assert_eq!(turned_away.arrivals().len(), 1);
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

#[test]
fn of_a_list_that_broke_off_nothing_is_kept() {
    let list = r#"[{"name":"a","connectionStatus":"open"},{"name":"b","connectionStatus":"close"}]"#;
    let whole = answer(200, list);
    let cut = whole[..whole.len() - 10].to_owned();
    let names = ["a open None false None", "b close None false None"].map(str::to_owned).to_vec();
    assert_eq!(
        whole_list(&serving_each(vec![cut.clone(), whole])),
        Ok((names, 0)),
        "read anew, from its beginning"
    );
    assert_eq!(whole_list(&serving_each(vec![cut.clone(), cut])), Err(UpstreamError::Broken));
}

#[test]
fn a_name_that_1_8_would_hand_to_a_shell_is_not_deleted_there() {
    let options = Options { timing: Timing::instant(), ..Options::new(Version::V1_8_2, "k") };
    let sim = Sim::start(options).expect("the simulation starts");
    let phone = Phone::parse("5521991856227").expect("a phone");
    for (name, outcome, deletes) in
        [("Loja Velha", CommandOutcome::Unsupported, 0), ("loja", CommandOutcome::Done, 1)]
    {
        let (client, name) = (client(&sim.url()), UpstreamName::parse(name).expect("a name"));
        client.create(&name, &phone).expect("created");
        assert_eq!(
            (client.delete(&name), sim.control().count("delete", None)),
            (Ok(outcome), deletes),
            "{name:?}"
        );
    }
}
