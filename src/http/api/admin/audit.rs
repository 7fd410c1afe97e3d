//! `/api/admin/audit`: who did what, for administrators: a page of it, or all of it as a file.

use serde::Serialize;

use crate::domain::clock::{iso, parse_iso};
use crate::domain::csv::{harmless, quoted};
use crate::domain::{AuditAction, MILLIS_PER_DAY, Millis, Permission};
use crate::http::api::export_file::ExportFile;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::store::{self, AuditEntry, AuditFilter, Store};
use crate::text;

/// Entries of a page, unless told; and at most.
const LIMIT: u32 = 50;
const MOST: u64 = 200;
/// Entries that an export reads at a time.
const PIECE: u32 = 1000;
/// Characters of what is filtered by.
const LONGEST: usize = 64;
/// The largest id there can be.
const LAST_ID: u64 = i64::MAX.unsigned_abs();
/// What a day's date has after it to be its first moment.
const MIDNIGHT: &str = "T00:00:00.000Z";
/// The columns of a CSV file.
const COLUMNS: &str = "id,at,actor,via,viaId,address,action,subjectId,subject,detail,result,requestId\r\n";

/// An entry, for the API and for `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditJson<'a> {
    id: i64,
    at: String,
    actor: Option<&'a str>,
    via: &'a str,
    via_id: Option<&'a str>,
    address: Option<&'a str>,
    action: &'a str,
    subject_id: Option<&'a str>,
    subject: Option<&'a str>,
    detail: Option<&'a str>,
    result: &'a str,
    request_id: Option<&'a str>,
}

impl<'a> From<&'a AuditEntry> for AuditJson<'a> {
    fn from(entry: &'a AuditEntry) -> Self {
        Self {
            id: entry.id,
            at: iso(entry.at),
            actor: entry.actor.as_deref(),
            via: &entry.via,
            via_id: entry.via_id.as_deref(),
            address: entry.address.as_deref(),
            action: &entry.action,
            subject_id: entry.subject_id.as_deref(),
            subject: entry.subject.as_deref(),
            detail: entry.detail.as_deref(),
            result: &entry.result,
            request_id: entry.request.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct AuditPageJson<'a> {
    success: bool,
    data: Vec<AuditJson<'a>>,
    next: Option<i64>,
}

/// A page of entries, newest first; `next` is where the following one begins.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    auth::permitted(app, request, Permission::ReadAudit)?;
    let filter = filter(request)?;
    let limit = query::number(request, "limit", 1..=MOST)?.unwrap_or(LIMIT);
    let before = query::number(request, "before", 1..=LAST_ID)?;
    // One more than asked for tells whether there is a following page.
    let mut found = app.store.audit(&filter, before, limit + 1)?;
    let goes_on = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| goes_on).map(|entry| entry.id);
    Ok(HttpReply::json(
        200,
        &AuditPageJson { success: true, data: found.iter().map(AuditJson::from).collect(), next },
    ))
}

/// All that the filter means, as a file.
pub fn export(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    auth::permitted(app, request, Permission::ReadAudit)?;
    let filter = filter(request)?;
    let is_csv = match query::given(request, "format")?.as_deref() {
        None | Some("csv") => true,
        Some("json") => false,
        Some(_) => return Err(Problem::InvalidField("format", text::not_one_of("format", &["csv", "json"]))),
    };
    let mut file = ExportFile::begin(app)?;
    app.store.note_act(AuditAction::AuditExport, "", "")?;
    let write = if is_csv { write_csv } else { write_json };
    write(&app.store, &filter, &mut |text| file.add(text))?;
    let (name, kind) = if is_csv {
        ("pareia-audit.csv", "text/csv; charset=utf-8")
    } else {
        ("pareia-audit.json", "application/json")
    };
    file.end(name, kind)
}

fn filter(request: &Request) -> Result<AuditFilter, Problem> {
    let text = |field| query::text(request, field, LONGEST);
    let action = text("action")?;
    if action.as_deref().is_some_and(|word| !AuditAction::is_filter(word)) {
        let words: Vec<_> = AuditAction::words().collect();
        return Err(Problem::InvalidField("action", text::not_one_of("action", &words)));
    }
    let (from, to) = (moment(request, "from", 0)?, moment(request, "to", MILLIS_PER_DAY)?);
    Ok(AuditFilter { user: text("user")?, action, subject: text("subject")?, from, to })
}

/// A day, or a moment as JSON has it; of a day the end is `day` later than its beginning.
fn moment(request: &Request, field: &'static str, day: Millis) -> Result<Option<Millis>, Problem> {
    let read = |text: String| {
        parse_moment(&text, day).ok_or(Problem::InvalidField(field, text::not_a_moment(field)))
    };
    query::given(request, field)?.map(read).transpose()
}

/// Reads a day, to which `day` is added, or a moment.
pub fn parse_moment(text: &str, day: Millis) -> Option<Millis> {
    parse_iso(text).or_else(|| parse_iso(&format!("{text}{MIDNIGHT}")).map(|at| at + day))
}

/// Takes the next text of an export.
type Add<'a> = &'a mut dyn FnMut(&str) -> Result<(), store::Error>;

/// Writes what the filter means as CSV.
pub fn write_csv(store: &Store, filter: &AuditFilter, add: Add) -> Result<(), store::Error> {
    add(COLUMNS)?;
    each(store, filter, &mut |entry| add(&csv_line(entry)))
}

fn write_json(store: &Store, filter: &AuditFilter, add: Add) -> Result<(), store::Error> {
    let mut before = "[";
    each(store, filter, &mut |entry| {
        let line = serde_json::to_string(&AuditJson::from(entry)).expect("our own types are JSON");
        add(before)?;
        before = ",\n";
        add(&line)
    })?;
    add(if before == "[" { "[]\n" } else { "]\n" })
}

/// Reads entries a piece at a time, newest first, so that no reader is kept for long.
fn each(
    store: &Store,
    filter: &AuditFilter,
    take: &mut dyn FnMut(&AuditEntry) -> Result<(), store::Error>,
) -> Result<(), store::Error> {
    let mut before = None;
    loop {
        let piece = store.audit(filter, before, PIECE)?;
        piece.iter().try_for_each(&mut *take)?;
        match piece.last() {
            Some(last) => before = Some(last.id),
            None => return Ok(()),
        }
    }
}

fn csv_line(entry: &AuditEntry) -> String {
    let (id, at) = (entry.id.to_string(), iso(entry.at));
    let AuditEntry {
        actor, via, via_id, address, action, subject_id, subject, detail, result, request, ..
    } = entry;
    let field = |text: &str| quoted(&harmless(text), ",");
    let text = |value: &Option<String>| field(value.as_deref().unwrap_or_default());
    [
        id,
        at,
        text(actor),
        field(via),
        text(via_id),
        text(address),
        field(action),
        text(subject_id),
        text(subject),
        text(detail),
        field(result),
        text(request),
    ]
    .join(",")
        + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_the_next_begins() {
        assert_eq!(parse_moment("1970-01-02", 0), Some(MILLIS_PER_DAY));
        assert_eq!(parse_moment("1970-01-02", MILLIS_PER_DAY), Some(2 * MILLIS_PER_DAY));
        assert_eq!(parse_moment("1970-01-01T00:00:01.000Z", MILLIS_PER_DAY), Some(1000));
        assert_eq!(parse_moment("02/01/1970", 0), None);
    }
}
