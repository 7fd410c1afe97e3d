//! A list of all instances, parsed as it arrives: ten thousand entries have 10 MB, of which no more is in
//! memory than a few at a time.

use std::borrow::Cow;
use std::io::{self, Read};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Deserializer, StreamDeserializer};

use super::entry::ListEntry;
use crate::domain::ListedInstance;
use crate::upstream::ListSink;

/// Bytes read at a time: some sixty entries.
const CHUNK: usize = 64 * 1024;
/// Longest entry. One of 2.x has about 1 KiB; its reason of a disconnection is free text.
const MAX_ENTRY: usize = 1024 * 1024;

/// Why a list could not be read to its end.
pub(super) enum ListError {
    /// It broke off.
    Io(io::Error),
    /// It is no list of instances.
    NotAList,
}

/// Hands on every instance of a list with its name. How many entries were skipped because they are
/// not understood; where that is all of them it is no list.
pub(super) fn read(body: &mut dyn Read, sink: &mut dyn ListSink) -> Result<usize, ListError> {
    let mut list = ListReader { body, buffer: vec![0; CHUNK], start: 0, end: 0, instances: 0, skipped: 0 };
    if list.peek()? != Some(b'[') {
        return Err(ListError::NotAList);
    }
    list.start += 1;
    let mut separated = true;
    loop {
        match list.peek()?.ok_or(ListError::NotAList)? {
            b']' => break,
            b',' if !separated => separated = true,
            _ if !separated => return Err(ListError::NotAList),
            _ => {
                list.read_entry(sink)?;
                separated = false;
            }
        }
        if separated {
            list.start += 1;
        }
    }
    list.start += 1;
    let is_understood = list.instances > 0 || list.skipped == 0;
    if !is_understood || list.peek()?.is_some() { Err(ListError::NotAList) } else { Ok(list.skipped) }
}

struct ListReader<'a> {
    body: &'a mut dyn Read,
    buffer: Vec<u8>,
    /// Where in the buffer the bytes that are not parsed yet begin, and where they end.
    start: usize,
    end: usize,
    /// Entries that were instances.
    instances: usize,
    /// Entries that were not.
    skipped: usize,
}

impl ListReader<'_> {
    /// The next byte that is no white space; `None` at the end. It is not consumed.
    fn peek(&mut self) -> Result<Option<u8>, ListError> {
        loop {
            let unparsed = &self.buffer[self.start..self.end];
            if let Some(at) = unparsed.iter().position(|b| !b.is_ascii_whitespace()) {
                self.start += at;
                return Ok(Some(self.buffer[self.start]));
            }
            self.start = self.end;
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Consumes one entry.
    fn read_entry(&mut self, sink: &mut dyn ListSink) -> Result<(), ListError> {
        let mut ended = false;
        loop {
            match parse(&self.buffer[self.start..self.end], ended) {
                Parsed::Instance(length, name, listed) => {
                    sink.add(&name, listed);
                    self.instances += 1;
                    self.start += length;
                    return Ok(());
                }
                Parsed::Other(length) => {
                    self.skipped += 1;
                    self.start += length;
                    return Ok(());
                }
                Parsed::Incomplete if !ended => {}
                Parsed::Incomplete => return Err(ListError::NotAList),
            }
            // Twice as much before it is parsed again: however slowly it arrives, little is parsed twice.
            let wanted = (2 * (self.end - self.start)).min(MAX_ENTRY);
            ended = !self.fill()?;
            while !ended && self.end - self.start < wanted {
                ended = !self.fill()?;
            }
        }
    }

    /// Reads more behind the bytes that are not parsed yet; `false` at the end.
    fn fill(&mut self) -> Result<bool, ListError> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            if self.end >= MAX_ENTRY {
                return Err(ListError::NotAList);
            }
            self.buffer.resize(2 * self.end, 0);
        }
        let n = self.body.read(&mut self.buffer[self.end..]).map_err(ListError::Io)?;
        self.end += n;
        Ok(n > 0)
    }
}

/// What the bytes at the beginning of an entry are.
enum Parsed<'a> {
    /// An instance, so many bytes long, with its name.
    Instance(usize, Cow<'a, str>, ListedInstance),
    /// Something else, so many bytes long.
    Other(usize),
    /// No JSON, or the beginning of some: a number that is cut is an error like any other.
    Incomplete,
}

