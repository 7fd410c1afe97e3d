//! Every sentence a caller of the API reads, in Brazilian Portuguese, and the codes they go with.
//!
//! Sentences say what happened and what to do next. They never carry a secret, nor text that came
//! from upstream.

mod access;
mod instances;
mod storage;

pub use access::*;
pub use instances::*;
pub use storage::*;

use crate::domain::UpstreamError;
use crate::domain::{Channel, Invalid};
use crate::instance::connect::{Answer, Found, Refusal};
use crate::upstream::evolution::Check;

/// The outer message of every success.
pub const DONE: &str = "Instância criada com credenciais do sistema";
/// A phone is connected.
pub const CONNECTED: &str = "Instância já conectada.";
/// Said beside a null pairing code.
pub const PAIRING_CODE_MISSING: &str = "Esta instância já está aguardando a leitura de um QR Code que foi \
    pedido sem código de pareamento. Escaneie o QR Code, ou peça o código quando este expirar.";

/// A refusal in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The stable code that programs look at.
    pub code: &'static str,
    /// What happened.
    pub error: String,
    /// The cause and the next step, where there is more to say.
    pub detail: Option<&'static str>,
}

/// The sentence of a success.
pub fn answer(answer: &Answer) -> &'static str {
    match answer.found {
        Found::Missing => "Instância criada. Escaneie o QR Code no WhatsApp.",
        Found::Existing => "Instância já existente. Escaneie o QR Code.",
        Found::Connected => CONNECTED,
    }
}

/// The sentence of a refusal.
pub fn refusal(refusal: &Refusal) -> Sentence {
    let (code, error, detail) = match refusal {
        Refusal::Gone => ("not_found", NOT_FOUND.to_owned(), None),
        Refusal::OwnedByOther => (
            "owned_by_other_user",
            "Instância já existe para outro usuário".to_owned(),
            Some("Use outro channelInstanceId, ou o token do dono da instância."),
        ),
        Refusal::PairedUpstream => (
            "owned_by_other_user",
            "Instância já existe para outro usuário".to_owned(),
            Some(
                "Esse nome já existe na Evolution com um celular pareado, e só um administrador pode adotá-lo. \
                 Use outro channelInstanceId, ou peça a um administrador.",
            ),
        ),
        Refusal::NoActiveCredential(channel) => ("no_active_credential", no_credential(*channel), None),
        Refusal::Busy => (
            "busy",
            "Servidor ocupado, tente de novo em instantes".to_owned(),
            Some("Há chamadas demais esperando pela Evolution API. A mesma chamada pode ser repetida."),
        ),
        Refusal::Upstream(trouble) => {
            let (code, detail) = (trouble.code(), upstream(*trouble));
            (code, "Erro ao criar/conectar instância".to_owned(), Some(detail))
        }
        Refusal::NoQr => (
            "qr_timeout",
            "Erro ao criar/conectar instância".to_owned(),
            Some(
                "O WhatsApp ainda não entregou um QR Code a este servidor Evolution. Chame de novo; se \
                  continuar, confira se o servidor alcança web.whatsapp.com e a versão da Evolution API.",
            ),
        ),
        Refusal::Reconnecting => (
            "qr_timeout",
            "Erro ao criar/conectar instância".to_owned(),
            Some(
                "Já há um celular pareado e a Evolution está tentando reconectar. Confira se o servidor alcança \
                  o WhatsApp e chame de novo; para parear outro celular, desconecte este antes.",
            ),
        ),
        Refusal::StorageFull(folder) => ("storage_full", storage_full(folder), Some(STORAGE_FULL_DETAIL)),
        Refusal::Internal => (
            "internal",
            "Erro interno".to_owned(),
            Some("Procure o requestId no log do pareia. A mesma chamada pode ser repetida."),
        ),
    };
    Sentence { code, error, detail }
}

