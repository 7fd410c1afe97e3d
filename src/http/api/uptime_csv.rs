//! The report of a month as a table for spreadsheets, which take it as the people of a language write numbers.

use crate::domain::csv::{UTF8_MARK, harmless, quoted};
use crate::domain::{Language, Millis, Uptime, UptimeSum};
use crate::http::reply::HttpReply;
use crate::store::InstanceLine;
use crate::text;

const MILLIS_PER_HOUR: Millis = 3_600_000;

/// The lines of a table, as they are written.
pub struct CsvRows {
    language: Language,
    text: String,
}

impl CsvRows {
    /// A table with its head: by label, or else by number.
    pub fn new(by_label: bool) -> Self {
        let mut rows = Self { language: text::language(), text: UTF8_MARK.to_string() };
        let first: &[&str] =
            if by_label { text::uptime_label_columns() } else { text::uptime_number_columns() };
        let columns = first.iter().chain(text::uptime_sum_columns());
        rows.line(columns.map(|column| (*column).to_owned()));
        rows
    }

    /// The line of a number.
    pub fn number(&mut self, line: &InstanceLine, uptime: &Uptime) {
        let server = line.server.as_deref().unwrap_or_default();
        let called = line.display_name.as_deref().unwrap_or(&line.name);
        let labels = line.labels.join(", ");
        let texts = [called, &line.name, &line.phone, &line.user, server, &labels];
        let sums = self.sums(uptime);
        self.line(texts.into_iter().map(harmless).chain(sums));
    }

    /// The line of a label.
    pub fn label(&mut self, label: &str, sum: &UptimeSum) {
        let sums = self.sums(&sum.uptime);
        self.line([harmless(label), sum.numbers.to_string()].into_iter().chain(sums));
    }

    /// The line of all numbers.
    pub fn all(&mut self, sum: &UptimeSum) {
        self.label(text::uptime_all(), sum);
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

    fn line(&mut self, fields: impl Iterator<Item = String>) {
        // Where the comma is in numbers, spreadsheets expect another sign between them.
        let between = if self.language == Language::English { "," } else { ";" };
        let fields: Vec<_> = fields.map(|field| quoted(&field, between)).collect();
        self.text += &fields.join(between);
        self.text += "\r\n";
    }
}

/// The table as a file to be kept.
pub fn reply(month: &str, rows: CsvRows) -> HttpReply {
    let mut reply = HttpReply::bytes(200, "text/csv; charset=utf-8", rows.text.into_bytes()).worded();
    let name = format!("attachment; filename=\"pareia-{month}.csv\"");
    reply.headers.push(("Content-Disposition", name));
    reply
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
            let rows = text::in_language(language, || {
                let mut rows = CsvRows::new(true);
                rows.label("a;b", &sum);
                rows
            });
            assert!(rows.text.starts_with('\u{feff}') && rows.text.ends_with(line), "{}", rows.text);
            assert_eq!(rows.text.lines().count(), 2);
        }
    }
}
