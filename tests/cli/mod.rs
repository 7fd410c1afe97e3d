//! The command line from outside: the real binary on a folder of its own, its exit codes, what it says on
//! stdout and what on stderr.

mod arguments;
mod backups;
mod credentials;
mod demo;
mod desk;
mod doctor;
mod install;
mod instances;
mod json;
mod languages;
mod manuals;
mod moves;
mod notices;
mod people;
mod serve;
mod service;
