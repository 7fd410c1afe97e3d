//! The place on the terminal where a QR code is shown: a new code replaces the old one.
//!
//! Whoever scans the code owns the pairing, so it goes to stdout, where it was asked for, and nowhere
//! else.

use super::output::{Done, note, out, write_out};
use super::terminal::{self, Size};
use super::terminal_qr::{Drawing, Ink, draw};
use super::words;

/// The text of the QR code, where upstream sent it, and the code to type, where there is one.
type Codes = (Option<String>, Option<String>);

/// What is on the screen, and how it may be drawn.
pub struct Screen {
    ink: Ink,
    size: Option<Size>,
    shown: Option<Codes>,
    /// Lines of the last drawing, to go back over; 0 when something else was printed since.
    rows: usize,
}

impl Screen {
    /// The screen behind stdout: blocks where that is no terminal.
    pub fn of_stdout() -> Self {
        let capable = terminal::is_capable();
        let (ink, size) = if capable { (Ink::Colours, terminal::size()) } else { (Ink::Blocks, None) };
        Self { ink, size, shown: None, rows: 0 }
    }

    /// Shows a code, and the code to type; does nothing when both are there already.
    pub fn show(&mut self, code: Option<&str>, pairing: Option<&str>) -> Done {
        let new = (code.map(str::to_owned), pairing.map(str::to_owned));
        if self.shown.as_ref() == Some(&new) {
            return Ok(());
        }
        self.shown = Some(new);
        let Some(drawing) = code.and_then(|code| draw(code, self.ink)) else {
            self.note(words::NO_CODE_TEXT);
            return pairing.map_or(Ok(()), |code| out(words::pairing_code(code)));
        };
        let caption: Vec<String> =
            pairing.map(words::pairing_code).into_iter().chain([words::HOW_TO_SCAN.to_owned()]).collect();
        self.warn_if_small(&drawing, caption.len());
        if self.is_too_narrow(&drawing) {
            // A wrapped code is noise; the code to type is still of use.
            return pairing.map_or(Ok(()), |code| out(words::pairing_code(code)));
        }
        write_out(format_args!("{}{}{}\n", self.back(), drawing.text, caption.join("\n")))?;
        self.rows = drawing.rows + caption.len();
        Ok(())
    }

    /// Says something beside the code, which then stays where it is.
    pub fn note(&mut self, text: &str) {
        note(text);
        self.rows = 0;
    }

    /// What brings the cursor back to the drawing's first line and clears from there.
    fn back(&self) -> String {
        match (self.ink, self.rows) {
            (Ink::Colours, rows @ 1..) => format!("\x1b[{rows}A\r\x1b[J"),
            _ => String::new(),
        }
    }

    fn is_too_narrow(&self, drawing: &Drawing) -> bool {
        self.size.is_some_and(|size| size.columns < drawing.columns)
    }

    fn warn_if_small(&mut self, drawing: &Drawing, caption: usize) {
        let needed = drawing.rows + caption + 1;
        match self.size {
            Some(size) if size.columns < drawing.columns => {
                self.note(&words::too_narrow(drawing.columns, size.columns));
            }
            Some(size) if size.rows < needed && self.rows == 0 => {
                self.note(&words::too_low(needed, size.rows));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminal_is_drawn_over() {
        let screen = |ink, rows| Screen { ink, size: None, shown: None, rows };
        assert_eq!(screen(Ink::Colours, 35).back(), "\x1b[35A\r\x1b[J");
        for nothing_to_go_over in [screen(Ink::Colours, 0), screen(Ink::Blocks, 35)] {
            assert_eq!(nothing_to_go_over.back(), "");
        }
    }

    #[test]
    fn a_code_wider_than_the_terminal_is_not_drawn() {
        let narrow =
            Screen { ink: Ink::Colours, size: Some(Size { rows: 24, columns: 20 }), shown: None, rows: 0 };
        assert!(narrow.is_too_narrow(&draw("2@abc", Ink::Colours).unwrap()));
    }
}
