//! The text format that Prometheus reads, version 0.0.4.

use std::fmt::{Display, Write as _};

use super::Histogram;

/// What kind of metric it is.
#[derive(Clone, Copy, Debug)]
pub enum MetricKind {
    /// Only grows, from the start of the process on.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Times by ranges.
    Histogram,
}

impl MetricKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// The text, as it grows: each metric, then its samples.
#[derive(Default)]
pub struct Exposition {
    text: String,
    /// The metric whose samples come.
    name: &'static str,
}

impl Exposition {
    /// Begins a metric; what follows until the next are its samples.
    pub fn metric(&mut self, name: &'static str, kind: MetricKind, help: &str) {
        self.name = name;
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {}", kind.as_str());
    }

    /// A sample with those labels.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.line("", labels, None, value);
    }

    /// The samples of a histogram with those labels.
    pub fn histogram(&mut self, labels: &[(&str, &str)], histogram: &Histogram) {
        let mut count = 0;
        for (bound, so_far) in histogram.cumulative() {
            self.line("_bucket", labels, Some(bound), so_far);
            count = so_far;
        }
        self.line("_sum", labels, None, histogram.sum().as_secs_f64());
        self.line("_count", labels, None, count);
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.text
    }

    fn line(&mut self, suffix: &str, labels: &[(&str, &str)], bound: Option<&str>, value: impl Display) {
        let _ = write!(self.text, "{}{suffix}", self.name);
        let labels = labels.iter().copied().chain(bound.map(|bound| ("le", bound)));
        let mut opening = '{';
        for (label, text) in labels {
            let _ = write!(self.text, "{opening}{label}=\"{}\"", escaped(text));
            opening = ',';
        }
        let close = if opening == ',' { "}" } else { "" };
        let _ = writeln!(self.text, "{close} {value}");
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_metric_is_told_what_it_is_and_then_its_samples() {
        let mut exposition = Exposition::default();
        exposition.metric("a_total", MetricKind::Counter, "Counts a.");
        exposition.sample(&[], 1);
        exposition.sample(&[("name", "a \"b\" \\ c\nd"), ("x", "")], 2.5);
        let expected = "# HELP a_total Counts a.\n# TYPE a_total counter\na_total 1\na_total{name=\"a \\\"b\\\" \\\\ c\\nd\",x=\"\"} 2.5\n";
        assert_eq!(exposition.into_text(), expected);
    }

    #[test]
    fn a_histogram_ends_with_all_of_them() {
        let (mut exposition, histogram) = (Exposition::default(), Histogram::default());
        histogram.note(Duration::from_millis(1500));
        exposition.metric("t_seconds", MetricKind::Histogram, "Times.");
        exposition.histogram(&[("route", "/x")], &histogram);
        let text = exposition.into_text();
        for line in [
            "t_seconds_bucket{route=\"/x\",le=\"1\"} 0",
            "t_seconds_bucket{route=\"/x\",le=\"2.5\"} 1",
            "t_seconds_bucket{route=\"/x\",le=\"+Inf\"} 1",
            "t_seconds_sum{route=\"/x\"} 1.5",
            "t_seconds_count{route=\"/x\"} 1",
        ] {
            assert!(text.lines().any(|its| its == line), "{line}: {text}");
        }
    }
}
