//! `pareia sim`: the simulated Evolution API alone, for people who test their own integrations.
//!
//! Its key may be an argument, unlike every real one, since it opens nothing real.

use std::time::Duration;

use super::output::{CommandFailure, CommandResult, note, out};
use super::signals;
use super::values::listen_address;
use crate::sim::{Options, Sim, Timing, Version, Whatsapp};
use crate::text::cli as words;

/// The default key.
const KEY: &str = "chave-de-teste";
/// Longest key, in bytes.
const MAX_KEY: usize = 256;
/// How slow and how fast simulated time may run.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=1000.0;

/// The arguments of `sim`.
#[derive(clap::Args, Debug)]
pub struct SimArgs {
    #[arg(long, value_name = "ENDEREÇO", default_value = "127.0.0.1:8080", value_parser = listen_address)]
    listen: String,
    #[arg(long, value_name = "CHAVE", default_value = KEY, value_parser = key)]
    api_key: String,
    #[arg(long, value_name = "VERSÃO", default_value = "2.3.7", value_parser = ["2.3.7", "1.8.2"], hide_possible_values = true)]
    api_version: String,
    #[arg(long, value_name = "N", value_parser = limit)]
    qrcode_limit: Option<u32>,
    #[arg(long, value_name = "VEZES", default_value = "1", value_parser = speed)]
    speed: f64,
    #[arg(long)]
    instant: bool,
    #[arg(long, value_name = "COMO", default_value = "responde", value_parser = ["responde", "recusa", "trava"], hide_possible_values = true)]
    whatsapp: String,
    #[arg(long, value_name = "MS", default_value = "0")]
    slow: u32,
    #[arg(long)]
    licence_required: bool,
    #[arg(long)]
    hide_tokens: bool,
    #[arg(long, value_name = "MINUTOS", default_value = "0")]
    del_instance: u32,
}

/// Runs the simulator until a signal.
pub fn run(args: SimArgs) -> CommandResult {
    let stopped = signals::first()?;
    let listen = args.listen.clone();
    let ready = words::sim_ready(&args.api_key, &args.api_version);
    let whatsapp = match args.whatsapp.as_str() {
        "recusa" => Whatsapp::Refuses,
        "trava" => Whatsapp::Hangs,
        _ => Whatsapp::Reachable,
    };
    let (slow, licence_required) = (Duration::from_millis(args.slow.into()), args.licence_required);
    let sim =
        Sim::start(options(args)).map_err(|e| CommandFailure::Failed(words::cannot_listen(&listen, &e)))?;
    sim.control().whatsapp(whatsapp);
    sim.control().slow(slow);
    sim.control().licence(licence_required);
    out(sim.url())?;
    note(ready);
    stopped.recv().unwrap_or_default();
    Ok(())
}

fn options(args: SimArgs) -> Options {
    let version = if args.api_version == "1.8.2" { Version::V1_8_2 } else { Version::V2_3_7 };
    let defaults = Options::new(version, &args.api_key);
    let timing = if args.instant { Timing::instant() } else { defaults.timing };
    Options {
        listen: args.listen,
        timing: timing.sped_up(args.speed),
        qrcode_limit: args.qrcode_limit.unwrap_or(defaults.qrcode_limit),
        expose_in_fetch: !args.hide_tokens,
        del_instance_minutes: args.del_instance,
        ..Options::new(version, &args.api_key)
    }
}

fn key(text: &str) -> Result<String, &'static str> {
    let fits = (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if fits { Ok(text.to_owned()) } else { Err(words::sim_key_invalid()) }
}

fn limit(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|n| *n > 0).ok_or(words::limit_invalid())
}

fn speed(text: &str) -> Result<f64, &'static str> {
    text.parse().ok().filter(|speed| SPEEDS.contains(speed)).ok_or(words::speed_invalid())
}
