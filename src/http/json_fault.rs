//! What a body is that is no JSON object: where it stops being one, and what it looks like. Pure; nothing of the body is
//! repeated.

use serde_json::error::Category;
use serde_json::{Error, Value};

use crate::text;

/// The mark that some editors put in front of a text.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The body without a mark of its encoding.
pub fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BOM).unwrap_or(body)
}

/// What is said about a body that was refused for that reason.
pub fn detail(body: &[u8], error: &Error) -> String {
    let Ok(body) = std::str::from_utf8(body) else {
        return undecoded(body);
    };
    let at = offset(body, error);
    said(&body[..at], what(body, at, error))
}

/// What is said about bytes that are no UTF-8.
fn undecoded(body: &[u8]) -> String {
    if matches!(body, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
        return said("", text::BODY_UTF16);
    }
    said(body.utf8_chunks().next().map_or("", |chunk| chunk.valid()), text::BODY_NOT_UTF8)
}

/// What is said of the place behind what could be read.
fn said(read: &str, what: &str) -> String {
    let last = read.rsplit('\n').next().unwrap_or_default();
    text::json_detail(read.matches('\n').count() + 1, last.chars().count() + 1, what)
}

/// Where an object stops being one; of anything else, where it begins.
fn offset(body: &str, error: &Error) -> usize {
    if !body.trim_start().starts_with('{') {
        return body.find(|c: char| !c.is_whitespace()).unwrap_or_default();
    }
    let ends = body.match_indices('\n').map(|(at, _)| at + 1);
    let line = std::iter::once(0).chain(ends).nth(error.line().max(1) - 1).unwrap_or_default();
    // Columns count bytes from 1, and are 0 where nothing of the line was read.
    let at = (line + error.column().max(1) - 1).min(body.len());
    (0..=at).rev().find(|at| body.is_char_boundary(*at)).unwrap_or_default()
}

fn what(body: &str, at: usize, error: &Error) -> &'static str {
    let trimmed = body.trim();
    match trimmed.chars().next() {
        None => text::BODY_EMPTY,
        Some('{') => broken(trimmed, &body[at..], error),
        Some('[') => text::BODY_LIST,
        Some('"') => text_body(trimmed),
        Some('<') => text::BODY_MARKUP,
        Some(_) if trimmed.contains('\0') => text::BODY_UTF16,
        Some('%') => text::BODY_URL_ENCODED,
        Some(_) if is_form(trimmed) => text::BODY_FORM,
        Some(_) if error.classify() == Category::Data => text::BODY_VALUE,
        Some(_) => text::BODY_NO_OBJECT,
    }
}

/// A JSON text: of an object, or of anything.
fn text_body(body: &str) -> &'static str {
    let inner = serde_json::from_str::<String>(body).unwrap_or_default();
    let holds_object = serde_json::from_str::<Value>(&inner).is_ok_and(|value| value.is_object());
    if holds_object { text::BODY_TWICE } else { text::BODY_VALUE }
}

fn is_form(body: &str) -> bool {
    let name = body.split_once('=').map_or("", |(name, _)| name);
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.[]%+".contains(&b));
    is_name || body.starts_with("--") && body.to_ascii_lowercase().contains("form-data")
}

