//! The use case: one call that ends in a code or a clear reason.

mod outcome;

use std::sync::Arc;
use std::time::Duration;

pub use outcome::{Answer, Ask, Found, Outcome, Qr, Refusal};

use crate::store::Store;

/// How a caller who does not want to wait gets the outcome.
pub type Reply = Box<dyn FnOnce(&Outcome) + Send>;

/// Runs the use case, one flight per name.
pub struct Engine {
    _store: Arc<Store>,
}

impl Engine {
    /// An engine on an open data folder. `qr_timeout` bounds a whole call.
    pub fn new(store: Arc<Store>, _qr_timeout: Duration) -> Self {
        Self { _store: store }
    }

    /// Joins the flight of an equal call, or begins one. `reply` is called exactly once in either
    /// case: by this flight, or by the one that was joined. `trace` is the request id for the log.
    #[must_use = "a flight that is dropped answers Busy"]
    pub fn enter(self: &Arc<Self>, _ask: Ask, _trace: String, _reply: Reply) -> Option<Flight> {
        unimplemented!("lands with the engine")
    }

    /// Runs the call and waits for its outcome.
    pub fn ensure(self: &Arc<Self>, _ask: Ask, _trace: String) -> Outcome {
        unimplemented!("lands with the engine")
    }
}

/// A call that is to be run: everybody who joined gets its outcome. Dropped before it was run, it
/// answers [`Refusal::Busy`].
pub struct Flight {}

impl Flight {
    /// Runs the call on this thread, which may take up to the engine's `qr_timeout`.
    pub fn fly(self) {}
}
