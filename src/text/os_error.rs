//! What the system answers, in words.

use std::io::{self, ErrorKind};

/// The system's code for a process that may open no more files, on every Unix.
const TOO_MANY_FILES: i32 = 24;

/// Why the system did not do something. Only what is rare is said in the system's own English.
pub fn os_error(error: &io::Error) -> String {
    let words = match error.kind() {
        _ if error.raw_os_error() == Some(TOO_MANY_FILES) => {
            "este processo não pode abrir mais arquivos (ulimit -n)"
        }
        ErrorKind::NotFound => "não existe",
        ErrorKind::PermissionDenied => "sem permissão",
        ErrorKind::AlreadyExists => "já existe",
        ErrorKind::NotADirectory => "uma parte do caminho não é uma pasta",
        ErrorKind::IsADirectory => "é uma pasta, não um arquivo",
        ErrorKind::DirectoryNotEmpty => "a pasta não está vazia",
        ErrorKind::ReadOnlyFilesystem => "o disco só aceita leitura",
        ErrorKind::StorageFull => "não há espaço em disco",
        ErrorKind::QuotaExceeded => "a cota de disco acabou",
        ErrorKind::InvalidFilename => "o nome é longo demais, ou não serve como nome de arquivo",
        ErrorKind::OutOfMemory => "não há memória",
        ErrorKind::AddrInUse => "o endereço já está em uso",
        ErrorKind::AddrNotAvailable => "o endereço não é desta máquina",
        ErrorKind::ConnectionRefused => "a conexão foi recusada",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => "a conexão caiu",
        ErrorKind::BrokenPipe => "o outro lado já fechou",
        ErrorKind::TimedOut | ErrorKind::WouldBlock => "não houve resposta a tempo",
        ErrorKind::UnexpectedEof => "acabou antes da hora",
        ErrorKind::WriteZero => "não aceitou mais nada",
        ErrorKind::InvalidData => "o conteúdo não é o esperado",
        _ => return format!("o sistema respondeu \"{error}\""),
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
