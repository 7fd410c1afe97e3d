//! Sentences about requests: what cannot be read, what a field must be, who may not.

use super::language::{either, say};
use crate::domain::{Channel, Invalid, PhoneError, PhoneFault, Role, TokenScope};

/// A phone as it should be written.
const PHONE_EXAMPLE: &str = "5521991856227";

/// What is wrong with a field.
pub fn invalid(problem: Invalid) -> String {
    match problem {
        Invalid::Channel => {
            let channels: Vec<_> = Channel::ALL.iter().map(|c| format!("\"{}\"", c.as_str())).collect();
            say!(
                "channel inválido. Canais válidos: {}",
                "invalid channel. Valid channels: {}",
                channels.join(", ")
            )
        }
        Invalid::Name => either(
            "deve ter de 1 a 64 caracteres entre A-Z a-z 0-9 . _ - e começar com letra ou número",
            "must have 1 to 64 characters of A-Z a-z 0-9 . _ - and begin with a letter or digit",
        )
        .into(),
        Invalid::Label => either(
            "deve ter de 1 a 64 caracteres, numa linha só",
            "must have 1 to 64 characters, on one line",
        )
        .into(),
        Invalid::DisplayName => {
            either("pode ter até 80 caracteres, numa linha só", "may have up to 80 characters, on one line")
                .into()
        }
        Invalid::Note => either(
            "pode ter até 500 caracteres, em linhas de texto sem caracteres de controle",
            "may have up to 500 characters, in lines of text without control characters",
        )
        .into(),
        Invalid::Labels => either(
            "deve ser uma lista de até 20 textos, de 1 a 40 caracteres numa linha só",
            "must be a list of up to 20 texts, of 1 to 40 characters on one line",
        )
        .into(),
        Invalid::Password => either(
            "deve ter de 8 a 128 caracteres e não pode ser o nome do usuário",
            "must have 8 to 128 characters and may not be the user's name",
        )
        .into(),
        Invalid::TokenScope => say!(
            "deve ser um de: {}",
            "must be one of: {}",
            TokenScope::ALL.map(TokenScope::as_str).join(", ")
        ),
        Invalid::Role => {
            say!("deve ser um de: {}", "must be one of: {}", Role::ALL.map(Role::as_str).join(", "))
        }
    }
}

/// What is wrong with a phone, and the form it should have.
pub fn phone(error: &PhoneError) -> String {
    let why = match error.fault {
        PhoneFault::Empty => either("está vazio", "is empty"),
        PhoneFault::Characters => either(
            "deve ter só dígitos, com o código do país primeiro",
            "must have digits only, the country code first",
        ),
        PhoneFault::Group => either(
            "é o endereço de um grupo (@g.us), não um telefone",
            "is the address of a group (@g.us), not a phone",
        ),
        PhoneFault::Lid => either(
            "é um identificador interno do WhatsApp (@lid), não um telefone",
            "is an internal identifier of WhatsApp (@lid), not a phone",
        ),
        PhoneFault::Spreadsheet => either(
            "veio de uma planilha como número e pode ter perdido dígitos: use a coluna como texto",
            "came from a spreadsheet as a number and may have lost digits: use the column as text",
        ),
        PhoneFault::Several => {
            either("tem mais de um número: mande um só", "has more than one number: send only one")
        }
        PhoneFault::Short => either(
            "tem dígitos de menos: comece pelo código do país e pelo DDD (fora do Brasil, com +)",
            "has too few digits: begin with the country code and the area code (outside Brazil, with +)",
        ),
        PhoneFault::Long => either("tem dígitos demais", "has too many digits"),
        PhoneFault::Brazil => either(
            "tem dígitos de menos: depois do 55 vêm o DDD e mais 8 ou 9 dígitos",
            "has too few digits: after 55 come the area code and 8 or 9 more digits",
        ),
        PhoneFault::Area => either(
            "tem um DDD que não existe: confira os dois dígitos depois do 55",
            "has an area code that does not exist: check the two digits after 55",
        ),
        PhoneFault::Zero => either(
            "começa com 0: no lugar dele vem o código do país",
            "begins with 0: the country code comes in its place",
        ),
        PhoneFault::Zeros => either(
            "começa com 00: no lugar deles vêm + e o código do país",
            "begins with 00: + and the country code come in their place",
        ),
        PhoneFault::Carrier => {
            either("tem o código de uma operadora ou um 0 a mais", "has a carrier's code, or a 0 too many")
        }
        PhoneFault::Country => either(
            "está sem o código do país (se for de outro país, comece com +)",
            "has no country code (if it is of another country, begin with +)",
        ),
    };
    say!(
        "{why}; escreva assim: {}",
        "{why}; write it like this: {}",
        error.form.as_deref().unwrap_or(PHONE_EXAMPLE)
    )
}

