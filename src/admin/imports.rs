//! The rules for numbers that people list in a table: what each line would do, and doing it.
//!
//! Nothing upstream is touched, nothing is overwritten but texts, and what was written is left alone when the same table
//! comes again. So an import that was cut short is simply made again.

use std::collections::HashMap;

use super::lawful_name::lawful_name;
use crate::domain::csv::TableRow;
use crate::domain::{
    Caller, Channel, Credential, Description, ImportConflict, ImportFault, ImportOutcome, Intake, Name,
    Permission, Phone, PhoneFault, ServerRoom, display_name, labels, note, trimmed, unaccented,
};
use crate::store::{self, NamedRow, NumberWrite, Store};

/// Most lines of one import: some tens of milliseconds of one transaction.
pub const MOST_LINES: usize = 500;

/// A line as people wrote it; a text that is empty is not given.
#[derive(Clone, Debug, Default)]
pub struct ImportLine {
    /// Its number in the table, from 1.
    pub number: usize,
    pub name: String,
    pub phone: String,
    pub owner: String,
    pub server: String,
    pub display_name: String,
    pub note: String,
    pub labels: Vec<String>,
}

/// What an import makes of a line, and its name.
pub struct ImportedLine {
    pub number: usize,
    pub name: String,
    /// The phone that it is read as; `None`: none is.
    pub phone: Option<Phone>,
    pub outcome: ImportOutcome,
}

/// A column that a table may have.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    Name,
    Phone,
    Owner,
    Server,
    DisplayName,
    Note,
    Labels,
}

/// What the columns are called, folded.
const COLUMNS: [(Column, &[&str]); 7] = [
    (Column::Name, &["nome", "name", "channelinstanceid", "instancia"]),
    (Column::Phone, &["telefone", "numero", "celular", "whatsapp", "phone", "number", "channelphoneorid"]),
    (Column::Owner, &["dono", "usuario", "owner", "user"]),
    (Column::Server, &["servidor", "server"]),
    (Column::DisplayName, &["apelido", "nomeparamostrar", "displayname"]),
    (Column::Note, &["nota", "observacao", "note"]),
    (Column::Labels, &["etiquetas", "etiqueta", "labels", "label", "tags"]),
];

impl ImportLine {
    fn take(&mut self, column: Column, cell: String) {
        match column {
            Column::Name => self.name = cell,
            Column::Phone => self.phone = cell,
            Column::Owner => self.owner = cell,
            Column::Server => self.server = cell,
            Column::DisplayName => self.display_name = cell,
            Column::Note => self.note = cell,
            Column::Labels => self.labels = listed(&cell),
        }
    }
}

/// The lines of a table whose first row names its columns; `None` where none of them is the name.
pub fn table_lines(table: Vec<TableRow>) -> Option<Vec<ImportLine>> {
    let mut rows = table.into_iter();
    let (_, head) = rows.next()?;
    let columns: Vec<_> = head.iter().map(|cell| column(&folded(cell))).collect();
    columns.contains(&Some(Column::Name)).then_some(())?;
    let line = |(number, cells): TableRow| {
        let mut line = ImportLine { number, ..ImportLine::default() };
        for (column, cell) in columns.iter().zip(cells) {
            if let Some(column) = column {
                line.take(*column, cell);
            }
        }
        line
    };
    Some(rows.map(line).collect())
}

fn column(head: &str) -> Option<Column> {
    COLUMNS.iter().find(|(_, names)| names.contains(&head)).map(|(column, _)| *column)
}

