//! `pareia demo`: the whole product in one process, with nothing to set up and nothing left behind.
//!
//! Every call is a real HTTP request to its own server.

mod once;
mod post;
mod world;

use std::io::BufRead;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::output::{CommandFailure, CommandResult, fail, note, out};
use super::screen::Screen;
use super::signals;
use super::values::listen_address;
use crate::instance::monitor::Pace;
use crate::text::cli as words;
use post::DemoReply;
use world::{ADMINISTRATOR, DemoUser, DemoWorld, INSTANCE};

/// How often the code is asked for again.
const POLL: Duration = Duration::from_secs(2);
/// How often the code is asked for again after the scan: WhatsApp takes a moment to open the connection.
const POLL_AFTER_SCAN: Duration = Duration::from_millis(300);
/// Longest wait for the simulated phone, in seconds: a day.
const MAX_PAIR_AFTER: u64 = 86_400;

/// The arguments of `demo`.
#[derive(clap::Args, Debug)]
pub struct DemoArgs {
    #[arg(long)]
    once: bool,
    #[arg(
        long, value_name = "ENDEREÇO", default_value = "127.0.0.1:3000",
        value_parser = listen_address, conflicts_with = "once"
    )]
    listen: String,
    #[arg(
        long, value_name = "SEGUNDOS", default_value = "20", value_parser = seconds, conflicts_with = "once"
    )]
    pair_after: u64,
}

/// What the demonstration waits for.
enum DemoEvent {
    /// A signal.
    Stop,
    /// Somebody wants the phone to scan now.
    Pair,
}

/// Runs the demonstration: all cases once, or the first one until a signal.
pub fn run(args: &DemoArgs) -> CommandResult {
    if args.once { once::run() } else { live(args) }
}

fn live(args: &DemoArgs) -> CommandResult {
    let events = events()?;
    let world = DemoWorld::start(&args.listen, Pace::default())?;
    out(words::demo_ready(&world.url(), &world.sim.url(), &curl(&world)))?;
    out(words::demo_page(&world.url(), ADMINISTRATOR, world.password.expose()))?;
    note(words::demo_pairs_after(args.pair_after));
    let shown = pair(&world, &events, Duration::from_secs(args.pair_after));
    if matches!(shown, Ok(Next::Serve)) {
        while let Ok(DemoEvent::Pair) = events.recv() {}
    }
    world.stop();
    shown.map(drop)
}

/// How the pairing ended.
enum Next {
    /// The phone is connected.
    Serve,
    /// A signal came first.
    End,
}

/// Shows the code and every code after it, until the simulated phone has scanned one.
fn pair(world: &DemoWorld, events: &Receiver<DemoEvent>, after: Duration) -> Result<Next, CommandFailure> {
    let (mut screen, mut pair_at) = (Screen::of_stdout(), Some(Instant::now() + after));
    let mut reply = call(world)?;
    if reply.status != 200 {
        return fail(words::demo_refused(reply.status, reply.text("/code")));
    }
    loop {
        if reply.text("/data/status") == "connected" {
            out(words::demo_connected())?;
            return Ok(Next::Serve);
        }
        let code = world.sim.control().current_code(INSTANCE).map(|current| current.code);
        if code.is_some() {
            screen.show(code.as_deref(), None)?;
        }
        let wait =
            pair_at.map_or(POLL_AFTER_SCAN, |at| at.saturating_duration_since(Instant::now()).min(POLL));
        let asked = match events.recv_timeout(wait) {
            // The thread that watches for signals never ends.
            Ok(DemoEvent::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(Next::End),
            Ok(DemoEvent::Pair) => {
                screen.lose_place();
                true
            }
            Err(RecvTimeoutError::Timeout) => pair_at.is_some_and(|at| at <= Instant::now()),
        };
        if asked && world.sim.control().scan(INSTANCE, None) {
            pair_at = None;
        }
        reply = call(world)?;
    }
}

fn call(world: &DemoWorld) -> Result<DemoReply, CommandFailure> {
    world.post(DemoUser::Shop, INSTANCE).map_err(|e| CommandFailure::Failed(words::demo_call(&e)))
}

/// The call as people make it.
fn curl(world: &DemoWorld) -> String {
    format!(
        "curl -s -X POST {}{} -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' -d '{}'",
        world.url(),
        post::PATH,
        world.token(DemoUser::Shop).expose(),
        post::body(INSTANCE)
    )
}

fn events() -> Result<Receiver<DemoEvent>, CommandFailure> {
    let (sender, events) = mpsc::channel();
    let stop = sender.clone();
    signals::on_first(move || stop.send(DemoEvent::Stop).unwrap_or_default())?;
    let watching = thread::Builder::new().name("stdin".into()).spawn(move || watch_lines(&sender));
    watching.map_err(|e| CommandFailure::Failed(words::stdin_unreadable(&e)))?;
    Ok(events)
}

/// Every line typed asks for the scan; an end of stdin asks for nothing.
fn watch_lines(sender: &Sender<DemoEvent>) {
    for _line in std::io::stdin().lock().lines().map_while(Result::ok) {
        if sender.send(DemoEvent::Pair).is_err() {
            return;
        }
    }
}

fn seconds(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|seconds| *seconds <= MAX_PAIR_AFTER).ok_or(words::seconds_invalid())
}
