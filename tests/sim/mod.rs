//! The simulated upstream.

mod control;
mod replay;
