//! A list of all instances, taken apart as it arrives: ten thousand entries have 10 MB, of which no
//! more is held than a few at a time.

use std::io::{self, Read};

use serde_json::Deserializer;

use super::decode::Entry;
use crate::domain::ListedInstance;

/// Bytes read at a time: some sixty entries.
const CHUNK: usize = 64 * 1024;
/// Longest entry. One of 2.x has about 1 KiB; its reason of a disconnection is free text.
const MAX_ENTRY: usize = 1024 * 1024;

/// Why a list could not be read to its end.
pub(super) enum Failure {
    /// It broke off.
    Io(io::Error),
    /// It is no list of instances.
    NotAList,
}

/// Hands on every instance of a list with its name.
pub(super) fn read(body: &mut dyn Read, each: &mut dyn FnMut(&str, ListedInstance)) -> Result<(), Failure> {
    let mut list = List { body, buffer: vec![0; CHUNK], from: 0, to: 0 };
    if list.next()? != Some(b'[') {
        return Err(Failure::NotAList);
    }
    list.from += 1;
    let mut separated = true;
    loop {
        match list.next()?.ok_or(Failure::NotAList)? {
            b']' => break,
            b',' if !separated => separated = true,
            _ if !separated => return Err(Failure::NotAList),
            _ => {
                list.entry(each)?;
                separated = false;
            }
        }
        if separated {
            list.from += 1;
        }
    }
    list.from += 1;
    if list.next()?.is_some() { Err(Failure::NotAList) } else { Ok(()) }
}

struct List<'a> {
    body: &'a mut dyn Read,
    buffer: Vec<u8>,
    /// What of the buffer has been read and not used.
    from: usize,
    to: usize,
}

impl List<'_> {
    /// The next byte that is no white space, which stays; `None` at the end.
    fn next(&mut self) -> Result<Option<u8>, Failure> {
        loop {
            let unused = &self.buffer[self.from..self.to];
            if let Some(at) = unused.iter().position(|b| !b.is_ascii_whitespace()) {
                self.from += at;
                return Ok(Some(self.buffer[self.from]));
            }
            self.from = self.to;
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Takes one entry off.
    fn entry(&mut self, each: &mut dyn FnMut(&str, ListedInstance)) -> Result<(), Failure> {
        let mut ended = false;
        loop {
            let mut values = Deserializer::from_slice(&self.buffer[self.from..self.to]).into_iter::<Entry>();
            match values.next() {
                Some(Ok(entry)) => {
                    let length = values.byte_offset();
                    let (name, listed) = entry.named().ok_or(Failure::NotAList)?;
                    each(&name, listed);
                    self.from += length;
                    return Ok(());
                }
                Some(Err(error)) if error.is_eof() && !ended => {}
                Some(Err(_)) | None => return Err(Failure::NotAList),
            }
            // Twice as much before it is tried again: however it trickles in, little is read twice.
            let wanted = (2 * (self.to - self.from)).min(MAX_ENTRY);
            ended = !self.fill()?;
            while !ended && self.to - self.from < wanted {
                ended = !self.fill()?;
            }
        }
    }

    /// Reads more behind what is not used; `false` at the end.
    fn fill(&mut self) -> Result<bool, Failure> {
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        if self.to == self.buffer.len() {
            if self.to >= MAX_ENTRY {
                return Err(Failure::NotAList);
            }
            self.buffer.resize(2 * self.to, 0);
        }
        let n = self.body.read(&mut self.buffer[self.to..]).map_err(Failure::Io)?;
        self.to += n;
        Ok(n > 0)
    }
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

    fn names(text: &str, step: usize) -> Option<Vec<String>> {
        let mut names = Vec::new();
        let read = read(&mut Trickle(text.as_bytes(), step), &mut |name, _| names.push(name.to_owned()));
        read.ok().map(|()| names)
    }

    #[test]
    fn a_list_is_read_however_it_arrives() {
        let one = r#"{"name":"a]\\\",[{","connectionStatus":"open","x":[{"name":"no"}]}"#;
        let old = r#"{"instance":{"instanceName":"b","status":"close"}}"#;
        let long = format!(r#"{{"disconnectionObject":"{}","name":"c"}}"#, "x".repeat(2 * CHUNK));
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
            "[1]",
            "[null]",
            "[[]]",
            "[{}]",
            "[] x",
            "[{\"name\":7}]",
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
}
