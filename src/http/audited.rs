//! Which requests are acts of the audit trail: who makes them is said before their handler runs, and that they were
//! refused after it. What was done is noted by the store, in the write that does it.

use super::app::App;
use super::problem::Problem;
use super::request::Request;
use super::security::auth;
use crate::domain::{Actor, AuditAction, Via};
use crate::store::{Acting, act_as};

/// Says that whoever makes this request acts on this thread; the handler says who that is.
pub fn begin(app: &App, request: &Request) -> Acting {
    act_as(Actor {
        via: Via::Nobody,
        address: Some(auth::address(app, request).to_string()),
        request: Some(request.id().to_owned()),
        ..Actor::default()
    })
}

/// Notes that somebody who is known was refused what they meant to do.
pub fn note_refused(app: &App, request: &Request, route: &str, problem: &Problem) {
    // What is no whole request, or comes too often, was never looked at.
    if matches!(problem.status(), 400 | 408 | 413 | 429) {
        return;
    }
    let Some(action) = action(request.method(), route) else { return };
    let noted = app.store.note_refused(action, subject(app, request, action), problem.sentence().code);
    if let Err(error) = noted {
        log::error!("id={} a refusal was not noted: {error}", request.id());
    }
}

/// What a request is about. The store looks up what it has; a file that is not there is a text that somebody typed.
fn subject<'a>(app: &App, request: &'a Request, action: AuditAction) -> &'a str {
    let typed = request.captured();
    if action.is_of_file() && app.backups.find(typed).is_none() { "" } else { typed }
}

/// What a route does that the trail tells.
pub fn action(method: &str, route: &str) -> Option<AuditAction> {
    use AuditAction as A;
    let actions = [
        ("PATCH", "/api/messaging/instance/{}", A::InstanceChange),
        ("DELETE", "/api/messaging/instance/{}", A::InstanceDelete),
        ("GET", "/api/messaging/instance/{}/export", A::InstanceExport),
        ("POST", "/api/messaging/import", A::InstanceCreate),
        ("POST", "/api/messaging/instance/{}/logout", A::InstanceLogout),
        ("POST", "/api/messaging/instance/{}/move", A::InstanceMove),
        ("POST", "/api/messaging/instance/{}/restart", A::InstanceRestart),
        ("POST", "/api/messaging/instance/{}/test-message", A::InstanceTest),
        ("POST", "/api/messaging/instance/{}/link", A::LinkCreate),
        ("DELETE", "/api/messaging/instance/{}/link", A::LinkRevoke),
        ("POST", "/api/notices", A::NoticeAdd),
        ("DELETE", "/api/notices/{}", A::NoticeRemove),
        ("POST", "/api/notices/{}/enable", A::NoticeEnable),
        ("POST", "/api/notices/{}/disable", A::NoticeDisable),
        ("DELETE", "/api/sessions/{}", A::SessionEnd),
        ("POST", "/api/second-factor/confirm", A::UserFactorOn),
        ("DELETE", "/api/second-factor", A::UserFactorOff),
        ("POST", "/api/password", A::UserPassword),
        ("POST", "/api/admin/credentials", A::CredentialAdd),
        ("PATCH", "/api/admin/credentials/{}", A::CredentialPlacement),
        ("DELETE", "/api/admin/credentials/{}", A::CredentialRemove),
        ("POST", "/api/admin/credentials/{}/rotate", A::CredentialKey),
        ("POST", "/api/admin/credentials/{}/ca", A::CredentialAuthorities),
        ("POST", "/api/admin/credentials/{}/enable", A::CredentialEnable),
        ("POST", "/api/admin/credentials/{}/disable", A::CredentialDisable),
        ("POST", "/api/admin/users", A::UserAdd),
        ("PATCH", "/api/admin/users/{}", A::UserRole),
        ("DELETE", "/api/admin/users/{}", A::UserRemove),
        ("POST", "/api/admin/users/{}/password", A::UserPassword),
        ("POST", "/api/admin/tokens", A::TokenCreate),
        ("DELETE", "/api/admin/tokens/{}", A::TokenRevoke),
        ("POST", "/api/admin/unmanaged/adopt", A::InstanceAdopt),
        ("GET", "/api/admin/audit/export", A::AuditExport),
        ("POST", "/api/admin/backups", A::BackupMake),
        ("POST", "/api/admin/backups/upload", A::BackupUpload),
        ("DELETE", "/api/admin/backups/{}", A::BackupRemove),
        ("POST", "/api/admin/backups/{}/key", A::BackupKey),
        ("POST", "/api/admin/backups/{}/download", A::BackupDownload),
        ("POST", "/api/admin/backups/{}/restore", A::BackupRestore),
    ];
    actions.iter().find(|(of, at, _)| (*of, *at) == (method, route)).map(|(.., action)| *action)
}
