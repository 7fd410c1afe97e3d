//! Sentences about the data folder.

use std::path::Path;

use crate::store::Error;

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

/// What went wrong with the data folder, and the next step, for commands.
pub fn storage(error: &Error) -> String {
    match error {
        Error::Newer { found, known } => format!(
            "o banco de dados é da versão {found} e este pareia conhece até a {known}: instale a versão mais nova \
             do pareia, ou restaure a cópia feita antes da atualização"
        ),
        Error::KeyMissing(path) => format!(
            "o banco tem chaves seladas, mas {} não existe: restaure esse arquivo do backup (sem ele as chaves não \
             abrem). Sem backup, apague as credenciais e cadastre-as de novo: \
             sqlite3 {} 'PRAGMA foreign_keys=ON; DELETE FROM integration_credentials'",
            path.display(),
            path.with_extension("db").display()
        ),
        Error::KeyWrong(path) => format!(
            "{} não é a chave que selou as credenciais deste banco: restaure o arquivo certo do backup",
            path.display()
        ),
        Error::Full(folder) => {
            format!(
                "não há espaço em disco na pasta de dados {}: libere espaço e tente de novo",
                folder.display()
            )
        }
        Error::Busy => "outro processo está usando o banco de dados: tente de novo em instantes".to_owned(),
        Error::Io(path, error) => format!("{}: {error}", path.display()),
        Error::Sqlite(error) => format!("banco de dados: {error}"),
        Error::Migration(error) => format!("a atualização do banco falhou, nada mudou: {error}"),
    }
}
