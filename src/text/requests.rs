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
        Invalid::DisplayName => "pode ter até 80 caracteres, numa linha só".into(),
        Invalid::Note => "pode ter até 500 caracteres, em linhas de texto sem caracteres de controle".into(),
        Invalid::Labels => "deve ser uma lista de até 20 textos, de 1 a 40 caracteres numa linha só".into(),
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

/// The number that a row holds, which somebody edited there, is none.
pub fn stored_phone_unreadable(field: &str) -> String {
    format!(
        "{field}: o número gravado nesta instância não é um telefone. Grave o certo (PATCH com {field}, ou \"pareia \
         instance set NOME --phone TELEFONE\") e chame de novo"
    )
}

/// 400: the body cannot be read.
pub const INVALID_JSON: &str = "Corpo da requisição não é um JSON válido";
/// 400: not HTTP.
pub const BAD_REQUEST: &str = "Requisição HTTP malformada";
/// 401.
pub const UNAUTHORIZED: &str = "Não autorizado";
/// Said beside [`UNAUTHORIZED`].
pub const UNAUTHORIZED_DETAIL: &str = "Envie o cabeçalho \"Authorization: Bearer TOKEN\" com um token válido. \
    Um token novo vem de \"pareia token create USUÁRIO\".";
/// Said where more than one header has a token.
pub const TOKEN_TWICE: &str =
    "Veio mais de um cabeçalho Authorization. Envie só um: \"Authorization: Bearer TOKEN\".";
/// Said where the token came in a header of another API.
pub const TOKEN_ELSEWHERE: &str = "Veio um cabeçalho como apikey ou X-Api-Key, que o pareia não lê. Envie o token do pareia \
    assim: \"Authorization: Bearer TOKEN\".";
/// Said where nothing is behind the scheme.
pub const TOKEN_EMPTY: &str = "Veio \"Bearer\" sem token depois: a variável que o guarda está vazia? Envie \
    \"Authorization: Bearer TOKEN\".";
/// Said where the scheme is missing.
pub const TOKEN_WITHOUT_SCHEME: &str =
    "Falta a palavra Bearer antes do token. Envie \"Authorization: Bearer TOKEN\".";
/// Said of a name and a password.
pub const TOKEN_BASIC: &str = "Veio autenticação Basic (nome e senha), que a API não aceita. Envie \
    \"Authorization: Bearer TOKEN\".";
/// Said of any other scheme.
pub const TOKEN_OTHER_SCHEME: &str =
    "A palavra antes do token não é Bearer. Envie \"Authorization: Bearer TOKEN\".";
/// Said where the scheme came twice.
pub const TOKEN_DOUBLED: &str = "A palavra Bearer veio duas vezes: a ferramenta já a põe. Envie \
    \"Authorization: Bearer TOKEN\".";
/// Said of a token in quotes.
pub const TOKEN_QUOTED: &str = "O token veio entre aspas ou sinais de menor e maior. Envie sem eles: \
    \"Authorization: Bearer TOKEN\".";
/// Said where the name of a token came.
pub const TOKEN_PLACEHOLDER: &str = "No lugar do token veio o nome de uma variável ou uma expressão que não foi preenchida. \
    Envie \"Authorization: Bearer TOKEN\", com o token que \"pareia token create USUÁRIO\" imprimiu.";
/// Said of a token with something else in it.
pub const TOKEN_BROKEN: &str = "O token tem um espaço, uma barra ou uma vírgula, que nenhum tem: confira o fim dele (um \\n?). \
    Envie \"Authorization: Bearer TOKEN\".";
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

/// A field that is no list of texts.
pub fn not_texts(field: &str) -> String {
    format!("{field} deve ser uma lista de textos entre aspas")
}

/// A field that the call does not take, or `None`: it has none at all.
pub fn unexpected_field(field: Option<&str>, taken: &[&str]) -> String {
    let taken = taken.join(", ");
    match field {
        Some(field) => format!("{field} não é um campo daqui. Os campos são: {taken}"),
        None => format!("Informe ao menos um dos campos: {taken}"),
    }
}

/// A field, or a parameter of the query, that is there more than once.
pub fn repeated_field(field: &str) -> String {
    format!("{field} veio mais de uma vez: mande um valor só")
}

/// A field that is neither `true` nor `false`.
pub fn not_a_bool(field: &str) -> String {
    format!("{field} deve ser true ou false, sem aspas")
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
