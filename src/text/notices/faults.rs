//! What is wrong with what somebody typed for a target, and why a message was not delivered.

use super::super::requests::phone;
use super::super::servers::base_url;
use crate::domain::NoticeChannelKind;
use crate::notices::SettingsFault;
use crate::upstream::BaseUrlError;

/// 409: a user has as many targets as one may have.
pub const TOO_MANY_TARGETS: &str = "Este usuário já tem 20 destinos de avisos";
/// Said beside [`TOO_MANY_TARGETS`].
pub const TOO_MANY_TARGETS_DETAIL: &str = "Remova um que não é mais usado antes de criar outro.";
/// 403: a target for all of somebody who may not see them.
pub const NOT_FOR_ALL: &str = "só administradores e operadores recebem avisos de todos os números";

/// A channel that there is not.
pub fn notice_channel_invalid() -> String {
    let words: Vec<_> = NoticeChannelKind::ALL.iter().map(|channel| channel.as_str()).collect();
    format!("deve ser um de: {}", words.join(", "))
}

/// A language that there is not.
pub const NOTICE_LANGUAGE_INVALID: &str = "deve ser pt-BR ou en";
/// Hours that cannot be read.
pub const QUIET_HOURS_INVALID: &str = "deve ser como 22:00-07:00";
/// A time that cannot be read.
pub const UTC_OFFSET_INVALID: &str = "deve ser como -03:00";

/// What a setting of a target should have been.
pub fn setting_fault(fault: &SettingsFault) -> String {
    match fault {
        SettingsFault::Url(BaseUrlError::Malformed) => "não é um endereço: use algo como https://exemplo.com/avisos".to_owned(),
        SettingsFault::Url(BaseUrlError::Query) => "não pode ter \"#\"".to_owned(),
        SettingsFault::Url(BaseUrlError::Forbidden) => {
            "aponta para um endereço link-local ou de metadados, que nunca recebe avisos".to_owned()
        }
        SettingsFault::Url(why) => base_url(*why).to_owned(),
        SettingsFault::Topic => {
            "não é um tópico do ntfy: use o nome dele (letras, números, - e _) ou o endereço, como \
             https://ntfy.sh/loja-avisos"
                .to_owned()
        }
        SettingsFault::Chat => {
            "não é um chat do Telegram: use o número do chat, como -1001234567890, ou @canal".to_owned()
        }
        SettingsFault::BotToken => "não é o token de um bot do Telegram, como 123456:AbC…".to_owned(),
        SettingsFault::Email => "não é um endereço de e-mail".to_owned(),
        SettingsFault::MailServer => {
            "não é um servidor de e-mail: use smtps://smtp.exemplo.com (TLS, porta 465), smtp://smtp.exemplo.com \
             (STARTTLS, porta 587) ou smtp-plain://localhost (sem TLS nem senha, porta 25)"
                .to_owned()
        }
        SettingsFault::PlainPassword => {
            "sem TLS nenhuma senha é enviada: use smtps:// ou smtp://, ou tire o usuário e a senha".to_owned()
        }
        SettingsFault::OutOfReach => {
            "leva à rede do próprio servidor, o que só um administrador pode usar, ou a um endereço que ninguém pode".to_owned()
        }
        SettingsFault::Phone(error) => phone(error),
        SettingsFault::Missing => "é obrigatório neste canal".to_owned(),
        SettingsFault::Length => "deve ter de 16 a 512 caracteres no webhook, e no máximo 512 nos outros".to_owned(),
        SettingsFault::NotTaken => "não existe neste canal".to_owned(),
    }
}

/// Why a message was not delivered, and what to do about it.
pub fn delivery_failure(code: &str) -> String {
    let text = match code {
        "forbidden_address" => {
            "O endereço leva à rede do próprio servidor, o que só um administrador pode usar, ou a um endereço que \
             ninguém pode."
        }
        "name_not_found" => "O nome do servidor não existe. Confira o endereço.",
        "unreachable" => "Não há conexão com o servidor. Confira o endereço e se ele está no ar.",
        "tls" => "A conexão TLS falhou. Confira o certificado do servidor.",
        "timeout" => "O servidor não respondeu a tempo.",
        "unexpected" => "O servidor respondeu algo que não se entende.",
        "http_401" | "http_403" => {
            "O servidor recusou o acesso. Confira o token e se ele pode enviar para cá."
        }
        "http_404" => "O servidor não conhece o endereço. No Telegram: confira o token do bot.",
        "http_400" => "O servidor recusou a mensagem. No Telegram: confira o chat, e se o bot está nele.",
        "http_429" => "O servidor recebeu mensagens demais e pediu para esperar.",
        "smtp_no_tls" => "O servidor de e-mail não oferece TLS, ou não aceita login com senha.",
        "smtp_530" | "smtp_550" | "smtp_554" => {
            "O servidor de e-mail recusou a mensagem. Confira o remetente, o destinatário e se é preciso login."
        }
        "no_sender" => "Nenhum outro número conectado pode enviar pelo WhatsApp agora.",
        "not_on_whatsapp" => "A Evolution não enviou: o número não tem WhatsApp, ou foi recusado.",
        "unreadable_settings" => "Os dados deste destino não podem ser lidos. Remova-o e crie outro.",
        _ if code.starts_with("smtp_login_") => "O servidor de e-mail recusou o usuário ou a senha.",
        _ if code.starts_with("smtp_") => "O servidor de e-mail não aceitou a mensagem.",
        _ if code.starts_with("http_3") => {
            "O servidor manda para outro endereço, o que não é seguido. Use o endereço final."
        }
        _ if code.starts_with("http_") => "O servidor respondeu com um erro.",
        _ => "Algo falhou no pareia. O log dele diz o quê.",
    };
    format!("{text} ({code})")
}
