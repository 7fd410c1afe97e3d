//! `pareia instance`: the use cases of the HTTP API from the shell, beside a `serve` that runs.

mod actions;
mod adopt;
mod connect;
mod lines;
mod link;
mod links;
mod moving;
mod service;
mod set;

pub use actions::{action_service, failed};

use super::output::CommandResult;
use super::values;
use crate::store::Store;

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
    Set(set::SetArgs),
    Adopt(adopt::AdoptArgs),
    Link(link::LinkArgs),
    Links(links::LinksArgs),
    Logout {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
    },
    Restart {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
    },
    Move(moving::MoveArgs),
    SendTest(moving::SendTestArgs),
    Delete(actions::DeleteArgs),
    Export {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
    },
}

/// Runs one of them.
pub fn run(store: Store, command: InstanceCommand) -> CommandResult {
    match command {
        InstanceCommand::List { user, json } => lines::list_of(&store, user.as_deref(), json),
        InstanceCommand::Show { name, json } => lines::show_one(&store, &name, json),
        InstanceCommand::Connect(arguments) => connect::run(store, arguments),
        InstanceCommand::Set(arguments) => set::run(store, arguments),
        InstanceCommand::Adopt(arguments) => adopt::run(store, &arguments),
        InstanceCommand::Link(arguments) => link::run(&store, &arguments),
        InstanceCommand::Links(arguments) => links::run(&store, &arguments),
        InstanceCommand::Logout { name } => actions::logout(store, &name),
        InstanceCommand::Restart { name } => actions::restart(store, &name),
        InstanceCommand::Move(arguments) => moving::relocate(store, &arguments),
        InstanceCommand::SendTest(arguments) => moving::send_test(store, &arguments),
        InstanceCommand::Delete(arguments) => actions::delete(store, &arguments),
        InstanceCommand::Export { name } => actions::export(&store, &name),
    }
}
