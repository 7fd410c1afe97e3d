//! The HTTP API, its edge and its security.

mod access;
mod admin;
mod assets;
mod audit;
mod backups;
mod bilingual;
mod cookies;
mod cors;
mod description;
mod descriptions;
mod erasure;
mod held_database;
mod http_server;
mod imports;
mod instances;
mod joining;
mod known_browser;
mod languages;
mod links;
mod metrics;
mod recipes;
mod roles;
mod scans;
mod second_factor;
mod sub_path;
mod token_limits;
mod typed;
mod unmanaged;
mod uptime;
mod viewers;
mod webhooks;

use crate::harness::Answer;

/// Asserts that the answer has that status and code.
#[track_caller]
pub fn check(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code()), (status, code), "{:?}", answer.body);
}
