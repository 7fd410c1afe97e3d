//! `pareia demo --once`: the flow's three scenarios and its three error cases, each played over real
//! HTTP and compared with what the flow promises.
//!
//! The cases are one table, played in order in one world: each finds what the ones before it left.

use std::time::{Duration, Instant};

use super::post::DemoReply;
use super::world::{CREDENTIAL, DemoUser, DemoWorld, INSTANCE};
use crate::cli::output::{CommandFailure, CommandResult, fail, out};
use crate::instance::monitor::Pace;
use crate::text::cli as words;

/// One case: how the world is changed first, what is called, what must come of it.
struct Case {
    title: fn() -> &'static str,
    before: fn(&DemoWorld) -> CommandResult,
    owner: DemoUser,
    instance: &'static str,
    /// Kinds of upstream calls, in the order they first appear.
    calls: &'static [&'static str],
    status: u16,
    /// The sentence: `data.message` of a success, `error` of a refusal.
    sentence: &'static str,
    /// Rows of that instance afterwards.
    rows: usize,
}

const CREATED: &str = "Instância criada. Escaneie o QR Code no WhatsApp.";

const CASES: [Case; 6] = [
    Case {
        title: words::demo_first,
        before: |_| Ok(()),
        owner: DemoUser::Shop,
        instance: INSTANCE,
        calls: &["check", "create", "connect"],
        status: 200,
        sentence: CREATED,
        rows: 1,
    },
    Case {
        title: words::demo_repeated,
        before: |_| Ok(()),
        owner: DemoUser::Shop,
        instance: INSTANCE,
        calls: &["check", "connect"],
        status: 200,
        sentence: "Instância já existente. Escaneie o QR Code.",
        rows: 1,
    },
    Case {
        title: words::demo_lost,
        before: |world| {
            world.sim.control().forget(None);
            Ok(())
        },
        owner: DemoUser::Shop,
        instance: INSTANCE,
        calls: &["check", "create", "connect"],
        status: 200,
        sentence: CREATED,
        rows: 1,
    },
    Case {
        title: words::demo_no_credential,
        before: |world| Ok(world.store.set_credential_active(CREDENTIAL, false).map(drop)?),
        owner: DemoUser::Shop,
        instance: "sem-credencial",
        calls: &[],
        status: 503,
        sentence: "Nenhuma credencial ativa encontrada para o canal \"whatsapp_evolution\". Por favor, contate o \
                   administrador para configurar as credenciais de integração.",
        rows: 0,
    },
    Case {
        title: words::demo_unreachable,
        before: |world| {
            world.sim.control().refuse(true);
            Ok(world.store.set_credential_active(CREDENTIAL, true).map(drop)?)
        },
        owner: DemoUser::Shop,
        instance: "fora-do-ar",
        calls: &[],
        status: 502,
        sentence: "Erro ao criar/conectar instância",
        rows: 1,
    },
    Case {
        title: words::demo_other_user,
        before: |world| {
            world.sim.control().refuse(false);
            Ok(())
        },
        owner: DemoUser::Other,
        instance: INSTANCE,
        calls: &[],
        status: 409,
        sentence: "Instância já existe para outro usuário",
        rows: 1,
    },
];

/// The results of a case.
struct Played {
    reply: DemoReply,
    calls: Vec<&'static str>,
    took: Duration,
    rows: usize,
    /// Whether the code answered is the one that upstream holds now.
    current: bool,
}

/// Plays every case, one line each; fails when one did not behave.
pub fn run() -> CommandResult {
    // The calls are counted, and the flow has no others than its own.
    let world = DemoWorld::start("127.0.0.1:0", Pace::asleep())?;
    let (mut row_id, mut all_well) = (None, true);
    for case in &CASES {
        let played = play(&world, case)?;
        let well = behaved(case, &played, &mut row_id);
        out(line(case, &played, well))?;
        all_well &= well;
    }
    world.stop();
    if all_well { Ok(()) } else { fail(words::demo_failed()) }
}

fn play(world: &DemoWorld, case: &Case) -> Result<Played, CommandFailure> {
    (case.before)(world)?;
    let (asked_before, begun) = (world.sim.control().calls().len(), Instant::now());
    let reply =
        world.post(case.owner, case.instance).map_err(|e| CommandFailure::Failed(words::demo_call(&e)))?;
    let took = begun.elapsed();
    let mut calls = Vec::new();
    for call in world.sim.control().calls().iter().skip(asked_before) {
        let kind = kind(&call.endpoint);
        if !calls.contains(&kind) {
            calls.push(kind);
        }
    }
    let rows = world.store.instance_lines(None)?.iter().filter(|row| row.name == case.instance).count();
    let code = world.sim.control().current_code(case.instance);
    let current = code.is_some_and(|code| *code.base64 == *reply.text("/data/qrCode"));
    Ok(Played { reply, calls, took, rows, current })
}

/// What the flow calls the endpoint.
fn kind(endpoint: &str) -> &'static str {
    match endpoint {
        "create" => "create",
        "connect" => "connect",
        _ => "check",
    }
}

/// Whether a case has the expected results. The row's id, once known, never changes.
fn behaved(case: &Case, played: &Played, row_id: &mut Option<String>) -> bool {
    let reply = &played.reply;
    let sentence = if case.status == 200 { "/data/message" } else { "/error" };
    let as_told = reply.status == case.status
        && reply.text(sentence) == case.sentence
        && played.calls == case.calls
        && played.rows == case.rows;
    if case.status != 200 {
        return as_told;
    }
    let id = reply.text("/data/instanceId").to_owned();
    let same_row = row_id.get_or_insert_with(|| id.clone()) == &id;
    as_told && same_row && !id.is_empty() && reply.text("/data/status") == "connecting" && played.current
}

fn line(case: &Case, played: &Played, well: bool) -> String {
    let reply = &played.reply;
    let calls = if played.calls.is_empty() { "-".to_owned() } else { played.calls.join(", ") };
    let code = if reply.text("/data/qrCode").is_empty() { "" } else { ", QR" };
    let outcome = format!("{} {}{}{code}", reply.status, reply.text("/data/status"), reply.text("/code"));
    let verdict = if well { words::CASE_OK } else { words::case_failed() };
    format!("{:<42} {calls:<24} → {outcome:<29} {:>5} ms  {verdict}", (case.title)(), played.took.as_millis())
}
