//! What the metrics are read from.

use std::sync::Arc;

use crate::http::app::App;
use crate::http::edge::connection_table::ConnectionTable;

/// What the metrics are read from.
pub struct Sources {
    /// What the routes share.
    pub app: Arc<App>,
    /// The connections of the public socket.
    pub connections: Arc<ConnectionTable>,
}
