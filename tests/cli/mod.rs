//! The commands.

mod commands;
