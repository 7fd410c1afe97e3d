//! What a target needs to be reached, as people type it and as it is kept. Connects to nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::crypto::new_secret;
use crate::domain::{NoticeChannelKind, Phone, PhoneError, Secret, typed_value};
use crate::upstream::{BaseUrlError, SmtpSecurity, WebUrl};

/// The ntfy server that a topic alone means.
const NTFY: &str = "https://ntfy.sh";
/// Telegram's own server.
const TELEGRAM: &str = "https://api.telegram.org";
/// Shortest key of a webhook's signature: a shorter one can be guessed.
const MIN_KEY: usize = 16;
/// Longest text of a setting.
const MAX_TEXT: usize = 512;

/// What people give to set a target up.
#[derive(Default)]
pub struct TypedSettings {
    /// A URL, a topic, a chat, an e-mail address or a phone.
    pub address: String,
    /// The key of a webhook's signature, a token or a password.
    pub secret: Option<Secret>,
    /// The server that takes it, where there is a choice.
    pub server: Option<String>,
    /// The name to log in with.
    pub user: Option<String>,
    /// The sender of e-mails.
    pub from: Option<String>,
}

/// A field of [`TypedSettings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsField {
    Address,
    Secret,
    Server,
    User,
    From,
}

/// Why a field cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsFault {
    /// No address of a server.
    Url(BaseUrlError),
    /// No topic of ntfy.
    Topic,
    /// No chat of Telegram.
    Chat,
    /// No token of a Telegram bot.
    BotToken,
    /// No e-mail address.
    Email,
    /// No server of mail.
    MailServer,
    /// A password without TLS.
    PlainPassword,
    /// It leads where its owner's notices may not go.
    OutOfReach,
    /// No phone.
    Phone(PhoneError),
    /// The channel cannot do without it.
    Missing,
    /// Too short to be a key, or too long.
    Length,
    /// The channel has no such field.
    NotTaken,
}

/// What a target needs to be reached.
#[derive(Clone, Serialize)]
#[serde(tag = "channel", rename_all = "lowercase")]
pub enum ChannelSettings {
    Webhook { url: String, secret: String },
    Ntfy { server: String, topic: String, token: Option<String> },
    Telegram { server: String, token: String, chat: String },
    Email(EmailSettings),
    Whatsapp { phone: String },
}

/// What is needed to hand in mail.
#[derive(Clone, Serialize, Deserialize)]
pub struct EmailSettings {
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    /// Name and password; `None`: the server takes mail without.
    pub login: Option<(String, String)>,
    pub from: String,
    pub to: String,
}

/// [`SmtpSecurity`] as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    Tls,
    StartTls,
    Plain,
}

impl From<MailSecurity> for SmtpSecurity {
    fn from(kept: MailSecurity) -> Self {
        match kept {
            MailSecurity::Tls => Self::Tls,
            MailSecurity::StartTls => Self::StartTls,
            MailSecurity::Plain => Self::Plain,
        }
    }
}

impl ChannelSettings {
    /// Reads what was typed for a channel.
    pub fn read(
        channel: NoticeChannelKind,
        typed: &TypedSettings,
    ) -> Result<Self, (SettingsField, SettingsFault)> {
        use SettingsField::{From, Secret, Server, User};
        let not_taken = |fields: &[SettingsField]| fields.iter().find(|field| typed.has(**field)).copied();
        let taken: &[SettingsField] = match channel {
            NoticeChannelKind::Webhook | NoticeChannelKind::Ntfy => &[Server, User, From],
            NoticeChannelKind::Telegram => &[User, From],
            NoticeChannelKind::Email => &[],
            NoticeChannelKind::Whatsapp => &[Secret, Server, User, From],
        };
        if let Some(field) = not_taken(taken) {
            return Err((field, SettingsFault::NotTaken));
        }
        match channel {
            NoticeChannelKind::Webhook => webhook(typed),
            NoticeChannelKind::Ntfy => ntfy(typed),
            NoticeChannelKind::Telegram => telegram(typed),
            NoticeChannelKind::Email => email(typed),
            NoticeChannelKind::Whatsapp => {
                let phone = Phone::parse(&typed.address);
                let phone = phone.map_err(|error| (SettingsField::Address, SettingsFault::Phone(error)))?;
                Ok(Self::Whatsapp { phone: phone.as_str().to_owned() })
            }
        }
    }

