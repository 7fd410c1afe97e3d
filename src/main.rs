//! The `pareia` binary: arguments go in, an exit code comes out.
//!
//! Everything it does lives in the library, where tests reach it; nothing may be decided here.

use std::process::ExitCode;

fn main() -> ExitCode {
    pareia::cli::run(std::env::args_os())
}
