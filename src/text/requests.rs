//! Sentences about requests: what cannot be read, what a field must be, who may not.

use crate::domain::{Channel, Invalid, PhoneError, PhoneFault, Role};

/// A phone as it should be written.
const PHONE_EXAMPLE: &str = "5521991856227";

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
        Invalid::Label => "deve ter de 1 a 64 caracteres, numa linha só".into(),
        Invalid::Password => "deve ter de 8 a 128 caracteres e não pode ser o nome do usuário".into(),
        Invalid::Role => format!("deve ser um de: {}", Role::ALL.map(Role::as_str).join(", ")),
    }
}

/// What is wrong with a phone, and the form it should have.
pub fn phone(error: &PhoneError) -> String {
    let why = match error.fault {
        PhoneFault::Empty => "está vazio",
        PhoneFault::Characters => "deve ter só dígitos, com o código do país primeiro",
        PhoneFault::Group => "é o endereço de um grupo (@g.us), não um telefone",
        PhoneFault::Lid => "é um identificador interno do WhatsApp (@lid), não um telefone",
        PhoneFault::Spreadsheet => {
            "veio de uma planilha como número e pode ter perdido dígitos: use a coluna como texto"
        }
        PhoneFault::Several => "tem mais de um número: mande um só",
        PhoneFault::Short => {
            "tem dígitos de menos: comece pelo código do país e pelo DDD (fora do Brasil, com +)"
        }
        PhoneFault::Long => "tem dígitos demais",
        PhoneFault::Brazil => "tem dígitos de menos: depois do 55 vêm o DDD e mais 8 ou 9 dígitos",
        PhoneFault::Area => "tem um DDD que não existe: confira os dois dígitos depois do 55",
        PhoneFault::Zero => "começa com 0: no lugar dele vem o código do país",
        PhoneFault::Zeros => "começa com 00: no lugar deles vêm + e o código do país",
        PhoneFault::Carrier => "tem o código de uma operadora ou um 0 a mais",
        PhoneFault::Country => "está sem o código do país (se for de outro país, comece com +)",
    };
    format!("{why}; escreva assim: {}", error.form.as_deref().unwrap_or(PHONE_EXAMPLE))
}

/// A phone that is not there, or is neither a text nor a whole number.
pub fn not_a_phone(field: &str) -> String {
    format!("{field} é obrigatório e deve ser um telefone; escreva assim: \"{PHONE_EXAMPLE}\"")
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

/// A query parameter that is not one of a few words.
pub fn not_one_of(field: &str, words: &[&str]) -> String {
    format!("{field} deve ser um de: {}", words.join(", "))
}

/// A text that could find nothing.
pub fn not_a_search(field: &str, most: usize) -> String {
    format!("{field} pode ter até {most} caracteres, numa linha só")
}
