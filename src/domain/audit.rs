//! What the audit trail tells: the closed list of acts, and who acts. It never looks anything up.

/// What people do that the audit trail tells. The words are those of the API and of `audit_entries.action`: what it is
/// done to, a dot, and what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    AuditExport,
    BackupDownload,
    BackupKey,
    BackupMake,
    BackupRemove,
    BackupRestore,
    BackupUpload,
    CredentialAdd,
    CredentialAuthorities,
    CredentialDisable,
    CredentialEnable,
    CredentialKey,
    CredentialPlacement,
    CredentialRemove,
    InstanceAdopt,
    InstanceChange,
    InstanceCreate,
    InstanceDelete,
    InstanceErase,
    InstanceExport,
    InstanceLogout,
    InstanceMove,
    InstanceRemove,
    InstanceRestart,
    InstanceTest,
    LinkCreate,
    LinkRevoke,
    NoticeAdd,
    NoticeDisable,
    NoticeEnable,
    NoticeRemove,
    SessionBegin,
    SessionEnd,
    SetupDone,
    SetupLink,
    TokenCreate,
    TokenRevoke,
    UserAdd,
    UserFactorOff,
    UserFactorOn,
    UserPassword,
    UserRemove,
    UserRole,
}

/// Every act with its word.
const WORDS: &[(AuditAction, &str)] = &[
    (AuditAction::AuditExport, "audit.export"),
    (AuditAction::BackupDownload, "backup.download"),
    (AuditAction::BackupKey, "backup.key"),
    (AuditAction::BackupMake, "backup.make"),
    (AuditAction::BackupRemove, "backup.remove"),
    (AuditAction::BackupRestore, "backup.restore"),
    (AuditAction::BackupUpload, "backup.upload"),
    (AuditAction::CredentialAdd, "credential.add"),
    (AuditAction::CredentialAuthorities, "credential.ca"),
    (AuditAction::CredentialDisable, "credential.disable"),
    (AuditAction::CredentialEnable, "credential.enable"),
    (AuditAction::CredentialKey, "credential.key"),
    (AuditAction::CredentialPlacement, "credential.placement"),
    (AuditAction::CredentialRemove, "credential.remove"),
    (AuditAction::InstanceAdopt, "instance.adopt"),
    (AuditAction::InstanceChange, "instance.change"),
    (AuditAction::InstanceCreate, "instance.create"),
    (AuditAction::InstanceDelete, "instance.delete"),
    (AuditAction::InstanceErase, "instance.erase"),
    (AuditAction::InstanceExport, "instance.export"),
    (AuditAction::InstanceLogout, "instance.logout"),
    (AuditAction::InstanceMove, "instance.move"),
    (AuditAction::InstanceRemove, "instance.remove"),
    (AuditAction::InstanceRestart, "instance.restart"),
    (AuditAction::InstanceTest, "instance.test"),
    (AuditAction::LinkCreate, "link.create"),
    (AuditAction::LinkRevoke, "link.revoke"),
    (AuditAction::NoticeAdd, "notice.add"),
    (AuditAction::NoticeDisable, "notice.disable"),
    (AuditAction::NoticeEnable, "notice.enable"),
    (AuditAction::NoticeRemove, "notice.remove"),
    (AuditAction::SessionBegin, "session.begin"),
    (AuditAction::SessionEnd, "session.end"),
    (AuditAction::SetupDone, "setup.done"),
    (AuditAction::SetupLink, "setup.link"),
    (AuditAction::TokenCreate, "token.create"),
    (AuditAction::TokenRevoke, "token.revoke"),
    (AuditAction::UserAdd, "user.add"),
    (AuditAction::UserFactorOff, "user.factor_off"),
    (AuditAction::UserFactorOn, "user.factor_on"),
    (AuditAction::UserPassword, "user.password"),
    (AuditAction::UserRemove, "user.remove"),
    (AuditAction::UserRole, "user.role"),
];

impl AuditAction {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        WORDS.iter().find(|(action, _)| *action == self).map_or("", |(_, word)| word)
    }

    /// The kind of thing that it is done to: what its word has before the dot.
    pub fn kind(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }

    /// Whether it is done to a file, which no table has.
    pub fn is_of_file(self) -> bool {
        self.kind() == "backup"
    }

    /// The words that a trail can be filtered by: those of acts, and of the kinds of things they are done to.
    pub fn is_filter(word: &str) -> bool {
        WORDS.iter().any(|(action, of)| *of == word || action.kind() == word)
    }

    /// The words of all acts.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(_, word)| *word)
    }
}

/// By what somebody acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Via {
    /// The page.
    Session,
    /// A bearer token.
    Token,
    /// A command beside the server.
    CommandLine,
    /// This program, by itself.
    #[default]
    Program,
    /// A request of nobody that is known yet.
    Nobody,
}

impl Via {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::CommandLine => "command_line",
            Self::Program => "program",
            Self::Nobody => "nobody",
        }
    }
}

/// Who acts, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The user's name, or the system's user of a command.
    pub name: Option<String>,
    /// The id of the user's row.
    pub user: Option<String>,
    pub via: Via,
    /// The id of the session or the token.
    pub via_id: Option<String>,
    /// The address that the request came from.
    pub address: Option<String>,
    /// The id of the request.
    pub request: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_one_word_with_a_kind() {
        let words: std::collections::BTreeSet<_> = AuditAction::words().collect();
        assert_eq!(words.len(), WORDS.len());
        assert!(words.iter().all(|word| word.split('.').count() == 2), "{words:?}");
        assert_eq!(AuditAction::UserRole.kind(), "user");
        for (word, is_filter) in
            [("user", true), ("user.role", true), ("user.", false), ("", false), ("x", false)]
        {
            assert_eq!(AuditAction::is_filter(word), is_filter, "{word}");
        }
    }
}
