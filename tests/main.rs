//! The integration suite: one binary, over real HTTP, a real SQLite file and the simulated upstream
//! as a real server. Its folders are those of `src`, and `monitoring`.

mod cli;
mod harness;
mod http;
mod instance;
mod monitoring;
mod notices;
mod serving;
mod sim;
mod store;
mod tidy;
mod upstream;