    /// The address as lists show it, without a key.
    pub fn shown(&self) -> String {
        match self {
            Self::Webhook { url, .. } => url.split('?').next().unwrap_or_default().to_owned(),
            Self::Ntfy { server, topic, .. } => format!("{server}/{topic}"),
            Self::Telegram { chat, .. } => chat.clone(),
            Self::Email(settings) => settings.to.clone(),
            Self::Whatsapp { phone } => phone.clone(),
        }
    }

    /// Where messages go, as a URL, and the field that says so; `None`: where the credentials say.
    pub fn destination(&self) -> Option<(SettingsField, String)> {
        match self {
            Self::Webhook { url, .. } => Some((SettingsField::Address, url.clone())),
            Self::Ntfy { server, .. } => Some((SettingsField::Address, server.clone())),
            Self::Telegram { server, .. } => Some((SettingsField::Server, server.clone())),
            Self::Email(EmailSettings { host, port, .. }) => {
                Some((SettingsField::Server, format!("smtp://{host}:{port}")))
            }
            Self::Whatsapp { .. } => None,
        }
    }

    /// The settings as they are kept.
    pub fn to_json(&self) -> Secret {
        Secret::new(serde_json::to_string(self).expect("texts and numbers are always JSON"))
    }

    /// Reads what was kept; `None` where somebody's hand wrote it.
    pub fn from_json(kept: &Secret) -> Option<Self> {
        // By hand: what serde derives for a tag among the members is 30 KB of the program.
        let kept: Value = serde_json::from_str(kept.expose()).ok()?;
        let text = |member| kept.get(member)?.as_str().map(str::to_owned);
        Some(match text("channel")?.as_str() {
            "webhook" => Self::Webhook { url: text("url")?, secret: text("secret")? },
            "ntfy" => Self::Ntfy { server: text("server")?, topic: text("topic")?, token: text("token") },
            "telegram" => {
                Self::Telegram { server: text("server")?, token: text("token")?, chat: text("chat")? }
            }
            "email" => Self::Email(EmailSettings::deserialize(&kept).ok()?),
            "whatsapp" => Self::Whatsapp { phone: text("phone")? },
            _ => return None,
        })
    }

    /// The key of a webhook's signature, which its receiver has to know.
    pub fn signing_key(&self) -> Option<Secret> {
        match self {
            Self::Webhook { secret, .. } => Some(Secret::new(secret.as_str())),
            _ => None,
        }
    }
}

impl TypedSettings {
    fn has(&self, field: SettingsField) -> bool {
        match field {
            SettingsField::Address => true,
            SettingsField::Secret => self.secret.is_some(),
            SettingsField::Server => self.server.is_some(),
            SettingsField::User => self.user.is_some(),
            SettingsField::From => self.from.is_some(),
        }
    }

    /// The secret without what pasting leaves around it.
    fn secret(&self) -> Result<Option<String>, (SettingsField, SettingsFault)> {
        let secret = self.secret.as_ref().map(|secret| typed_value(secret.expose()));
        match secret.filter(|secret| !secret.is_empty()) {
            Some(secret) if secret.len() > MAX_TEXT || secret.contains(char::is_control) => {
                Err((SettingsField::Secret, SettingsFault::Length))
            }
            secret => Ok(secret),
        }
    }
}

fn webhook(typed: &TypedSettings) -> Result<ChannelSettings, (SettingsField, SettingsFault)> {
    let url = url(SettingsField::Address, &typed.address)?;
    let secret = typed.secret()?;
    if secret.as_ref().is_some_and(|secret| secret.len() < MIN_KEY) {
        return Err((SettingsField::Secret, SettingsFault::Length));
    }
    Ok(ChannelSettings::Webhook { url, secret: secret.unwrap_or_else(|| new_secret().expose().to_owned()) })
}

fn ntfy(typed: &TypedSettings) -> Result<ChannelSettings, (SettingsField, SettingsFault)> {
    let address = typed_value(&typed.address);
    let address = if address.contains('/') { address } else { format!("{NTFY}/{address}") };
    let address = if address.contains("://") { address } else { format!("https://{address}") };
    let address = url(SettingsField::Address, &address)?;
    let (server, topic) = address.trim_end_matches('/').rsplit_once('/').unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let is_topic = (1..=64).contains(&topic.len()) && topic.chars().all(is_plain) && !server.ends_with('/');
    if !is_topic {
        return Err((SettingsField::Address, SettingsFault::Topic));
    }
    let (server, topic) = (server.to_owned(), topic.to_owned());
    Ok(ChannelSettings::Ntfy { server, topic, token: typed.secret()? })
}

