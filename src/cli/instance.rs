//! `pareia instance`: the use cases of the HTTP API from the shell, beside a `serve` that runs.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::Serialize;

use super::output::{Done, Failure, fail, note, out};
use super::screen::Screen;
use super::table::{Line, list, pretty, show};
use super::{instance_acts, invalid, name, user, words};
use crate::crypto::new_id;
use crate::domain::clock;
use crate::domain::{Channel, Name, Phone, Reason, Secret};
use crate::http::{InstanceDone, InstanceShown};
use crate::instance::connect::{Answer, Ask, Engine, Outcome, Refusal};
use crate::store::{InstanceLine, Store};

/// How long one call may wait for a QR code; `serve` waits as long unless told otherwise.
pub const QR_TIMEOUT: Duration = Duration::from_secs(20);
/// How often the code is asked for again: a scan shows within this time, and upstream barely notices.
const AGAIN: Duration = Duration::from_secs(2);
/// Calls in a row that may fail while a code is on the screen: a paired phone reconnects at once, and
/// a server that restarts is back within seconds.
const PATIENCE: u32 = 5;

/// What can be done with instances.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    List {
        #[arg(long, value_name = "USUÁRIO")]
        user: Option<String>,
        #[arg(long)]
        json: bool,
    },
    Show {
        #[arg(value_name = "NOME")]
        name: String,
        #[arg(long)]
        json: bool,
    },
    Connect(Connect),
    Link(instance_acts::Link),
    Logout {
        #[arg(value_name = "NOME")]
        name: String,
    },
    Restart {
        #[arg(value_name = "NOME")]
        name: String,
    },
    Delete(instance_acts::Delete),
}

/// Which instance to connect, for whom, and how to show its code.
#[derive(clap::Args, Debug)]
pub struct Connect {
    #[arg(value_name = "NOME", value_parser = name)]
    name: Name,
    #[arg(long, value_name = "USUÁRIO")]
    user: String,
    #[arg(long, value_name = "TELEFONE", value_parser = phone)]
    phone: Phone,
    #[arg(long)]
    pairing_code: bool,
    #[arg(long)]
    once: bool,
    #[arg(long)]
    json: bool,
}

/// Runs one of them.
pub fn run(store: Store, command: Command) -> Done {
    match command {
        Command::List { user, json } => list_of(&store, user.as_deref(), json),
        Command::Show { name, json } => show_one(&store, &name, json),
        Command::Connect(arguments) => connect(store, arguments),
        Command::Link(arguments) => instance_acts::link(&store, &arguments),
        Command::Logout { name } => instance_acts::logout(store, &name),
        Command::Restart { name } => instance_acts::restart(store, &name),
        Command::Delete(arguments) => instance_acts::delete(store, &arguments),
    }
}

fn phone(text: &str) -> Result<Phone, String> {
    Phone::parse(text).map_err(invalid)
}

fn list_of(store: &Store, user: Option<&str>, json: bool) -> Done {
    let user = user.map(|name| user::find(store, name)).transpose()?;
    let lines = store.instance_lines(user.as_ref().map(|user| user.id.as_str()))?;
    list(&lines, json, words::NO_INSTANCES)
}

fn show_one(store: &Store, name: &str, json: bool) -> Done {
    match store.instance_line(name, None)? {
        Some(line) => {
            show(&line, json)?;
            let reason = line.reason.as_deref().and_then(Reason::parse).filter(|_| !json);
            if let Some(reason) = reason {
                note(crate::text::reason(reason));
            }
            Ok(())
        }
        None => fail(words::instance_unknown(name)),
    }
}

fn connect(store: Store, arguments: Connect) -> Done {
    let ask = Ask {
        caller: user::find(&store, &arguments.user)?.caller(),
        channel: Channel::WhatsappEvolution,
        name: arguments.name,
        phone: arguments.phone,
        pairing_code: arguments.pairing_code,
        row: None,
    };
    let engine = Arc::new(Engine::new(Arc::new(store), QR_TIMEOUT));
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
fn follow(first: Answer, once: bool, call: impl Fn() -> Outcome) -> Done {
    let (mut screen, mut failures, mut outcome) = (Screen::of_stdout(), 0, Ok(first));
    loop {
        match outcome {
            Ok(Answer { qr: None, .. }) => return out(words::CONNECTED),
            Ok(Answer { qr: Some(qr), .. }) => {
                failures = 0;
                let pairing = qr.pairing_code.as_ref().map(Secret::expose);
                screen.show(qr.code.as_ref().map(Secret::expose), pairing)?;
            }
            Err(refusal) if failures == PATIENCE => return Err(refused(&refusal)),
            Err(refusal) => {
                failures += 1;
                screen.note(&words::refused(&crate::text::refusal(&refusal)));
            }
        }
        if once {
            return Ok(());
        }
        thread::sleep(AGAIN);
        outcome = call();
    }
}

fn refused(refusal: &Refusal) -> Failure {
    Failure::Failed(words::refused(&crate::text::refusal(refusal)))
}

impl Line for InstanceLine {
    const TITLES: &'static [&'static str] =
        &["NOME", "STATUS", "DESDE (UTC)", "TELEFONE", "USUÁRIO", "CREDENCIAL", "CRIADA (UTC)", "ID"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            words::status(&self.status, self.unknown_since),
            clock::short(self.since),
            self.phone.clone(),
            self.user.clone(),
            words::or_dash(self.credential.clone()),
            clock::short(self.created_at),
            self.id.clone(),
        ]
    }

    fn json(&self) -> impl Serialize {
        InstanceShown::of(self)
    }
}
