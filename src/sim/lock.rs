//! How every mutex of the simulation is locked.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks. A panic while a lock was held is a bug that has been reported already; the state is still of use.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
