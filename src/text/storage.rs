//! Sentences about the data folder.

use std::path::Path;

use super::os_error::os_error;
use crate::store::{DatabaseFault, Error};

/// The disk under the data folder is full.
pub fn storage_full(folder: &Path) -> String {
    format!("Não há espaço em disco na pasta de dados {}", folder.display())
}

/// Said beside [`storage_full`].
pub const STORAGE_FULL_DETAIL: &str =
    "Libere espaço nesse disco e repita a mesma chamada. O que já estava gravado continua lá.";

/// Said by `/readyz` where the database was made anew beside a key that was there.
pub const DATABASE_LOST: &str = "O banco de dados (pareia.db) nasceu vazio ao lado de uma chave (pareia.key) que já \
    existia. Se havia um banco aqui, pare o pareia, restaure pareia.db do backup e inicie de novo. Se não \
    havia, cadastre uma credencial e este aviso some.";

/// Said by `/readyz` where others may write in the data folder.
pub const FOLDER_EXPOSED: &str = "Outros usuários desta máquina podem gravar na pasta de dados e trocar o banco e a chave. A \
    permissão ficou como está, porque a pasta tem arquivos que não são do pareia ou é de outro usuário: tire-a com chmod \
    go-w, ou dê ao pareia uma pasta só dele.";

/// What is wrong with the database.
fn database_fault(fault: DatabaseFault) -> &'static str {
    match fault {
        DatabaseFault::ReadOnly => {
            "não aceita gravações: confira se o disco e o arquivo pareia.db podem ser gravados por este usuário"
        }
        DatabaseFault::CannotOpen => {
            "não abre: confira se a pasta de dados e os arquivos dela são deste usuário e se há arquivos livres (ulimit -n)"
        }
        DatabaseFault::Damaged => {
            "pareia.db está danificado ou não é um banco SQLite: restaure o arquivo do backup"
        }
        DatabaseFault::Disk => "o disco falhou ao ler ou gravar: confira o disco e o log do sistema",
    }
}

/// The way on without the sealing key of that path.
fn without_key(path: &Path) -> String {
    let (folder, database) = (path.parent().unwrap_or(path).display(), path.with_extension("db"));
    format!(
        "Se ele se perdeu, pare o pareia e tire as credenciais, para cadastrá-las de novo: \
         pareia restore --data {folder} --without-key {}",
        database.display()
    )
}

/// What went wrong with the data folder, and the next step, for commands.
pub fn storage(error: &Error) -> String {
    match error {
        Error::Newer { found, known } => format!(
            "o banco de dados é da versão {found} e este pareia conhece até a {known}: instale a versão mais nova \
             do pareia, ou restaure a cópia feita antes da atualização"
        ),
        Error::KeyMissing(path) => format!(
            "o banco tem chaves seladas, mas {} não existe: restaure esse arquivo do backup (sem ele as chaves não \
             abrem). {}",
            path.display(),
            without_key(path)
        ),
        Error::KeyWrong(path) => format!(
            "{} não é a chave que selou as credenciais deste banco: restaure o arquivo certo do backup. {} (antes, renomeie \
             o que está lá)",
            path.display(),
            without_key(path)
        ),
        Error::Full(folder) => {
            format!(
                "não há espaço em disco na pasta de dados {}: libere espaço e tente de novo",
                folder.display()
            )
        }
        Error::Busy => "outro processo está usando o banco de dados: tente de novo em instantes".to_owned(),
        Error::Io(path, error) => format!("{}: {}", path.display(), os_error(error)),
        Error::Sqlite(raw) => match error.database_fault() {
            Some(fault) => format!("banco de dados: {}", database_fault(fault)),
            None => format!("banco de dados: o SQLite respondeu \"{raw}\""),
        },
        Error::Migration(error) => format!("a atualização do banco falhou, nada mudou (detalhe: {error})"),
    }
}
