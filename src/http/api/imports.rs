//! `POST /api/messaging/import` and `GET /api/messaging/export`: numbers as tables. The rules are those of `admin::imports`.

use serde::Serialize;
use serde_json::Value;

use super::export_file::ExportFile;
use super::instances::filter;
use crate::admin::imports::{ImportLine, ImportedLine, MOST_LINES, import, label_cell, table_lines};
use crate::domain::csv::{self, UTF8_MARK, harmless, quoted};
use crate::domain::{ImportOutcome, Language, Phone, Status, clock};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::store::{self, Filter, InstanceLine, ListOrder};
use crate::text;

/// Rows that are read at a time: other readers of the database wait for no more than these.
const BATCH: u32 = 200;
const CSV: &str = "text/csv";
/// The member that may be a number.
const PHONE: &str = "channelPhoneOrId";

/// Says what each line of the body would do, or does it.
pub fn import_numbers(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    let is_dry = query::flag(request, "dryRun")?;
    let lines = lines(request)?;
    if !(1..=MOST_LINES).contains(&lines.len()) {
        return Err(Problem::InvalidField("rows", text::import_empty().to_owned()));
    }
    let imported = import(&app.store, &caller, &lines, !is_dry)?;
    Ok(HttpReply::data(&ImportJson::of(&imported, is_dry)))
}

/// The lines of a body, which is a table or JSON.
fn lines(request: &Request) -> Result<Vec<ImportLine>, Problem> {
    let is_table = request.headers("Content-Type").iter().any(|kind| kind.trim_start().starts_with(CSV));
    if is_table {
        return read_table(request.body()).map_err(|says| Problem::InvalidField("csv", says));
    }
    let body: Option<Value> = serde_json::from_slice(request.body()).ok();
    let rows = body.as_ref().and_then(|body| body.get("rows")).and_then(Value::as_array);
    let lines = rows.and_then(|rows| rows.iter().zip(1..).map(json_line).collect());
    lines.ok_or_else(|| Problem::InvalidField("rows", text::import_empty().to_owned()))
}

/// The lines of a table that a spreadsheet saved, or what is wrong with it.
pub fn read_table(bytes: &[u8]) -> Result<Vec<ImportLine>, String> {
    let table = csv::read(&csv::decoded(bytes)).map_err(|open| text::import_open_quote(open.0))?;
    table_lines(table).ok_or_else(|| text::import_without_head().to_owned())
}

/// A line of a JSON body; `None` where a member is not what it must be. A phone may be a number, too.
fn json_line((row, number): (&Value, usize)) -> Option<ImportLine> {
    let row = row.as_object()?;
    let text = |member: &str| match row.get(member) {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(digits)) if member == PHONE => digits.as_u64().map(|digits| digits.to_string()),
        Some(_) => None,
    };
    let labels = match row.get("labels") {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(labels) => labels.as_array()?.iter().map(|label| label.as_str().map(str::to_owned)).collect(),
    };
    Some(ImportLine {
        number,
        name: text("channelInstanceId")?,
        phone: text(PHONE)?,
        owner: text("user")?,
        server: text("server")?,
        display_name: text("displayName")?,
        note: text("note")?,
        labels: labels?,
    })
}

/// A number as an export has it and an import takes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RowJson {
    channel_instance_id: String,
    channel_phone_or_id: String,
    user: String,
    server: Option<String>,
    labels: Vec<String>,
    display_name: Option<String>,
    note: Option<String>,
    status: String,
    status_since: String,
    linked_number: Option<String>,
}

impl RowJson {
    fn of(line: InstanceLine) -> Self {
        Self {
            channel_instance_id: line.name,
            // What is stored is whole: the plus says so.
            channel_phone_or_id: format!("+{}", line.phone),
            user: line.user,
            server: line.server,
            labels: line.labels,
            display_name: line.display_name,
            note: line.note,
            status: line.status,
            status_since: clock::iso(line.since),
            linked_number: line.linked_number,
        }
    }