/// A phone that is not there, or is neither a text nor a whole number.
pub fn not_a_phone(field: &str) -> String {
    say!(
        "{field} é obrigatório e deve ser um telefone; escreva assim: \"{PHONE_EXAMPLE}\"",
        "{field} is required and must be a phone; write it like this: \"{PHONE_EXAMPLE}\""
    )
}

/// The number that a row holds, which somebody edited there, is none.
pub fn stored_phone_unreadable(field: &str) -> String {
    say!(
        "{field}: o número gravado nesta instância não é um telefone. Grave o certo (PATCH com {field}, ou \
         \"pareia instance set NOME --phone TELEFONE\") e chame de novo",
        "{field}: the number saved on this instance is not a phone. Save the right one (PATCH with {field}, \
         or \"pareia instance set NAME --phone PHONE\") and call again"
    )
}

/// 400: the body cannot be read.
pub fn invalid_json() -> &'static str {
    either("Corpo da requisição não é um JSON válido", "The request's body is not valid JSON")
}
/// 400: not HTTP.
pub fn bad_request() -> &'static str {
    either("Requisição HTTP malformada", "Malformed HTTP request")
}
/// 401.
pub fn unauthorized() -> &'static str {
    either("Não autorizado", "Not authorized")
}
/// Said beside [`unauthorized`].
pub fn unauthorized_detail() -> &'static str {
    either(
        "Envie o cabeçalho \"Authorization: Bearer TOKEN\" com um token válido. Um token novo vem de \"pareia \
         token create USUÁRIO\".",
        "Send the header \"Authorization: Bearer TOKEN\" with a valid token. A new token comes from \"pareia \
         token create USER\".",
    )
}
/// Said where more than one header has a token.
pub fn token_twice() -> &'static str {
    either(
        "Veio mais de um cabeçalho Authorization. Envie só um: \"Authorization: Bearer TOKEN\".",
        "More than one Authorization header came. Send only one: \"Authorization: Bearer TOKEN\".",
    )
}
/// Said where the token came in a header of another API.
pub fn token_elsewhere() -> &'static str {
    either(
        "Veio um cabeçalho como apikey ou X-Api-Key, que o pareia não lê. Envie o token do pareia assim: \
         \"Authorization: Bearer TOKEN\".",
        "A header like apikey or X-Api-Key came, which pareia does not read. Send pareia's token like this: \
         \"Authorization: Bearer TOKEN\".",
    )
}
/// Said where nothing is behind the scheme.
pub fn token_empty() -> &'static str {
    either(
        "Veio \"Bearer\" sem token depois: a variável que o guarda está vazia? Envie \"Authorization: Bearer \
         TOKEN\".",
        "\"Bearer\" came without a token behind it: is the variable that holds it empty? Send \
         \"Authorization: Bearer TOKEN\".",
    )
}
/// Said where the scheme is missing.
pub fn token_without_scheme() -> &'static str {
    either(
        "Falta a palavra Bearer antes do token. Envie \"Authorization: Bearer TOKEN\".",
        "The word Bearer is missing before the token. Send \"Authorization: Bearer TOKEN\".",
    )
}
/// Said of a name and a password.
pub fn token_basic() -> &'static str {
    either(
        "Veio autenticação Basic (nome e senha), que a API não aceita. Envie \"Authorization: Bearer TOKEN\".",
        "Basic authentication (name and password) came, which the API does not take. Send \"Authorization: \
         Bearer TOKEN\".",
    )
}
/// Said of any other scheme.
pub fn token_other_scheme() -> &'static str {
    either(
        "A palavra antes do token não é Bearer. Envie \"Authorization: Bearer TOKEN\".",
        "The word before the token is not Bearer. Send \"Authorization: Bearer TOKEN\".",
    )
}
/// Said where the scheme came twice.
pub fn token_doubled() -> &'static str {
    either(
        "A palavra Bearer veio duas vezes: a ferramenta já a põe. Envie \"Authorization: Bearer TOKEN\".",
        "The word Bearer came twice: the tool adds it already. Send \"Authorization: Bearer TOKEN\".",
    )
}
/// Said of a token in quotes.
pub fn token_quoted() -> &'static str {
    either(
        "O token veio entre aspas ou sinais de menor e maior. Envie sem eles: \"Authorization: Bearer TOKEN\".",
        "The token came in quotes or angle brackets. Send it without them: \"Authorization: Bearer TOKEN\".",
    )
}
/// Said where the name of a token came.
pub fn token_placeholder() -> &'static str {
    either(
        "No lugar do token veio o nome de uma variável ou uma expressão que não foi preenchida. Envie \
         \"Authorization: Bearer TOKEN\", com o token que \"pareia token create USUÁRIO\" imprimiu.",
        "In place of the token came the name of a variable, or an expression that was not filled in. Send \
         \"Authorization: Bearer TOKEN\", with the token that \"pareia token create USER\" printed.",
    )
}
/// Said of a token with something else in it.
pub fn token_broken() -> &'static str {
    either(
        "O token tem um espaço, uma barra ou uma vírgula, que nenhum tem: confira o fim dele (um \\n?). Envie \
         \"Authorization: Bearer TOKEN\".",
        "The token has a space, a slash or a comma in it, which none has: check its end (a \\n?). Send \
         \"Authorization: Bearer TOKEN\".",
    )
}
/// 403.
pub fn forbidden() -> &'static str {
    either("Só um administrador pode fazer isso", "Only an administrator may do that")
}
/// Said beside [`forbidden`].
pub fn forbidden_detail() -> &'static str {
    either(
        "Use o token ou a conta de um administrador (\"pareia user list\" mostra quais são).",
        "Use the token or the account of an administrator (\"pareia user list\" shows which they are).",
    )
}
/// 404.
pub fn not_found() -> &'static str {
    either("Não encontrado", "Not found")
}
/// 405.
pub fn method_not_allowed() -> &'static str {
    either("Método não permitido", "Method not allowed")
}
/// 408.
pub fn request_timeout() -> &'static str {
    either("A requisição não chegou inteira a tempo", "The request did not arrive whole in time")
}
/// 413.
pub fn body_too_large() -> &'static str {
    either(
        "Corpo da requisição grande demais (o limite é de 64 KiB; o de um webhook, 1 MiB)",
        "The request's body is too large (the limit is 64 KiB; a webhook's, 1 MiB)",
    )
}
/// 429.
pub fn rate_limited() -> &'static str {
    either("Tentativas demais sem um token válido", "Too many attempts without a valid token")
}
/// Said beside [`rate_limited`].
pub fn rate_limited_detail() -> &'static str {
    either(
        "Espere o tempo do cabeçalho Retry-After. Chamadas com um token válido continuam passando.",
        "Wait for the time in the Retry-After header. Calls with a valid token still pass.",
    )
}
/// 431.
pub fn headers_too_large() -> &'static str {
    either(
        "Cabeçalhos da requisição grandes demais (o limite é de 16 KiB e 64 linhas)",
        "The request's headers are too large (the limit is 16 KiB and 64 lines)",
    )
}
/// 503: the database takes no writes.
pub fn not_ready() -> &'static str {
    either("O banco de dados não aceita gravações", "The database takes no writes")
}
/// Said beside [`not_ready`].
pub fn not_ready_detail() -> &'static str {
    either(
        "Confira o espaço em disco e as permissões da pasta de dados; a causa está no log do pareia.",
        "Check the disk space and the permissions of the data folder; the cause is in pareia's log.",
    )
}

