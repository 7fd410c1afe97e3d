//! `/api/admin/backups`: backups made, listed, fetched, uploaded and restored, by administrators alone. What gives data
//! away or takes them back asks for the password once more.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::backup::{BackupOrigin, CheckedBackup, MOST_BYTES, Piece, Received};
use crate::domain::clock::iso;
use crate::domain::{AuditAction, Caller, Permission};
use crate::http::api::login;
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::{FileBody, HttpReply};
use crate::http::request::Request;
use crate::http::security::auth;
use crate::store::{BackupError, FailedBackup, LastRestore, MadeBackup, key_of};
use crate::text;

/// Most characters of an upload's id.
const MOST_ID: usize = 64;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BackupsJson<'a> {
    folder: &'a Path,
    every_seconds: Option<u64>,
    keep: usize,
    with_key: bool,
    can_restore: bool,
    backups: Vec<BackupJson<'a>>,
    made: Option<MadeJson<'a>>,
    failed: Option<FailedJson<'a>>,
    restored: Option<RestoredJson<'a>>,
}

/// A backup in the folder. `verified`: whether it is whole; null: it was not read yet.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BackupJson<'a> {
    name: &'a str,
    at: String,
    bytes: u64,
    origin: &'static str,
    has_key: bool,
    verified: Option<bool>,
    problem: Option<&'static str>,
    schema_version: Option<i64>,
    instances: Option<u32>,
}

#[derive(Serialize)]
struct MadeJson<'a> {
    at: String,
    file: &'a str,
    bytes: u64,
}

#[derive(Serialize)]
struct FailedJson<'a> {
    since: String,
    at: String,
    count: u32,
    code: &'a str,
}

#[derive(Serialize)]
struct RestoredJson<'a> {
    at: String,
    kept: Option<&'a str>,
    code: Option<&'a str>,
}

#[derive(Serialize)]
struct NameJson {
    name: String,
}

/// What became of a piece: the name of the whole, or the id that the next one has to have.
#[derive(Serialize)]
struct UploadJson {
    name: Option<String>,
    upload: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RestoringJson {
    restarting: bool,
    schema_version: i64,
    instances: u32,
}

impl<'a> BackupJson<'a> {
    fn of(CheckedBackup { entry, verified }: &'a CheckedBackup) -> Self {
        let contents = verified.as_ref().and_then(|read| read.as_ref().ok());
        Self {
            name: &entry.file,
            at: iso(entry.name.at),
            bytes: entry.bytes,
            origin: entry.name.origin.as_str(),
            has_key: entry.has_key,
            verified: verified.as_ref().map(Result::is_ok),
            problem: verified.as_ref().and_then(|read| read.as_ref().err().copied()),
            schema_version: contents.map(|contents| contents.schema_version),
            instances: contents.map(|contents| contents.instances),
        }
    }
}

/// What there is, and how the last ones ended.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let (plan, backups) = (app.backups.plan(), app.backups.list()?);
    let (last, restored) = (app.store.last_backup()?, app.store.last_restore()?);
    Ok(HttpReply::data(&BackupsJson {
        folder: &plan.folder,
        every_seconds: plan.every.map(|every| every.as_secs()),
        keep: plan.keep,
        with_key: plan.with_key,
        can_restore: app.restart.is_some(),
        backups: backups.iter().map(BackupJson::of).collect(),
        made: last.made.as_ref().map(made_json),
        failed: last.failed.as_ref().map(failed_json),
        restored: restored.as_ref().map(restored_json),
    }))
}

fn made_json(made: &MadeBackup) -> MadeJson<'_> {
    MadeJson { at: iso(made.at), file: &made.file, bytes: made.bytes }
}

fn failed_json(failed: &FailedBackup) -> FailedJson<'_> {
    let (since, at) = (iso(failed.since), iso(failed.at));
    FailedJson { since, at, count: failed.count, code: &failed.code }
}

fn restored_json(restored: &LastRestore) -> RestoredJson<'_> {
    let (kept, code) = (restored.kept.as_deref(), restored.failed.as_deref());
    RestoredJson { at: iso(restored.at), kept, code }
}