/// What is wrong with a field.
pub fn invalid(problem: Invalid) -> String {
    match problem {
        Invalid::Channel => {
            let channels: Vec<_> = Channel::ALL.iter().map(|c| format!("\"{}\"", c.as_str())).collect();
            format!("channel inválido. Canais válidos: {}", channels.join(", "))
        }
        Invalid::Name => {
            "deve ter de 1 a 64 caracteres entre A-Z a-z 0-9 . _ - e começar com letra ou número".into()
        }
        Invalid::Phone => {
            "deve ter de 8 a 15 dígitos, com o código do país primeiro (ex.: 5521991856227)".into()
        }
        Invalid::Label => "deve ter de 1 a 64 caracteres, numa linha só".into(),
        Invalid::Password => "deve ter de 8 a 128 caracteres e não pode ser o nome do usuário".into(),
    }
}

fn no_credential(channel: Channel) -> String {
    format!(
        "Nenhuma credencial ativa encontrada para o canal \"{}\". Por favor, contate o administrador para \
         configurar as credenciais de integração.",
        channel.as_str()
    )
}

/// The next step for what upstream did.
pub fn upstream(trouble: UpstreamError) -> &'static str {
    match trouble {
        UpstreamError::Unreachable | UpstreamError::Broken => {
            "A Evolution API não respondeu nesse endereço. Confira se ela está rodando e o baseUrl da credencial."
        }
        UpstreamError::RejectedKey => {
            "A Evolution API recusou a chave. Confira AUTHENTICATION_API_KEY no servidor e troque a chave com \
             \"pareia credential rotate\"."
        }
        UpstreamError::LicenseRequired => {
            "Esta Evolution API (2.4 ou mais nova) pede ativação da licença. Ative-a no manager dela, ou use a 2.3.7."
        }
        UpstreamError::NotLoaded => {
            "A Evolution API conhece o nome, mas não carregou a instância: está reiniciando, ainda a está removendo, \
             ou o nome pertence a outra instalação no mesmo banco. Chame de novo em instantes."
        }
        UpstreamError::Unexpected => {
            "A Evolution API respondeu com um erro ou com algo que não é dela. Confira o baseUrl e o log da Evolution."
        }
        UpstreamError::Timeout => {
            "A Evolution API aceitou a chamada e não respondeu a tempo. Confira a carga dela e chame de novo."
        }
    }
}

/// What to paste into Evolution's environment, so that it posts its hints to that address. Its names
/// for events are those of 1.8 and 2.x alike; logouts have none of their own there.
pub fn webhook_environment(url: &str) -> String {
    format!(
        "WEBHOOK_GLOBAL_ENABLED=true\nWEBHOOK_GLOBAL_URL={url}\nWEBHOOK_GLOBAL_WEBHOOK_BY_EVENTS=false\n\
         WEBHOOK_EVENTS_CONNECTION_UPDATE=true\nWEBHOOK_EVENTS_QRCODE_UPDATED=true\n\
         WEBHOOK_EVENTS_INSTANCE_CREATE=true\nWEBHOOK_EVENTS_INSTANCE_DELETE=true"
    )
}

/// What a test found wrong with a server or its key; `None` when nothing is.
pub fn check(check: &Check) -> Option<Sentence> {
    match check {
        Check::Fine { .. } => None,
        Check::InstanceToken => Some(Sentence {
            code: "instance_token",
            error: "A chave é o token de uma instância, não a chave global".to_owned(),
            detail: Some("Com ela nada pode ser criado. Use a AUTHENTICATION_API_KEY do servidor."),
        }),
        Check::Failed(trouble) => Some(server(*trouble)),
    }
}

/// What is wrong with a server as a whole, and what to do about it.
pub fn server(trouble: UpstreamError) -> Sentence {
    let (error, step) = match trouble {
        UpstreamError::Unreachable | UpstreamError::Broken => (
            "A Evolution API não responde nesse endereço",
            "Confira se ela está rodando e o endereço (baseUrl) da credencial.",
        ),
        UpstreamError::RejectedKey => (
            "A Evolution API recusa a chave",
            "Confira AUTHENTICATION_API_KEY no servidor e troque a chave da credencial.",
        ),
        UpstreamError::LicenseRequired => (
            "Esta Evolution API (2.4 ou mais nova) pede ativação da licença",
            "Ative-a no manager dela, ou use a 2.3.7.",
        ),
        UpstreamError::NotLoaded => {
            ("A Evolution API ainda não carregou a instância", "Espere alguns instantes e tente de novo.")
        }
        UpstreamError::Unexpected => (
            "A Evolution API respondeu com um erro, ou com algo que não é dela",
            "Confira o endereço (baseUrl) e o log da Evolution.",
        ),
        UpstreamError::Timeout => {
            ("A Evolution API não respondeu a tempo", "Confira a carga dela e tente de novo.")
        }
    };
    Sentence { code: trouble.code(), error: error.to_owned(), detail: Some(step) }
}

