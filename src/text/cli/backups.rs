//! Sentences of `pareia backup` and `pareia restore`.

use std::path::Path;

use crate::store::BackupContents;
use crate::text::backup_error;
use crate::text::count::count;

/// `--backup-every` makes no sense.
pub const BACKUP_EVERY_SETTING: &str =
    "--backup-every (PAREIA_BACKUP_EVERY) deve ser um tempo de 1m a 90d, como 24h, 30m ou 7d";
/// `--backup-keep` makes no sense.
pub const BACKUP_KEEP_SETTING: &str = "--backup-keep (PAREIA_BACKUP_KEEP) deve ser de 1 a 1000";
/// `--backup-key` makes no sense.
pub const BACKUP_KEY_SETTING: &str = "--backup-key (PAREIA_BACKUP_KEY) deve ser with ou without";
/// The file of a backup would have the name of its key.
pub const BACKUP_IS_KEY: &str =
    "o arquivo do backup não pode terminar em .key: esse é o nome da chave ao lado dele";

/// The folder of a backup is not there.
pub fn backup_folder_missing(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "a pasta {folder} não existe: confira o caminho e se o disco está montado, ou crie-a antes (mkdir -p {folder})"
    )
}

/// Why a backup was not made or not restored, on the terminal.
pub fn backup_failed(error: &crate::store::BackupError) -> String {
    let sentence = backup_error(error);
    match sentence.detail {
        Some(detail) => format!("{}. {detail}", sentence.error),
        None => sentence.error,
    }
}

/// What was copied and verified.
fn contents(contents: &BackupContents) -> String {
    format!(
        "{}, {} KiB, versão {} do banco",
        count(contents.instances, "instância", "instâncias"),
        contents.bytes.div_ceil(1024),
        contents.schema_version
    )
}

/// A backup was made.
pub fn backup_made(made: &BackupContents, key: Option<&Path>) -> String {
    let made_text = format!("Backup feito e conferido: {}.", contents(made));
    match key {
        Some(key) => format!(
            "{made_text}\nA chave está ao lado, em {}: quem tem os dois abre as credenciais. Guarde-os onde só você entra.",
            key.display()
        ),
        None if made.sealed_keys > 0 => format!(
            "{made_text}\nSem a chave (pareia.key da pasta de dados) as credenciais deste backup não abrem: guarde-a à parte."
        ),
        None => made_text,
    }
}

/// The disk of a backup keeps no modes.
pub fn backup_is_exposed(file: &Path) -> String {
    format!(
        "Atenção: o disco de {} não guarda permissões, e outros usuários desta máquina podem ler o backup.",
        file.display()
    )
}

/// How far a copy has come.
pub fn copying(percent: i64) -> String {
    format!("Copiando… {percent:>3} %")
}

/// A backup was restored.
pub fn data_restored(restored: &BackupContents, kept: Option<&Path>) -> String {
    let done = format!("Restaurado: {}.", contents(restored));
    match kept {
        Some(kept) => {
            // Whole paths, with the folder: the line is to work from anywhere.
            let kept = std::path::absolute(kept).unwrap_or_else(|_| kept.to_owned());
            let (folder, kept) = (kept.parent().unwrap_or(&kept).display(), kept.display());
            format!(
                "{done}\nOs dados de antes estão em {kept}. Para voltar a eles: pareia restore --data {folder} {kept}/pareia.db\nAgora inicie o pareia."
            )
        }
        None => format!("{done}\nAgora inicie o pareia."),
    }
}

/// A server cannot start itself anew.
pub fn cannot_restart(error: &std::io::Error) -> String {
    format!(
        "não consegui me reiniciar ({}): inicie o pareia, e o backup é restaurado",
        crate::text::os_error(error)
    )
}

/// A backup was restored without its key.
pub const RESTORED_WITHOUT_KEY: &str = "As credenciais ficaram de fora, porque a chave delas se perdeu. Cadastre-as de \
     novo com o mesmo endereço: pareia credential add --help";