/// The letters and digits of a text, small and without accents.
fn folded(text: &str) -> String {
    unaccented(text).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Labels in one cell: between bars or, where there is none, between commas.
fn listed(cell: &str) -> Vec<String> {
    let between = if cell.contains('|') { '|' } else { ',' };
    cell.split(between).map(trimmed).filter(|label| !label.is_empty()).map(str::to_owned).collect()
}

/// The labels of a number in one cell, as [`table_lines`] reads them.
pub fn label_cell(labels: &[String]) -> String {
    let cell = labels.join(if labels.iter().any(|label| label.contains(',')) { " | " } else { ", " });
    let is_one_with_comma = labels.len() == 1 && cell.contains(',');
    if is_one_with_comma { cell + " |" } else { cell }
}

/// Says what each line would do, or does it.
pub fn import(
    store: &Store,
    caller: &Caller,
    lines: &[ImportLine],
    writes: bool,
) -> Result<Vec<ImportedLine>, store::Error> {
    let (mut imported, plans) = plan(store, caller, lines)?;
    if !writes {
        return Ok(imported);
    }
    let overtaken = write(store, &plans)?;
    if overtaken.is_empty() {
        return Ok(imported);
    }
    // Somebody else wrote meanwhile: what these lines mean now is looked at once more.
    let anew_lines: Vec<_> = overtaken.iter().map(|at| lines[*at].clone()).collect();
    let (mut anew, plans) = plan(store, caller, &anew_lines)?;
    for at in write(store, &plans)? {
        anew[at].outcome = ImportOutcome::Conflict(ImportConflict::Upstream(None));
    }
    overtaken.into_iter().zip(anew).for_each(|(at, line)| imported[at] = line);
    Ok(imported)
}

/// What each line would do, and what there is to write, by the place of its line.
type PlannedImport = (Vec<ImportedLine>, Vec<(usize, NumberWrite)>);

fn plan(store: &Store, caller: &Caller, lines: &[ImportLine]) -> Result<PlannedImport, store::Error> {
    let mut planner = LinePlanner::new(store, caller)?;
    let (mut imported, mut plans) = (Vec::new(), Vec::new());
    for line in lines {
        let name = line_name(line);
        let judged = match &name {
            Ok(name) => planner.plan(line, name)?,
            Err(fault) => Err(ImportOutcome::Invalid(fault.clone())),
        };
        let (outcome, phone) = match judged {
            Ok((outcome, plan)) => {
                let phone = plan.phone.clone();
                plans.push((imported.len(), plan));
                (outcome, Some(phone))
            }
            Err(outcome) => (outcome, None),
        };
        let name = name.map_or_else(|_| line.name.clone(), |name| name.as_str().to_owned());
        imported.push(ImportedLine { number: line.number, name, phone, outcome });
    }
    Ok((imported, plans))
}

/// Writes what is planned, all at once; the lines that somebody else's writing left no place for.
fn write(store: &Store, plans: &[(usize, NumberWrite)]) -> Result<Vec<usize>, store::Error> {
    if plans.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<_> = plans.iter().map(|(_, number)| number).collect();
    let written = store.write_numbers(Channel::WhatsappEvolution, &numbers)?;
    Ok(plans.iter().zip(written).filter(|(_, written)| !written).map(|((at, _), _)| *at).collect())
}

/// The name of a line: the nearest lawful one, where people wrote theirs.
fn line_name(line: &ImportLine) -> Result<Name, ImportFault> {
    if folded(&line.name).is_empty() {
        return Err(ImportFault::Name);
    }
    Ok(Name::parse(&line.name).unwrap_or_else(|_| lawful_name(trimmed(&line.name), |_| false)))
}

struct LinePlanner<'a> {
    store: &'a Store,
    caller: &'a Caller,
    /// The ids of users by name.
    users: HashMap<String, String>,
    /// The servers in use, with the room that the lines so far leave.
    servers: Vec<(Credential, ServerRoom)>,
    /// The lines of the names so far.
    seen: HashMap<String, usize>,
}

impl<'a> LinePlanner<'a> {
    fn new(store: &'a Store, caller: &'a Caller) -> Result<Self, store::Error> {
        let users = store.users()?.into_iter().map(|user| (user.name, user.id)).collect();
        let servers = store.servers_in_use(Channel::WhatsappEvolution)?;
        Ok(Self { store, caller, users, servers, seen: HashMap::new() })
    }

