//! Lists: aligned columns for people, an array of objects for programs.
//!
//! What a line shows is its own choice, in one place for both forms; a key or a token never is.

use serde::Serialize;

use super::output::{CommandResult, note, out};

/// Spaces between two columns.
const GAP: usize = 2;

/// One line of a list.
pub trait TableLine {
    /// The columns' titles.
    fn titles() -> &'static [&'static str];

    /// The cells, one for each title.
    fn cells(&self) -> Vec<String>;

    /// The object for programs: camelCase names, times as ISO 8601 in UTC or null.
    fn json(&self) -> impl Serialize;
}

/// Prints a list. An empty one is an empty array, or for people a sentence beside the result.
pub fn list<T: TableLine>(lines: &[T], json: bool, when_empty: &str) -> CommandResult {
    if json {
        return out(pretty(&lines.iter().map(T::json).collect::<Vec<_>>()));
    }
    if lines.is_empty() {
        note(when_empty);
        return Ok(());
    }
    let titles = T::titles().iter().map(|t| (*t).to_owned()).collect();
    let rows: Vec<_> = std::iter::once(titles).chain(lines.iter().map(T::cells)).collect();
    out(aligned(&rows))
}

/// Prints one line as "title  value" pairs, or as one object.
pub fn show<T: TableLine>(line: &T, json: bool) -> CommandResult {
    if json {
        return out(pretty(&line.json()));
    }
    let titles = T::titles().iter().map(|t| (*t).to_owned());
    let rows: Vec<_> = titles.zip(line.cells()).map(|(title, cell)| vec![title, cell]).collect();
    out(aligned(&rows))
}

/// JSON that people can read too.
pub fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("texts, numbers and booleans are always JSON")
}

fn aligned(rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|c| printable(c)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let lines: Vec<String> = rows.iter().map(|row| padded(row, &widths)).collect();
    lines.join("\n")
}

fn padded(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, column) in row.iter().zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', column - width(cell) + GAP));
    }
    line.trim_end().to_owned()
}

/// Columns a text takes up: Portuguese needs no more than to know that accents written on their
/// own take none.
fn width(text: &str) -> usize {
    text.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).count()
}

/// The text without what would move the cursor or colour the terminal.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_under_accents_and_nothing_escapes() {
        let rows = [["NOME", "X"], ["ação", "1"], ["ac\u{327}a\u{303}o", "2"], ["a\u{1b}[1m", ""]];
        let rows: Vec<Vec<String>> =
            rows.iter().map(|r| r.iter().map(|c| (*c).to_owned()).collect()).collect();
        let expected = "NOME   X\nação   1\nac\u{327}a\u{303}o   2\na\u{fffd}[1m";
        assert_eq!(aligned(&rows), expected);
    }
}
