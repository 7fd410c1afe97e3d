//! `pareia credential set` and `drain`: which numbers a server is given, and how it is emptied.

use super::instance::{action_service, failed};
use super::named_credential::{failure, find};
use super::output::{CommandFailure, CommandResult, fail, note, out};
use super::public_url::PublicUrl;
use super::table::{pretty, show};
use super::values;
use crate::admin::{credentials, links};
use crate::crypto::new_id;
use crate::domain::{Intake, PlacementChange};
use crate::http::CredentialJson;
use crate::instance::actions::{Action, ActionService};
use crate::store::{InstanceRef, Store};
use crate::text::cli as words;

/// Which numbers a server is given.
#[expect(clippy::struct_excessive_bools, reason = "the switches of a command")]
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("placement").required(true).multiple(true)))]
pub struct PlacementArgs {
    #[arg(value_name = "ID", value_parser = values::typed())]
    id: String,
    #[arg(long, group = "placement", value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    capacity: Option<u32>,
    #[arg(long, group = "placement", conflicts_with = "capacity")]
    no_capacity: bool,
    #[arg(long, group = "placement", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    weight: Option<u32>,
    #[arg(long, group = "placement")]
    new: bool,
    #[arg(long, group = "placement", conflicts_with = "new")]
    no_new: bool,
    #[arg(long)]
    json: bool,
}

/// Which server to empty, and when.
#[derive(clap::Args, Debug)]
pub struct DrainArgs {
    #[arg(value_name = "ID", value_parser = values::typed())]
    id: String,
    #[arg(long)]
    now: bool,
    #[arg(long, conflicts_with = "now")]
    stop: bool,
    #[arg(long, value_name = "MINUTOS", default_value_t = links::DEFAULT_LINK_MINUTES, value_parser = values::minutes)]
    minutes: u64,
    #[command(flatten)]
    public_url: PublicUrl,
}

/// Writes it, and shows what the credential has become.
pub fn set(store: &Store, arguments: &PlacementArgs) -> CommandResult {
    let PlacementArgs { id, capacity, no_capacity, weight, new, no_new, json } = arguments;
    let bound = no_capacity.then_some(None).or(capacity.map(Some));
    let intake = new.then_some(Intake::Open).or(no_new.then_some(Intake::Closed));
    let change = PlacementChange { capacity: bound, weight: *weight, intake };
    let line = credentials::change_placement(store, id, &change).map_err(|error| failure(id, error))?;
    if *json {
        return out(pretty(&CredentialJson::from(&line)));
    }
    show(&line, false)?;
    note(words::placement(&line.credential.rule));
    Ok(())
}

/// Drains the server: its numbers move when they are connected next or, with `--now`, at once with a link each.
pub fn drain(store: Store, arguments: &DrainArgs) -> CommandResult {
    let DrainArgs { id, now, stop, minutes, public_url } = arguments;
    let instances = find(&store, id)?.instances;
    // Known before anything moves, since each number needs its link.
    let base = now.then(|| public_url.base(&store, || words::no_url().to_owned())).transpose()?;
    let intake = if *stop { Intake::Open } else { Intake::Draining };
    let change = PlacementChange { intake: Some(intake), ..PlacementChange::default() };
    credentials::change_placement(&store, id, &change).map_err(|error| failure(id, error))?;
    let Some(base) = base else {
        note(if *stop { words::drain_stopped(id) } else { words::drain_begun(id, instances) });
        return Ok(());
    };
    let targets = store.rows_at(id)?;
    let actions = action_service(store);
    let mut failures = 0;
    for target in &targets {
        match move_one(&actions, target, &base, *minutes)? {
            Ok(line) => out(line)?,
            Err(why) => {
                failures += 1;
                note(why);
            }
        }
    }
    let moved = targets.len() - failures;
    note(words::drained(id, moved, failures));
    if failures > 0 { fail(words::drain_again()) } else { Ok(()) }
}

/// Moves one number, and makes the link by which its phone is connected anew: its name and the link, or why not.
fn move_one(
    actions: &ActionService,
    target: &InstanceRef,
    base: &str,
    minutes: u64,
) -> Result<Result<String, String>, CommandFailure> {
    let name = target.name.as_str();
    if let Err(error) = actions.move_to_server(target, None, false, &new_id("cli-")) {
        let CommandFailure::Failed(why) = failed(Action::Move, &error) else {
            return Ok(Err(name.to_owned()));
        };
        return Ok(Err(format!("{name}: {why}")));
    }
    let link = links::make(actions.store(), target, minutes)?;
    let link = link.map(|link| links::url(base, &link.token)).unwrap_or_default();
    Ok(Ok(format!("{name}\t{link}")))
}