    /// What a line would do, with what there is to write; the outcome of one with nothing to write is the error.
    fn plan(
        &mut self,
        line: &ImportLine,
        name: &Name,
    ) -> Result<Result<(ImportOutcome, NumberWrite), ImportOutcome>, store::Error> {
        if let Some(earlier) = self.seen.insert(name.as_str().to_owned(), line.number) {
            return Ok(Err(ImportOutcome::Conflict(ImportConflict::Line(earlier))));
        }
        let row = self.store.named_row(Channel::WhatsappEvolution, name)?;
        let upstream = match row {
            Some(_) => None,
            None => self.store.paired_unmanaged(Channel::WhatsappEvolution, name)?,
        };
        let judged = self.judge(line, name, row.as_ref(), upstream);
        if let Ok((ImportOutcome::New, plan)) = &judged {
            let server =
                self.servers.iter_mut().find(|(server, _)| Some(&server.id) == plan.credential.as_ref());
            if let Some((_, room)) = server {
                room.instances += 1;
            }
        }
        Ok(judged)
    }

    fn judge(
        &self,
        line: &ImportLine,
        name: &Name,
        row: Option<&NamedRow>,
        upstream: Option<String>,
    ) -> Result<(ImportOutcome, NumberWrite), ImportOutcome> {
        let manages = self.caller.may(Permission::ManageAllInstances);
        if row.is_some_and(|row| row.user != self.caller.user && !manages) {
            return Err(ImportOutcome::Conflict(ImportConflict::Owner));
        }
        let invalid = ImportOutcome::Invalid;
        let user = self.owner(line, row).ok_or(invalid(ImportFault::Owner))?;
        let phone = read_phone(line, row).map_err(invalid)?;
        let credential = self.server(line, row).ok_or(invalid(ImportFault::Server))?;
        let description = description(line, name).map_err(ImportOutcome::Invalid)?;
        let plan = NumberWrite {
            name: name.clone(),
            phone,
            user,
            credential,
            description,
            row: row.map(|row| row.id.clone()),
        };
        match row {
            None if upstream.is_some() => {
                Err(ImportOutcome::Conflict(ImportConflict::Upstream(upstream.filter(|_| manages))))
            }
            None if !self.has_room(&plan) => Err(ImportOutcome::Conflict(ImportConflict::Room)),
            None => Ok((ImportOutcome::New, plan)),
            Some(row) => compare(plan, row),
        }
    }

    /// The owner's id: whoever imports, or the row's own, where none is named.
    fn owner(&self, line: &ImportLine, row: Option<&NamedRow>) -> Option<String> {
        let named = trimmed(&line.owner);
        if named.is_empty() {
            return Some(row.map_or(&self.caller.user, |row| &row.user).clone());
        }
        let id = self.users.get(named)?;
        let may = *id == self.caller.user || self.caller.may(Permission::ManageAllInstances);
        may.then(|| id.clone())
    }

    /// The server's id, where one is named. Only administrators choose it.
    #[expect(clippy::option_option, reason = "the outer one is the refusal")]
    fn server(&self, line: &ImportLine, row: Option<&NamedRow>) -> Option<Option<String>> {
        let named = trimmed(&line.server);
        if named.is_empty() {
            return Some(None);
        }
        let mut found =
            self.servers.iter().map(|(server, _)| server).filter(|s| s.id == named || s.name == named);
        let (Some(Credential { id, .. }), None) = (found.next(), found.next()) else { return None };
        let is_there = row.is_some_and(|row| row.credential.as_ref() == Some(id));
        (is_there || self.caller.may(Permission::ManageCredentials)).then(|| Some(id.clone()))
    }

