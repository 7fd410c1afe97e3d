//! The code in an answer of `connect`: what of it may be shown. Pure.
//!
//! The answer is text of another program, and ends in pages and terminals: an image is handed on only
//! if it is a PNG of bounded size, a pairing code only if it looks like one.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::{Qr, Secret};
use crate::qr_image;

/// Longest data URI that is handed on, in bytes. Recorded: some 17 KiB; what is longer is drawn anew.
const MAX_IMAGE: usize = 64 * 1024;
/// Letters and digits of a pairing code. Recorded: always eight, without a dash.
const PAIRING_CODE: usize = 8;

/// What `connect` answers, in its several shapes. Read without a copy of the image, which is most of it.
#[derive(Deserialize)]
pub(super) struct ConnectAnswer<'a> {
    error: Option<Value>,
    pub instance: Option<Value>,
    count: Option<Value>,
    #[serde(borrow)]
    base64: Option<Cow<'a, str>>,
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
    #[serde(rename = "pairingCode")]
    pairing_code: Option<Value>,
}

impl<'a> ConnectAnswer<'a> {
    /// Reads an answer; `None` for what is none.
    pub(super) fn parse(body: &'a [u8]) -> Option<Self> {
        // An array would be read as the members in their order.
        let is_object = body.trim_ascii_start().starts_with(b"{");
        is_object.then(|| serde_json::from_slice(body).ok()).flatten()
    }

    /// Whether it is an error, which 2.x answers with HTTP 200.
    pub(super) fn is_error(&self) -> bool {
        self.error == Some(Value::Bool(true))
    }

    /// Whether it counts the codes of a socket that has none yet.
    pub(super) fn has_no_code(&self) -> bool {
        self.count.is_some() && self.code().is_none() && self.image().is_none()
    }

    /// The code, with an image that shows it; `None` when there is nothing that could be shown.
    pub(super) fn qr(self) -> Option<Qr> {
        let valid = self.image().filter(|image| is_bounded_png(image)).map(Secret::new);
        let image = valid.or_else(|| qr_image::png_uri(self.code()?).map(Secret::new))?;
        Some(Qr {
            code: self.code().map(Secret::new),
            image,
            pairing_code: self.pairing_code.as_ref().and_then(pairing_code).map(Secret::new),
        })
    }

    fn code(&self) -> Option<&str> {
        self.code.as_deref().filter(|code| !code.is_empty())
    }

    fn image(&self) -> Option<&str> {
        self.base64.as_deref().filter(|image| !image.is_empty())
    }
}

fn is_bounded_png(image: &str) -> bool {
    image.len() <= MAX_IMAGE && qr_image::png_of_uri(image).is_some()
}

fn pairing_code(value: &Value) -> Option<&str> {
    let code = value.as_str()?;
    (code.len() == PAIRING_CODE && code.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is handed on of an answer: the code, the image, the pairing code.
    fn shown(body: &str) -> Option<(Option<String>, String, Option<String>)> {
        let text = |secret: &Secret| secret.expose().to_owned();
        let qr = ConnectAnswer::parse(body.as_bytes())?.qr()?;
        Some((qr.code.as_ref().map(text), text(&qr.image), qr.pairing_code.as_ref().map(text)))
    }

    #[test]
    fn an_image_is_a_png_of_bounded_size_or_drawn_from_the_code() {
        let (png, drawn) =
            (qr_image::png_uri("2@other").expect("drawn"), qr_image::png_uri("2@x").expect("drawn"));
        // The last chunk, of 12 bytes, is not there.
        let cut = png[..png.len() - 16].to_owned();
        let large = format!("{png}{}", "A".repeat(MAX_IMAGE));
        for (image, kept) in [
            (&*png, true),
            ("", false),
            ("data:image/png;base64,AAAA", false),
            ("data:image/png;base64,iVBORw0KGgo=", false),
            (&png[..png.len() - 40], false),
            (&*cut, false),
            ("data:image/png;base64,?", false),
            ("data:image/jpeg;base64,/9j/", false),
            ("data:image/svg+xml,<svg onload=alert(1)>", false),
            (&*large, false),
        ] {
            let with_code = format!(r#"{{"code":"2@x","base64":"{image}","count":1}}"#);
            let expected = if kept { image } else { &drawn };
            assert_eq!(shown(&with_code), Some((Some("2@x".into()), expected.into(), None)), "{image:.40}");
            let alone = shown(&format!(r#"{{"base64":"{image}","count":1}}"#));
            assert_eq!(alone, kept.then(|| (None, image.to_owned(), None)), "{image:.40}");
        }
        assert_eq!(shown(r#"{"code":"2@x"}"#), Some((Some("2@x".into()), drawn, None)));
    }

    #[test]
    fn a_pairing_code_is_eight_letters_and_digits() {
        for (given, kept) in [
            (r#""WH9FGJGJ""#, Some("WH9FGJGJ")),
            ("null", None),
            ("12345678", None),
            (r#""""#, None),
            (r#""WH9F-GJGJ""#, None),
            (r#""WH9FGJGJ1""#, None),
            (r#""\u001b[2Jabcd""#, None),
            (r#""ação1234""#, None),
        ] {
            let shown = shown(&format!(r#"{{"code":"2@x","pairingCode":{given}}}"#)).expect("a code");
            assert_eq!(shown.2.as_deref(), kept, "{given}");
        }
    }

    #[test]
    fn what_is_no_answer_is_not_read_as_one() {
        for odd in
            ["[]", "[null,null,1,null,null,null]", "<html>", "{", "7", "null", r#"{"base64":7,"count":1}"#]
        {
            assert!(ConnectAnswer::parse(odd.as_bytes()).is_none(), "{odd}");
        }
        for empty in ["{}", r#"{"count":1,"base64":"x"}"#] {
            let answer = ConnectAnswer::parse(empty.as_bytes()).expect("an object");
            assert!(!answer.has_no_code() && answer.qr().is_none(), "{empty}");
        }
        assert!(ConnectAnswer::parse(br#"{"count":0}"#).is_some_and(|answer| answer.has_no_code()));
    }
}
