//! Sentences about backups and restores.

use super::language::{either, say};
use super::os_error::os_error;
use super::sentence::Sentence;
use crate::store::BackupError;

/// Why a backup was not made, or not restored, and the next step.
pub fn backup_error(error: &BackupError) -> Sentence {
    let next = next_step(error);
    let detail = (!next.is_empty()).then(|| next.into());
    Sentence { code: error.code(), error: what_happened(error), detail }
}

fn what_happened(error: &BackupError) -> String {
    match error {
        BackupError::NoDatabase(path) => {
            say!("não há banco de dados em {}", "there is no database in {}", path.display())
        }
        BackupError::Exists(path) => say!("{} já existe", "{} exists already", path.display()),
        BackupError::NotABackup(path) => {
            say!("{} não é um banco de dados do pareia", "{} is not a database of pareia", path.display())
        }
        BackupError::Damaged(path) => {
            say!("{} está danificado ou incompleto", "{} is damaged or incomplete", path.display())
        }
        BackupError::Newer { file, found, known } => say!(
            "{} é da versão {found} do banco e este pareia conhece até a {known}",
            "{} is of database version {found}, and this pareia knows them up to {known}",
            file.display()
        ),
        BackupError::KeyMissing(path) => say!(
            "{} tem chaves seladas, e a chave que as abre não está aqui",
            "{} has sealed keys, and the key that opens them is not here",
            path.display()
        ),
        BackupError::KeyWrong(path) => say!(
            "a chave não abre o que está selado em {}",
            "the key does not open what is sealed in {}",
            path.display()
        ),
        BackupError::Expired(_) => either(
            "o backup ficou pronto há mais de 15 minutos e nenhum início o restaurou",
            "the backup has been ready for more than 15 minutes and no start has restored it",
        )
        .into(),
        BackupError::Unfinished(error) => say!(
            "a restauração começou e ainda não terminou ({})",
            "the restore has begun and has not ended yet ({})",
            backup_error(error).error
        ),
        BackupError::InUse(path) => say!(
            "outro processo está usando os dados de {}",
            "another process is using the data of {}",
            path.display()
        ),
        BackupError::Busy => {
            either("outro processo está usando o banco de dados", "another process is using the database")
                .into()
        }
        BackupError::Full(path) => {
            say!("não há espaço no disco de {}", "there is no space on the disk of {}", path.display())
        }
        BackupError::Io(path, error) => format!("{}: {}", path.display(), os_error(error)),
        BackupError::Sqlite(path, error) => {
            say!("{}: o SQLite respondeu \"{error}\"", "{}: SQLite answered \"{error}\"", path.display())
        }
    }
}

fn next_step(error: &BackupError) -> &'static str {
    match error {
        BackupError::NoDatabase(_) => {
            either("Confira a pasta de dados (--data).", "Check the data folder (--data).")
        }
        BackupError::Exists(_) => either(
            "Um backup nunca é gravado por cima de outro arquivo: escolha outro nome, ou dê uma pasta.",
            "A backup is never written over another file: choose another name, or give a folder.",
        ),
        BackupError::NotABackup(_) => {
            either("Escolha o arquivo .db que o pareia gravou.", "Choose the .db file that pareia wrote.")
        }
        BackupError::Damaged(_) => either(
            "Nada mudou. Use outro backup, ou copie este de novo do lugar de onde veio.",
            "Nothing has changed. Use another backup, or copy this one again from where it came from.",
        ),
        BackupError::Newer { .. } => either(
            "Nada mudou. Instale antes a versão do pareia que fez o backup, ou uma mais nova.",
            "Nothing has changed. First install the version of pareia that made the backup, or a newer one.",
        ),
        BackupError::KeyMissing(_) => either(
            "Ponha ao lado dele o arquivo de mesmo nome que termina em .key (ou diga qual é com --key). Se \
             ele se perdeu, use pareia restore com --without-key: o que está selado sai, e você o cadastra de \
             novo.",
            "Put the file of the same name that ends in .key beside it (or say which it is with --key). If it \
             is lost, use pareia restore with --without-key: what is sealed goes, and you add it again.",
        ),
        BackupError::KeyWrong(_) => either(
            "Nada mudou. Use a chave que foi guardada com ele: o arquivo de mesmo nome que termina em .key.",
            "Nothing has changed. Use the key that was kept with it: the file of the same name that ends in \
             .key.",
        ),
        BackupError::Expired(_) => either(
            "Nada mudou. Peça a restauração de novo.",
            "Nothing has changed. Ask for the restore again.",
        ),
        BackupError::Unfinished(_) => either(
            "Resolva isso e inicie o pareia: ele termina de restaurar antes de abrir o banco. Os dados de \
             antes estão guardados.",
            "Mend that and start pareia: it finishes the restore before it opens the database. The data from \
             before are kept.",
        ),
        BackupError::InUse(_) => either(
            "Pare o pareia antes (systemctl stop pareia, ou Ctrl-C onde ele roda) e tudo mais que tenha o \
             banco aberto.",
            "First stop pareia (systemctl stop pareia, or Ctrl-C where it runs) and everything else that has \
             the database open.",
        ),
        BackupError::Busy => either("Tente de novo em instantes.", "Try again in a moment."),
        BackupError::Full(_) => either(
            "Nada ficou pela metade. Libere espaço, ou escolha outro disco, e tente de novo.",
            "Nothing was left half done. Free some space, or choose another disk, and try again.",
        ),
        BackupError::Io(..) | BackupError::Sqlite(..) => "",
    }
}

/// What an uploaded file is called in the sentences of [`backup_error`].
pub fn sent_file() -> &'static str {
    either("O arquivo enviado", "The file sent")
}

/// 409: a piece of an upload does not follow what came before it.
pub fn out_of_order(bytes: u64) -> Sentence {
    let error = either(
        "O pedaço do arquivo não continua o que já chegou",
        "The piece of the file does not follow what has arrived",
    )
    .to_owned();
    let detail = say!(
        "Já chegaram {bytes} bytes. Continue daí, ou comece de novo com offset=0.",
        "{bytes} bytes have arrived. Go on from there, or begin again with offset=0."
    );
    Sentence { code: "upload_out_of_order", error, detail: Some(detail.into()) }
}

/// 413: an upload is over the limit.
pub fn upload_too_large(most: u64) -> Sentence {
    let error =
        say!("O arquivo passa do limite de {} MiB", "The file is over the limit of {} MiB", most >> 20);
    let detail = either(
        "Copie-o para o servidor e use: pareia restore ARQUIVO",
        "Copy it to the server and use: pareia restore FILE",
    );
    Sentence { code: "upload_too_large", error, detail: Some(detail.into()) }
}

/// 409: nobody would start the server anew.
pub fn no_restart() -> &'static str {
    either(
        "Este servidor não pode se reiniciar para restaurar",
        "This server cannot restart itself to restore",
    )
}
/// Said beside [`no_restart`].
pub fn no_restart_detail() -> &'static str {
    either("Pare o pareia e use: pareia restore ARQUIVO", "Stop pareia and use: pareia restore FILE")
}
