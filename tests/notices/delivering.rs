//! How messages are delivered: once, over each channel, whatever breaks on the way.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pareia::crypto::hmac_hex;
use pareia::domain::{NoticeChannelKind, QuietHours, Secret};
use pareia::notices::{NoticePace, NoticeService, TypedSettings};
use pareia::sim::Version;
use pareia::text::notice_message;

use super::receivers::{Mode, Receiver, Taken};
use super::{shop, swift, told, typed};
use crate::harness::{Shop, instant, post, until};

const BOT: &str = "123456:AbC-dEf_0";

/// What is typed for a target of that channel at the receiver.
fn target_at(receiver: &Receiver, channel: NoticeChannelKind) -> TypedSettings {
    match channel {
        NoticeChannelKind::Ntfy => typed(receiver.url("/loja-avisos")),
        NoticeChannelKind::Telegram => TypedSettings {
            secret: Some(Secret::new(BOT)),
            server: Some(receiver.url("")),
            ..typed("-1001234")
        },
        NoticeChannelKind::Email => TypedSettings {
            server: Some(format!("smtp-plain://localhost:{}", receiver.port())),
            from: Some("pareia@loja.example".to_owned()),
            ..typed("ana@loja.example")
        },
        _ => typed(receiver.url("/hook")),
    }
}

/// The text of what was taken, whichever channel it came over.
fn text(channel: NoticeChannelKind, taken: &Taken) -> String {
    let member = |name: &str| taken.json()[name].as_str().expect("a text").to_owned();
    match channel {
        NoticeChannelKind::Ntfy => member("message"),
        NoticeChannelKind::Email => {
            String::from_utf8(STANDARD.decode(&taken.body).expect("base64")).expect("text")
        }
        _ => member("text"),
    }
}

#[test]
fn each_channel_delivers_once_though_its_server_is_killed_in_the_middle() {
    for channel in [
        NoticeChannelKind::Webhook,
        NoticeChannelKind::Ntfy,
        NoticeChannelKind::Telegram,
        NoticeChannelKind::Email,
    ] {
        let (shop, _service) = shop();
        let mut receiver =
            if channel == NoticeChannelKind::Email { Receiver::smtp() } else { Receiver::http() };
        receiver.set(Mode::HangsUp);
        shop.connected("a");
        shop.target(channel, &target_at(&receiver, channel));
        shop.becomes("a", "disconnected", "device_removed");
        until("it was in the middle", || receiver.tries() > 0);
        receiver.kill();
        shop.until_outcomes(&["pending unreachable"]);
        receiver.set(Mode::Takes);
        receiver.revive();
        shop.until_outcomes(&["delivered"]);
        let taken = receiver.taken();
        assert_eq!(taken.len(), 1, "{channel:?}");
        assert!(text(channel, &taken[0]).contains("O aparelho foi removido"), "{taken:?}");
        let link = text(channel, &taken[0]);
        let link = link.rsplit(": https://zap.example/c#").next().expect("a link").trim().to_owned();
        let shown = post(&shop.url("/api/connect"), &link, "");
        assert_eq!(shown.status, 200, "{channel:?} {:?}", shown.body);
    }
}

#[test]
fn messages_have_the_form_that_each_channel_asks_for() {
    let (shop, _service) = shop();
    let (http, mail) = (Receiver::http(), Receiver::smtp());
    shop.connected("a");
    shop.webhook_target(http.url("/hook?x=1"));
    shop.target(
        NoticeChannelKind::Ntfy,
        &TypedSettings { secret: Some(Secret::new("tk_1")), ..target_at(&http, NoticeChannelKind::Ntfy) },
    );
    shop.target(NoticeChannelKind::Telegram, &target_at(&http, NoticeChannelKind::Telegram));
    shop.target(NoticeChannelKind::Email, &target_at(&mail, NoticeChannelKind::Email));
    shop.becomes("a", "lost", "gone");
    shop.until_outcomes(&["delivered"; 4]);
    let taken = http.taken();
    let to = |path: &str| taken.iter().find(|taken| taken.to == path).expect(path);
    let hook = to("/hook?x=1");
    let signed = format!("{}.{}", hook.header("x-pareia-timestamp"), hook.body);
    let signature = hmac_hex(&Secret::new("a key that is long enough"), signed.as_bytes());
    assert_eq!(hook.header("x-pareia-signature"), format!("sha256={signature}"));
    assert_eq!(hook.json()["id"], hook.header("x-pareia-notice-id"));
    assert_eq!(hook.json()["notices"][0]["channelInstanceId"], "a");
    assert!(
        hook.json()["notices"][0]["connectUrl"]
            .as_str()
            .is_some_and(|u| u.starts_with("https://zap.example/c#"))
    );
    let ntfy = to("/");
    assert_eq!((ntfy.header("authorization"), &ntfy.json()["topic"]), ("Bearer tk_1", &"loja-avisos".into()));
    assert_eq!(ntfy.json()["title"], "a sumiu da Evolution");
    assert_eq!(to(&format!("/bot{BOT}/sendMessage")).json()["chat_id"], "-1001234");
    let mail = mail.taken();
    assert_eq!(mail[0].to, "RCPT TO:<ana@loja.example>");
    assert!(mail[0].header("head").contains("\r\nMessage-ID: <m"), "{mail:?}");
}

