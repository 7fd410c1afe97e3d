//! `pareia instance`: the use cases of the HTTP API from the shell, beside a `serve` that runs.

mod actions;
mod connect;

mod link;
mod service;

use serde::Serialize;

use super::output::{CommandResult, fail, note};
use super::table::{TableLine, list, show};
use super::{user, values};
use crate::domain::{Reason, clock};
use crate::http::InstanceJson;
use crate::store::{InstanceLine, Store};
use crate::text::cli as words;

/// What can be done with instances.
#[derive(clap::Subcommand, Debug)]
pub enum InstanceCommand {
    List {
        #[arg(long, value_name = "USUÁRIO", value_parser = values::typed())]
        user: Option<String>,
        #[arg(long)]
        json: bool,
    },
    Show {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
        #[arg(long)]
        json: bool,
    },
    Connect(connect::ConnectArgs),
    Link(link::LinkArgs),
    Logout {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
    },
    Restart {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
    },
    Delete(actions::DeleteArgs),
}

/// Runs one of them.
pub fn run(store: Store, command: InstanceCommand) -> CommandResult {
    match command {
        InstanceCommand::List { user, json } => list_of(&store, user.as_deref(), json),
        InstanceCommand::Show { name, json } => show_one(&store, &name, json),
        InstanceCommand::Connect(arguments) => connect::run(store, arguments),
        InstanceCommand::Link(arguments) => link::run(&store, &arguments),
        InstanceCommand::Logout { name } => actions::logout(store, &name),
        InstanceCommand::Restart { name } => actions::restart(store, &name),
        InstanceCommand::Delete(arguments) => actions::delete(store, &arguments),
    }
}

fn list_of(store: &Store, user: Option<&str>, json: bool) -> CommandResult {
    let user = user.map(|name| user::find(store, name)).transpose()?;
    let lines = store.instance_lines(user.as_ref().map(|user| user.id.as_str()))?;
    list(&lines, json, words::NO_INSTANCES)
}

fn show_one(store: &Store, name: &str, json: bool) -> CommandResult {
    let Some(line) = store.instance_line(name, None)? else {
        return fail(words::instance_unknown(name));
    };
    show(&line, json)?;
    let reason = line.reason.as_deref().and_then(Reason::parse).filter(|_| !json);
    if let Some(reason) = reason {
        note(crate::text::reason(reason));
    }
    if let Some(help) = line.scan_help.as_ref().filter(|_| !json) {
        note(words::scan_help(&help.versions));
    }
    Ok(())
}

impl TableLine for InstanceLine {
    const TITLES: &'static [&'static str] = words::INSTANCE_TITLES;

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            words::status(&self.status, self.unknown_since),
            clock::short(self.since),
            self.phone.clone(),
            self.user.clone(),
            words::or_dash(self.credential.clone()),
            clock::short(self.created_at),
            self.id.clone(),
        ]
    }

    fn json(&self) -> impl Serialize {
        InstanceJson::of(self)
    }
}
