//! Gives commands and arguments their help texts, which are tables in `text::cli::help`: the code of a command
//! says what it takes, those say it to people.

use clap::Command;

use crate::text::cli::help::{ARGUMENTS, COMMANDS};

/// Gives the tree its texts.
pub fn with_help(tree: Command) -> Command {
    with_help_at(tree.disable_help_subcommand(true), "")
}

fn with_help_at(command: Command, path: &str) -> Command {
    let mut command = command
        .mut_args(|argument| {
            let help = argument_help(path, argument.get_id().as_str());
            argument.help(help.unwrap_or_default()).hide_env_values(true)
        })
        .mut_subcommands(|child| {
            let path = format!("{path} {}", child.get_name());
            with_help_at(child.disable_help_subcommand(true), path.trim_start())
        });
    if let Some((_, about, example)) = COMMANDS.iter().find(|(of, ..)| *of == path) {
        command = command.about(*about).after_help(format!("Exemplo:\n  {example}"));
    }
    command
}

/// The command's own text for the argument, else the one for every command.
pub fn argument_help(path: &str, id: &str) -> Option<&'static str> {
    let own = format!("{path} {id}");
    let of = |wanted: &str| ARGUMENTS.iter().find(|(id, _)| *id == wanted).map(|(_, help)| *help);
    of(&own).or_else(|| of(id))
}
