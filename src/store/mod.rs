//! The database: the only place that knows SQL, `rusqlite` and the data folder's files.
//!
//! Every call here is one short statement or transaction. Nothing waits for the network while the
//! database is held: callers get plain values, decide, and come back. One connection writes, a few
//! read beside it (WAL), so a reader never waits for another caller's write to reach the disk.

mod credentials;
mod health;
mod instances;
mod links;
mod listing;
mod open;
mod overview;
mod passwords;
mod people;
mod sessions;
mod settings;
mod watched;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use credentials::{Credential, CredentialLine, NewCredential};
pub use health::Health;
pub use instances::Instance;
pub use links::{LINK_MINUTES, Link, LinkLine, NewLink};
pub use listing::{EventLine, FailingServer, Filter, InstanceLine, Page, Target};
pub use overview::Totals;
pub use passwords::{Account, SetUp};
pub use people::{Identified, NewToken, Removal, TOKEN_DAYS, TokenLine, UserLine, token_end};
pub use sessions::{NewSession, SESSION_LIFE, Session, SessionLine};
pub use watched::Watched;

use crate::crypto::Sealer;

/// Connections that only read; with two cores a third would wait for a core.
const READERS: usize = 2;

/// What can go wrong here. Refusals that a caller expects are values of the calls, not errors.
#[derive(Debug)]
pub enum Error {
    /// The database was written by a newer release, whose tables this one does not know.
    Newer {
        /// The schema version found.
        found: i64,
        /// The newest schema version this release knows.
        known: i64,
    },
    /// Sealed keys are there, `pareia.key` is not.
    KeyMissing(PathBuf),
    /// `pareia.key` holds no key, or not the one that sealed this row's key.
    KeyWrong(PathBuf),
    /// A file of the data folder could not be read or written.
    Io(PathBuf, io::Error),
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// A migration failed; the database is as it was.
    Migration(refinery::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { found, known } => write!(
                f,
                "o banco de dados é da versão {found} e este pareia conhece até a {known}: \
                 instale a versão mais nova do pareia, ou restaure a cópia feita antes da atualização"
            ),
            Self::KeyMissing(path) => write!(
                f,
                "o banco tem chaves seladas, mas {} não existe: restaure esse arquivo do backup \
                 (sem ele as chaves não abrem). Sem backup, apague as credenciais e cadastre-as de novo: \
                 sqlite3 {} 'PRAGMA foreign_keys=ON; DELETE FROM integration_credentials'",
                path.display(),
                path.with_extension("db").display()
            ),
            Self::KeyWrong(path) => write!(
                f,
                "{} não é a chave que selou as credenciais deste banco: restaure o arquivo certo do backup",
                path.display()
            ),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Sqlite(error) => write!(f, "banco de dados: {error}"),
            Self::Migration(error) => write!(f, "a atualização do banco falhou, nada mudou: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// Whether somebody else held the database for too long.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Sqlite(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// An open data folder.
pub struct Store {
    folder: PathBuf,
    sealer: Sealer,
    readers: [Mutex<Connection>; READERS],
    /// Closed after the readers: the last connection moves the log into the database, and one that
    /// only reads cannot.
    writer: Mutex<Connection>,
    turn: AtomicUsize,
}

impl Store {
    /// Opens the data folder, making it and its files when they are missing, and brings the
    /// tables up to date. Other processes may have it open at the same time.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        open::open(folder)
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the database takes writes: begins one and leaves it.
    pub fn check_writable(&self) -> Result<(), Error> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("UPDATE users SET name = name WHERE id = ''", [])?;
        Ok(transaction.rollback()?)
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % READERS;
        Ok(query(&lock(&self.readers[turn]))?)
    }

    /// Runs one transaction. When this returns, it is on the disk.
    fn write<T>(&self, change: impl FnOnce(&Transaction) -> rusqlite::Result<T>) -> Result<T, Error> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = change(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }
}

/// A panic in another caller leaves the connection itself whole: its transaction rolled back.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
