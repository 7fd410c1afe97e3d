//! Sentences about bodies that are no JSON object, or one that was made for something else.

use super::language::{either, say};

/// The form that a body must have.
fn right_form() -> &'static str {
    either(
        "O corpo deve ser um objeto JSON em UTF-8, por exemplo {\"channel\": \"whatsapp_evolution\", \
         \"channelInstanceId\": \"minha-loja\", \"channelPhoneOrId\": \"5521991856227\"}.",
        "The body must be a JSON object in UTF-8, for example {\"channel\": \"whatsapp_evolution\", \
         \"channelInstanceId\": \"my-shop\", \"channelPhoneOrId\": \"5521991856227\"}.",
    )
}

/// Where a body stops being a JSON object, what is there, and the form it must have.
pub fn json_detail(line: usize, column: usize, what: &str) -> String {
    say!(
        "Linha {line}, coluna {column}: {what}. {}",
        "Line {line}, column {column}: {what}. {}",
        right_form()
    )
}

/// Nothing at all.
pub fn body_empty() -> &'static str {
    either("o corpo está vazio", "the body is empty")
}
/// UTF-16, as Windows writes it.
pub fn body_utf16() -> &'static str {
    either("isto está em UTF-16: grave e mande em UTF-8", "this is in UTF-16: save and send it in UTF-8")
}
/// Another encoding, Latin-1 for the most part.
pub fn body_not_utf8() -> &'static str {
    either(
        "aqui há um caractere que não está em UTF-8 (Latin-1?): mande em UTF-8",
        "here is a character that is not in UTF-8 (Latin-1?): send UTF-8",
    )
}
/// `a=1&b=2`, or parts with a boundary.
pub fn body_form() -> &'static str {
    either(
        "isto é um formulário: mande JSON, com Content-Type: application/json",
        "this is a form: send JSON, with Content-Type: application/json",
    )
}
/// JSON whose signs are percent-encoded.
pub fn body_url_encoded() -> &'static str {
    either(
        "isto está codificado como URL (%7B…): mande o JSON sem codificar",
        "this is encoded as a URL (%7B…): send the JSON without encoding it",
    )
}
/// A list.
pub fn body_list() -> &'static str {
    either(
        "isto é uma lista: mande só um objeto, sem os colchetes em volta",
        "this is a list: send only an object, without the brackets around it",
    )
}
/// A JSON text that holds JSON.
pub fn body_twice() -> &'static str {
    either(
        "isto é um JSON dentro de um texto (codificado duas vezes): mande o objeto sem as aspas em volta",
        "this is JSON inside a text (encoded twice): send the object without the quotes around it",
    )
}
/// A text, number or word by itself.
pub fn body_value() -> &'static str {
    either("isto é um valor solto, não um objeto", "this is a lone value, not an object")
}
/// XML, or a page.
pub fn body_markup() -> &'static str {
    either("isto é XML ou HTML", "this is XML or HTML")
}
/// It does not begin with a brace.
pub fn body_no_object() -> &'static str {
    either("um objeto JSON começa com {", "a JSON object begins with {")
}
/// `{\"a\"`.
pub fn body_backslash() -> &'static str {
    either(
        "há uma barra invertida fora de um texto: as aspas foram escapadas uma vez a mais",
        "there is a backslash outside a text: the quotes were escaped once too often",
    )
}
/// `'a'`.
pub fn body_single_quotes() -> &'static str {
    either("JSON usa aspas duplas (\"), não simples", "JSON uses double quotes (\"), not single ones")
}
/// Curly quotes, as text processors make them.
pub fn body_curly_quotes() -> &'static str {
    either(
        "JSON usa aspas retas (\"), não as curvas de um editor de texto",
        "JSON uses straight quotes (\"), not the curly ones of a text editor",
    )
}
/// `,}`.
pub fn body_trailing_comma() -> &'static str {
    either(
        "há uma vírgula sobrando antes do fim do objeto ou da lista",
        "there is one comma too many before the end of the object or list",
    )
}
/// `//`, `/* */` or `#`.
pub fn body_comment() -> &'static str {
    either("isto é um comentário, e JSON não tem comentários", "this is a comment, and JSON has no comments")
}
/// `{{ x }}` or `${x}`.
pub fn body_template() -> &'static str {
    either(
        "há uma expressão que não foi preenchida ({{…}} ou ${…})",
        "there is an expression that was not filled in ({{…}} or ${…})",
    )
}
/// A name without quotes.
pub fn body_bare_name() -> &'static str {
    either("o nome de um campo vai entre aspas duplas", "the name of a field goes in double quotes")
}
/// A number that begins with 0 or +.
pub fn body_number() -> &'static str {
    either(
        "um número não começa com 0 nem com +: ponha o telefone entre aspas",
        "a number does not begin with 0 or +: put the phone in quotes",
    )
}
/// `True`, `None`, `undefined`.
pub fn body_other_word() -> &'static str {
    either(
        "isto não é um valor de JSON: texto vai entre aspas; fora delas há números, true, false e null",
        "this is not a JSON value: text goes in quotes; outside of them there are numbers, true, false and \
         null",
    )
}
/// The end came too early.
pub fn body_cut() -> &'static str {
    either(
        "o JSON acaba antes da hora: falta fechar aspas, colchetes ou chaves",
        "the JSON ends too early: quotes, brackets or braces are still to be closed",
    )
}
/// More after the end.
pub fn body_more() -> &'static str {
    either(
        "há mais alguma coisa depois do fim do objeto",
        "there is something more after the end of the object",
    )
}
/// A line's end, or another control character, inside a text.
pub fn body_control() -> &'static str {
    either(
        "há uma quebra de linha ou um caractere de controle dentro de um texto: use \\n",
        "there is a line break or a control character inside a text: use \\n",
    )
}
/// Anything else.
pub fn body_broken() -> &'static str {
    either(
        "o JSON não continua assim: confira aspas, vírgulas e chaves",
        "the JSON does not go on like this: check quotes, commas and braces",
    )
}

/// Said where the fields are one level further in.
pub fn body_wrapped(member: &str) -> String {
    say!(
        "Os campos vieram dentro de \"{member}\": mande só o que está dentro dele, como corpo.",
        "The fields came inside \"{member}\": send only what is inside it, as the body."
    )
}

/// Said where the body is one for Evolution itself.
pub fn body_of_evolution() -> &'static str {
    either(
        "Isto é o corpo de uma chamada à Evolution API (instanceName, number). Aqui os campos são channel, \
         channelInstanceId (o nome da instância) e channelPhoneOrId (o telefone).",
        "This is the body of a call to Evolution API (instanceName, number). Here the fields are channel, \
         channelInstanceId (the instance's name) and channelPhoneOrId (the phone).",
    )
}

/// A field that a tool should have filled in.
pub fn not_filled_in(field: &str) -> String {
    say!(
        "{field} chegou com uma expressão que não foi preenchida ({{{{…}}}} ou ${{…}}): confira o fluxo que \
         chama",
        "{field} arrived with an expression that was not filled in ({{{{…}}}} or ${{…}}): check the flow that \
         calls"
    )
}