/// What is wrong inside an object, from the place where reading it stopped.
fn broken(body: &str, rest: &str, error: &Error) -> &'static str {
    let message = error.to_string();
    let says = |words: &str| message.starts_with(words);
    let first = rest.chars().next().unwrap_or_default();
    let is_key = says("key must be a string");
    match first {
        _ if body.contains('\0') => text::BODY_UTF16,
        _ if error.is_eof() => text::BODY_CUT,
        _ if says("control character") => text::BODY_CONTROL,
        _ if says("trailing comma") => text::BODY_TRAILING_COMMA,
        '/' | '#' => text::BODY_COMMENT,
        '\'' => text::BODY_SINGLE_QUOTES,
        '“' | '”' | '„' | '‘' | '’' => text::BODY_CURLY_QUOTES,
        '\\' => text::BODY_BACKSLASH,
        '{' | '$' if rest.starts_with("{{") || rest.starts_with("${") || is_key => text::BODY_TEMPLATE,
        _ if says("trailing characters") => text::BODY_MORE,
        _ if says("invalid number") || first == '+' => text::BODY_NUMBER,
        _ if is_key && first.is_alphabetic() => text::BODY_BARE_NAME,
        _ if says("expected value") || says("expected ident") => text::BODY_OTHER_WORD,
        _ => text::BODY_BROKEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    #[track_caller]
    fn check(body: &[u8], line: usize, column: usize, what: &str) {
        let error = serde_json::from_slice::<Map<String, Value>>(body).expect_err("no object");
        let shown = String::from_utf8_lossy(body);
        assert_eq!(detail(body, &error), text::json_detail(line, column, what), "{shown:.60}: {error}");
    }

    #[test]
    fn what_is_no_object_is_told_by_its_look() {
        for (body, what) in [
            ("", text::BODY_EMPTY),
            ("channel=whatsapp_evolution&channelInstanceId=a", text::BODY_FORM),
            ("channel=whatsapp_evolution", text::BODY_FORM),
            ("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--", text::BODY_FORM),
            ("%7B%22channel%22%3A1%7D", text::BODY_URL_ENCODED),
            ("[{\"a\":1}]", text::BODY_LIST),
            ("[", text::BODY_LIST),
            ("\"x\"", text::BODY_VALUE),
            ("null", text::BODY_VALUE),
            ("<xml/>", text::BODY_MARKUP),
            ("channel: x", text::BODY_NO_OBJECT),
        ] {
            check(body.as_bytes(), 1, 1, what);
        }
        check(b"\n []", 2, 2, text::BODY_LIST);
        check(br#""{\"a\":1}""#, 1, 1, text::BODY_TWICE);
    }

    #[test]
    fn a_broken_object_is_told_where_and_why() {
        for (body, line, column, what) in [
            ("{\"a\":1,}", 1, 8, text::BODY_TRAILING_COMMA),
            ("{\"a\":[1,]}", 1, 9, text::BODY_TRAILING_COMMA),
            ("{\"a\":1, // x\n\"b\":2}", 1, 9, text::BODY_COMMENT),
            ("{\n  # x\n}", 2, 3, text::BODY_COMMENT),
            ("{\"a\":1 /* x */}", 1, 8, text::BODY_COMMENT),
            ("{'a':1}", 1, 2, text::BODY_SINGLE_QUOTES),
            ("{\"ção\":'x'}", 1, 8, text::BODY_SINGLE_QUOTES),
            ("{“a”:1}", 1, 2, text::BODY_CURLY_QUOTES),
            ("{\\\"a\\\":1}", 1, 2, text::BODY_BACKSLASH),
            ("{a:1}", 1, 2, text::BODY_BARE_NAME),
            ("{\"a\":{{x}}}", 1, 7, text::BODY_TEMPLATE),
            ("{\"a\":${x}}", 1, 6, text::BODY_TEMPLATE),
            ("{\"a\":021}", 1, 7, text::BODY_NUMBER),
            ("{\"a\":+55}", 1, 6, text::BODY_NUMBER),
            ("{\"a\":True}", 1, 6, text::BODY_OTHER_WORD),
            ("{\"a\":undefined}", 1, 6, text::BODY_OTHER_WORD),
            ("{\"a\":nil}", 1, 7, text::BODY_OTHER_WORD),
            ("{\"a\":1", 1, 6, text::BODY_CUT),
            ("{", 1, 1, text::BODY_CUT),
            ("{\"a\":1}\n{", 2, 1, text::BODY_MORE),
            ("{\"a\":\"x\ny\"}", 2, 1, text::BODY_CONTROL),
            ("{\"a\" 1}", 1, 6, text::BODY_BROKEN),
        ] {
            check(body.as_bytes(), line, column, what);
        }
    }

    #[test]
    fn another_encoding_is_told_by_its_bytes() {
        let units = || "{\"a\":1}".encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        check(&[&[0xFF, 0xFE], &*little].concat(), 1, 1, text::BODY_UTF16);
        check(&[&[0xFE, 0xFF], &*big].concat(), 1, 1, text::BODY_UTF16);
        check(&little, 1, 2, text::BODY_UTF16);
        check(&big, 1, 1, text::BODY_UTF16);
        check(b"{\"a\":\n\"\xe7\"}", 2, 2, text::BODY_NOT_UTF8);
        // Wherever a body is cut, there is a sentence about it.
        let body = "{\n \"ção\": [1, 'x'] // “x”\n}".as_bytes();
        for at in 0..=body.len() {
            for part in [&body[..at], &body[at..]] {
                let error = serde_json::from_slice::<Map<String, Value>>(part).expect_err("no object");
                assert!(detail(part, &error).starts_with("Linha "));
            }
        }
        assert_eq!(without_mark(b"\xEF\xBB\xBF{}"), b"{}");
    }
}
