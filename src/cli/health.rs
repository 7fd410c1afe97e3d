//! `pareia health`: whether the `serve` of this data folder takes calls, as an exit code, for containers and
//! supervisors. Opens the database only to learn the port, and writes nothing. The server of another folder, of which this
//! one may be a copy, is none.

use std::path::Path;
use std::time::{Duration, Instant};

use super::output::{CommandResult, fail, note, out};
use super::serve_state::{ServeState, serve_address, serving_note};
use super::values;
use crate::store::is_served;
use crate::text;
use crate::text::cli as words;

/// The arguments of `health`.
#[derive(clap::Args, Debug)]
pub struct HealthArgs {
    #[arg(long, env = "PAREIA_LISTEN", value_name = "ENDEREÇO")]
    listen: Option<String>,
    #[arg(long, value_name = "SEGUNDOS", default_value = "5", value_parser = values::wait_seconds)]
    timeout: u64,
}

/// Asks once.
pub fn run(folder: &Path, args: &HealthArgs) -> CommandResult {
    let deadline = Instant::now() + Duration::from_secs(args.timeout);
    let given = args.listen.as_deref().map(crate::domain::typed_value);
    // An address that was given counts where there are no data to say otherwise.
    let is_unserved = is_served(folder).is_ok_and(|served| !served);
    if is_unserved && (given.is_none() || folder.exists()) {
        return fail(words::health_unserved(folder));
    }
    let address = serve_address(given.as_deref(), serving_note(folder).as_ref());
    match ServeState::ask(&address, deadline) {
        ServeState::Ready(warning) => {
            warning.into_iter().for_each(note);
            out("ok")
        }
        ServeState::NotReady(why) => fail(words::health_not_ready(&address, &why, text::not_ready_detail())),
        ServeState::Other => fail(words::health_other(&address)),
        ServeState::Absent => fail(words::health_absent(&address)),
        ServeState::Failed(error) => fail(words::health_failed(&address, &error)),
    }
}
