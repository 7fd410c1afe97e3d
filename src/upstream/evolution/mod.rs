//! Evolution API servers, behind one small method for each endpoint.
//!
//! Every call has a deadline, writes one line of the log, and ends in a fact or a
//! [`UpstreamError`](crate::domain::UpstreamError); nothing is retried but a call on a dead idle connection
//! that is safe to repeat. 1.8 and 2.x are told apart by what they answer.

mod call_policy;
mod client;
mod code;
mod decode;
mod entry;
mod list_stream;
mod public_keys;
mod settings;

pub(super) use client::EvolutionClient;
pub(super) use public_keys::is_public_default_key;
