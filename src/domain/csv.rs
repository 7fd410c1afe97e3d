//! Tables as spreadsheets write and read them. Pure.
//!
//! Whichever sign stands between the cells, and whichever encoding a spreadsheet saved: Excel in Portuguese writes
//! semicolons, and Windows-1252 unless told otherwise.

/// What stands between cells.
const SEPARATORS: [char; 3] = [';', ',', '\t'];
/// What begins a cell that a spreadsheet would take for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// By this mark spreadsheets know that a table is UTF-8.
pub const UTF8_MARK: char = '\u{feff}';
/// What Windows-1252 has in the place of the control characters from 0x80 on.
const WINDOWS: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// A table that ends within a cell: the line in which that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenQuote(pub usize);

/// A line of a table: its number, from 1, and its cells.
pub type TableRow = (usize, Vec<String>);

/// The text of a file that a spreadsheet saved: UTF-8, UTF-16 with its mark, or else Windows-1252.
pub fn decoded(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).map_or_else(
            |_| bytes.iter().copied().map(windows).collect(),
            |text| text.trim_start_matches(UTF8_MARK).to_owned(),
        ),
    }
}

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS.chars().nth(usize::from(byte - 0x80)).unwrap_or('?'),
        _ => char::from(byte),
    }
}

/// The rows of a table that have anything in them. A quote counts at the start of a cell only; a cell that [`harmless`]
/// marked is read without the mark.
pub fn read(text: &str) -> Result<Vec<TableRow>, OpenQuote> {
    // Excel is told so what stands between cells, and says so to others.
    let hint = text.split_once('\n').and_then(|(line, rest)| {
        let sign = line.trim_end_matches('\r').strip_prefix("sep=")?;
        Some((sign.chars().next().filter(|c| sign.len() == c.len_utf8())?, rest, 2))
    });
    let (separator, text, first) = hint.unwrap_or_else(|| (separator(text), text, 1));
    let mut rows = vec![(first, vec![String::new()])];
    let (mut chars, mut quoted_since) = (text.chars().peekable(), None);
    while let Some(c) = chars.next() {
        let number = rows.last().map_or(first, |(number, _)| *number);
        let cells = &mut rows.last_mut().expect("one row").1;
        let cell = cells.last_mut().expect("one cell");
        match (quoted_since, c) {
            (Some(_), '"') if chars.next_if_eq(&'"').is_some() => cell.push('"'),
            (Some(_), '"') => quoted_since = None,
            (None, '"') if cell.is_empty() => quoted_since = Some(number),
            (None, c) if c == separator => cells.push(String::new()),
            (None, '\r') if chars.peek() == Some(&'\n') => {}
            (None, '\n' | '\r') => rows.push((number + 1, vec![String::new()])),
            (_, c) => cell.push(c),
        }
    }
    quoted_since.map_or(Ok(()), |number| Err(OpenQuote(number)))?;
    rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    rows.iter_mut().flat_map(|(_, cells)| cells).for_each(unmark);
    Ok(rows)
}

/// The sign that the first line has most of.
fn separator(text: &str) -> char {
    let line = text.lines().next().unwrap_or_default();
    let count = |sign: &char| line.matches(*sign).count();
    // Of equals the first.
    SEPARATORS.into_iter().rev().max_by_key(count).unwrap_or(SEPARATORS[0])
}

fn unmark(cell: &mut String) {
    if cell.starts_with('\'') && is_marked(cell) {
        cell.remove(0);
    }
}

/// A text that no spreadsheet takes for a formula.
pub fn harmless(text: &str) -> String {
    if is_marked(text) { format!("'{text}") } else { text.to_owned() }
}

/// Whether it is a formula behind any number of marks: one that people wrote themselves has to come back as well.
fn is_marked(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// A cell with quotes around it where it has the sign that stands between cells.
pub fn quoted(cell: &str, between: &str) -> String {
    if cell.contains(between) || cell.contains(['"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_every_spreadsheet_are_read() {
        let row = |number: usize, cells: &[&str]| (number, cells.iter().map(|c| (*c).to_owned()).collect());
        for (text, rows) in [
            ("", vec![]),
            ("\r\n;;\r\n", vec![]),
            ("a;b\r\n1;2", vec![row(1, &["a", "b"]), row(2, &["1", "2"])]),
            ("a,b\n\n1,\"x, \"\"y\"\"\nz\"\n", vec![row(1, &["a", "b"]), row(3, &["1", "x, \"y\"\nz"])]),
            ("a\tb\r1\t2", vec![row(1, &["a", "b"]), row(2, &["1", "2"])]),
            ("sep=,\na,b;c", vec![row(2, &["a", "b;c"])]),
            ("a;b,c\n5\" x;'=1", vec![row(1, &["a", "b,c"]), row(2, &["5\" x", "=1"])]),
            ("a;b\n'+55;'tis", vec![row(1, &["a", "b"]), row(2, &["+55", "'tis"])]),
        ] {
            assert_eq!(read(text), Ok(rows), "{text:?}");
        }
        assert_eq!(read("a;b\nx;\"never\nends"), Err(OpenQuote(2)));
        assert_eq!(read(&";".repeat(60_000)), Ok(vec![]));
    }

    #[test]
    fn the_encodings_of_spreadsheets_are_read() {
        let utf16: Vec<u8> = "\u{feff}João €".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}João €".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in ["João €".as_bytes(), "\u{feff}João €".as_bytes(), &utf16, &big, b"Jo\xe3o \x80"] {
            assert_eq!(decoded(bytes), "João €", "{bytes:?}");
        }
        assert_eq!(decoded(b"\xff\xfea"), "", "half a character");
    }

    #[test]
    fn what_is_written_is_harmless_and_read_again() {
        for text in ["=1+1", "+55", "-1", "@x", "\tx", "a;b", "a \"b\"", "x\ny", "'x", "'=x", "''+1", ""] {
            let written = quoted(&harmless(text), ";");
            assert!(!written.starts_with(FORMULA), "{written}");
            let table = format!("head;x\n{written};x");
            assert_eq!(read(&table).expect("it is read")[1].1[0], text);
        }
    }
}
