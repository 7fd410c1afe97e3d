//! Sentences about arguments that make no sense.

use std::path::Path;

use super::output::error;
use crate::store::OwnerNotTaken;
use crate::text::os_error;

/// What a wrong usage is printed as.
pub fn misused(sentence: &str) -> String {
    format!("{}\nVeja o uso com --help.", error(sentence))
}

/// No such argument.
pub fn unknown_argument(argument: &str) -> String {
    format!("o argumento {argument} não existe aqui")
}

/// No such command.
pub fn unknown_command(command: &str) -> String {
    format!("o comando \"{command}\" não existe")
}

/// Arguments that have to be given.
pub fn missing(arguments: &str) -> String {
    format!("falta: {arguments}")
}

/// An argument was given twice.
pub fn repeated(argument: &str) -> String {
    format!("{argument} só pode aparecer uma vez")
}

/// Two arguments exclude each other.
pub fn conflict(argument: &str, other: &str) -> String {
    format!("{argument} não combina com {other}: use só um deles")
}

/// An argument needs a value.
pub fn without_value(argument: &str) -> String {
    format!("{argument} pede um valor")
}

/// A value is none of those that are valid.
pub fn value_not_one_of(argument: &str, value: &str, valid: &str) -> String {
    format!("{argument}: \"{value}\" não é um de: {valid}")
}

/// A value is refused, for that reason.
pub fn value_refused(argument: &str, value: &str, why: &str) -> String {
    format!("{argument}: \"{value}\" não serve: {why}")
}

/// A text is no lifetime of a token.
pub const DAYS_INVALID: &str = "deve ser um número de dias, de 1 a 3650";

/// Neither a flag nor the system says where the data folder is.
pub const NO_DATA_FOLDER: &str = "não sei onde fica a pasta de dados: não há aqui HOME nem XDG_DATA_HOME com um \
    caminho completo (que começa com /). Diga qual é com --data PASTA ou com a variável PAREIA_DATA";
/// The data folder was named by an empty text.
pub const EMPTY_DATA_FOLDER: &str = "--data (PAREIA_DATA) veio sem nada: diga qual é a pasta de dados, ou tire a opção e a \
    variável para usar a pasta padrão";

/// Root acts as the owner of the data folder, and the system does not let it.
pub fn owner_not_taken(folder: &Path, OwnerNotTaken { owner, why }: &OwnerNotTaken) -> String {
    format!(
        "a pasta de dados {} é do usuário {owner}, e o root não pôde agir como ele: {}. Rode como o dono: \
         sudo -u '#{owner}' pareia …",
        folder.display(),
        os_error(why)
    )
}

/// A group was named without a command of it.
pub fn command_missing(commands: &str) -> String {
    format!("falta o comando: {commands}")
}

/// The argument parser's own fixed words on a help page, and what stands there instead.
pub const HELP_PAGE: [(&str, &str); 10] = [
    ("Usage: ", "Uso: "),
    ("\nCommands:\n", "\nComandos:\n"),
    ("\nArguments:\n", "\nArgumentos:\n"),
    ("\nOptions:\n", "\nOpções:\n"),
    ("[OPTIONS]", "[OPÇÕES]"),
    ("<COMMAND>", "<COMANDO>"),
    ("[default: ", "[padrão: "),
    ("[env: ", "[variável: "),
    ("Print help", "Mostra esta ajuda"),
    ("Print version", "Mostra a versão"),
];
