//! A QR code as text: two modules to a character, one above the other.
//!
//! In a terminal the colours are set explicitly, black on white, so that a dark theme shows the same
//! picture as a light one; cells of one colour are spaces on that colour, which no font can leave a
//! gap in. Elsewhere (a file, a pipe) there are no colours: a filled block is a dark module, as ink
//! on paper, and the quiet zone is spaces.

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules that the standard asks for around a code.
const QUIET: i32 = 4;
/// White and black of the 256 colours: the 16 before them change with the theme.
const WHITE: &str = "231";
const BLACK: &str = "16";

/// How dark and light are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// ANSI colours, for a terminal.
    Colours,
    /// Blocks for the dark modules, for everything else.
    Blocks,
}

/// A drawn code.
#[derive(Debug)]
pub struct Drawing {
    /// The lines, each ended.
    pub text: String,
    /// Characters in a line.
    pub columns: usize,
    /// Number of lines.
    pub rows: usize,
}

/// Draws `content`; `None` when it is longer than a QR code can be.
pub fn draw(content: &str, ink: Ink) -> Option<Drawing> {
    let code = QrCode::encode_text(content, QrCodeEcc::Low).ok()?;
    let span = -QUIET..code.size() + QUIET;
    let columns = span.clone().count();
    let mut text = String::new();
    for y in span.clone().step_by(2) {
        // The lowest line's second half lies below the quiet zone, and is light like it.
        let cells = span.clone().map(|x| (code.get_module(x, y), code.get_module(x, y + 1)));
        match ink {
            Ink::Colours => coloured(cells, &mut text),
            Ink::Blocks => text.extend(cells.map(block)),
        }
        text.push('\n');
    }
    Some(Drawing { text, columns, rows: columns.div_ceil(2) })
}

fn block((upper, lower): (bool, bool)) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

/// One line of cells; colours are named where they change and put back at the end.
fn coloured(cells: impl Iterator<Item = (bool, bool)>, text: &mut String) {
    let mut last = None;
    for cell in cells {
        if last != Some(cell) {
            let colour = |dark| if dark { BLACK } else { WHITE };
            let (upper, lower) = (colour(cell.0), colour(cell.1));
            text.extend(["\x1b[38;5;", upper, ";48;5;", lower, "m"]);
            last = Some(cell);
        }
        text.push(if cell.0 == cell.1 { ' ' } else { '▀' });
    }
    text.push_str("\x1b[0m");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels to a module: enough for a decoder to find its marks.
    const SCALE: usize = 4;
    const CONTENT: &str = "2@Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4,4kX7b1p0Qm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm8=,\
        8u1hYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXU=,Vtq1YmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmE=,1";

    /// The darkness of both halves of every cell, as an eye sees the text.
    fn seen(text: &str) -> Vec<Vec<bool>> {
        let mut rows = Vec::new();
        for line in text.lines() {
            let (mut upper, mut lower) = (Vec::new(), Vec::new());
            let (mut ink, mut paper) = (true, false);
            let mut rest = line;
            while let Some(c) = rest.chars().next() {
                if let Some(sequence) = rest.strip_prefix("\x1b[") {
                    let (colours, after) = sequence.split_once('m').unwrap();
                    let dark = |mark: &str| colours.contains(&format!("{mark};5;{BLACK}"));
                    (ink, paper, rest) = (dark("38"), dark("48"), after);
                    continue;
                }
                let (above, below) = match c {
                    '█' => (ink, ink),
                    '▀' => (ink, paper),
                    '▄' => (paper, ink),
                    _ => (paper, paper),
                };
                upper.push(above);
                lower.push(below);
                rest = &rest[c.len_utf8()..];
            }
            rows.extend([upper, lower]);
        }
        rows
    }

    #[track_caller]
    fn decoded(text: &str) -> String {
        let rows = seen(text);
        let (width, height) = (rows[0].len() * SCALE, rows.len() * SCALE);
        let dark = |x: usize, y: usize| rows[y / SCALE][x / SCALE];
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(
                width,
                height,
                |x, y| if dark(x, y) { 0 } else { 255 },
            );
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "one code is found");
        grids[0].decode().unwrap().1
    }

    #[test]
    fn what_is_drawn_can_be_scanned() {
        for content in ["2@a", CONTENT] {
            for ink in [Ink::Colours, Ink::Blocks] {
                let drawing = draw(content, ink).unwrap();
                assert_eq!(decoded(&drawing.text), content, "{ink:?}");
                assert_eq!(drawing.text.lines().count(), drawing.rows);
            }
        }
    }

    #[test]
    fn the_quiet_zone_is_there_and_blocks_carry_no_escape() {
        let drawing = draw(CONTENT, Ink::Blocks).unwrap();
        assert!(!drawing.text.contains('\x1b'));
        assert!(drawing.text.lines().all(|l| l.chars().count() == drawing.columns));
        let rows = seen(&drawing.text);
        let edge = |row: &Vec<bool>| row[..4].iter().chain(&row[row.len() - 4..]).any(|dark| *dark);
        assert!(!rows.iter().any(edge), "left and right");
        assert!(
            !rows[..4].iter().chain(&rows[rows.len() - 5..]).flatten().any(|dark| *dark),
            "top and bottom"
        );
        assert!(rows[4].iter().any(|dark| *dark) && drawing.columns <= 80, "fits a terminal of 80");
    }

    #[test]
    fn a_text_too_long_for_a_code_is_refused() {
        assert!(draw(&"a".repeat(3000), Ink::Blocks).is_none());
    }
}
