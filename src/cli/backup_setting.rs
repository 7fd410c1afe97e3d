//! The settings of backups that a server makes by itself, as they were given.

use super::config::RawBackups;

/// How `serve` makes backups.
#[derive(clap::Args, Debug)]
pub struct BackupSetting {
    #[arg(
        long = "backup-every",
        id = "backup_every",
        env = "PAREIA_BACKUP_EVERY",
        value_name = "TEMPO",
        default_value = "",
        hide_default_value = true
    )]
    every: String,
    #[arg(
        long = "backup-keep",
        id = "backup_keep",
        env = "PAREIA_BACKUP_KEEP",
        value_name = "N",
        default_value = "7"
    )]
    keep: String,
    #[arg(
        long = "backup-dir",
        id = "backup_dir",
        env = "PAREIA_BACKUP_DIR",
        value_name = "PASTA",
        default_value = "",
        hide_default_value = true
    )]
    dir: String,
    #[arg(
        long = "backup-key",
        id = "backup_key",
        env = "PAREIA_BACKUP_KEY",
        value_name = "with|without",
        default_value = "with"
    )]
    key: String,
}

impl BackupSetting {
    /// As text.
    pub fn raw(&self) -> RawBackups<'_> {
        RawBackups { every: &self.every, keep: &self.keep, folder: &self.dir, key: &self.key }
    }
}
