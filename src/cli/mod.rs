//! The command line: arguments are read here, everything is wired together here, and an exit code
//! comes out. No other module of the program knows that there is a command line.
//!
//! One file for each group of commands. Sentences are in `text::cli`.

mod audit;
mod backup;
mod backup_setting;
pub mod ca_file;
mod config;
mod confirm;
mod credential;
mod credential_placement;
mod demo;
mod doctor;
mod evolution_setting;
mod health;
mod help;
mod instance;
mod language;
mod log_line;
mod logging;
mod named_credential;
mod notify;
mod output;
mod phone_mask;
mod public_url;
mod restart;
mod screen;
mod secret_input;
mod serve;
mod serve_state;
mod service_manager;
mod serving_note;
mod setting;
mod setup_link;
mod signals;
mod sim;
mod table;
mod terminal;
mod terminal_qr;
mod token;
mod usage;
mod user;
mod values;
mod within;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use log::LevelFilter;

use crate::domain::{Actor, Via};
use crate::store::{Store, act_as, act_as_owner, system_user};
use crate::text::cli as words;
use crate::text::set_language;
use output::{CommandFailure, CommandResult};

#[derive(Parser, Debug)]
#[command(name = "pareia", version)]
struct Cli {
    // Not a path yet: of an empty one clap would say that a value is missing, wherever it came from.
    #[arg(long, global = true, env = "PAREIA_DATA", value_name = "PASTA")]
    data: Option<OsString>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Serve(serve::Args),
    Demo(demo::DemoArgs),
    Sim(sim::SimArgs),
    #[command(subcommand)]
    User(user::UserCommand),
    #[command(subcommand)]
    Token(token::TokenCommand),
    #[command(subcommand)]
    Credential(credential::CredentialCommand),
    #[command(subcommand)]
    Instance(instance::InstanceCommand),
    SetupLink(setup_link::SetupLinkArgs),
    Doctor(doctor::DoctorArgs),
    Health(health::HealthArgs),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
    #[command(subcommand)]
    Notify(notify::NotifyCommand),
    #[command(subcommand)]
    Audit(audit::AuditCommand),
}

/// The commands with their help texts, for man pages and shell completions too.
pub fn command() -> clap::Command {
    help::with_help(tree())
}

fn tree() -> clap::Command {
    Cli::command().arg(language::option())
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<_> = arguments.into_iter().collect();
    set_language(language::chosen(&arguments, |name| std::env::var(name).ok()));
    let parsed = command().try_get_matches_from(arguments);
    match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => dispatch(cli).map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS),
        Err(error) => usage::report(&error),
    }
}

fn dispatch(cli: Cli) -> CommandResult {
    if !matches!(cli.command, Command::Serve(_)) {
        // These speak through their result, some by drawing on the terminal; the log adds only what
        // no sentence of theirs can say.
        logging::start(LevelFilter::Error);
    }
    let _acting = (!matches!(cli.command, Command::Serve(_) | Command::Demo(_)))
        .then(|| act_as(Actor { name: Some(system_user()), via: Via::CommandLine, ..Actor::default() }));
    let given = cli.data.map(PathBuf::from);
    // Only where it is needed: `demo` and `sim` have none. From here on root is whoever owns it.
    let folder = || {
        let service = || {
            std::fs::read_to_string(config::SERVICE_VARIABLES).ok().and_then(|v| config::service_folder(&v))
        };
        let folder = config::data_folder(given.clone(), service, |name| std::env::var_os(name));
        let folder = folder.map_err(|problem| CommandFailure::Usage(setting::sentence(&problem)))?;
        // Whole, since what is said of it is read elsewhere.
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        act_as_owner(&folder)
            .map(|()| folder.clone())
            .map_err(|failed| CommandFailure::Failed(words::owner_not_taken(&folder, &failed)))
    };
    let store = || Ok::<_, CommandFailure>(Store::open(&folder()?)?);
    match cli.command {
        Command::Serve(args) => serve::run(folder()?, &args),
        Command::Demo(args) => demo::run(&args),
        Command::Sim(args) => sim::run(args),
        Command::SetupLink(args) => setup_link::run(&store()?, &args),
        Command::Backup(args) => backup::make(&folder()?, &args),
        Command::Restore(args) => backup::bring_back(&folder()?, &args),
        Command::User(command) => user::run(&store()?, command),
        Command::Token(command) => token::run(&store()?, command),
        Command::Credential(command) => credential::run(store()?, command),
        Command::Instance(command) => instance::run(store()?, command),
        Command::Doctor(args) => doctor::run(&folder()?, &args),
        Command::Health(args) => health::run(&folder()?, &args),
        Command::Notify(command) => notify::run(&store()?, command),
        Command::Audit(command) => audit::run(&store()?, command),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::cli::VALUE_NAMES;
    use crate::text::cli::help::{ARGUMENTS, COMMANDS};

    /// Names of values that are the same in both languages.
    const ALIKE: [&str; 8] = ["E-MAIL", "ID", "IPS", "MS", "N", "URL", "pt|en", "with|without"];

    fn walk(command: &clap::Command, path: &str, seen: &mut dyn FnMut(&str, &clap::Command)) {
        seen(path, command);
        for child in command.get_subcommands() {
            walk(child, format!("{path} {}", child.get_name()).trim_start(), seen);
        }
    }

    fn is_said(name: &str) -> bool {
        ALIKE.contains(&name) || VALUE_NAMES.iter().any(|known| known.0 == name)
    }

    #[test]
    fn every_command_and_argument_has_its_text_and_no_text_is_left_over() {
        let (mut commands, mut arguments) = (Vec::new(), Vec::new());
        let tree = tree();
        walk(&tree, "", &mut |path, command| {
            assert!(COMMANDS.iter().any(|(of, ..)| *of == path), "no text for {path:?}");
            commands.push(path.to_owned());
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                assert!(help::argument_help(path, id).is_some(), "no text for {id:?} of {path:?}");
                for name in argument
                    .get_value_names()
                    .into_iter()
                    .flatten()
                    .filter(|_| argument.get_action().takes_values())
                {
                    assert!(is_said(name), "no English for {name:?} of {path:?}");
                }
                arguments.extend([format!("{path} {id}").trim_start().to_owned(), id.to_owned()]);
            }
        });
        for (path, ..) in COMMANDS {
            assert!(commands.iter().any(|c| c == path), "no command {path:?}");
        }
        for (id, _) in ARGUMENTS {
            assert!(arguments.iter().any(|a| a == id), "no argument {id:?}");
        }
        help::with_help(tree).debug_assert();
    }
}