fn parse(bytes: &[u8], ended: bool) -> Parsed<'_> {
    // An array would be read as the members in their order.
    if bytes.first() == Some(&b'{') {
        let mut entries = values::<ListEntry>(bytes);
        match entries.next() {
            Some(Ok(entry)) => {
                let length = entries.byte_offset();
                return entry
                    .named()
                    .map_or(Parsed::Other(length), |(name, listed)| Parsed::Instance(length, name, listed));
            }
            Some(Err(error)) if error.is_eof() => return Parsed::Incomplete,
            Some(Err(_)) | None => {}
        }
    }
    let mut anything = values::<IgnoredAny>(bytes);
    match anything.next() {
        // What ends here may go on in what has not been read yet, as a number does.
        Some(Ok(_)) if anything.byte_offset() < bytes.len() || ended => Parsed::Other(anything.byte_offset()),
        _ => Parsed::Incomplete,
    }
}

fn values<'a, T: Deserialize<'a>>(
    bytes: &'a [u8],
) -> StreamDeserializer<'a, serde_json::de::SliceRead<'a>, T> {
    Deserializer::from_slice(bytes).into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes a few at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(to.len());
            self.0.read(&mut to[..most])
        }
    }

    /// Keeps the names of a list.
    impl ListSink for Vec<String> {
        fn begin(&mut self) {
            self.clear();
        }

        fn add(&mut self, name: &str, _: ListedInstance) {
            self.push(name.to_owned());
        }
    }

    fn names(text: &str, step: usize) -> Option<Vec<String>> {
        let mut names = Vec::new();
        let read = read(&mut Trickle(text.as_bytes(), step), &mut names);
        read.ok().map(|_| names)
    }

    #[test]
    fn a_list_is_read_however_it_arrives() {
        let one = r#"{"name":"a]\\\",[{","connectionStatus":"open","x":[{"name":"no"}]}"#;
        let old = r#"{"instance":{"instanceName":"b","status":"close"}}"#;
        let long = format!(r#"{{"disconnectionObject":"{}","n":-1.5e-3,"name":"c"}}"#, "x".repeat(2 * CHUNK));
        for step in [1, 7, CHUNK] {
            assert_eq!(names("[]", step), Some(vec![]));
            assert_eq!(names(" [ ] \n", step), Some(vec![]));
            let all = Some(["a]\\\",[{", "b", "c"].map(str::to_owned).to_vec());
            assert_eq!(names(&format!("[{one},{old} ,\n{long}]"), step), all);
        }
    }

    #[test]
    fn what_is_no_list_of_instances_is_refused() {
        let good = r#"{"name":"a"}"#;
        for bad in [
            "",
            " ",
            "{}",
            "null",
            "[",
            "[}",
            "[,]",
            "[] x",
            "[{\"name\":}]",
            "[nul]",
            "[1]",
            "[null,null]",
            "[{\"error\":true}]",
            &format!("[{good}"),
            &format!("[{good}{good}]"),
            &format!("[{good}]]"),
            &format!("[{good},,{good}]"),
            &format!("[,{good}]"),
            &format!("[\"{}\"]", "x".repeat(2 * MAX_ENTRY)),
            &format!("[{{\"x\":\"{}\"}}]", "x".repeat(2 * MAX_ENTRY)),
        ] {
            assert_eq!(names(bad, CHUNK), None, "{bad:.60}");
        }
    }

    #[test]
    fn entries_that_are_not_understood_are_skipped_and_counted() {
        let odd = [
            "null",
            "7",
            "-1.5e3",
            "true",
            "\"a\"",
            "[]",
            "[{\"name\":\"no\"}]",
            "{}",
            r#"{"name":7}"#,
            r#"{"name":null}"#,
            r#"{"name":"no","ownerJid":7,"x":[1,{"y":2}]}"#,
            r#"{"instance":7}"#,
            r#"{"instance":{"status":"open"}}"#,
            r#"{"instance":{"instanceName":["no"]}}"#,
        ];
        let mixed = format!(r#"[{}, {{"name":"a"}} ,{}]"#, odd.join(","), odd.join(" , "));
        for step in [1, 7, CHUNK] {
            let mut names = Vec::new();
            let skipped = read(&mut Trickle(mixed.as_bytes(), step), &mut names);
            assert_eq!((skipped.ok(), names), (Some(2 * odd.len()), vec!["a".to_owned()]), "{step}");
        }
    }
}
