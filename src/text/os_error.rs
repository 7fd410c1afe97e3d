//! What the system answers, in words.

use std::io::{self, ErrorKind};

use super::language::{either, say};
/// The system's code for a process that may open no more files, on every Unix.
const TOO_MANY_FILES: i32 = 24;

/// Why the system did not do something. Only what is rare is said in the system's own English.
pub fn os_error(error: &io::Error) -> String {
    let words = match error.kind() {
        _ if error.raw_os_error() == Some(TOO_MANY_FILES) => either(
            "este processo não pode abrir mais arquivos (ulimit -n)",
            "this process may open no more files (ulimit -n)",
        ),
        ErrorKind::NotFound => either("não existe", "does not exist"),
        ErrorKind::PermissionDenied => either("sem permissão", "permission denied"),
        ErrorKind::AlreadyExists => either("já existe", "exists already"),
        ErrorKind::NotADirectory => {
            either("uma parte do caminho não é uma pasta", "a part of the path is not a folder")
        }
        ErrorKind::IsADirectory => either("é uma pasta, não um arquivo", "is a folder, not a file"),
        ErrorKind::DirectoryNotEmpty => either("a pasta não está vazia", "the folder is not empty"),
        ErrorKind::ReadOnlyFilesystem => either("o disco só aceita leitura", "the disk is read-only"),
        ErrorKind::StorageFull => either("não há espaço em disco", "there is no disk space"),
        ErrorKind::QuotaExceeded => either("a cota de disco acabou", "the disk quota is used up"),
        ErrorKind::InvalidFilename => either(
            "o nome é longo demais, ou não serve como nome de arquivo",
            "the name is too long, or cannot be the name of a file",
        ),
        ErrorKind::OutOfMemory => either("não há memória", "there is no memory"),
        ErrorKind::AddrInUse => either("o endereço já está em uso", "the address is in use already"),
        ErrorKind::AddrNotAvailable => {
            either("o endereço não é desta máquina", "the address is not this machine's")
        }
        ErrorKind::ConnectionRefused => either("a conexão foi recusada", "the connection was refused"),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => {
            either("a conexão caiu", "the connection dropped")
        }
        ErrorKind::BrokenPipe => either("o outro lado já fechou", "the other side has closed"),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => {
            either("não houve resposta a tempo", "there was no answer in time")
        }
        ErrorKind::UnexpectedEof => either("acabou antes da hora", "it ended too early"),
        ErrorKind::WriteZero => either("não aceitou mais nada", "it took no more"),
        ErrorKind::InvalidData => {
            either("o conteúdo não é o esperado", "the content is not what was expected")
        }
        _ => return say!("o sistema respondeu \"{error}\"", "the system answered \"{error}\""),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_answers_have_words_and_the_others_are_quoted() {
        for (code, words) in [
            (2, "não existe"),
            (13, "sem permissão"),
            (17, "já existe"),
            (20, "uma parte do caminho não é uma pasta"),
            (21, "é uma pasta, não um arquivo"),
            (24, "este processo não pode abrir mais arquivos (ulimit -n)"),
            (28, "não há espaço em disco"),
            (30, "o disco só aceita leitura"),
            (32, "o outro lado já fechou"),
        ] {
            assert_eq!(os_error(&io::Error::from_raw_os_error(code)), words, "{code}");
        }
        let rare = os_error(&io::Error::from_raw_os_error(5));
        assert!(rare.starts_with("o sistema respondeu \"") && rare.contains("os error 5"), "{rare}");
    }
}
