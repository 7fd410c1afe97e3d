//! The report of a month: the availability of each number, of each label, and both as a table.
//!
//! Owners see their own numbers, operators and administrators all. Numbers are read some at a time, however many there are.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use super::export_file::ExportFile;
use super::instances::filter;
use super::uptime::{UptimeJson, percent};
use super::uptime_csv::CsvRows;
use crate::domain::{
    Language, Millis, Month, Segment, USUAL_UTC_OFFSET, Uptime, UptimeSum, clock, parse_utc_offset,
    utc_offset,
};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::store::{self, Filter, InstanceLine};
use crate::text;

/// Numbers of a page, unless told; and at most.
const PER_PAGE: u32 = 50;
const MOST_PER_PAGE: u64 = 200;
/// The last page that can be asked for: more rows than any folder has.
const LAST_PAGE: u64 = 1_000_000;
/// Numbers that are read at a time: other readers of the database wait for no more than these.
const BATCH: u32 = 200;

/// `GET /api/messaging/uptime`: a page of the numbers of a month, each with its days.
pub fn report(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asked = MonthReport::asked(app, request)?;
    let page = query::number(request, "page", 1..=LAST_PAGE)?.unwrap_or(1);
    let per_page = query::number(request, "perPage", 1..=MOST_PER_PAGE)?.unwrap_or(PER_PAGE);
    let found = app.store.instance_page(&asked.filter, (page - 1) * per_page, per_page)?;
    let segments = asked.segments(app, &found.lines)?;
    let rows = found.lines.iter().zip(&segments).map(|(line, segments)| NumberJson {
        line: LineJson::of(line),
        sum: UptimeJson::of(&Uptime::of(segments)),
        days: Uptime::of_parts(segments, &asked.days).iter().map(percent).collect(),
    });
    Ok(HttpReply::json(
        200,
        &ReportJson {
            success: true,
            data: rows.collect(),
            page,
            per_page,
            total: found.total(&asked.filter),
            month: asked.month(),
        },
    ))
}

/// `GET /api/messaging/uptime/labels`: the sums of a month, by label and of all.
pub fn labels(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asked = MonthReport::asked(app, request)?;
    let sums = asked.sums(app)?;
    Ok(HttpReply::json(
        200,
        &LabelsJson {
            success: true,
            data: sums.by_label.iter().map(|(label, sum)| LabelJson::of(label, sum)).collect(),
            all: SumJson::of(&sums.all),
            month: asked.month(),
        },
    ))
}

/// `GET /api/messaging/uptime.csv`: the same as a table for people, by number or by label.
pub fn csv(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asked = MonthReport::asked(app, request)?;
    let language = one_of(request, "lang", &["pt-BR", "en"])?;
    let language = language.and_then(|word| Language::parse(&word)).unwrap_or_else(text::language);
    let by_label = one_of(request, "by", &["number", "label"])?.is_some_and(|by| by == "label");
    text::in_language(language, || asked.table(app, by_label))
}

fn one_of(request: &Request, field: &'static str, words: &[&str]) -> Result<Option<String>, Problem> {
    let word = query::given(request, field)?;
    match &word {
        Some(word) if !words.contains(&word.as_str()) => {
            Err(Problem::InvalidField(field, text::not_one_of(field, words)))
        }
        _ => Ok(word),
    }
}

/// The numbers and the month that are asked for.
struct MonthReport {
    filter: Filter,
    month: Month,
    utc_offset: i16,
    /// When each day begins, and the month ends.
    days: Vec<Millis>,
    /// The month as far as it has come.
    window: Range<Millis>,
}

#[derive(Default)]
struct Sums {
    all: UptimeSum,
    by_label: BTreeMap<String, UptimeSum>,
}

impl MonthReport {
    fn table(&self, app: &App, by_label: bool) -> Result<HttpReply, Problem> {
        let (rows, mut file) = (CsvRows::new(), ExportFile::begin(app)?);
        file.add(&rows.head(by_label))?;
        if by_label {
            let sums = self.sums(app)?;
            file.add(&rows.all(&sums.all))?;
            sums.by_label.iter().try_for_each(|(label, sum)| file.add(&rows.label(label, sum)))?;
        } else {
            self.each(app, |line, sum| file.add(&rows.number(line, sum)))?;
        }
        Ok(file.end(&format!("pareia-{}.csv", self.month), "text/csv; charset=utf-8")?.worded())
    }

