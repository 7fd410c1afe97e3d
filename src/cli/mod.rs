//! The command line: arguments are read here, everything is wired together here, and an exit code
//! comes out. No other module of the program knows that there is a command line.
//!
//! One file for each group of commands. Sentences are in `words`, help texts in `help`.

mod check;
pub mod config;
mod credential;
mod demo;
mod help;
mod instance;
mod instance_acts;
mod logging;
mod output;
mod public_url;
mod screen;
mod secret_input;
mod serve;
mod signals;
mod sim;
mod table;
mod terminal;
mod terminal_qr;
mod token;
mod usage;
mod user;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use log::LevelFilter;

use crate::domain::{self, Invalid, Name};
use crate::store::Store;
use output::{Done, Failure};

#[derive(Parser, Debug)]
#[command(name = "pareia", version)]
struct Cli {
    // Not a path yet: clap refuses empty paths, and unit files set variables to nothing.
    #[arg(long, global = true, env = "PAREIA_DATA", value_name = "PASTA")]
    data: Option<OsString>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Serve(serve::Args),
    Demo(demo::Args),
    Sim(sim::Args),
    #[command(subcommand)]
    User(user::Command),
    #[command(subcommand)]
    Token(token::Command),
    #[command(subcommand)]
    Credential(credential::Command),
    #[command(subcommand)]
    Instance(instance::Command),
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = help::dress(Cli::command()).try_get_matches_from(arguments);
    match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => dispatch(cli).map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS),
        Err(error) => usage::report(&error),
    }
}

fn dispatch(cli: Cli) -> Done {
    let folder = config::data_folder(cli.data.map(PathBuf::from), |name| std::env::var_os(name));
    if !matches!(cli.command, Command::Serve(_)) {
        // These speak through their result, some by drawing on the terminal; the log adds only what
        // no sentence of theirs can say.
        logging::start(LevelFilter::Error);
    }
    let folder = || folder.clone().ok_or_else(|| Failure::Usage(words::NO_DATA_FOLDER.to_owned()));
    let store = || Ok::<_, Failure>(Store::open(&folder()?)?);
    match cli.command {
        Command::Serve(args) => serve::run(folder()?, &args),
        Command::Demo(args) => demo::run(&args),
        Command::Sim(args) => sim::run(args),
        Command::User(command) => user::run(&store()?, command),
        Command::Token(command) => token::run(&store()?, command),
        Command::Credential(command) => credential::run(&store()?, command),
        Command::Instance(command) => instance::run(store()?, command),
    }
}

/// Reads a name for clap.
fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(invalid)
}

/// Reads a free text that lists will show.
fn label(text: &str) -> Result<String, String> {
    domain::label(text).map_err(invalid)
}

/// Reads an address to listen on.
fn listen_address(text: &str) -> Result<String, &'static str> {
    config::listen(text).ok_or(words::LISTEN_INVALID)
}

fn invalid(problem: Invalid) -> String {
    crate::text::invalid(problem)
}
