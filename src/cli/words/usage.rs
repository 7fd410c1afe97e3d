//! Sentences about arguments that make no sense.

use super::error;

/// After every one of them.
pub fn misused(sentence: &str) -> String {
    format!("{}\nVeja o uso com --help.", error(sentence))
}

/// No command takes it.
pub fn unknown_argument(argument: &str) -> String {
    format!("o argumento {argument} não existe aqui")
}

/// There is no such command.
pub fn unknown_command(command: &str) -> String {
    format!("o comando \"{command}\" não existe")
}

/// It has to be there.
pub fn missing(arguments: &str) -> String {
    format!("falta: {arguments}")
}

/// It may be there once.
pub fn repeated(argument: &str) -> String {
    format!("{argument} só pode aparecer uma vez")
}

/// Both cannot be.
pub fn conflict(argument: &str, other: &str) -> String {
    format!("{argument} não combina com {other}: use só um deles")
}

/// It says nothing on its own.
pub fn without_value(argument: &str) -> String {
    format!("{argument} pede um valor")
}

/// It is not one of a few.
pub fn value_not_one_of(argument: &str, value: &str, valid: &str) -> String {
    format!("{argument}: \"{value}\" não é um de: {valid}")
}

/// It cannot be read.
pub fn value_refused(argument: &str, value: &str, why: &str) -> String {
    format!("{argument}: \"{value}\" não serve: {why}")
}

/// Not a life that a token can have.
pub const DAYS_INVALID: &str = "deve ser um número de dias, de 1 a 3650";

/// Neither a flag nor the system says where the data folder is.
pub const NO_DATA_FOLDER: &str = "não sei onde fica a pasta de dados: não há HOME nem XDG_DATA_HOME aqui. Diga \
    qual é com --data PASTA ou com a variável PAREIA_DATA";

/// What is missing after a group of commands.
pub fn command_missing(commands: &str) -> String {
    format!("falta o comando: {commands}")
}