    fn asked(app: &App, request: &Request) -> Result<Self, Problem> {
        let caller = auth::caller(app, request)?;
        let filter = filter(&caller, request)?;
        let offset = query::given(request, "utcOffset")?.map(|text| {
            let invalid = || Problem::InvalidField("utcOffset", text::utc_offset_invalid().to_owned());
            parse_utc_offset(&text).ok_or_else(invalid)
        });
        let (utc_offset, now) = (offset.transpose()?.unwrap_or(USUAL_UTC_OFFSET), app.store.clock().now());
        let month = query::given(request, "month")?.map(|text| {
            Month::parse(&text)
                .ok_or_else(|| Problem::InvalidField("month", text::month_invalid().to_owned()))
        });
        let month = month.transpose()?.unwrap_or_else(|| Month::at(now, utc_offset));
        let days = month.days(utc_offset);
        let (begin, end) = (days[0], days[days.len() - 1]);
        Ok(Self { filter, month, utc_offset, days, window: begin..end.min(now).max(begin) })
    }

    fn segments(&self, app: &App, lines: &[InstanceLine]) -> Result<Vec<Vec<Segment>>, Problem> {
        let ids: Vec<_> = lines.iter().map(|line| line.id.as_str()).collect();
        Ok(app.store.instance_uptimes(&ids, &self.window)?)
    }

    /// Gives each number of the filter with its sum.
    fn each(
        &self,
        app: &App,
        mut take: impl FnMut(&InstanceLine, &Uptime) -> Result<(), store::Error>,
    ) -> Result<(), Problem> {
        for batch in 0.. {
            let found = app.store.instance_page(&self.filter, batch * BATCH, BATCH)?;
            let segments = self.segments(app, &found.lines)?;
            let mut sums = found.lines.iter().zip(&segments).map(|(line, one)| (line, Uptime::of(one)));
            sums.try_for_each(|(line, sum)| take(line, &sum))?;
            if found.lines.len() < BATCH as usize {
                break;
            }
        }
        Ok(())
    }

    fn sums(&self, app: &App) -> Result<Sums, Problem> {
        let mut sums = Sums::default();
        self.each(app, |line, uptime| {
            sums.all.add(uptime);
            for label in &line.labels {
                sums.by_label.entry(label.clone()).or_default().add(uptime);
            }
            Ok(())
        })?;
        Ok(sums)
    }

    fn month(&self) -> MonthJson {
        MonthJson {
            month: self.month.to_string(),
            utc_offset: utc_offset(self.utc_offset),
            from: clock::iso(self.window.start),
            to: clock::iso(self.window.end),
        }
    }
}

/// The month of a report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MonthJson {
    month: String,
    utc_offset: String,
    from: String,
    to: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportJson<'a> {
    success: bool,
    data: Vec<NumberJson<'a>>,
    page: u32,
    per_page: u32,
    total: u32,
    #[serde(flatten)]
    month: MonthJson,
}

#[derive(Serialize)]
struct NumberJson<'a> {
    #[serde(flatten)]
    line: LineJson<'a>,
    #[serde(flatten)]
    sum: UptimeJson,
    days: Vec<Option<f64>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LineJson<'a> {
    id: &'a str,
    channel_instance_id: &'a str,
    channel_phone_or_id: &'a str,
    display_name: Option<&'a str>,
    user: &'a str,
    server: Option<&'a str>,
    labels: &'a [String],
}

impl<'a> LineJson<'a> {
    fn of(line: &'a InstanceLine) -> Self {
        Self {
            id: &line.id,
            channel_instance_id: &line.name,
            channel_phone_or_id: &line.phone,
            display_name: line.display_name.as_deref(),
            user: &line.user,
            server: line.server.as_deref(),
            labels: &line.labels,
        }
    }
}

#[derive(Serialize)]
struct LabelsJson<'a> {
    success: bool,
    data: Vec<LabelJson<'a>>,
    all: SumJson,
    #[serde(flatten)]
    month: MonthJson,
}

#[derive(Serialize)]
struct SumJson {
    numbers: u32,
    #[serde(flatten)]
    sum: UptimeJson,
}

impl SumJson {
    fn of(sum: &UptimeSum) -> Self {
        Self { numbers: sum.numbers, sum: UptimeJson::of(&sum.uptime) }
    }
}

#[derive(Serialize)]
struct LabelJson<'a> {
    label: &'a str,
    #[serde(flatten)]
    sum: SumJson,
}

impl<'a> LabelJson<'a> {
    fn of(label: &'a str, sum: &UptimeSum) -> Self {
        Self { label, sum: SumJson::of(sum) }
    }
}
