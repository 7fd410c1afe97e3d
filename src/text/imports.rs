//! Sentences about tables of numbers that are exported and imported.

use super::language::{either, say};
use super::requests::phone;
use crate::domain::{ImportConflict, ImportFault, ImportOutcome, Status};

/// The head of an export. An import reads either language.
pub fn export_columns() -> &'static [&'static str] {
    either(
        &[
            "nome",
            "telefone",
            "dono",
            "etiquetas",
            "servidor",
            "apelido",
            "nota",
            "situação",
            "desde",
            "celular conectado",
        ],
        &[
            "name",
            "phone",
            "owner",
            "labels",
            "server",
            "display name",
            "note",
            "status",
            "since",
            "linked number",
        ],
    )
}

/// A status in an export, in the page's words; an import does not read it.
pub fn export_status(status: Status) -> &'static str {
    match status {
        Status::Connected => either("Conectado", "Connected"),
        Status::Connecting => either("Aguardando leitura", "Waiting for scan"),
        Status::Disconnected => either("Desconectado", "Disconnected"),
        Status::Pending => either("Não iniciado", "Not started"),
        Status::Lost => either("Não encontrado", "Not found"),
        Status::Error => either("Com erro", "Failed"),
    }
}

/// Why a line is not written; none where it is.
pub fn import_reason(outcome: &ImportOutcome) -> Option<String> {
    Some(match outcome {
        ImportOutcome::New | ImportOutcome::Change | ImportOutcome::Same => return None,
        ImportOutcome::Conflict(conflict) => import_conflict(conflict),
        ImportOutcome::Invalid(fault) => import_fault(fault),
    })
}

fn import_conflict(conflict: &ImportConflict) -> String {
    match conflict {
        ImportConflict::Owner => {
            either("o nome já é de outro dono", "the name is another owner's").to_owned()
        }
        ImportConflict::Phone => {
            either("o nome já existe com outro telefone", "the name is there with another phone").to_owned()
        }
        ImportConflict::Server => {
            either("o nome já existe em outro servidor", "the name is there on another server").to_owned()
        }
        ImportConflict::Room => {
            either("o servidor está cheio, ou sendo esvaziado", "the server is full, or is being drained")
                .to_owned()
        }
        ImportConflict::Line(line) => {
            say!("o nome já está na linha {}", "the name is in line {} already", line)
        }
        ImportConflict::Upstream(None) => either(
            "a Evolution já tem este nome com um celular: um administrador o adota",
            "Evolution has this name with a phone already: an administrator adopts it",
        )
        .to_owned(),
        ImportConflict::Upstream(Some(server)) => say!(
            "o servidor {} já tem este nome com um celular: adote-o",
            "the server {} has this name with a phone already: adopt it",
            server
        ),
    }
}

fn import_fault(fault: &ImportFault) -> String {
    match fault {
        ImportFault::Name => either("falta o nome", "the name is missing").to_owned(),
        ImportFault::Phone(error) => say!("o telefone {}", "the phone {}", phone(error)),
        ImportFault::DisplayName => {
            either("o apelido passa de 80 caracteres", "the display name has over 80 characters").to_owned()
        }
        ImportFault::Note => {
            either("a nota passa de 500 caracteres", "the note has over 500 characters").to_owned()
        }
        ImportFault::Labels => either(
            "são até 20 etiquetas, de até 40 caracteres cada",
            "there may be 20 labels, of 40 characters each",
        )
        .to_owned(),
        ImportFault::Owner => either(
            "não há este usuário, ou você não pode dar números a ele",
            "there is no such user, or you may give no numbers to them",
        )
        .to_owned(),
        ImportFault::Server => either(
            "não há um servidor ativo só com este nome, ou só um administrador o escolhe",
            "no single active server has this name, or only an administrator chooses it",
        )
        .to_owned(),
    }
}

/// The first line names no column of a name.
pub fn import_without_head() -> &'static str {
    either(
        "csv: a primeira linha deve ter os nomes das colunas, ao menos nome e telefone",
        "csv: the first line must have the names of the columns, at least name and phone",
    )
}

/// A cell never ends.
pub fn import_open_quote(line: usize) -> String {
    say!("csv: a linha {} tem aspas que não fecham", "csv: line {} has a quote that never ends", line)
}

/// Neither a table nor lines.
pub fn import_empty() -> &'static str {
    either("rows: mande de 1 a 500 linhas", "rows: send 1 to 500 lines")
}
