//! `pareia audit`: who did what, as `/api/admin/audit` tells it.

use std::io::{self, Write};

use serde::Serialize;

use super::output::{CommandFailure, CommandResult};
use super::table::{TableLine, list};
use super::values;
use crate::domain::{Millis, clock};
use crate::http::{AuditJson, write_csv};
use crate::store::{self, AuditEntry, AuditFilter, Store};
use crate::text::cli as words;

/// What can be done with the audit trail.
#[derive(clap::Subcommand, Debug)]
pub enum AuditCommand {
    List(AuditList),
}

/// Which entries to show, and how.
#[derive(clap::Args, Debug)]
pub struct AuditList {
    #[arg(long, value_name = "USUÁRIO", value_parser = values::typed())]
    user: Option<String>,
    #[arg(long, value_name = "AÇÃO", value_parser = values::audit_action)]
    action: Option<String>,
    #[arg(long, value_name = "NOME", value_parser = values::typed())]
    subject: Option<String>,
    #[arg(long, value_name = "DIA", value_parser = values::first_moment)]
    from: Option<Millis>,
    #[arg(long, value_name = "DIA", value_parser = values::last_moment)]
    to: Option<Millis>,
    #[arg(long, value_name = "LINHAS", default_value_t = 50)]
    limit: u32,
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[arg(long)]
    json: bool,
}

/// Runs one of them.
pub fn run(store: &Store, command: AuditCommand) -> CommandResult {
    let AuditCommand::List(AuditList { user, action, subject, from, to, limit, csv, json }) = command;
    let filter = AuditFilter { user, action, subject, from, to };
    if csv {
        let mut stdout = io::stdout().lock();
        let mut add = |text: &str| stdout.write_all(text.as_bytes()).map_err(|error| store.file_error(error));
        return write_csv(store, &filter, &mut add).map_err(|error| match error {
            store::Error::Io(_, error) if error.kind() == io::ErrorKind::BrokenPipe => {
                CommandFailure::OutputClosed
            }
            error => error.into(),
        });
    }
    list(&store.audit(&filter, None, limit)?, json, words::no_audit())
}

impl TableLine for AuditEntry {
    fn titles() -> &'static [&'static str] {
        words::audit_titles()
    }

    fn cells(&self) -> Vec<String> {
        let text = |value: &Option<String>| words::or_dash(value.clone());
        vec![
            clock::short(self.at),
            text(&self.actor),
            self.via.clone(),
            text(&self.address),
            self.action.clone(),
            words::or_dash(self.subject.clone().or_else(|| self.subject_id.clone())),
            text(&self.detail),
            self.result.clone(),
        ]
    }

    fn json(&self) -> impl Serialize {
        AuditJson::from(self)
    }
}
