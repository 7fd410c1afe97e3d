//! The services that a command calls, and the row that a command names.

use std::sync::Arc;
use std::time::Duration;

use crate::cli::output::CommandFailure;
use crate::domain::Viewer;
use crate::instance::connect::ConnectService;
use crate::store::{InstanceRef, Store};
use crate::text::cli as words;

/// How long one call may wait for a QR code; `serve` waits as long unless told otherwise.
const QR_TIMEOUT: Duration = Duration::from_secs(20);

/// A connect service on an open data folder.
pub fn connect_service(store: Store) -> Arc<ConnectService> {
    Arc::new(ConnectService::new(Arc::new(store), QR_TIMEOUT))
}

/// The row of that name or id, whoever owns it: the command line sees the whole data folder.
pub fn find(store: &Store, name: &str) -> Result<InstanceRef, CommandFailure> {
    store
        .target(name, &Viewer::default())?
        .ok_or_else(|| CommandFailure::Failed(words::instance_unknown(name)))
}
