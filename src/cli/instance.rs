//! `pareia instance`: the use cases of the HTTP API from the shell, beside a `serve` that runs.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::Serialize;

use super::output::{Done, Failure, fail, note, out};
use super::screen::Screen;
use super::table::{Line, list, pretty, show};
use super::{invalid, name, user, words};
use crate::domain::{Channel, Name, Phone, Secret};
use crate::ensure::{Answer, Ask, Engine, Outcome, Refusal};
use crate::http::InstanceDone;
use crate::seal::new_id;
use crate::store::{InstanceLine, Store};
use crate::time;

/// How long one call may wait for a QR code; `serve` waits as long unless told otherwise.
const QR_TIMEOUT: Duration = Duration::from_secs(20);
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
    match store.instance_lines(None)?.into_iter().find(|line| line.name == name) {
        Some(line) => show(&line, json),
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
    };
    let engine = Arc::new(Engine::new(Arc::new(store), QR_TIMEOUT));
    let call = || engine.ensure(&ask, new_id("cli-"));
    let answer = call().map_err(|refusal| refused(&refusal))?;
    if arguments.json {
        return out(pretty(&InstanceDone::of(&answer)));
    }
    note(crate::words::answer(&answer));
    if answer.pairing_code_missing {
        note(crate::words::PAIRING_CODE_MISSING);
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
                screen.note(&words::refused(&crate::words::refusal(&refusal)));
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
    Failure::Failed(words::refused(&crate::words::refusal(refusal)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'a> {
    id: &'a str,
    channel: &'a str,
    channel_instance_id: &'a str,
    channel_phone_or_id: &'a str,
    user: &'a str,
    credential_id: Option<&'a str>,
    status: &'a str,
    created_at: String,
    updated_at: String,
}

impl Line for InstanceLine {
    const TITLES: &'static [&'static str] =
        &["NOME", "STATUS", "TELEFONE", "USUÁRIO", "CREDENCIAL", "ATUALIZADA (UTC)", "CRIADA (UTC)", "ID"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.status.clone(),
            self.phone.clone(),
            self.user.clone(),
            words::or_dash(self.credential.clone()),
            time::short(self.updated_at),
            time::short(self.created_at),
            self.id.clone(),
        ]
    }

    fn json(&self) -> impl Serialize {
        Json {
            id: &self.id,
            channel: &self.channel,
            channel_instance_id: &self.name,
            channel_phone_or_id: &self.phone,
            user: &self.user,
            credential_id: self.credential.as_deref(),
            status: &self.status,
            created_at: time::iso(self.created_at),
            updated_at: time::iso(self.updated_at),
        }
    }
}
