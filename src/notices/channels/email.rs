//! E-mail through an SMTP server.

use std::fmt::Write as _;
use std::time::{Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::settings::EmailSettings;
use super::contract::{DeliveryFailure, NoticeChannel, OutgoingMessage};
use crate::domain::Secret;
use crate::upstream::{Envelope, Reach, SmtpFailure, SmtpServer, send_mail};

/// Bytes of a line of base64.
const LINE: usize = 76;
/// Bytes of a title that one encoded word holds.
const WORD: usize = 42;
/// What servers answer that want a login first.
const LOGIN_REQUIRED: u16 = 530;

pub(super) struct EmailChannel {
    pub settings: EmailSettings,
    pub reach: Reach,
}

impl NoticeChannel for EmailChannel {
    fn send(&self, message: &OutgoingMessage, deadline: Instant) -> Result<(), DeliveryFailure> {
        let settings = &self.settings;
        let login = settings.login.as_ref().map(|(name, password)| (name, Secret::new(password.as_str())));
        let server = SmtpServer {
            host: &settings.host,
            port: settings.port,
            security: settings.security.into(),
            login: login.as_ref().map(|(name, password)| (name.as_str(), password)),
            reach: self.reach,
        };
        let data = mail(settings, message, &httpdate::fmt_http_date(SystemTime::now()));
        let envelope = Envelope { from: &settings.from, to: &settings.to, data: &data };
        send_mail(&server, &envelope, deadline).map_err(failure)
    }
}

fn failure(failure: SmtpFailure) -> DeliveryFailure {
    match failure {
        SmtpFailure::Connection(error) => error.into(),
        SmtpFailure::Unsupported => DeliveryFailure::passing("smtp_no_tls"),
        SmtpFailure::Login(code) => DeliveryFailure::passing(format!("smtp_login_{code}")),
        SmtpFailure::Message(code) => DeliveryFailure {
            is_final: code >= 500 && code != LOGIN_REQUIRED,
            ..DeliveryFailure::passing(format!("smtp_{code}"))
        },
    }
}

/// The message as it is handed in. All of it that people wrote is encoded, so that no line of theirs is one of its head.
fn mail(settings: &EmailSettings, message: &OutgoingMessage, date: &str) -> String {
    let domain = settings.from.rsplit('@').next().unwrap_or_default();
    let mut mail = format!(
        "From: pareia <{}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <{}@{domain}>\r\n\
         Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n",
        settings.from,
        settings.to,
        encoded_words(&message.title),
        message.id
    );
    let body = STANDARD.encode(message.body.replace('\n', "\r\n"));
    for line in body.as_bytes().chunks(LINE) {
        let _ = write!(mail, "{}\r\n", String::from_utf8_lossy(line));
    }
    mail
}

/// A title as encoded words (RFC 2047), which no character is cut by.
fn encoded_words(title: &str) -> String {
    let mut words = vec![String::new()];
    for character in title.chars() {
        if words.last().is_some_and(|word| word.len() + character.len_utf8() > WORD) {
            words.push(String::new());
        }
        words.last_mut().expect("a word").push(character);
    }
    let words: Vec<_> = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::super::super::settings::MailSecurity;
    use super::*;

    #[test]
    fn nothing_that_people_wrote_is_a_line_of_the_head() {
        let settings = EmailSettings {
            host: "h".to_owned(),
            port: 25,
            security: MailSecurity::Plain,
            login: None,
            from: "a@loja.com".to_owned(),
            to: "b@loja.com".to_owned(),
        };
        let message = OutgoingMessage {
            id: "m1".to_owned(),
            at: 0,
            title: "Açaí\r\nBcc: x@y ".repeat(9),
            body: ".\r\nRCPT TO:<x@y>\n".repeat(40),
            items: Vec::new(),
            click: None,
        };
        let mail = mail(&settings, &message, "Sun, 06 Nov 1994 08:49:37 GMT");
        assert!(mail.contains("Message-ID: <m1@loja.com>\r\n") && !mail.contains("x@y"), "{mail}");
        assert!(mail.lines().all(|line| line.len() <= LINE + 20 && !line.starts_with('.')), "{mail}");
        assert!(mail.split("\r\n").all(|line| !line.contains('\n')) && mail.ends_with("\r\n"));
    }
}
