//! Exports of any length: each is written to a file of the data folder before it is sent, a few at a time.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::reply::{FileBody, HttpReply};
use crate::store::{self, Store};
use crate::sync::Permit;

/// An export while it is written.
pub struct ExportFile<'a> {
    store: &'a Store,
    file: BufWriter<File>,
    _turn: Permit<()>,
}

impl<'a> ExportFile<'a> {
    /// An empty one; `busy` where too many are written.
    pub fn begin(app: &'a App) -> Result<Self, Problem> {
        let turn = app.export_turns.take().ok_or(Problem::BUSY)?;
        Ok(Self { store: &app.store, file: BufWriter::new(app.store.scratch_file()?), _turn: turn })
    }

    /// Adds a text.
    pub fn add(&mut self, text: &str) -> Result<(), store::Error> {
        self.file.write_all(text.as_bytes()).map_err(|error| self.store.file_error(error))
    }

    /// The file as an answer of that content type, to be kept under that name.
    pub fn end(self, name: &str, content_type: &str) -> Result<HttpReply, Problem> {
        let written = self.file.into_inner().map_err(io::IntoInnerError::into_error);
        let written = written.and_then(|mut file| {
            let bytes = file.stream_position()?;
            file.rewind().map(|()| FileBody { file, bytes })
        });
        let body = written.map_err(|error| self.store.file_error(error))?;
        Ok(HttpReply::download(name, body).of_type(content_type))
    }
}
