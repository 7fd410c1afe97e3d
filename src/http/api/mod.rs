//! The routes, one file per resource: parsed values in, a reply out.

pub mod admin;
pub mod change;
pub mod connect;
pub mod details;
pub mod events;
pub mod export_file;
pub mod facets;
pub mod health;
pub mod imports;
pub mod instance;
pub mod instances;
pub mod link;
pub mod login;
pub mod moving;
pub mod notices;
pub mod picture;
pub mod reconnect;
pub mod scan_help;
pub mod second_factor;
pub mod server_problem;
pub mod session;
pub mod uptime;
pub mod uptime_csv;
pub mod uptime_report;
pub mod webhook;
