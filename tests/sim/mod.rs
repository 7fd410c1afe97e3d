//! The simulated upstream.

mod replay;
