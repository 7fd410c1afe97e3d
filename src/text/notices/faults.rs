//! What is wrong with what somebody typed for a target, and why a message was not delivered.

use super::super::requests::phone;
use super::super::servers::base_url;
use crate::domain::NoticeChannelKind;
use crate::notices::SettingsFault;
use crate::text::language::{either, say};
use crate::upstream::BaseUrlError;

/// 409: a user has as many targets as one may have.
pub fn too_many_targets() -> &'static str {
    either("Este usuário já tem 20 destinos de avisos", "This user already has 20 notice targets")
}
/// Said beside [`too_many_targets`].
pub fn too_many_targets_detail() -> &'static str {
    either(
        "Remova um que não é mais usado antes de criar outro.",
        "Remove one that is no longer used before you create another.",
    )
}
/// 403: a target for all of somebody who may not see them.
pub fn not_for_all() -> &'static str {
    either(
        "só administradores e operadores recebem avisos de todos os números",
        "only administrators and operators are told of all numbers",
    )
}

/// A channel that there is not.
pub fn notice_channel_invalid() -> String {
    let words: Vec<_> = NoticeChannelKind::ALL.iter().map(|channel| channel.as_str()).collect();
    say!("deve ser um de: {}", "must be one of: {}", words.join(", "))
}

/// A language that there is not.
pub fn notice_language_invalid() -> &'static str {
    either("deve ser pt-BR ou en", "must be pt-BR or en")
}
/// Hours that cannot be read.
pub fn quiet_hours_invalid() -> &'static str {
    either("deve ser como 22:00-07:00", "must be like 22:00-07:00")
}
/// A time that cannot be read.
pub fn utc_offset_invalid() -> &'static str {
    either("deve ser como -03:00", "must be like -03:00")
}

/// What a setting of a target should have been.
pub fn setting_fault(fault: &SettingsFault) -> String {
    match fault {
        SettingsFault::Url(BaseUrlError::Malformed) => either(
            "não é um endereço: use algo como https://exemplo.com/avisos",
            "is not an address: use something like https://example.com/notices",
        )
        .to_owned(),
        SettingsFault::Url(BaseUrlError::Query) => {
            either("não pode ter \"#\"", "may not have a \"#\"").to_owned()
        }
        SettingsFault::Url(BaseUrlError::Forbidden) => either(
            "aponta para um endereço link-local ou de metadados, que nunca recebe avisos",
            "leads to a link-local or metadata address, which never receives notices",
        )
        .to_owned(),
        SettingsFault::Url(why) => base_url(*why).to_owned(),
        SettingsFault::Topic => either(
            "não é um tópico do ntfy: use o nome dele (letras, números, - e _) ou o endereço, como \
             https://ntfy.sh/loja-avisos",
            "is not a topic of ntfy: use its name (letters, digits, - and _) or its address, like \
             https://ntfy.sh/shop-notices",
        )
        .to_owned(),
        SettingsFault::Chat => either(
            "não é um chat do Telegram: use o número do chat, como -1001234567890, ou @canal",
            "is not a Telegram chat: use the chat's number, like -1001234567890, or @channel",
        )
        .to_owned(),
        SettingsFault::BotToken => either(
            "não é o token de um bot do Telegram, como 123456:AbC…",
            "is not the token of a Telegram bot, like 123456:AbC…",
        )
        .to_owned(),
        SettingsFault::Email => either("não é um endereço de e-mail", "is not an e-mail address").to_owned(),
        SettingsFault::MailServer => either(
            "não é um servidor de e-mail: use smtps://smtp.exemplo.com (TLS, porta 465), \
             smtp://smtp.exemplo.com (STARTTLS, porta 587) ou smtp-plain://localhost (sem TLS nem senha, \
             porta 25)",
            "is not a mail server: use smtps://smtp.example.com (TLS, port 465), smtp://smtp.example.com \
             (STARTTLS, port 587) or smtp-plain://localhost (without TLS or password, port 25)",
        )
        .to_owned(),
        SettingsFault::PlainPassword => either(
            "sem TLS nenhuma senha é enviada: use smtps:// ou smtp://, ou tire o usuário e a senha",
            "without TLS no password is sent: use smtps:// or smtp://, or leave out user and password",
        )
        .to_owned(),
        SettingsFault::OutOfReach => either(
            "leva à rede do próprio servidor, o que só um administrador pode usar, ou a um endereço que ninguém \
             pode",
            "leads to the server's own network, which only an administrator may use, or to an address that \
             nobody may",
        )
        .to_owned(),
        SettingsFault::Phone(error) => phone(error),
        SettingsFault::Missing => {
            either("é obrigatório neste canal", "is required for this channel").to_owned()
        }
        SettingsFault::Length => either(
            "deve ter de 16 a 512 caracteres no webhook, e no máximo 512 nos outros",
            "must have 16 to 512 characters for a webhook, and at most 512 for the others",
        )
        .to_owned(),
        SettingsFault::NotTaken => {
            either("não existe neste canal", "does not exist for this channel").to_owned()
        }
    }
}

