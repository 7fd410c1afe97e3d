//! What is wrong with a setting, in words.

use super::config::ConfigError;
use crate::text::cli as words;

/// The sentence of a setting that makes no sense.
pub fn sentence(problem: &ConfigError) -> String {
    match problem {
        ConfigError::NoDataFolder => words::no_data_folder().into(),
        ConfigError::EmptyDataFolder => words::empty_data_folder().into(),
        ConfigError::Listen => words::listen_setting().into(),
        ConfigError::PublicUrl => words::public_url_setting().into(),
        ConfigError::NotifyAfter => words::notify_after_setting().into(),
        ConfigError::QrTimeout => words::qr_timeout_setting().into(),
        ConfigError::TrustedProxy(part) => words::trusted_proxy_setting(part),
        ConfigError::MetricsListen => words::metrics_listen_setting().into(),
        ConfigError::LogFormat => words::log_format_setting().into(),
        ConfigError::AllowedOrigin(part) => words::allow_origin_setting(part),
        ConfigError::BackupEvery => words::backup_every_setting().into(),
        ConfigError::BackupKeep => words::backup_keep_setting().into(),
        ConfigError::BackupKey => words::backup_key_setting().into(),
    }
}
