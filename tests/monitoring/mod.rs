//! The files of `packaging/monitoring`: read by the real `promtool` where it is (`apt-get install prometheus`), and
//! every metric that they name is one that is told. The alerts and the dashboard in English say what those in Portuguese do.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use pareia::sim::Version;
use serde_json::{Value, json};

use crate::harness::{Client, Folder, Shop, instant};
use crate::tidy::languages::is_portuguese;

/// Runs promtool; what it complains of, or what it printed where it fails. `None` where it is not here.
pub fn promtool(arguments: &[&str], stdin: &[u8]) -> Option<Result<String, String>> {
    let mut command = Command::new("promtool");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        println!("SKIPPED: promtool is not here (apt-get install prometheus)");
        return None;
    };
    child.stdin.take().expect("piped").write_all(stdin).expect("promtool reads");
    let output = child.wait_with_output().expect("promtool ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    Some(if output.status.success() { Ok(complained) } else { Err(said + &complained) })
}

fn packaged(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/monitoring").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the dashboard asks Prometheus for.
fn dashboard() -> Vec<String> {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("expr").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| walk(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let dashboard = serde_json::from_str(&packaged("grafana-dashboard.json")).expect("JSON");
    let mut found = Vec::new();
    walk(&dashboard, &mut found);
    found
}

/// The metrics that a text names, without what histograms add to theirs.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = words.filter(|word| word.starts_with("pareia_") || word.starts_with("process_"));
    let suffixes = ["_bucket", "_sum", "_count"];
    ours.map(|word| suffixes.iter().find_map(|s| word.strip_suffix(s)).unwrap_or(word).to_owned()).collect()
}

#[test]
fn promtool_takes_the_alerts_and_each_fires_when_it_must_and_only_then() {
    for arguments in [
        ["check", "rules", "packaging/monitoring/pareia-alerts.yml"],
        ["check", "rules", "packaging/monitoring/pareia-alerts-en.yml"],
        ["test", "rules", "tests/monitoring/alerts.test.yml"],
        ["check", "config", "packaging/monitoring/prometheus.yml"],
    ] {
        if let Some(Err(complaint)) = promtool(&arguments, b"") {
            panic!("{arguments:?}: {complaint}");
        }
    }
    let (alerts, played) = (packaged("pareia-alerts.yml"), include_str!("alerts.test.yml"));
    for alert in alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        assert!(
            played.contains(&format!("alertname: {alert},")),
            "{alert} is not among those that must not fire"
        );
    }
}

/// What people read, which alone may differ between the languages; and the variables in it, which may not.
#[derive(Default)]
struct Texts {
    found: Vec<String>,
}

impl Texts {
    /// Takes a text out, and leaves its variables.
    fn take(&mut self, text: &str) -> String {
        self.found.push(text.to_owned());
        let variables = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
        let mut variables: Vec<_> = variables.map(|(variable, _)| variable.trim()).collect();
        variables.sort_unstable();
        variables.join(" ")
    }

    /// What is left of the alerts; each has a `summary` and a `description`.
    fn take_annotations(&mut self, alerts: &str) -> Vec<String> {
        let lines = alerts.lines().filter(|line| !line.starts_with('#'));
        let left = lines.map(|line| match line.split_once(": ") {
            Some((name, text)) if ["summary", "description"].contains(&name.trim()) => {
                format!("{name} {}", self.take(text))
            }
            _ => line.to_owned(),
        });
        left.collect()
    }

    /// Leaves of the dashboard what it asks and how it is drawn.
    fn take_titles(&mut self, value: &mut Value) {
        const READ: [&str; 4] = ["title", "description", "label", "legendFormat"];
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) if READ.contains(&name.as_str()) => *text = self.take(text),
                        member => self.take_titles(member),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.take_titles(item)),
            _ => {}
        }
    }
}

#[test]
fn the_alerts_in_both_languages_differ_in_what_people_read_alone() {
    let (mut portuguese, mut english) = (Texts::default(), Texts::default());
    let left = portuguese.take_annotations(&packaged("pareia-alerts.yml"));
    assert_eq!(left, english.take_annotations(&packaged("pareia-alerts-en.yml")));
    let alerts = left.iter().filter(|line| line.trim().starts_with("- alert: ")).count();
    assert_eq!(portuguese.found.len(), 2 * alerts, "each alert has a summary and a description");
    for (text, english) in portuguese.found.iter().zip(&english.found) {
        assert!(text != english && !is_portuguese(english), "{text}: {english}");
    }
}

#[test]
fn the_dashboards_of_both_languages_differ_in_what_people_read_alone() {
    let left = |name: &str| {
        let mut dashboard: Value = serde_json::from_str(&packaged(name)).expect("JSON");
        let mut texts = Texts::default();
        texts.take_titles(&mut dashboard);
        // Grafana holds one dashboard of an id, and may be given both.
        let id = dashboard["uid"].take();
        (dashboard, texts.found, id)
    };
    let (portuguese, english) = (left("grafana-dashboard.json"), left("grafana-dashboard-en.json"));
    assert_eq!(portuguese.0, english.0);
    assert_eq!((portuguese.2, english.2), (json!("pareia"), json!("pareia-en")));
    for (text, english) in portuguese.1.iter().zip(&english.1) {
        assert!(!is_portuguese(english), "{text}: {english}");
    }
}

#[test]
fn promtool_takes_every_question_of_the_dashboard() {
    let questions = dashboard();
    assert!(questions.len() >= 15, "{questions:?}");
    let rules: Vec<_> = questions
        .iter()
        .enumerate()
        .map(|(n, expr)| {
            // What Grafana puts in the place of its variables.
            let expr = [("$__rate_interval", "5m"), ("$instance", ".*"), ("$server", ".*")]
                .iter()
                .fold(expr.clone(), |expr, (variable, value)| expr.replace(variable, value));
            json!({"record": format!("panel:{n}"), "expr": expr})
        })
        .collect();
    let folder = Folder::new();
    let file = folder.path().join("rules.json");
    // JSON is YAML.
    fs::write(&file, json!({"groups": [{"name": "dashboard", "rules": rules}]}).to_string())
        .expect("written");
    if let Some(Err(complaint)) = promtool(&["check", "rules", file.to_str().expect("text")], b"") {
        panic!("{complaint}");
    }
}

#[test]
fn every_metric_that_is_alerted_on_or_drawn_is_told() {
    let mut shop = Shop::new(instant(Version::V2_3_7));
    let metrics = shop.server.serve_metrics("127.0.0.1:0").expect("a port");
    let told = String::from_utf8(Client::to(metrics).send("GET", "/metrics", "", &[]).2).expect("text");
    let told: BTreeSet<_> =
        told.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let docs =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md")).expect("docs");
    for (what, text) in [
        ("the alerts", packaged("pareia-alerts.yml")),
        ("their test", include_str!("alerts.test.yml").to_owned()),
        ("the dashboard", dashboard().join("\n")),
        ("docs/metrics.md", docs.clone()),
    ] {
        let unknown: Vec<_> = named(&text).into_iter().filter(|name| !told.contains(name.as_str())).collect();
        assert!(unknown.is_empty(), "{what}: {unknown:?} are not told");
    }
    let untold: Vec<_> = told.iter().filter(|name| !named(&docs).contains(**name)).collect();
    assert!(untold.is_empty(), "docs/metrics.md does not say what {untold:?} are");
}
