//! The HTTP API, its edge and its security.

mod access;
mod admin;
mod assets;
mod http_server;
mod instances;
mod links;
mod roles;
mod webhooks;
