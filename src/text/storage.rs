//! Sentences about the data folder.

use std::path::Path;

use super::language::{either, say};
use super::os_error::os_error;
use crate::store::{DatabaseFault, Error};

/// The disk under the data folder is full.
pub fn storage_full(folder: &Path) -> String {
    say!(
        "Não há espaço em disco na pasta de dados {}",
        "There is no disk space in the data folder {}",
        folder.display()
    )
}

/// Said beside [`storage_full`].
pub fn storage_full_detail() -> &'static str {
    either(
        "Libere espaço nesse disco e repita a mesma chamada. O que já estava gravado continua lá.",
        "Free some space on that disk and repeat the same call. What was saved already is still there.",
    )
}

/// Said by `/readyz` where the database was made anew beside a key that was there.
pub fn database_lost() -> &'static str {
    either(
        "O banco de dados (pareia.db) nasceu vazio ao lado de uma chave (pareia.key) que já existia. Se havia \
         um banco aqui, pare o pareia, restaure pareia.db do backup e inicie de novo. Se não havia, cadastre \
         uma credencial e este aviso some.",
        "The database (pareia.db) was made empty beside a key (pareia.key) that was there already. If there \
         was a database here, stop pareia, restore pareia.db from the backup and start again. If there was \
         none, add a credential and this warning goes.",
    )
}

/// Said by `/readyz` where others may write in the data folder.
pub fn folder_exposed() -> &'static str {
    either(
        "Outros usuários desta máquina podem gravar na pasta de dados e trocar o banco e a chave. A permissão \
         ficou como está, porque a pasta tem arquivos que não são do pareia ou é de outro usuário: tire-a com \
         chmod go-w, ou dê ao pareia uma pasta só dele.",
        "Other users of this machine can write in the data folder, and replace the database and the key. Its \
         permission was left as it is, because the folder has files that are not pareia's, or is another \
         user's: take it away with chmod go-w, or give pareia a folder of its own.",
    )
}

/// What is wrong with the database.
fn database_fault(fault: DatabaseFault) -> &'static str {
    match fault {
        DatabaseFault::ReadOnly => either(
            "não aceita gravações: confira se o disco e o arquivo pareia.db podem ser gravados por este \
             usuário",
            "takes no writes: check whether the disk and the file pareia.db can be written by this user",
        ),
        DatabaseFault::CannotOpen => either(
            "não abre: confira se a pasta de dados e os arquivos dela são deste usuário e se há arquivos \
             livres (ulimit -n)",
            "does not open: check whether the data folder and its files are this user's, and whether files \
             are left (ulimit -n)",
        ),
        DatabaseFault::Damaged => either(
            "pareia.db está danificado ou não é um banco SQLite: restaure o arquivo do backup",
            "pareia.db is damaged or is not an SQLite database: restore the file from the backup",
        ),
        DatabaseFault::Disk => either(
            "o disco falhou ao ler ou gravar: confira o disco e o log do sistema",
            "the disk failed while reading or writing: check the disk and the system's log",
        ),
    }
}

/// The way on without the sealing key of that path.
fn without_key(path: &Path) -> String {
    let (folder, database) = (path.parent().unwrap_or(path).display(), path.with_extension("db"));
    say!(
        "Se ele se perdeu, pare o pareia e tire o que está selado, para cadastrá-lo de novo: \
         pareia restore --data {folder} --without-key {}",
        "If it is lost, stop pareia and take out what is sealed, to add it again: \
         pareia restore --data {folder} --without-key {}",
        database.display()
    )
}

/// What went wrong with the data folder, and the next step, for commands.
pub fn storage(error: &Error) -> String {
    match error {
        Error::Newer { found, known } => say!(
            "o banco de dados é da versão {found} e este pareia conhece até a {known}: instale a versão mais \
             nova do pareia, ou restaure a cópia feita antes da atualização",
            "the database is of version {found} and this pareia knows them up to {known}: install the newer \
             version of pareia, or restore the copy made before the upgrade"
        ),
        Error::KeyMissing(path) => say!(
            "o banco tem valores selados, mas {} não existe: restaure esse arquivo do backup (sem ele nada \
             disso abre). {}",
            "the database has sealed values, but {} does not exist: restore that file from the backup \
             (without it none of them opens). {}",
            path.display(),
            without_key(path)
        ),
        Error::KeyWrong(path) => say!(
            "{} não é a chave que selou os valores deste banco: restaure o arquivo certo do backup. {} \
             (antes, renomeie o que está lá)",
            "{} is not the key that sealed the values of this database: restore the right file from the \
             backup. {} (before that, rename what is there)",
            path.display(),
            without_key(path)
        ),
        Error::Full(folder) => {
            say!(
                "não há espaço em disco na pasta de dados {}: libere espaço e tente de novo",
                "there is no disk space in the data folder {}: free some space and try again",
                folder.display()
            )
        }
        Error::Busy => either(
            "outro processo está usando o banco de dados: tente de novo em instantes",
            "another process is using the database: try again in a moment",
        )
        .to_owned(),
        Error::Io(path, error) => format!("{}: {}", path.display(), os_error(error)),
        Error::Sqlite(raw) => match error.database_fault() {
            Some(fault) => say!("banco de dados: {}", "database: {}", database_fault(fault)),
            None => {
                say!("banco de dados: o SQLite respondeu \"{raw}\"", "database: SQLite answered \"{raw}\"")
            }
        },
        Error::Migration(error) => say!(
            "a atualização do banco falhou, nada mudou (detalhe: {error})",
            "the database's upgrade failed, nothing has changed (detail: {error})"
        ),
    }
}
