//! `pareia instance connect`: the `POST` of the API, and its code drawn on the terminal until a phone is
//! connected.

use std::thread;
use std::time::Duration;

use super::engine::engine;
use crate::cli::output::{CommandFailure, CommandResult, note, out};
use crate::cli::screen::Screen;
use crate::cli::table::pretty;
use crate::cli::{user, values};
use crate::crypto::new_id;
use crate::domain::{Channel, Name, Phone, Secret};
use crate::http::InstanceDone;
use crate::instance::connect::{Answer, Ask, Outcome, Refusal};
use crate::store::Store;
use crate::text::cli as words;

/// How often the code is asked for again: a scan shows within this time, and upstream barely notices.
const POLL: Duration = Duration::from_secs(2);
/// Calls in a row that may fail while a code is on the screen: a paired phone reconnects at once, and
/// a server that restarts is back within seconds.
const MAX_FAILURES: u32 = 5;

/// Which instance to connect, for whom, and how to show its code.
#[derive(clap::Args, Debug)]
pub struct ConnectArgs {
    #[arg(value_name = "NOME", value_parser = values::name)]
    name: Name,
    #[arg(long, value_name = "USUÁRIO")]
    user: String,
    #[arg(long, value_name = "TELEFONE", value_parser = values::phone)]
    phone: Phone,
    #[arg(long)]
    pairing_code: bool,
    #[arg(long)]
    once: bool,
    #[arg(long)]
    json: bool,
}

/// Connects an instance as the user that was named.
pub fn run(store: Store, arguments: ConnectArgs) -> CommandResult {
    let ask = Ask {
        caller: user::find(&store, &arguments.user)?.caller(),
        channel: Channel::WhatsappEvolution,
        name: arguments.name,
        phone: arguments.phone,
        pairing_code: arguments.pairing_code,
        row: None,
    };
    let engine = engine(store);
    let call = || engine.ensure(&ask, &new_id("cli-"));
    let answer = call().map_err(|refusal| refused(&refusal))?;
    if arguments.json {
        return out(pretty(&InstanceDone::of(&answer)));
    }
    note(crate::text::answer(&answer));
    if answer.pairing_code_missing {
        note(crate::text::PAIRING_CODE_MISSING);
    }
    if answer.qr.is_some() && !arguments.once {
        note(words::CTRL_C);
    }
    follow(answer, arguments.once, call)
}

/// Shows the code and every code after it, until a phone is connected.
fn follow(first: Answer, once: bool, call: impl Fn() -> Outcome) -> CommandResult {
    let (mut screen, mut failures, mut outcome) = (Screen::of_stdout(), 0, Ok(first));
    loop {
        match outcome {
            Ok(Answer { qr: None, .. }) => return out(words::CONNECTED),
            Ok(Answer { qr: Some(qr), .. }) => {
                failures = 0;
                let pairing = qr.pairing_code.as_ref().map(Secret::expose);
                screen.show(qr.code.as_ref().map(Secret::expose), pairing)?;
            }
            Err(refusal) if failures == MAX_FAILURES => return Err(refused(&refusal)),
            Err(refusal) => {
                failures += 1;
                screen.note(&words::refused(&crate::text::refusal(&refusal)));
            }
        }
        if once {
            return Ok(());
        }
        thread::sleep(POLL);
        outcome = call();
    }
}

fn refused(refusal: &Refusal) -> CommandFailure {
    CommandFailure::Failed(words::refused(&crate::text::refusal(refusal)))
}
