//! What is advised to whoever scans a code and gets nowhere, as it is told wherever an instance or its code is
//! shown.

use serde::Serialize;

use crate::domain::ScanHelp;
use crate::text;

/// The causes, each by what the phone says, and the server's releases.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanHelpJson<'a> {
    code: &'static str,
    message: &'static str,
    causes: [ScanCauseJson; 2],
    evolution_version: Option<&'a str>,
    whatsapp_web_version: Option<&'a str>,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ScanCauseJson {
    code: &'static str,
    phone_says: &'static str,
    cause: &'static str,
    cure: &'static str,
}

impl<'a> ScanHelpJson<'a> {
    /// What is said of the help that a row calls for.
    pub fn of(help: &'a ScanHelp) -> Self {
        let cause = |cause: text::ScanCause| {
            let text::ScanCause { code, phone_says, cause, cure } = cause;
            ScanCauseJson { code, phone_says, cause, cure }
        };
        Self {
            code: text::SCAN_HELP_CODE,
            message: text::scan_question(),
            causes: text::scan_causes().map(cause),
            evolution_version: help.versions.server.as_deref(),
            whatsapp_web_version: help.versions.whatsapp_web.as_deref(),
        }
    }
}
