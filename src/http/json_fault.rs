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
        return said("", text::body_utf16());
    }
    said(body.utf8_chunks().next().map_or("", |chunk| chunk.valid()), text::body_not_utf8())
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
        None => text::body_empty(),
        Some('{') => broken(trimmed, &body[at..], error),
        Some('[') => text::body_list(),
        Some('"') => text_body(trimmed),
        Some('<') => text::body_markup(),
        Some(_) if trimmed.contains('\0') => text::body_utf16(),
        Some('%') => text::body_url_encoded(),
        Some(_) if is_form(trimmed) => text::body_form(),
        Some(_) if error.classify() == Category::Data => text::body_value(),
        Some(_) => text::body_no_object(),
    }
}

/// A JSON text: of an object, or of anything.
fn text_body(body: &str) -> &'static str {
    let inner = serde_json::from_str::<String>(body).unwrap_or_default();
    let holds_object = serde_json::from_str::<Value>(&inner).is_ok_and(|value| value.is_object());
    if holds_object { text::body_twice() } else { text::body_value() }
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
        _ if body.contains('\0') => text::body_utf16(),
        _ if error.is_eof() => text::body_cut(),
        _ if says("control character") => text::body_control(),
        _ if says("trailing comma") => text::body_trailing_comma(),
        '/' | '#' => text::body_comment(),
        '\'' => text::body_single_quotes(),
        '“' | '”' | '„' | '‘' | '’' => text::body_curly_quotes(),
        '\\' => text::body_backslash(),
        '{' | '$' if rest.starts_with("{{") || rest.starts_with("${") || is_key => text::body_template(),
        _ if says("trailing characters") => text::body_more(),
        _ if says("invalid number") || first == '+' => text::body_number(),
        _ if is_key && first.is_alphabetic() => text::body_bare_name(),
        _ if says("expected value") || says("expected ident") => text::body_other_word(),
        _ => text::body_broken(),
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
            ("", text::body_empty()),
            ("channel=whatsapp_evolution&channelInstanceId=a", text::body_form()),
            ("channel=whatsapp_evolution", text::body_form()),
            ("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--", text::body_form()),
            ("%7B%22channel%22%3A1%7D", text::body_url_encoded()),
            ("[{\"a\":1}]", text::body_list()),
            ("[", text::body_list()),
            ("\"x\"", text::body_value()),
            ("null", text::body_value()),
            ("<xml/>", text::body_markup()),
            ("channel: x", text::body_no_object()),
        ] {
            check(body.as_bytes(), 1, 1, what);
        }
        check(b"\n []", 2, 2, text::body_list());
        check(br#""{\"a\":1}""#, 1, 1, text::body_twice());
    }

    #[test]
    fn a_broken_object_is_told_where_and_why() {
        for (body, line, column, what) in [
            ("{\"a\":1,}", 1, 8, text::body_trailing_comma()),
            ("{\"a\":[1,]}", 1, 9, text::body_trailing_comma()),
            ("{\"a\":1, // x\n\"b\":2}", 1, 9, text::body_comment()),
            ("{\n  # x\n}", 2, 3, text::body_comment()),
            ("{\"a\":1 /* x */}", 1, 8, text::body_comment()),
            ("{'a':1}", 1, 2, text::body_single_quotes()),
            ("{\"ção\":'x'}", 1, 8, text::body_single_quotes()),
            ("{“a”:1}", 1, 2, text::body_curly_quotes()),
            ("{\\\"a\\\":1}", 1, 2, text::body_backslash()),
            ("{a:1}", 1, 2, text::body_bare_name()),
            ("{\"a\":{{x}}}", 1, 7, text::body_template()),
            ("{\"a\":${x}}", 1, 6, text::body_template()),
            ("{\"a\":021}", 1, 7, text::body_number()),
            ("{\"a\":+55}", 1, 6, text::body_number()),
            ("{\"a\":True}", 1, 6, text::body_other_word()),
            ("{\"a\":undefined}", 1, 6, text::body_other_word()),
            ("{\"a\":nil}", 1, 7, text::body_other_word()),
            ("{\"a\":1", 1, 6, text::body_cut()),
            ("{", 1, 1, text::body_cut()),
            ("{\"a\":1}\n{", 2, 1, text::body_more()),
            ("{\"a\":\"x\ny\"}", 2, 1, text::body_control()),
            ("{\"a\" 1}", 1, 6, text::body_broken()),
        ] {
            check(body.as_bytes(), line, column, what);
        }
    }

    #[test]
    fn another_encoding_is_told_by_its_bytes() {
        let units = || "{\"a\":1}".encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        check(&[&[0xFF, 0xFE], &*little].concat(), 1, 1, text::body_utf16());
        check(&[&[0xFE, 0xFF], &*big].concat(), 1, 1, text::body_utf16());
        check(&little, 1, 2, text::body_utf16());
        check(&big, 1, 1, text::body_utf16());
        check(b"{\"a\":\n\"\xe7\"}", 2, 2, text::body_not_utf8());
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
