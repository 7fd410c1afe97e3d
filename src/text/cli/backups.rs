//! Sentences of `pareia backup` and `pareia restore`.

use std::path::Path;

use crate::store::{BackupContents, SealedCounts, SealedKind};
use crate::text::backup_error;
use crate::text::count::count;
use crate::text::language::{either, say};

/// `--backup-every` makes no sense.
pub fn backup_every_setting() -> &'static str {
    either(
        "--backup-every (PAREIA_BACKUP_EVERY) deve ser um tempo de 1m a 90d, como 24h, 30m ou 7d",
        "--backup-every (PAREIA_BACKUP_EVERY) must be a time from 1m to 90d, like 24h, 30m or 7d",
    )
}
/// `--backup-keep` makes no sense.
pub fn backup_keep_setting() -> &'static str {
    either(
        "--backup-keep (PAREIA_BACKUP_KEEP) deve ser de 1 a 1000",
        "--backup-keep (PAREIA_BACKUP_KEEP) must be from 1 to 1000",
    )
}
/// `--backup-key` makes no sense.
pub fn backup_key_setting() -> &'static str {
    either(
        "--backup-key (PAREIA_BACKUP_KEY) deve ser with ou without",
        "--backup-key (PAREIA_BACKUP_KEY) must be with or without",
    )
}
/// The file of a backup would have the name of its key.
pub fn backup_is_key() -> &'static str {
    either(
        "o arquivo do backup não pode terminar em .key: esse é o nome da chave ao lado dele",
        "the file of the backup may not end in .key: that is the name of the key beside it",
    )
}

/// The folder of a backup is not there.
pub fn backup_folder_missing(folder: &Path) -> String {
    let folder = folder.display();
    say!(
        "a pasta {folder} não existe: confira o caminho e se o disco está montado, ou crie-a antes (mkdir -p \
         {folder})",
        "the folder {folder} does not exist: check the path and whether the disk is mounted, or make it first \
         (mkdir -p {folder})"
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
    say!(
        "{}, {} KiB, versão {} do banco",
        "{}, {} KiB, database version {}",
        count(contents.instances, either("instância", "instance"), either("instâncias", "instances")),
        contents.bytes.div_ceil(1024),
        contents.schema_version
    )
}

/// What is sealed, without the kinds that there are none of.
pub fn sealed_things(counts: SealedCounts) -> String {
    let each = |kind| {
        let (one, many) = match kind {
            SealedKind::Credential => either(("credencial", "credenciais"), ("credential", "credentials")),
            SealedKind::SavedSettings => either(
                ("conjunto de ajustes salvos", "conjuntos de ajustes salvos"),
                ("set of saved settings", "sets of saved settings"),
            ),
            SealedKind::NoticeTarget => {
                either(("destino de avisos", "destinos de avisos"), ("notice target", "notice targets"))
            }
            SealedKind::SecondFactor => {
                either(("segundo fator", "segundos fatores"), ("second factor", "second factors"))
            }
        };
        Some(counts.of(kind)).filter(|n| *n > 0).map(|n| count(n, one, many))
    };
    SealedKind::ALL.into_iter().filter_map(each).collect::<Vec<_>>().join(", ")
}

/// A backup was made.
pub fn backup_made(made: &BackupContents, key: Option<&Path>) -> String {
    let made_text = say!("Backup feito e conferido: {}.", "Backup made and verified: {}.", contents(made));
    match key {
        Some(key) => say!(
            "{made_text}\nA chave está ao lado, em {}: quem tem os dois abre o que está selado. Guarde-os onde \
             só você entra.",
            "{made_text}\nThe key is beside it, in {}: whoever has both opens what is sealed. Keep them \
             where only you get in.",
            key.display()
        ),
        None if made.sealed.total() > 0 => say!(
            "{made_text}\nSem a chave (pareia.key da pasta de dados) não abrem deste backup: {0}. Guarde-a à \
             parte.",
            "{made_text}\nWithout the key (pareia.key of the data folder) of this backup do not open: {0}. \
             Keep it elsewhere.",
            sealed_things(made.sealed)
        ),
        None => made_text,
    }
}

/// The disk of a backup keeps no modes.
pub fn backup_is_exposed(file: &Path) -> String {
    say!(
        "Atenção: o disco de {} não guarda permissões, e outros usuários desta máquina podem ler o backup.",
        "Attention: the disk of {} keeps no permissions, and other users of this machine can read the backup.",
        file.display()
    )
}

/// How far a copy has come.
pub fn copying(percent: i64) -> String {
    say!("Copiando… {percent:>3} %", "Copying… {percent:>3} %")
}

/// A backup was restored.
pub fn data_restored(restored: &BackupContents, kept: Option<&Path>) -> String {
    let done = say!("Restaurado: {}.", "Restored: {}.", contents(restored));
    match kept {
        Some(kept) => {
            // Whole paths, with the folder: the line is to work from anywhere.
            let kept = std::path::absolute(kept).unwrap_or_else(|_| kept.to_owned());
            let (folder, kept) = (kept.parent().unwrap_or(&kept).display(), kept.display());
            say!(
                "{done}\nOs dados de antes estão em {kept}. Para voltar a eles: pareia restore --data \
                 {folder} {kept}/pareia.db\nAgora inicie o pareia.",
                "{done}\nThe data from before are in {kept}. To go back to them: pareia restore --data \
                 {folder} {kept}/pareia.db\nNow start pareia."
            )
        }
        None => say!("{done}\nAgora inicie o pareia.", "{done}\nNow start pareia."),
    }
}

/// A server cannot start itself anew.
pub fn cannot_restart(error: &std::io::Error) -> String {
    say!(
        "não consegui me reiniciar ({}): inicie o pareia, e o backup é restaurado",
        "cannot restart by itself ({}): start pareia, and the backup is restored",
        crate::text::os_error(error)
    )
}

/// A backup was restored without its key, and without what is sealed in it: what that was, and how each comes back.
pub fn restored_without_key(left_out: SealedCounts) -> String {
    let ways = SealedKind::ALL.map(|kind| match kind {
        SealedKind::Credential => either(
            "Cadastre as credenciais de novo com o mesmo endereço: pareia credential add --help",
            "Add the credentials again with the same address: pareia credential add --help",
        ),
        SealedKind::SavedSettings => either(
            "Os ajustes são salvos de novo quando os servidores respondem.",
            "The settings are saved again when the servers answer.",
        ),
        SealedKind::NoticeTarget => either(
            "Cadastre os destinos de novo: pareia notify add --help",
            "Add the targets again: pareia notify add --help",
        ),
        SealedKind::SecondFactor => either(
            "Quem tinha segundo fator entra só com a senha, até ligá-lo de novo em Conta.",
            "Whoever had a second factor logs in with the password alone, until it is turned on again under \
             Account.",
        ),
    });
    let lost = say!(
        "A chave se perdeu, e com ela ficou de fora: {}.",
        "The key is lost, and with it was left out: {}.",
        sealed_things(left_out)
    );
    let ways = SealedKind::ALL.into_iter().zip(ways).filter(|(kind, _)| left_out.of(*kind) > 0);
    ways.fold(lost, |text, (_, way)| format!("{text}\n{way}"))
}
