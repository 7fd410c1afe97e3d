//! The place on the terminal where a QR code is shown: a new code replaces the old one.
//!
//! Whoever scans the code owns the pairing, so it goes to stdout, where it was asked for, and nowhere
//! else.

use super::output::{CommandResult, note, out, write_out};
use super::terminal::{self, Size};
use super::terminal_qr::{Ink, draw};
use crate::text::cli as words;

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
    pub fn show(&mut self, code: Option<&str>, pairing: Option<&str>) -> CommandResult {
        let new = (code.map(str::to_owned), pairing.map(str::to_owned));
        if self.shown.as_ref() == Some(&new) {
            return Ok(());
        }
        self.shown = Some(new);
        let Some(drawing) = code.and_then(|code| draw(code, self.ink)) else {
            self.note(words::no_code_text());
            return pairing.map_or(Ok(()), |code| out(words::pairing_code(code)));
        };
        let caption: Vec<String> =
            pairing.map(words::pairing_code).into_iter().chain([words::how_to_scan().to_owned()]).collect();
        if let Some(size) = self.size.filter(|size| size.columns < drawing.columns) {
            // A wrapped code is noise; the code to type is still of use.
            self.note(&words::too_narrow(drawing.columns, size.columns));
            return pairing.map_or(Ok(()), |code| out(words::pairing_code(code)));
        }
        write_out(format_args!("{}{}{}\n", self.back(), drawing.text, caption.join("\n")))?;
        self.rows = drawing.rows + caption.len();
        if let Some(size) = self.size.filter(|size| size.rows <= self.rows) {
            // Below the code: what is above it has scrolled away.
            let needed = self.rows + 2;
            self.note(&words::too_low(needed, size.rows));
        }
        Ok(())
    }

    /// Says something beside the code, which then stays where it is.
    pub fn note(&mut self, text: &str) {
        note(text);
        self.lose_place();
    }

    /// Somebody typed: the cursor is no longer where the drawing ended.
    pub fn lose_place(&mut self) {
        self.rows = 0;
    }

    /// What brings the cursor back to the drawing's first line and clears from there.
    fn back(&self) -> String {
        match (self.ink, self.rows) {
            (Ink::Colours, rows @ 1..) => format!("\x1b[{rows}A\r\x1b[J"),
            _ => String::new(),
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
        let screen = |columns| Screen {
            ink: Ink::Colours,
            size: Some(Size { rows: 90, columns }),
            shown: None,
            rows: 0,
        };
        for (columns, drawn) in [(20, false), (200, true)] {
            let mut screen = screen(columns);
            screen.show(Some("2@abc"), None).unwrap();
            assert_eq!(screen.rows > 0, drawn, "{columns}");
        }
    }
}
