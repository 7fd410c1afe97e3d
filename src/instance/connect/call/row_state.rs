//! The row of a call: as the call knows it, and as the database does.

use crate::store::InstanceRow;

/// The row in both states. There is none until one is read or written.
#[derive(Default)]
pub(super) struct RowState {
    current: Option<InstanceRow>,
    saved: Option<InstanceRow>,
}

impl RowState {
    /// The row as the call knows it.
    pub(super) fn known(&self) -> Option<&InstanceRow> {
        self.current.as_ref()
    }

    /// Takes the row as the database has it.
    pub(super) fn replace(&mut self, row: Option<InstanceRow>) {
        self.saved.clone_from(&row);
        self.current = row;
    }

    /// Changes the row; what is to be saved, unless the database says so already.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut InstanceRow)) -> Option<&InstanceRow> {
        change(self.current.as_mut().expect("upstream is touched only for a row"));
        if self.current == self.saved { None } else { self.current.as_ref() }
    }

    /// Notes that the database has the row as the call knows it.
    pub(super) fn note_saved(&mut self) {
        self.saved.clone_from(&self.current);
    }
}