fn telegram(typed: &TypedSettings) -> Result<ChannelSettings, (SettingsField, SettingsFault)> {
    let chat = typed_value(&typed.address);
    let digits = chat.strip_prefix('-').unwrap_or(&chat);
    let is_id = (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let is_name = chat.strip_prefix('@').is_some_and(|name| {
        (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    if !is_id && !is_name {
        return Err((SettingsField::Address, SettingsFault::Chat));
    }
    let token = typed.secret()?.ok_or((SettingsField::Secret, SettingsFault::Missing))?;
    let is_token = token.split_once(':').is_some_and(|(bot, key)| {
        let is_key = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        !bot.is_empty()
            && bot.bytes().all(|b| b.is_ascii_digit())
            && !key.is_empty()
            && key.bytes().all(is_key)
    });
    if !is_token {
        return Err((SettingsField::Secret, SettingsFault::BotToken));
    }
    let server = typed.server.as_deref().unwrap_or(TELEGRAM);
    let server = url(SettingsField::Server, server)?.trim_end_matches('/').to_owned();
    Ok(ChannelSettings::Telegram { server, token, chat })
}

fn email(typed: &TypedSettings) -> Result<ChannelSettings, (SettingsField, SettingsFault)> {
    let mailbox = |field, text: &str| {
        let text = typed_value(text);
        if is_mailbox(&text) { Ok(text) } else { Err((field, SettingsFault::Email)) }
    };
    let to = mailbox(SettingsField::Address, &typed.address)?;
    let server = typed.server.as_deref().ok_or((SettingsField::Server, SettingsFault::Missing))?;
    let (security, host, port) =
        mail_server(server).ok_or((SettingsField::Server, SettingsFault::MailServer))?;
    let user = typed.user.as_deref().map(typed_value).filter(|user| !user.is_empty());
    if user.as_ref().is_some_and(|user| user.len() > MAX_TEXT || user.contains(char::is_control)) {
        return Err((SettingsField::User, SettingsFault::Length));
    }
    let login = match (user.clone(), typed.secret()?) {
        (None, None) => None,
        (Some(_), None) => return Err((SettingsField::Secret, SettingsFault::Missing)),
        (None, Some(_)) => return Err((SettingsField::User, SettingsFault::Missing)),
        (Some(_), Some(_)) if security == MailSecurity::Plain => {
            return Err((SettingsField::Server, SettingsFault::PlainPassword));
        }
        (Some(user), Some(password)) => Some((user, password)),
    };
    let from = match (&typed.from, user) {
        (Some(from), _) => mailbox(SettingsField::From, from)?,
        (None, Some(user)) if is_mailbox(&user) => user,
        (None, _) => to.clone(),
    };
    Ok(ChannelSettings::Email(EmailSettings { host, port, security, login, from, to }))
}

fn url(field: SettingsField, text: &str) -> Result<String, (SettingsField, SettingsFault)> {
    let url = WebUrl::parse(&typed_value(text)).map_err(|why| (field, SettingsFault::Url(why)))?;
    Ok(url.as_str().to_owned())
}

/// Whether it is an address that stands in an envelope as it is.
fn is_mailbox(text: &str) -> bool {
    let is_local = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
    text.len() <= 254
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && local.len() <= 64 && local.bytes().all(is_local) && is_host(domain)
        })
}

fn is_host(text: &str) -> bool {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    text.len() <= 253 && text.split('.').all(is_part)
}

/// Reads `smtps://host[:465]`, `smtp://host[:587]` (TLS by STARTTLS) or `smtp-plain://host[:25]`.
fn mail_server(text: &str) -> Option<(MailSecurity, String, u16)> {
    let text = typed_value(text);
    let (scheme, rest) = text.split_once("://").unwrap_or(("smtps", &text));
    let (security, usual) = match scheme.to_ascii_lowercase().as_str() {
        "smtps" => (MailSecurity::Tls, 465),
        "smtp" => (MailSecurity::StartTls, 587),
        "smtp-plain" => (MailSecurity::Plain, 25),
        _ => return None,
    };
    let rest = rest.trim_end_matches('/');
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port != 0)?),
        None => (rest, usual),
    };
    is_host(host).then(|| (security, host.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(address: &str, secret: &str, server: &str) -> TypedSettings {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        TypedSettings {
            address: address.to_owned(),
            secret: given(secret).map(Secret::new),
            server: given(server),
            ..TypedSettings::default()
        }
    }

    #[test]
    fn each_channel_is_read_and_shown_without_its_key() {
        let bot = "123456:AbC-dEf_0";
        for (channel, address, secret, server, shown) in [
            (NoticeChannelKind::Webhook, "https://h/x?k=1", "", "", "https://h/x"),
            (NoticeChannelKind::Ntfy, "loja-avisos", "", "", "https://ntfy.sh/loja-avisos"),
            (NoticeChannelKind::Ntfy, "ntfy.loja.com/a", "tk_1", "", "https://ntfy.loja.com/a"),
            (NoticeChannelKind::Ntfy, "http://127.0.0.1:8/a/", "", "", "http://127.0.0.1:8/a"),
            (NoticeChannelKind::Telegram, " -1001234 ", bot, "", "-1001234"),
            (NoticeChannelKind::Telegram, "@loja", bot, "http://127.0.0.1:9/", "@loja"),
            (NoticeChannelKind::Email, "ana@loja.com.br", "", "smtp-plain://localhost", "ana@loja.com.br"),
            (NoticeChannelKind::Whatsapp, "+55 21 99185-6227", "", "", "5521991856227"),
        ] {
            let read = ChannelSettings::read(channel, &typed(address, secret, server));
            let kept = read.map_err(|refused| format!("{address}: {refused:?}")).expect("settings").to_json();
            let reread = ChannelSettings::from_json(&kept).expect("as kept");
            assert_eq!(reread.shown(), shown);
            assert_eq!(reread.to_json().expose(), kept.expose());
        }
    }

    #[test]
    fn a_login_to_a_mail_server_is_kept_whole() {
        for server in ["smtps://h", "smtp://h:2525"] {
            let typed = TypedSettings { user: Some("ana".to_owned()), ..typed("a@b", "pass\"word", server) };
            let read = ChannelSettings::read(NoticeChannelKind::Email, &typed).map_err(|refused| refused.1);
            let kept = read.expect("settings").to_json();
            assert!(kept.expose().contains(r#"["ana","pass\"word"]"#), "{}", kept.expose());
            assert_eq!(ChannelSettings::from_json(&kept).expect("as kept").to_json().expose(), kept.expose());
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_its_field() {
        use SettingsFault::{BotToken, Chat, Email, Length, MailServer, Missing, NotTaken, Topic};
        let (webhook, ntfy, telegram) =
            (NoticeChannelKind::Webhook, NoticeChannelKind::Ntfy, NoticeChannelKind::Telegram);
        let email = NoticeChannelKind::Email;
        for (channel, address, secret, server, field, fault) in [
            (webhook, "https://h/", "short", "", SettingsField::Secret, Length),
            (webhook, "https://h/", "", "x", SettingsField::Server, NotTaken),
            (
                webhook,
                "http://169.254.169.254/",
                "",
                "",
                SettingsField::Address,
                SettingsFault::Url(BaseUrlError::Forbidden),
            ),
            (ntfy, "", "", "", SettingsField::Address, Topic),
            (ntfy, "https://ntfy.sh", "", "", SettingsField::Address, Topic),
            (
                ntfy,
                "https://ntfy.sh/a b",
                "",
                "",
                SettingsField::Address,
                SettingsFault::Url(BaseUrlError::Malformed),
            ),
            (telegram, "ana", "1:a", "", SettingsField::Address, Chat),
            (telegram, "1", "", "", SettingsField::Secret, Missing),
            (telegram, "1", "1:a/../x", "", SettingsField::Secret, BotToken),
            (email, "ana", "", "h", SettingsField::Address, Email),
            (email, "a@b>\r\nRCPT TO:<c", "", "h", SettingsField::Address, Email),
            (email, "a@b", "", "", SettingsField::Server, Missing),
            (email, "a@b", "", "ftp://h", SettingsField::Server, MailServer),
            (email, "a@b", "", "smtps://h:0", SettingsField::Server, MailServer),
            (email, "a@b", "password", "smtps://h", SettingsField::User, Missing),
            (NoticeChannelKind::Whatsapp, "5521991856227", "x", "", SettingsField::Secret, NotTaken),
        ] {
            let read = ChannelSettings::read(channel, &typed(address, secret, server));
            assert_eq!(read.map(|_| ()), Err((field, fault)), "{address} {secret} {server}");
        }
        let login =
            TypedSettings { user: Some("ana".to_owned()), ..typed("a@b", "password", "smtp-plain://h") };
        let read = ChannelSettings::read(email, &login).map(|_| ());
        assert_eq!(read, Err((SettingsField::Server, SettingsFault::PlainPassword)));
    }
}
