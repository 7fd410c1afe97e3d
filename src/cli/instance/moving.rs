//! `pareia instance move` and `send-test`: another server for an instance, and a text that shows whether a number
//! works, as the HTTP API does it.

use std::io::{self, IsTerminal};

use super::actions::{action_service, failed};
use super::service::find;
use crate::cli::confirm::confirmed;
use crate::cli::output::{CommandFailure, CommandResult, fail, note, out};
use crate::cli::table::pretty;
use crate::cli::values;
use crate::crypto::new_id;
use crate::domain::Phone;
use crate::http::{InstanceMoveJson, SentTestJson};
use crate::instance::actions::Action;
use crate::store::Store;
use crate::text::cli as words;
use crate::text::{move_done, move_plan, test_message};

/// Which instance to move, and where to.
#[derive(clap::Args, Debug)]
pub struct MoveArgs {
    #[arg(value_name = "NOME", value_parser = values::typed())]
    name: String,
    #[arg(long, value_name = "SERVIDOR", value_parser = values::typed())]
    to: Option<String>,
    #[arg(long)]
    remove_old_now: bool,
    #[arg(long)]
    yes: bool,
    #[arg(long)]
    json: bool,
}

/// Which instance to try, and whom its message goes to.
#[derive(clap::Args, Debug)]
pub struct SendTestArgs {
    #[arg(value_name = "NOME", value_parser = values::typed())]
    name: String,
    #[arg(long, value_name = "TELEFONE", value_parser = values::phone)]
    to: Option<Phone>,
    #[arg(long)]
    json: bool,
}

/// Moves the instance after a confirmation that says what a move cannot carry.
pub fn relocate(store: Store, arguments: &MoveArgs) -> CommandResult {
    let MoveArgs { name, to, remove_old_now, yes, json } = arguments;
    if !yes && !io::stdin().is_terminal() {
        return Err(CommandFailure::Usage(words::move_needs_yes().to_owned()));
    }
    let target = find(&store, name)?;
    let actions = action_service(store);
    let plan = actions.would_move(&target, to.as_deref(), &new_id("cli-"));
    note(move_plan(&plan.map_err(|error| failed(Action::Move, &error))?));
    if !yes && !confirmed(words::move_confirm())? {
        return fail(words::not_moved());
    }
    let moved = actions.move_to_server(&target, to.as_deref(), *remove_old_now, &new_id("cli-"));
    let moved = moved.map_err(|error| failed(Action::Move, &error))?;
    note(move_done(&moved));
    if !json {
        return Ok(());
    }
    out(pretty(&InstanceMoveJson::of(target.name.as_str(), &moved, move_done(&moved))))
}

/// Sends a test message.
pub fn send_test(store: Store, arguments: &SendTestArgs) -> CommandResult {
    let target = find(&store, &arguments.name)?;
    let sent =
        action_service(store).send_test(&target, arguments.to.as_ref(), test_message(), &new_id("cli-"));
    let sent = sent.map_err(|error| failed(Action::SendTest, &error))?;
    note(words::test_sent(sent.as_str()));
    if arguments.json { out(pretty(&SentTestJson::of(target.name.as_str(), &sent))) } else { Ok(()) }
}
