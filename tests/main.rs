//! The integration suite: one binary, over real HTTP, a real SQLite file and the simulated upstream
//! as a real server.

mod access;
mod admin;
mod assets;
mod cli_commands;
mod concurrency;
mod crash;
mod faults;
mod harness;
mod http_server;
mod instances;
mod links;
mod races;
mod recorded;
mod removal;
mod returning;
mod scenarios;
mod sim_replay;
mod storage;
mod tidy;
mod watcher;
mod webhooks;
