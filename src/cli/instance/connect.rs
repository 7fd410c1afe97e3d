//! `pareia instance connect`: the `POST` of the API, and its code drawn on the terminal until a phone is
//! connected.

use std::collections::HashSet;
use std::io::{self, BufRead, IsTerminal};
use std::thread;
use std::time::Duration;

use super::service::connect_service;
use crate::cli::output::{CommandFailure, CommandResult, fail, note, out};
use crate::cli::screen::Screen;
use crate::cli::table::pretty;
use crate::cli::{user, values};
use crate::crypto::new_id;
use crate::domain::{Channel, Name, Phone, Secret, Status, Viewer};
use crate::http::ConnectJson;
use crate::instance::connect::{ConnectError, ConnectOutcome, ConnectRequest, ConnectResult};
use crate::store::{InstanceLine, Store};
use crate::text::cli as words;

/// How often the code is asked for again: a scan shows within this time, and upstream barely notices.
const POLL: Duration = Duration::from_secs(2);
/// Codes that are shown before somebody has to say that they are still there.
const MAX_UNSCANNED: usize = 3;
/// Calls in a row that may fail while a code is on the screen: a paired phone reconnects at once, and
/// a server that restarts is back within seconds.
const MAX_FAILURES: u32 = 5;

/// Which instance to connect, for whom, and how to show its code.
#[derive(clap::Args, Debug)]
pub struct ConnectArgs {
    #[arg(value_name = "NOME", value_parser = values::name)]
    name: Name,
    #[arg(long, value_name = "USUÁRIO", value_parser = values::typed())]
    user: String,
    #[arg(long, value_name = "TELEFONE", value_parser = values::phone)]
    phone: Phone,
    #[arg(long)]
    pairing_code: bool,
    #[arg(long)]
    once: bool,
    #[arg(long)]
    json: bool,
}

/// Connects an instance as the user that was named.
pub fn run(store: Store, arguments: ConnectArgs) -> CommandResult {
    let request = ConnectRequest {
        caller: user::find(&store, &arguments.user)?.caller(),
        channel: Channel::WhatsappEvolution,
        name: arguments.name,
        phone: arguments.phone,
        pairing_code: arguments.pairing_code,
        row: None,
    };
    let service = connect_service(store);
    let call = || service.connect(&request, &new_id("cli-"));
    let first = call().map_err(|error| failed(&error))?;
    if arguments.json {
        let line = service.store().instance_line(&first.instance_id, &Viewer::default())?;
        let Some(line) = line else { return fail(words::instance_unknown(first.name.as_str())) };
        return out(pretty(&ConnectJson::of(&first, &line)));
    }
    note(crate::text::connect_outcome(&first));
    let restored = first.restore.restored_text().as_deref().map(words::restored);
    let missing = first.restore.not_restored_text().as_deref().map(words::not_restored);
    restored.into_iter().chain(missing).for_each(note);
    if first.pairing_code_missing {
        note(crate::text::pairing_code_missing());
    }
    if first.qr.is_some() && !arguments.once {
        note(words::ctrl_c());
    }
    let (id, not_asked) = (first.instance_id.clone(), first.servers_not_asked.clone());
    follow(first, arguments.once, &call)?;
    warn(service.store(), &id, &not_asked, call)
}

/// Says what is odd about the instance. Upstream may tell a moment later which phone has connected.
fn warn(
    store: &Store,
    id: &str,
    servers_not_asked: &[String],
    call: impl Fn() -> ConnectResult,
) -> CommandResult {
    let is_unknown =
        |line: &InstanceLine| line.status == Status::Connected.as_str() && line.linked_seen_at.is_none();
    let mut line = store.instance_line(id, &Viewer::default())?;
    if line.as_ref().is_some_and(is_unknown) {
        thread::sleep(POLL);
        let _ = call();
        line = store.instance_line(id, &Viewer::default())?;
    }
    let warnings =
        line.map(|line| crate::text::connect_warnings(&line, servers_not_asked)).unwrap_or_default();
    for warning in warnings {
        note(warning.message);
    }
    Ok(())
}

/// Shows the code and every code after it, until a phone is connected.
fn follow(first: ConnectOutcome, once: bool, call: &impl Fn() -> ConnectResult) -> CommandResult {
    let (mut screen, mut failures, mut result) = (Screen::of_stdout(), 0, Ok(first));
    let mut is_advised = false;
    let mut codes = HashSet::new();
    loop {
        if is_one_too_many(&mut codes, &result) {
            go_on(&mut screen)?;
        }
        match result {
            Ok(ConnectOutcome { qr: None, .. }) => return out(words::connected()),
            Ok(ConnectOutcome { qr: Some(qr), scan_help, .. }) => {
                failures = 0;
                let pairing = qr.pairing_code.as_ref().map(Secret::expose);
                screen.show(qr.code.as_ref().map(Secret::expose), pairing)?;
                // Once, below the code: whoever reads it scans meanwhile.
                if let Some(help) = scan_help.filter(|_| !std::mem::replace(&mut is_advised, true)) {
                    screen.note(&words::scan_help(&help.versions));
                }
            }
            Err(error) if failures == MAX_FAILURES => return Err(failed(&error)),
            Err(error) => {
                failures += 1;
                screen.note(&words::refused(&crate::text::connect_error(&error)));
            }
        }
        if once {
            return Ok(());
        }
        thread::sleep(POLL);
        result = call();
    }
}

/// Whether the call shows a code after as many as nobody scans for long; from then on they are counted anew.
fn is_one_too_many(codes: &mut HashSet<String>, result: &ConnectResult) -> bool {
    let code = result.as_ref().ok().and_then(|outcome| outcome.qr.as_ref());
    codes.extend(code.map(|qr| qr.image.expose().to_owned()));
    let is_over = codes.len() > MAX_UNSCANNED;
    if is_over {
        codes.clear();
    }
    is_over
}

/// Waits until somebody says to go on; without anybody to ask, ends.
fn go_on(screen: &mut Screen) -> CommandResult {
    if !io::stdin().is_terminal() {
        return fail(words::nobody_scanned());
    }
    screen.note(words::go_on());
    match io::stdin().lock().read_line(&mut String::new()) {
        Ok(read) if read > 0 => Ok(()),
        _ => fail(words::nobody_scanned()),
    }
}

fn failed(error: &ConnectError) -> CommandFailure {
    CommandFailure::Failed(words::refused(&crate::text::connect_error(error)))
}
