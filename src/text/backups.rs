//! Sentences about backups and restores.

use super::os_error::os_error;
use super::sentence::Sentence;
use crate::store::BackupError;

/// Why a backup was not made, or not restored, and the next step.
pub fn backup_error(error: &BackupError) -> Sentence {
    let (happened, next) = match error {
        BackupError::NoDatabase(path) => {
            (format!("não há banco de dados em {}", path.display()), "Confira a pasta de dados (--data).")
        }
        BackupError::Exists(path) => (
            format!("{} já existe", path.display()),
            "Um backup nunca é gravado por cima de outro arquivo: escolha outro nome, ou dê uma pasta.",
        ),
        BackupError::NotABackup(path) => (
            format!("{} não é um banco de dados do pareia", path.display()),
            "Escolha o arquivo .db que o pareia gravou.",
        ),
        BackupError::Damaged(path) => (
            format!("{} está danificado ou incompleto", path.display()),
            "Nada mudou. Use outro backup, ou copie este de novo do lugar de onde veio.",
        ),
        BackupError::Newer { file, found, known } => (
            format!("{} é da versão {found} do banco e este pareia conhece até a {known}", file.display()),
            "Nada mudou. Instale antes a versão do pareia que fez o backup, ou uma mais nova.",
        ),
        BackupError::KeyMissing(path) => (
            format!("{} tem chaves seladas, e a chave que as abre não está aqui", path.display()),
            "Ponha ao lado dele o arquivo de mesmo nome que termina em .key (ou diga qual é com --key). Se ele se \
             perdeu, use pareia restore com --without-key: as credenciais saem, e você as cadastra de novo.",
        ),
        BackupError::KeyWrong(path) => (
            format!("a chave não abre o que está selado em {}", path.display()),
            "Nada mudou. Use a chave que foi guardada com ele: o arquivo de mesmo nome que termina em .key.",
        ),
        BackupError::Expired(_) => (
            "o backup ficou pronto há mais de 15 minutos e nenhum início o restaurou".into(),
            "Nada mudou. Peça a restauração de novo.",
        ),
        BackupError::Unfinished(error) => (
            format!("a restauração começou e ainda não terminou ({})", backup_error(error).error),
            "Resolva isso e inicie o pareia: ele termina de restaurar antes de abrir o banco. Os dados de antes estão guardados.",
        ),
        BackupError::InUse(path) => (
            format!("outro processo está usando os dados de {}", path.display()),
            "Pare o pareia antes (systemctl stop pareia, ou Ctrl-C onde ele roda) e tudo mais que tenha o banco aberto.",
        ),
        BackupError::Busy => {
            ("outro processo está usando o banco de dados".into(), "Tente de novo em instantes.")
        }
        BackupError::Full(path) => (
            format!("não há espaço no disco de {}", path.display()),
            "Nada ficou pela metade. Libere espaço, ou escolha outro disco, e tente de novo.",
        ),
        BackupError::Io(path, error) => (format!("{}: {}", path.display(), os_error(error)), ""),
        BackupError::Sqlite(path, error) => {
            (format!("{}: o SQLite respondeu \"{error}\"", path.display()), "")
        }
    };
    let detail = (!next.is_empty()).then(|| next.into());
    Sentence { code: error.code(), error: happened, detail }
}

/// What an uploaded file is called in the sentences of [`backup_error`].
pub const SENT_FILE: &str = "O arquivo enviado";

/// 409: a piece of an upload does not follow what came before it.
pub fn out_of_order(bytes: u64) -> Sentence {
    let error = "O pedaço do arquivo não continua o que já chegou".to_owned();
    let detail = format!("Já chegaram {bytes} bytes. Continue daí, ou comece de novo com offset=0.");
    Sentence { code: "upload_out_of_order", error, detail: Some(detail.into()) }
}

/// 413: an upload is over the limit.
pub fn upload_too_large(most: u64) -> Sentence {
    let error = format!("O arquivo passa do limite de {} MiB", most >> 20);
    let detail = "Copie-o para o servidor e use: pareia restore ARQUIVO";
    Sentence { code: "upload_too_large", error, detail: Some(detail.into()) }
}

/// 409: nobody would start the server anew.
pub const NO_RESTART: &str = "Este servidor não pode se reiniciar para restaurar";
/// Said beside [`NO_RESTART`].
pub const NO_RESTART_DETAIL: &str = "Pare o pareia e use: pareia restore ARQUIVO";
