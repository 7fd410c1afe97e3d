//! Authorities come in by a file of PEM, which is checked before it goes anywhere.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::output::CommandFailure;
use crate::store::as_caller;
use crate::text;
use crate::text::cli as words;
use crate::upstream::{MAX_CA, check_ca};

/// Where the authorities of a credential's server are, or that it shall have none; exactly one is named.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
pub struct CaChange {
    #[arg(long, value_name = "ARQUIVO")]
    ca_file: Option<PathBuf>,
    #[arg(long)]
    none: bool,
}

impl CaChange {
    /// Reads the authorities; `None` for none.
    pub fn read(&self) -> Result<Option<String>, CommandFailure> {
        self.ca_file.as_deref().map(read).transpose()
    }
}

/// Reads a PEM file of authorities.
pub fn read(path: &Path) -> Result<String, CommandFailure> {
    // One byte more tells a larger file from one that fits.
    let limit = MAX_CA as u64 + 1;
    let mut bytes = Vec::new();
    as_caller(|| File::open(path))
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| CommandFailure::Failed(words::file_unreadable(path, &error)))?;
    // What is no text holds no PEM, and is refused for that.
    let pem = String::from_utf8_lossy(&bytes).into_owned();
    check_ca(&pem)
        .map_err(|why| CommandFailure::Failed(words::ca_unusable(path, text::ca_certificate(why))))?;
    Ok(pem)
}
