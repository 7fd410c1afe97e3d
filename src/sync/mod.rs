//! Locks, permits and threads, each mechanism once.

mod file_lock;
mod lanes;
mod mutex;
mod permits;
mod threads;

pub use file_lock::FileLock;
pub use lanes::in_lanes;
pub use mutex::{Condvar, Mutex};
pub use permits::{Permit, PermitLimits, PermitQueue, Permits};
pub use threads::Threads;
