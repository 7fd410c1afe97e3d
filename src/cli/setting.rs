//! What is wrong with a setting of `serve`, in words.

use super::config::Problem;
use crate::text::cli as words;

/// The sentence of a setting that makes no sense.
pub fn sentence(problem: &Problem) -> String {
    match problem {
        Problem::Listen => words::LISTEN_SETTING.into(),
        Problem::PublicUrl => words::PUBLIC_URL_SETTING.into(),
        Problem::QrTimeout => words::QR_TIMEOUT_SETTING.into(),
        Problem::TrustedProxy(part) => words::trusted_proxy_setting(part),
    }
}
