//! The report of a month as a table for spreadsheets, which take it as the people of a language write numbers.

use crate::domain::csv::{UTF8_MARK, harmless, quoted};
use crate::domain::{Language, Millis, Uptime, UptimeSum};
use crate::store::InstanceLine;
use crate::text;

const MILLIS_PER_HOUR: Millis = 3_600_000;

/// The lines of a table.
pub struct CsvRows {
    language: Language,
}

impl CsvRows {
    /// A table for the people of the thread's language.
    pub fn new() -> Self {
        Self { language: text::language() }
    }

    /// Its head: by label, or else by number.
    pub fn head(&self, by_label: bool) -> String {
        let first: &[&str] =
            if by_label { text::uptime_label_columns() } else { text::uptime_number_columns() };
        let columns = first.iter().chain(text::uptime_sum_columns());
        format!("{UTF8_MARK}{}", self.line(columns.map(|column| (*column).to_owned())))
    }

    /// The line of a number.
    pub fn number(&self, line: &InstanceLine, uptime: &Uptime) -> String {
        let server = line.server.as_deref().unwrap_or_default();
        let called = line.display_name.as_deref().unwrap_or(&line.name);
        let labels = line.labels.join(", ");
        let texts = [called, &line.name, &line.phone, &line.user, server, &labels];
        self.line(texts.into_iter().map(harmless).chain(self.sums(uptime)))
    }

    /// The line of a label.
    pub fn label(&self, label: &str, sum: &UptimeSum) -> String {
        self.line([harmless(label), sum.numbers.to_string()].into_iter().chain(self.sums(&sum.uptime)))
    }

    /// The line of all numbers.
    pub fn all(&self, sum: &UptimeSum) -> String {
        self.label(text::uptime_all(), sum)
    }

    fn sums(&self, uptime: &Uptime) -> [String; 5] {
        let hours = |span: Millis| self.decimal(span * 100 / MILLIS_PER_HOUR);
        [
            uptime.basis_points().map(|points| self.decimal(points.into())).unwrap_or_default(),
            hours(uptime.up),
            hours(uptime.down),
            hours(uptime.unknown),
            uptime.drops.to_string(),
        ]
    }

    /// A number of hundredths.
    fn decimal(&self, hundredths: Millis) -> String {
        let point = if self.language == Language::English { '.' } else { ',' };
        format!("{}{point}{:02}", hundredths / 100, hundredths % 100)
    }

    fn line(&self, fields: impl Iterator<Item = String>) -> String {
        // Where the comma is in numbers, spreadsheets expect another sign between them.
        let between = if self.language == Language::English { "," } else { ";" };
        let fields: Vec<_> = fields.map(|field| quoted(&field, between)).collect();
        fields.join(between) + "\r\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheets_read_what_was_meant() {
        let uptime = Uptime { up: 5_400_000, down: 1_800_000, unknown: 36_000, drops: 2 };
        let sum = UptimeSum { numbers: 3, uptime };
        for (language, line) in [
            (Language::Portuguese, "\"a;b\";3;75,00;1,50;0,50;0,01;2\r\n"),
            (Language::English, "a;b,3,75.00,1.50,0.50,0.01,2\r\n"),
        ] {
            let written = text::in_language(language, || {
                let rows = CsvRows::new();
                rows.head(true) + &rows.label("a;b", &sum)
            });
            assert!(written.starts_with('\u{feff}') && written.ends_with(line), "{written}");
            assert_eq!(written.lines().count(), 2);
        }
    }
}
