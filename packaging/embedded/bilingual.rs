//! Puts the Portuguese and the English of the API's description into one text, so that the program holds once what the
//! two share. Pure: texts in, text out.
//!
//! What people read of a description are its summaries and descriptions. `openapi.json` has them in Portuguese, and
//! `openapi-en.json` what each of them is in English.

use std::collections::BTreeMap;
use std::ops::Range;

/// Stands between the parts, of which three follow each other again and again: what is common, Portuguese, English.
/// JSON has this character nowhere. `src/http/openapi.rs` takes them apart.
const BETWEEN: char = '\u{1f}';
/// The members whose values are read by people.
const READ: [&str; 2] = ["summary", "description"];

/// The description in both languages.
pub fn bilingual(portuguese: &str, english: &str) -> Result<String, String> {
    let mut unused = translations(english)?;
    let known = unused.clone();
    let (mut made, mut end) = (String::new(), 0);
    for text in texts(portuguese) {
        let said = &portuguese[text.clone()];
        let translated = known.get(said).ok_or_else(|| format!("nothing says in English: {said}"))?;
        unused.remove(said);
        made.push_str(&portuguese[end..text.start]);
        for part in [said, translated] {
            made.push(BETWEEN);
            made.push_str(part);
        }
        made.push(BETWEEN);
        end = text.end;
    }
    made.push_str(&portuguese[end..]);
    match unused.keys().next() {
        Some(said) => Err(format!("English of what is said nowhere: {said}")),
        None => Ok(made),
    }
}

/// What each text is in English, both as they stand within their quotes.
fn translations(english: &str) -> Result<BTreeMap<&str, &str>, String> {
    let literals = literals(english);
    let mut found = BTreeMap::new();
    for pair in literals.chunks(2) {
        let [said, translated] = pair else { return Err("a text has no English".to_owned()) };
        let said = &english[said.clone()];
        if found.insert(said, &english[translated.clone()]).is_some() {
            return Err(format!("twice in English: {said}"));
        }
    }
    Ok(found)
}

/// Where the texts that people read stand in a description.
fn texts(description: &str) -> Vec<Range<usize>> {
    let literals = literals(description);
    let values = literals.windows(2).filter(|pair| {
        let between = &description[pair[0].end + 1..pair[1].start - 1];
        between.trim() == ":" && READ.contains(&&description[pair[0].clone()])
    });
    values.map(|pair| pair[1].clone()).collect()
}

/// Where the strings of a JSON text stand, without their quotes.
fn literals(json: &str) -> Vec<Range<usize>> {
    let (mut found, mut begun, mut is_escaped) = (Vec::new(), None, false);
    for (at, byte) in json.bytes().enumerate() {
        match (byte, begun) {
            _ if is_escaped => is_escaped = false,
            (b'\\', Some(_)) => is_escaped = true,
            (b'"', None) => begun = Some(at + 1),
            (b'"', Some(start)) => {
                found.push(start..at);
                begun = None;
            }
            _ => {}
        }
    }
    found
}
