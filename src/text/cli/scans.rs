//! The help for a scan that does nothing, for a terminal.

use crate::domain::ServerVersions;
use crate::text::language::say;
use crate::text::scans::{scan_causes, scan_question};

/// What whoever scans is asked, each answer with its cause and cure, and the server's releases.
pub fn scan_help(versions: &ServerVersions) -> String {
    let causes =
        scan_causes().map(|cause| format!("- \"{}\": {} {}", cause.phone_says, cause.cause, cause.cure));
    let server = server_versions(versions.server.as_deref(), versions.whatsapp_web.as_deref());
    let lines = std::iter::once(scan_question().to_owned()).chain(causes).chain(server);
    lines.collect::<Vec<_>>().join("\n")
}

/// The releases of the server, as far as it named them.
fn server_versions(server: Option<&str>, whatsapp_web: Option<&str>) -> Option<String> {
    let server = server.map(|version| format!("Evolution API {version}"));
    let whatsapp_web = whatsapp_web.map(|version| format!("WhatsApp Web {version}"));
    let named: Vec<_> = server.into_iter().chain(whatsapp_web).collect();
    (!named.is_empty()).then(|| say!("Este servidor: {}.", "This server: {}.", named.join(", ")))
}
