//! The row of a call, in memory and as last saved. Writes nothing.

use crate::store::InstanceRow;

/// Both states of the row; `None` until it is read or written.
#[derive(Default)]
pub(super) struct RowState {
    current: Option<InstanceRow>,
    saved: Option<InstanceRow>,
    /// Whether this call wrote it: nobody listed the number or asked for it before.
    is_new: bool,
}

impl RowState {
    /// The row in memory.
    pub(super) fn known(&self) -> Option<&InstanceRow> {
        self.current.as_ref()
    }

    /// Takes the row as the database has it.
    pub(super) fn replace(&mut self, row: Option<InstanceRow>) {
        self.saved.clone_from(&row);
        self.current = row;
    }

    /// Takes the row that this call has written.
    pub(super) fn begin(&mut self, row: InstanceRow) {
        self.replace(Some(row));
        self.is_new = true;
    }

    /// The row, if this call wrote it.
    pub(super) fn written(&self) -> Option<&InstanceRow> {
        self.known().filter(|_| self.is_new)
    }

    /// Changes the row and returns it if it has to be saved.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut InstanceRow)) -> Option<&InstanceRow> {
        change(self.current.as_mut().expect("upstream is touched only for a row"));
        if self.current == self.saved { None } else { self.current.as_ref() }
    }

    /// Notes that the row in memory is saved.
    pub(super) fn note_saved(&mut self) {
        self.saved.clone_from(&self.current);
    }
}