#[test]
fn what_is_pending_survives_a_restart_and_ends_at_last() {
    let (shop, service) = shop();
    let receiver = Receiver::http();
    receiver.set(Mode::Refuses(503));
    shop.connected("a");
    shop.webhook_target(receiver.url("/"));
    shop.becomes("a", "disconnected", "dropped");
    shop.until_outcomes(&["pending http_503"]);
    drop(service);
    let tries = receiver.tries();
    receiver.set(Mode::Takes);
    let again = || NoticeService::start(Arc::clone(&shop.store), Arc::default(), notice_message, swift());
    let service = again();
    shop.until_outcomes(&["delivered"]);
    assert_eq!((receiver.tries(), receiver.taken().len()), (tries + 1, 1));
    // A redirect is not followed, and three days are enough.
    receiver.set(Mode::Refuses(302));
    shop.becomes("a", "connected", "paired");
    shop.until_outcomes(&["delivered", "pending http_302"]);
    shop.store.clock().advance(Duration::from_hours(73));
    shop.until_outcomes(&["delivered", "given_up http_302"]);
    // What is refused for good is not sent again.
    receiver.set(Mode::Refuses(400));
    shop.becomes("a", "lost", "gone");
    shop.until_outcomes(&["delivered", "given_up http_302", "refused http_400"]);
    drop(service);
}

#[test]
fn a_target_that_hangs_holds_up_no_other_and_no_call() {
    let (shop, _service) = shop();
    // It accepts, and says nothing.
    let hangs = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let receiver = Receiver::http();
    shop.connected("a");
    let port = hangs.local_addr().expect("an address").port();
    let mail =
        TypedSettings { server: Some(format!("smtp-plain://127.0.0.1:{port}")), ..typed("ana@loja.example") };
    shop.target(NoticeChannelKind::Email, &mail);
    shop.webhook_target(receiver.url("/"));
    for (status, reason) in [("disconnected", "dropped"), ("connected", "paired"), ("lost", "gone")] {
        let before = receiver.taken().len();
        shop.becomes("a", status, reason);
        until("the other is told", || receiver.taken().len() > before);
    }
    assert_eq!(shop.post("b").status, 200);
}

#[test]
fn nothing_is_sent_in_quiet_hours_and_what_is_over_by_then_never() {
    let (shop, _service) =
        told(Shop::new(instant(Version::V2_3_7)), NoticePace { settle: Duration::from_millis(5), ..swift() });
    let receiver = Receiver::http();
    // Quiet for the hour that it is now, and the next one.
    let minute = |ahead: i64| {
        let now = shop.store.clock().now() + ahead * 60_000;
        u16::try_from(now.rem_euclid(86_400_000) / 60_000).expect("a minute")
    };
    let quiet = Some(QuietHours { from: minute(-5), to: minute(60) });
    shop.connected("a");
    shop.connected("b");
    shop.add_target("ana", true, NoticeChannelKind::Webhook, &typed(receiver.url("/")), quiet);
    shop.becomes("a", "disconnected", "dropped");
    shop.becomes("b", "disconnected", "dropped");
    let of_b = r#"notices LIKE '%"name":"b"%'"#;
    // Of both, else what follows could come before the drop of b is looked at.
    let waits = format!("SELECT count(*) FROM notice_messages WHERE nextAt > createdAt + 3000000 AND {of_b}");
    until("it is put off", || shop.sql(&waits) == [["1"]]);
    shop.becomes("b", "connected", "paired");
    let tells_of_b = format!("SELECT 1 FROM notice_messages WHERE {of_b}");
    until("what is over is taken away", || shop.sql(&tells_of_b).is_empty());
    shop.store.clock().advance(Duration::from_mins(61));
    shop.until_outcomes(&["delivered"]);
    assert_eq!(receiver.taken()[0].json()["title"], "a desconectou");
}
