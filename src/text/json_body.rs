//! Sentences about bodies that are no JSON object, or one that was made for something else.

/// The form that a body must have.
const RIGHT_FORM: &str = "O corpo deve ser um objeto JSON em UTF-8, por exemplo {\"channel\": \"whatsapp_evolution\", \
    \"channelInstanceId\": \"minha-loja\", \"channelPhoneOrId\": \"5521991856227\"}.";

/// Where a body stops being a JSON object, what is there, and the form it must have.
pub fn json_detail(line: usize, column: usize, what: &str) -> String {
    format!("Linha {line}, coluna {column}: {what}. {RIGHT_FORM}")
}

/// Nothing at all.
pub const BODY_EMPTY: &str = "o corpo está vazio";
/// UTF-16, as Windows writes it.
pub const BODY_UTF16: &str = "isto está em UTF-16: grave e mande em UTF-8";
/// Another encoding, Latin-1 for the most part.
pub const BODY_NOT_UTF8: &str = "aqui há um caractere que não está em UTF-8 (Latin-1?): mande em UTF-8";
/// `a=1&b=2`, or parts with a boundary.
pub const BODY_FORM: &str = "isto é um formulário: mande JSON, com Content-Type: application/json";
/// JSON whose signs are percent-encoded.
pub const BODY_URL_ENCODED: &str = "isto está codificado como URL (%7B…): mande o JSON sem codificar";
/// A list.
pub const BODY_LIST: &str = "isto é uma lista: mande só um objeto, sem os colchetes em volta";
/// A JSON text that holds JSON.
pub const BODY_TWICE: &str =
    "isto é um JSON dentro de um texto (codificado duas vezes): mande o objeto sem as aspas em volta";
/// A text, number or word by itself.
pub const BODY_VALUE: &str = "isto é um valor solto, não um objeto";
/// XML, or a page.
pub const BODY_MARKUP: &str = "isto é XML ou HTML";
/// It does not begin with a brace.
pub const BODY_NO_OBJECT: &str = "um objeto JSON começa com {";
/// `{\"a\"`.
pub const BODY_BACKSLASH: &str =
    "há uma barra invertida fora de um texto: as aspas foram escapadas uma vez a mais";
/// `'a'`.
pub const BODY_SINGLE_QUOTES: &str = "JSON usa aspas duplas (\"), não simples";
/// Curly quotes, as text processors make them.
pub const BODY_CURLY_QUOTES: &str = "JSON usa aspas retas (\"), não as curvas de um editor de texto";
/// `,}`.
pub const BODY_TRAILING_COMMA: &str = "há uma vírgula sobrando antes do fim do objeto ou da lista";
/// `//`, `/* */` or `#`.
pub const BODY_COMMENT: &str = "isto é um comentário, e JSON não tem comentários";
/// `{{ x }}` or `${x}`.
pub const BODY_TEMPLATE: &str = "há uma expressão que não foi preenchida ({{…}} ou ${…})";
/// A name without quotes.
pub const BODY_BARE_NAME: &str = "o nome de um campo vai entre aspas duplas";
/// A number that begins with 0 or +.
pub const BODY_NUMBER: &str = "um número não começa com 0 nem com +: ponha o telefone entre aspas";
/// `True`, `None`, `undefined`.
pub const BODY_OTHER_WORD: &str =
    "isto não é um valor de JSON: texto vai entre aspas; fora delas há números, true, false e null";
/// The end came too early.
pub const BODY_CUT: &str = "o JSON acaba antes da hora: falta fechar aspas, colchetes ou chaves";
/// More after the end.
pub const BODY_MORE: &str = "há mais alguma coisa depois do fim do objeto";
/// A line's end, or another control character, inside a text.
pub const BODY_CONTROL: &str =
    "há uma quebra de linha ou um caractere de controle dentro de um texto: use \\n";
/// Anything else.
pub const BODY_BROKEN: &str = "o JSON não continua assim: confira aspas, vírgulas e chaves";

/// Said where the fields are one level further in.
pub fn body_wrapped(member: &str) -> String {
    format!("Os campos vieram dentro de \"{member}\": mande só o que está dentro dele, como corpo.")
}

/// Said where the body is one for Evolution itself.
pub const BODY_OF_EVOLUTION: &str = "Isto é o corpo de uma chamada à Evolution API (instanceName, number). Aqui os campos \
    são channel, channelInstanceId (o nome da instância) e channelPhoneOrId (o telefone).";

/// A field that a tool should have filled in.
pub fn not_filled_in(field: &str) -> String {
    format!(
        "{field} chegou com uma expressão que não foi preenchida ({{{{…}}}} ou ${{…}}): confira o fluxo que chama"
    )
}