/// Why a message was not delivered, and what to do about it.
pub fn delivery_failure(code: &str) -> String {
    let text = match code {
        "forbidden_address" => either(
            "O endereço leva à rede do próprio servidor, o que só um administrador pode usar, ou a um \
             endereço que ninguém pode.",
            "The address leads into the server's own network, which only an administrator may use, or to an \
             address that nobody may use.",
        ),
        "name_not_found" => either(
            "O nome do servidor não existe. Confira o endereço.",
            "The server's name does not exist. Check the address.",
        ),
        "unreachable" => either(
            "Não há conexão com o servidor. Confira o endereço e se ele está no ar.",
            "There is no connection to the server. Check the address and whether it is up.",
        ),
        "tls" => either(
            "A conexão TLS falhou. Confira o certificado do servidor.",
            "The TLS connection failed. Check the server's certificate.",
        ),
        "timeout" => either("O servidor não respondeu a tempo.", "The server did not answer in time."),
        "unexpected" => either(
            "O servidor respondeu algo que não se entende.",
            "The server answered something that is not understood.",
        ),
        "http_401" | "http_403" => either(
            "O servidor recusou o acesso. Confira o token e se ele pode enviar para cá.",
            "The server refused access. Check the token, and whether it may send here.",
        ),
        "http_404" => either(
            "O servidor não conhece o endereço. No Telegram: confira o token do bot.",
            "The server does not know the address. With Telegram: check the bot's token.",
        ),
        "http_400" => either(
            "O servidor recusou a mensagem. No Telegram: confira o chat, e se o bot está nele.",
            "The server refused the message. With Telegram: check the chat, and whether the bot is in it.",
        ),
        "http_429" => either(
            "O servidor recebeu mensagens demais e pediu para esperar.",
            "The server got too many messages and asked to wait.",
        ),
        "smtp_no_tls" => either(
            "O servidor de e-mail não oferece TLS, ou não aceita login com senha.",
            "The mail server does not offer TLS, or does not take a login with a password.",
        ),
        "smtp_530" | "smtp_550" | "smtp_554" => either(
            "O servidor de e-mail recusou a mensagem. Confira o remetente, o destinatário e se é preciso \
             login.",
            "The mail server refused the message. Check the sender, the recipient, and whether a login is \
             needed.",
        ),
        "no_sender" => either(
            "Nenhum outro número conectado pode enviar pelo WhatsApp agora.",
            "No other connected number can send by WhatsApp now.",
        ),
        "not_on_whatsapp" => either(
            "A Evolution não enviou: o número não tem WhatsApp, ou foi recusado.",
            "Evolution did not send it: the number has no WhatsApp, or was refused.",
        ),
        "unreadable_settings" => either(
            "Os dados deste destino não podem ser lidos. Remova-o e crie outro.",
            "The data of this target cannot be read. Remove it and create another.",
        ),
        _ if code.starts_with("smtp_login_") => either(
            "O servidor de e-mail recusou o usuário ou a senha.",
            "The mail server refused the user or the password.",
        ),
        _ if code.starts_with("smtp_") => either(
            "O servidor de e-mail não aceitou a mensagem.",
            "The mail server did not take the message.",
        ),
        _ if code.starts_with("http_3") => either(
            "O servidor manda para outro endereço, o que não é seguido. Use o endereço final.",
            "The server redirects to another address, which is not followed. Use the final address.",
        ),
        _ if code.starts_with("http_") => {
            either("O servidor respondeu com um erro.", "The server answered with an error.")
        }
        _ => either(
            "Algo falhou no pareia. O log dele diz o quê.",
            "Something failed in pareia. Its log says what.",
        ),
    };
    format!("{text} ({code})")
}
