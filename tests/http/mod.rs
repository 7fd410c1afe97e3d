//! The HTTP API, its edge and its security.

mod access;
mod admin;
mod assets;
mod backups;
mod cookies;
mod cors;
mod description;
mod descriptions;
mod held_database;
mod http_server;
mod instances;
mod known_browser;
mod links;
mod metrics;
mod recipes;
mod roles;
mod scans;
mod sub_path;
mod typed;
mod unmanaged;
mod webhooks;