    /// A line of a table, as [`read_table`] reads it.
    fn cells(&self) -> [String; 10] {
        let given = |text: &Option<String>| text.clone().unwrap_or_default();
        let linked = self.linked_number.as_ref().map(|digits| format!("+{digits}"));
        [
            self.channel_instance_id.clone(),
            self.channel_phone_or_id.clone(),
            self.user.clone(),
            label_cell(&self.labels),
            given(&self.server),
            given(&self.display_name),
            given(&self.note),
            Status::parse(&self.status)
                .map_or_else(|| &*self.status, |status| text::export_status(status))
                .to_owned(),
            self.status_since.clone(),
            given(&linked),
        ]
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ImportJson<'a> {
    dry_run: bool,
    lines: Vec<ImportedLineJson<'a>>,
}

#[derive(Serialize)]
struct ImportedLineJson<'a> {
    line: usize,
    name: &'a str,
    phone: Option<&'a str>,
    outcome: &'static str,
    reason: Option<&'static str>,
    error: Option<String>,
}

impl<'a> ImportJson<'a> {
    fn of(imported: &'a [ImportedLine], dry_run: bool) -> Self {
        let line = |line: &'a ImportedLine| ImportedLineJson {
            line: line.number,
            name: &line.name,
            phone: line.phone.as_ref().map(Phone::as_str),
            outcome: line.outcome.as_str(),
            reason: ImportOutcome::reason(&line.outcome),
            error: text::import_reason(&line.outcome),
        };
        Self { dry_run, lines: imported.iter().map(line).collect() }
    }
}

/// The list, whole, as a file to be kept.
pub fn export(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = auth::caller(app, request)?;
    // By name, whatever the page shows first: however long the list is, each line is read once.
    let mut filter = Filter { order: ListOrder::Name, ..filter(&caller, request)? };
    let format = query::given(request, "format")?.unwrap_or_else(|| "csv".to_owned());
    if !["csv", "json"].contains(&format.as_str()) {
        return Err(Problem::InvalidField("format", text::not_one_of("format", &["csv", "json"])));
    }
    // A link has no header to say it with.
    let language = query::given(request, "lang")?.and_then(|tag| Language::of_any_country(&tag));
    let language = language.unwrap_or_else(text::language);
    let mut rows = text::in_language(language, || Rows::begin(app, format == "csv"))?;
    loop {
        let lines = app.store.first_instances(&filter, BATCH)?;
        let Some(last) = lines.last() else { break };
        filter.behind = Some((last.channel.clone(), last.name.clone()));
        text::in_language(language, || lines.into_iter().try_for_each(|line| rows.add(&RowJson::of(line))))?;
    }
    let name = format!("pareia-{}.{format}", &clock::iso(clock::now())[..10]);
    text::in_language(language, || rows.end(&name))
}

/// An export while it is written.
struct Rows<'a> {
    file: ExportFile<'a>,
    /// What stands between cells of a table; `None`: it is JSON.
    between: Option<&'static str>,
    /// What stands before the next row of JSON.
    before: &'static str,
}

impl<'a> Rows<'a> {
    fn begin(app: &'a App, is_table: bool) -> Result<Self, Problem> {
        // Where the comma is in numbers, spreadsheets expect another sign between them.
        let between = if text::language() == Language::English { "," } else { ";" };
        let between = is_table.then_some(between);
        let mut rows = Self { file: ExportFile::begin(app)?, between, before: "\n" };
        let head = match between {
            Some(between) => format!("{UTF8_MARK}{}\r\n", text::export_columns().join(between)),
            None => "{\"success\":true,\"rows\":[".to_owned(),
        };
        rows.file.add(&head)?;
        Ok(rows)
    }

    fn add(&mut self, row: &RowJson) -> Result<(), store::Error> {
        let Some(between) = self.between else {
            self.file.add(self.before)?;
            self.before = ",\n";
            return self.file.add(&serde_json::to_string(row).expect("our own types are JSON"));
        };
        let line = row.cells().map(|cell| quoted(&harmless(&cell), between)).join(between);
        self.file.add(&(line + "\r\n"))
    }

    fn end(mut self, name: &str) -> Result<HttpReply, Problem> {
        if self.between.is_some() {
            return Ok(self.file.end(name, "text/csv; charset=utf-8")?.worded());
        }
        self.file.add("\n]}\n")?;
        self.file.end(name, "application/json; charset=utf-8")
    }
}
