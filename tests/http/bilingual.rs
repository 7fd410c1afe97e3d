//! What `packaging/embedded/` makes of the API's description and its English: both in one text, or the build ends.

#[path = "../../packaging/embedded/bilingual.rs"]
mod made;

use made::bilingual;

const PORTUGUESE: &str = r#"{"info":{"title":"um", "description" : "Diz \"oi\"\\"},"properties":{"summary":{"type":"string","description":"Um"}},
"required":["description","summary"],"paths":{"/":{"summary":"Um"}}}"#;

#[test]
fn each_text_stands_in_both_languages_and_all_else_once() {
    let english = r#"{ "Um": "One", "Diz \"oi\"\\": "Says \"hi\"" }"#;
    let both = bilingual(PORTUGUESE, english).expect("made");
    let without = |left_out: usize| -> String {
        both.split('\u{1f}')
            .enumerate()
            .filter(|(index, _)| index % 3 != left_out)
            .map(|part| part.1)
            .collect()
    };
    assert_eq!(without(2), PORTUGUESE);
    let translated = PORTUGUESE.replace(r#""Um""#, r#""One""#).replace(r#"Diz \"oi\"\\"#, r#"Says \"hi\""#);
    assert_eq!(without(1), translated);
}

#[test]
fn what_lacks_its_english_and_english_of_nothing_end_the_build() {
    for (english, refused) in [
        (r#"{"Um":"One"}"#, r#"nothing says in English: Diz \"oi\"\\"#),
        (r#"{"Um":"One","Diz \"oi\"\\":"Hi","Dois":"Two"}"#, "English of what is said nowhere: Dois"),
        (r#"{"Um":"One","Um":"An"}"#, "twice in English: Um"),
        (r#"{"Um":"One","Dois"}"#, "a text has no English"),
    ] {
        assert_eq!(bilingual(PORTUGUESE, english), Err(refused.to_owned()));
    }
}