/// Makes one.
pub fn make(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let made = app.backups.make(BackupOrigin::Manual)?;
    app.store.note_act(AuditAction::BackupMake, &name_of(&made.file), "")?;
    Ok(named(&made.file))
}

/// Sends one, or with `key: true` the key beside it.
pub fn download(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = administrator(app, request)?;
    let file = find(app, request)?;
    let fields = Fields::read(request.body())?;
    let wanted = if fields.flag("key")? { key_of(&file) } else { file };
    login::confirm(app, request, &caller, &fields)?;
    let opened = File::open(&wanted).and_then(|file| Ok((file.metadata()?.len(), file)));
    let (bytes, file) = match opened {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Problem::NotFound),
        opened => opened.map_err(|error| BackupError::Io(wanted.clone(), error))?,
    };
    app.store.note_act(AuditAction::BackupDownload, &name_of(&wanted), "")?;
    log::info!("id={} {} was downloaded", request.id(), wanted.display());
    Ok(HttpReply::download(&name_of(&wanted), FileBody { file, bytes }))
}

/// Removes one, and its key.
pub fn remove(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = administrator(app, request)?;
    let file = find(app, request)?;
    login::confirm(app, request, &caller, &Fields::read(request.body())?)?;
    app.backups.remove(&file)?;
    app.store.note_act(AuditAction::BackupRemove, &name_of(&file), "")?;
    log::info!("id={} {} was removed", request.id(), file.display());
    Ok(HttpReply::data(&()))
}

/// Takes a piece of a backup: the body, which follows the `offset` bytes that came before, of `total`. `upload` is the
/// id that the answer to the first piece has.
pub fn upload(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let number = |field| query::number::<u64>(request, field, 0..=u64::MAX >> 1);
    let (offset, total) = (number("offset")?.unwrap_or(0), number("total")?.unwrap_or(0));
    let upload = query::text(request, "upload", MOST_ID)?;
    let piece = Piece { upload: upload.as_deref(), offset, total, bytes: request.body() };
    match app.backups.receive(piece).map_err(|error| error.of_file(text::sent_file()))? {
        Received::More(upload) => Ok(HttpReply::data(&UploadJson { name: None, upload: Some(upload) })),
        Received::OutOfOrder(known) => Err(Problem::OutOfOrder(known)),
        Received::TooLarge => Err(Problem::UploadTooLarge(MOST_BYTES)),
        Received::Whole(file) => {
            app.store.note_act(AuditAction::BackupUpload, &name_of(&file), "")?;
            Ok(HttpReply::data(&UploadJson { name: Some(name_of(&file)), upload: None }))
        }
    }
}

/// Puts the key of a backup beside it, if it opens it.
pub fn put_key(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let file = find(app, request)?;
    let key = Fields::read(request.body())?.secret("key")?;
    app.backups.put_key(&file, &key).map_err(|error| error.of_file(request.captured()))?;
    app.store.note_act(AuditAction::BackupKey, &name_of(&file), "")?;
    Ok(HttpReply::data(&()))
}

/// Stages a backup and starts the server anew, which restores it.
pub fn restore(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let caller = administrator(app, request)?;
    let file = find(app, request)?;
    login::confirm(app, request, &caller, &Fields::read(request.body())?)?;
    let restart = app.restart.as_ref().ok_or(Problem::NoRestart)?;
    let contents = app.backups.stage(&file).map_err(|error| error.of_file(request.captured()))?;
    log::warn!("id={} {} is restored by a new start", request.id(), file.display());
    // This answer is still given: a server that ends finishes what runs.
    restart();
    let (schema_version, instances) = (contents.schema_version, contents.instances);
    Ok(HttpReply::data(&RestoringJson { restarting: true, schema_version, instances }))
}

fn find(app: &App, request: &Request) -> Result<PathBuf, Problem> {
    app.backups.find(request.captured()).ok_or(Problem::NotFound)
}

fn named(file: &Path) -> HttpReply {
    HttpReply::data(&NameJson { name: name_of(file) })
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn administrator(app: &App, request: &Request) -> Result<Caller, Problem> {
    auth::permitted(app, request, Permission::ManageBackups)
}