/// A field that is not there, or is no text.
pub fn not_a_text(field: &str) -> String {
    say!(
        "{field} é obrigatório e deve ser um texto entre aspas",
        "{field} is required and must be a text in quotes"
    )
}

/// A field that is no list of texts.
pub fn not_texts(field: &str) -> String {
    say!("{field} deve ser uma lista de textos entre aspas", "{field} must be a list of texts in quotes")
}

/// A field that the call does not take, or `None`: it has none at all.
pub fn unexpected_field(field: Option<&str>, taken: &[&str]) -> String {
    let taken = taken.join(", ");
    match field {
        Some(field) => say!(
            "{field} não é um campo daqui. Os campos são: {taken}",
            "{field} is not a field of this call. The fields are: {taken}"
        ),
        None => say!("Informe ao menos um dos campos: {taken}", "Give at least one of the fields: {taken}"),
    }
}

/// A field, or a parameter of the query, that is there more than once.
pub fn repeated_field(field: &str) -> String {
    say!(
        "{field} veio mais de uma vez: mande um valor só",
        "{field} came more than once: send a single value"
    )
}

/// A field that is neither `true` nor `false`.
pub fn not_a_bool(field: &str) -> String {
    say!("{field} deve ser true ou false, sem aspas", "{field} must be true or false, without quotes")
}

/// A field that is no whole number within its bounds.
pub fn not_a_number(field: &str, within: &std::ops::RangeInclusive<u64>) -> String {
    say!(
        "{field} deve ser um número inteiro de {} a {}",
        "{field} must be a whole number from {} to {}",
        within.start(),
        within.end()
    )
}

/// A field whose text is not what it must be.
pub fn invalid_field(field: &str, problem: Invalid) -> String {
    format!("{field} {}", invalid(problem))
}

/// A query parameter that is not one of a few words.
pub fn not_one_of(field: &str, words: &[&str]) -> String {
    say!("{field} deve ser um de: {}", "{field} must be one of: {}", words.join(", "))
}

/// A moment that cannot be read.
pub fn not_a_moment(field: &str) -> String {
    say!(
        "{field} deve ser um dia, como 2026-01-31, ou um momento em UTC, como 2026-01-31T12:00:00.000Z",
        "{field} must be a day, like 2026-01-31, or a moment in UTC, like 2026-01-31T12:00:00.000Z"
    )
}

/// A text that could find nothing.
pub fn not_a_search(field: &str, most: usize) -> String {
    say!(
        "{field} pode ter até {most} caracteres, numa linha só",
        "{field} may have up to {most} characters, on one line"
    )
}
