//! What is wrong with a setting, in words.

use super::config::ConfigError;
use crate::text::cli as words;

/// The sentence of a setting that makes no sense.
pub fn sentence(problem: &ConfigError) -> String {
    match problem {
        ConfigError::NoDataFolder => words::NO_DATA_FOLDER.into(),
        ConfigError::EmptyDataFolder => words::EMPTY_DATA_FOLDER.into(),
        ConfigError::Listen => words::LISTEN_SETTING.into(),
        ConfigError::PublicUrl => words::PUBLIC_URL_SETTING.into(),
        ConfigError::NotifyAfter => words::NOTIFY_AFTER_SETTING.into(),
        ConfigError::QrTimeout => words::QR_TIMEOUT_SETTING.into(),
        ConfigError::TrustedProxy(part) => words::trusted_proxy_setting(part),
        ConfigError::MetricsListen => words::METRICS_LISTEN_SETTING.into(),
        ConfigError::LogFormat => words::LOG_FORMAT_SETTING.into(),
        ConfigError::AllowedOrigin(part) => words::allow_origin_setting(part),
        ConfigError::BackupEvery => words::BACKUP_EVERY_SETTING.into(),
        ConfigError::BackupKeep => words::BACKUP_KEEP_SETTING.into(),
        ConfigError::BackupKey => words::BACKUP_KEY_SETTING.into(),
    }
}