/// The same from the code that was written down.
pub fn server_code(code: &str) -> Sentence {
    let known = [
        UpstreamError::Unreachable,
        UpstreamError::RejectedKey,
        UpstreamError::LicenseRequired,
        UpstreamError::NotLoaded,
        UpstreamError::Timeout,
    ];
    server(known.into_iter().find(|t| t.code() == code).unwrap_or(UpstreamError::Unexpected))
}

/// So many of them.
pub fn count(n: u32, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// 400: the body cannot be read.
pub const INVALID_JSON: &str = "Corpo da requisição não é um JSON válido";
/// Said beside [`INVALID_JSON`].
pub const INVALID_JSON_DETAIL: &str = "O corpo deve ser um objeto JSON em UTF-8, por exemplo \
    {\"channel\": \"whatsapp_evolution\", \"channelInstanceId\": \"minha-loja\", \
    \"channelPhoneOrId\": \"5521991856227\"}.";
/// 400: not HTTP.
pub const BAD_REQUEST: &str = "Requisição HTTP malformada";
/// 401.
pub const UNAUTHORIZED: &str = "Não autorizado";
/// Said beside [`UNAUTHORIZED`].
pub const UNAUTHORIZED_DETAIL: &str = "Envie o cabeçalho \"Authorization: Bearer TOKEN\" com um token válido. \
    Um token novo vem de \"pareia token create USUÁRIO\".";
/// 403.
pub const FORBIDDEN: &str = "Só um administrador pode fazer isso";
/// Said beside [`FORBIDDEN`].
pub const FORBIDDEN_DETAIL: &str =
    "Use o token ou a conta de um administrador (\"pareia user list\" mostra quais são).";
/// 404.
pub const NOT_FOUND: &str = "Não encontrado";
/// 405.
pub const METHOD_NOT_ALLOWED: &str = "Método não permitido";
/// 408.
pub const REQUEST_TIMEOUT: &str = "A requisição não chegou inteira a tempo";
/// 413.
pub const BODY_TOO_LARGE: &str =
    "Corpo da requisição grande demais (o limite é de 64 KiB; o de um webhook, 1 MiB)";
/// 429.
pub const RATE_LIMITED: &str = "Tentativas demais sem um token válido";
/// Said beside [`RATE_LIMITED`].
pub const RATE_LIMITED_DETAIL: &str =
    "Espere o tempo do cabeçalho Retry-After. Chamadas com um token válido continuam passando.";
/// 431.
pub const HEADERS_TOO_LARGE: &str =
    "Cabeçalhos da requisição grandes demais (o limite é de 16 KiB e 64 linhas)";
/// 503: the database takes no writes.
pub const NOT_READY: &str = "O banco de dados não aceita gravações";
/// Said beside [`NOT_READY`].
pub const NOT_READY_DETAIL: &str =
    "Confira o espaço em disco e as permissões da pasta de dados; a causa está no log do pareia.";

/// A field that is not there, or is no text.
pub fn not_a_text(field: &str) -> String {
    format!("{field} é obrigatório e deve ser um texto entre aspas")
}

/// A field that is neither `true` nor `false`.
pub fn not_a_bool(field: &str) -> String {
    format!("{field} deve ser true ou false")
}

/// A field that is no whole number within its bounds.
pub fn not_a_number(field: &str, within: &std::ops::RangeInclusive<u64>) -> String {
    format!("{field} deve ser um número inteiro de {} a {}", within.start(), within.end())
}

/// A field whose text is not what it must be.
pub fn invalid_field(field: &str, problem: Invalid) -> String {
    format!("{field} {}", invalid(problem))
}