    /// Whether the server that is named takes another number; where none is, the first call looks for room.
    fn has_room(&self, plan: &NumberWrite) -> bool {
        let named = self.servers.iter().find(|(server, _)| Some(&server.id) == plan.credential.as_ref());
        named.is_none_or(|(_, room)| room.has_room() && room.rule.intake != Intake::Draining)
    }
}

/// What is there against what the line says.
fn compare(plan: NumberWrite, row: &NamedRow) -> Result<(ImportOutcome, NumberWrite), ImportOutcome> {
    let conflict = |conflict| Err(ImportOutcome::Conflict(conflict));
    let is_phone = Phone::of_row(&row.phone).is_some_and(|phone| phone == plan.phone);
    let new = &plan.description;
    let differs = |new: &Option<String>, old: &String| new.as_ref().is_some_and(|new| new != old);
    if plan.user != row.user {
        conflict(ImportConflict::Owner)
    } else if !is_phone {
        conflict(ImportConflict::Phone)
    } else if plan.credential.is_some() && plan.credential != row.credential {
        conflict(ImportConflict::Server)
    } else if differs(&new.display_name, &row.display_name)
        || differs(&new.note, &row.note)
        || new.labels.as_ref().is_some_and(|labels| *labels != row.labels)
    {
        Ok((ImportOutcome::Change, plan))
    } else {
        Err(ImportOutcome::Same)
    }
}

/// The phone of a line; the row's own, where none is given.
fn read_phone(line: &ImportLine, row: Option<&NamedRow>) -> Result<Phone, ImportFault> {
    if let Some(stored) =
        row.filter(|_| trimmed(&line.phone).is_empty()).and_then(|row| Phone::of_row(&row.phone))
    {
        return Ok(stored);
    }
    Phone::parse(&line.phone).or_else(|error| match error.fault {
        // Lists of a country leave its code out; a dry run shows which is meant.
        PhoneFault::Country => Phone::likely(&line.phone).ok_or(ImportFault::Phone(error)),
        _ => Err(ImportFault::Phone(error)),
    })
}

/// The texts of a line; a name that people wrote is what the number is called.
fn description(line: &ImportLine, name: &Name) -> Result<Description, ImportFault> {
    let written = trimmed(&line.name);
    let called = if line.display_name.is_empty() && written != name.as_str() {
        written
    } else {
        line.display_name.as_str()
    };
    let texts: Vec<&str> = line.labels.iter().map(String::as_str).collect();
    let is_given = |text: &&str| !text.is_empty();
    Ok(Description {
        display_name: Some(called)
            .filter(is_given)
            .map(display_name)
            .transpose()
            .map_err(|_| ImportFault::DisplayName)?,
        note: Some(line.note.as_str())
            .filter(is_given)
            .map(note)
            .transpose()
            .map_err(|_| ImportFault::Note)?,
        labels: (!texts.is_empty()).then(|| labels(&texts)).transpose().map_err(|_| ImportFault::Labels)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::csv;

    #[test]
    fn the_columns_of_a_table_are_found_by_their_names() {
        let lines = |text: &str| table_lines(csv::read(text).expect("a table"));
        let read = lines("Etiquetas;NOME; Nº ;Telefone;Nome para mostrar;x\na, b;loja;7;1;Loja;9\n;só;;\n");
        let read = read.expect("a head");
        let first = &read[0];
        assert_eq!(
            (first.number, &*first.name, &*first.phone, &*first.display_name, first.labels.len()),
            (2, "loja", "1", "Loja", 2)
        );
        assert_eq!((read[1].number, &*read[1].name, &*read[1].phone), (3, "só", ""));
        assert!(lines("loja;5521991856227").is_none() && lines("").is_none());
    }

    #[test]
    fn labels_fit_into_one_cell_and_come_out_again() {
        for labels in [&["a", "b c"][..], &["a, b"], &["a, b", "c"], &["a"], &[]] {
            let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
            assert_eq!(listed(&label_cell(&labels)), labels);
        }
    }
}
