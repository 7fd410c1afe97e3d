//! `pareia instance logout`, `restart` and `delete`: what is done to an instance by name, as the HTTP API does
//! it.

use std::io::{self, IsTerminal};

use super::service::{connect_service, find};
use crate::cli::confirm::confirmed;
use crate::cli::output::{CommandFailure, CommandResult, fail, note, out};
use crate::cli::table::pretty;
use crate::cli::values;
use crate::crypto::new_id;
use crate::domain::{Name, Viewer};
use crate::http::InstanceRemoval;
use crate::instance::actions::{Action, ActionError, ActionService, Deletion};
use crate::store::Store;
use crate::text::cli as words;

/// Which instance to delete, and how much of it.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct DeleteArgs {
    #[arg(value_name = "NOME", value_parser = values::typed())]
    name: String,
    #[arg(long)]
    keep_upstream: bool,
    #[arg(long)]
    erase: bool,
    #[arg(long)]
    yes: bool,
    #[arg(long)]
    json: bool,
}

/// Logs the phone out.
pub fn logout(store: Store, name: &str) -> CommandResult {
    let target = find(&store, name)?;
    let done = action_service(store).logout(&target, &new_id("cli-"));
    done.map_err(|error| failed(Action::Logout, &error))?;
    note(words::logged_out(name));
    Ok(())
}

/// Opens the socket anew.
pub fn restart(store: Store, name: &str) -> CommandResult {
    let target = find(&store, name)?;
    let done = action_service(store).restart(&target, &new_id("cli-"));
    done.map_err(|error| failed(Action::Restart, &error))?;
    note(words::restarted(name));
    Ok(())
}

/// Deletes the instance after a confirmation that lists what is removed.
pub fn delete(store: Store, arguments: &DeleteArgs) -> CommandResult {
    let DeleteArgs { name, keep_upstream, erase, yes, json } = arguments;
    if !yes && !io::stdin().is_terminal() {
        return Err(CommandFailure::Usage(words::delete_needs_yes().to_owned()));
    }
    if *erase && store.target(name, &Viewer::default())?.is_none() {
        return erase_former_traces(&store, arguments);
    }
    let target = find(&store, name)?;
    let actions = action_service(store);
    let deletion = Deletion { viewer: Viewer::default(), keep_upstream: *keep_upstream, erase: *erase };
    let goes = actions.would_remove(&target, &deletion, &new_id("cli-"));
    let goes = goes.map_err(|error| failed(Action::Delete, &error))?;
    note(words::goes(name, goes.upstream, goes.session));
    if *erase {
        note(words::erases());
    }
    if goes.other_stays {
        note(crate::text::other_instance_stays());
    }
    if !goes.stays_on.is_empty() {
        note(crate::text::left_instances_stay(&goes.stays_on));
    }
    if !yes && !confirmed(words::delete_confirm())? {
        return fail(words::not_deleted());
    }
    let gone = actions.delete(&target, &deletion, &new_id("cli-"));
    let gone = gone.map_err(|error| failed(Action::Delete, &error))?;
    note(words::deleted(name, gone.upstream, *keep_upstream || gone.other_stays));
    if *json { out(pretty(&InstanceRemoval::of(target.name.as_str(), gone, *erase))) } else { Ok(()) }
}

/// Erases what is still held about a name whose row was deleted before.
fn erase_former_traces(store: &Store, DeleteArgs { name, yes, json, .. }: &DeleteArgs) -> CommandResult {
    let unknown = || CommandFailure::Failed(words::instance_unknown(name));
    let parsed = Name::parse(name).map_err(|_| unknown())?;
    if !store.has_former_traces(&parsed)? {
        return Err(unknown());
    }
    note(words::erases_traces(name));
    if !yes && !confirmed(words::delete_confirm())? {
        return fail(words::not_deleted());
    }
    store.erase_former_traces(&parsed)?;
    note(words::traces_erased(name));
    if *json { out(pretty(&InstanceRemoval::of_traces(name))) } else { Ok(()) }
}

/// Prints everything that is held about the instance.
pub fn export(store: &Store, name: &str) -> CommandResult {
    let target = find(store, name)?;
    match store.export_instance(&target, &Viewer::default())? {
        Some(data) => out(pretty(&data)),
        None => fail(words::instance_unknown(name)),
    }
}

/// An action service on an open data folder.
pub fn action_service(store: Store) -> ActionService {
    ActionService::new(connect_service(store))
}

/// The failure of an action that was not done.
pub fn failed(action: Action, error: &ActionError) -> CommandFailure {
    CommandFailure::Failed(words::refused(&crate::text::action_error(action, error)))
}
