//! Gives commands and arguments their help texts, which are tables in `text::cli::help`: the code of a command
//! says what it takes, those say it to people.

use clap::{Arg, Command};

use crate::text::cli::VALUE_NAMES;
use crate::text::cli::help::{ARGUMENTS, COMMANDS, example_title};

/// Gives the tree its texts.
pub fn with_help(tree: Command) -> Command {
    with_help_at(tree.disable_help_subcommand(true), "")
}

fn with_help_at(command: Command, path: &str) -> Command {
    let mut command = command
        .mut_args(|argument| {
            let help = argument_help(path, argument.get_id().as_str());
            with_value_name(argument.help(help.unwrap_or_default()).hide_env_values(true))
        })
        .mut_subcommands(|child| {
            let path = format!("{path} {}", child.get_name());
            with_help_at(child.disable_help_subcommand(true), path.trim_start())
        });
    if let Some((_, about, example)) = COMMANDS.iter().find(|(of, ..)| *of == path) {
        command = command.about(about.get()).after_help(format!("{}\n  {example}", example_title()));
    }
    command
}

/// Names the value in the program's language.
fn with_value_name(argument: Arg) -> Arg {
    let name = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let worded = VALUE_NAMES.iter().find(|known| name.as_deref() == Some(known.0));
    match worded {
        Some(known) => argument.value_name(known.get()),
        None => argument,
    }
}

/// The command's own text for the argument, else the one for every command.
pub fn argument_help(path: &str, id: &str) -> Option<&'static str> {
    let own = format!("{path} {id}");
    let of = |wanted: &str| ARGUMENTS.iter().find(|(id, _)| *id == wanted).map(|(_, help)| help.get());
    of(&own).or_else(|| of(id))
}
