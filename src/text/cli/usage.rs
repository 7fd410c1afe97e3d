//! Sentences about arguments that make no sense.

use std::path::Path;

use super::output::error;
use crate::store::OwnerNotTaken;
use crate::text::language::{Text, either, say};
use crate::text::os_error;

/// What a wrong usage is printed as.
pub fn misused(sentence: &str) -> String {
    say!("{}\nVeja o uso com --help.", "{}\nSee the usage with --help.", error(sentence))
}

/// No such argument.
pub fn unknown_argument(argument: &str) -> String {
    say!("o argumento {argument} não existe aqui", "the argument {argument} does not exist here")
}

/// No such command.
pub fn unknown_command(command: &str) -> String {
    say!("o comando \"{command}\" não existe", "the command \"{command}\" does not exist")
}

/// Arguments that have to be given.
pub fn missing(arguments: &str) -> String {
    say!("falta: {arguments}", "missing: {arguments}")
}

/// An argument was given twice.
pub fn repeated(argument: &str) -> String {
    say!("{argument} só pode aparecer uma vez", "{argument} may be given only once")
}

/// Two arguments exclude each other.
pub fn conflict(argument: &str, other: &str) -> String {
    say!(
        "{argument} não combina com {other}: use só um deles",
        "{argument} does not go with {other}: use only one of them"
    )
}

/// An argument needs a value.
pub fn without_value(argument: &str) -> String {
    say!("{argument} pede um valor", "{argument} needs a value")
}

/// A value is none of those that are valid.
pub fn value_not_one_of(argument: &str, value: &str, valid: &str) -> String {
    say!("{argument}: \"{value}\" não é um de: {valid}", "{argument}: \"{value}\" is not one of: {valid}")
}

/// A value is refused, for that reason.
pub fn value_refused(argument: &str, value: &str, why: &str) -> String {
    say!("{argument}: \"{value}\" não serve: {why}", "{argument}: \"{value}\" does not do: {why}")
}

/// A text is no lifetime of a token.
pub fn days_invalid() -> &'static str {
    either("deve ser um número de dias, de 1 a 3650", "must be a number of days, from 1 to 3650")
}

/// `--lang` makes no sense.
pub fn language_invalid() -> &'static str {
    either("deve ser pt ou en", "must be pt or en")
}

/// Neither a flag nor the system says where the data folder is.
pub fn no_data_folder() -> &'static str {
    either(
        "não sei onde fica a pasta de dados: não há aqui HOME nem XDG_DATA_HOME com um caminho completo (que \
         começa com /). Diga qual é com --data PASTA ou com a variável PAREIA_DATA",
        "it is not known where the data folder is: there is no HOME or XDG_DATA_HOME with a complete path \
         (which begins with /). Say which it is with --data FOLDER or with the variable PAREIA_DATA",
    )
}
/// The data folder was named by an empty text.
pub fn empty_data_folder() -> &'static str {
    either(
        "--data (PAREIA_DATA) veio sem nada: diga qual é a pasta de dados, ou tire a opção e a variável para \
         usar a pasta padrão",
        "--data (PAREIA_DATA) came with nothing: say which the data folder is, or leave out the option and \
         the variable to use the usual one",
    )
}

/// Root acts as the owner of the data folder, and the system does not let it.
pub fn owner_not_taken(folder: &Path, OwnerNotTaken { owner, why }: &OwnerNotTaken) -> String {
    say!(
        "a pasta de dados {} é do usuário {owner}, e o root não pôde agir como ele: {}. Rode como o dono: \
         sudo -u '#{owner}' pareia …",
        "the data folder {} is the user {owner}'s, and root could not act as that user: {}. Run as the owner: \
         sudo -u '#{owner}' pareia …",
        folder.display(),
        os_error(why)
    )
}

/// A group was named without a command of it.
pub fn command_missing(commands: &str) -> String {
    say!("falta o comando: {commands}", "the command is missing: {commands}")
}

/// The argument parser's own fixed words on a help page, which are English, and what stands there instead.
pub const HELP_PAGE: [Text; 10] = [
    Text("Uso: ", "Usage: "),
    Text("\nComandos:\n", "\nCommands:\n"),
    Text("\nArgumentos:\n", "\nArguments:\n"),
    Text("\nOpções:\n", "\nOptions:\n"),
    Text("[OPÇÕES]", "[OPTIONS]"),
    Text("<COMANDO>", "<COMMAND>"),
    Text("[padrão: ", "[default: "),
    Text("[variável: ", "[env: "),
    Text("Mostra esta ajuda", "Print help"),
    Text("Mostra a versão", "Print version"),
];

/// Names of values, as the commands have them.
pub const VALUE_NAMES: [Text; 31] = [
    Text("ARQUIVO", "FILE"),
    Text("ARQUIVO|PASTA", "FILE|FOLDER"),
    Text("AÇÃO", "ACTION"),
    Text("CANAL", "CHANNEL"),
    Text("CHAVE", "KEY"),
    Text("COMO", "HOW"),
    Text("DIA", "DAY"),
    Text("DIAS", "DAYS"),
    Text("ENDEREÇO", "ADDRESS"),
    Text("ESCOPO", "SCOPE"),
    Text("ETIQUETA", "LABEL"),
    Text("FORMATO", "FORMAT"),
    Text("FUSO", "OFFSET"),
    Text("HORAS", "HOURS"),
    Text("LINHAS", "LINES"),
    Text("LÍNGUA", "LANGUAGE"),
    Text("MINUTOS", "MINUTES"),
    Text("NOME", "NAME"),
    Text("OUTRO", "OTHER"),
    Text("PAPEL", "ROLE"),
    Text("PASTA", "FOLDER"),
    Text("PREFIXO", "PREFIX"),
    Text("SEGUNDOS", "SECONDS"),
    Text("SERVIDOR", "SERVER"),
    Text("TELEFONE", "PHONE"),
    Text("TEMPO", "TIME"),
    Text("TEXTO", "TEXT"),
    Text("TIPO", "TYPE"),
    Text("USUÁRIO", "USER"),
    Text("VERSÃO", "VERSION"),
    Text("VEZES", "TIMES"),
];
