//! Sentences about which numbers a server is given, moves and test messages.

use crate::domain::{Intake, PlacementRule};
use crate::text::count::count;
use crate::text::language::{either, say};

/// Which numbers a server is given.
pub fn placement(rule: &PlacementRule) -> String {
    let intake = match rule.intake {
        Intake::Open => either("Recebe números novos", "It takes new numbers"),
        Intake::Closed => {
            either("Não recebe números novos; os que tem ficam", "It takes no new numbers; those it has stay")
        }
        Intake::Draining => either(
            "Está sendo esvaziado: os números passam para outro quando forem conectados",
            "It is being drained: numbers move to another when they are connected next",
        ),
    };
    let unbounded = || either("sem limite", "no limit").to_owned();
    let bound = |most: u32| say!("até {most} números", "{most} numbers at most");
    let (capacity, weight) = (rule.capacity.map_or_else(unbounded, bound), rule.weight);
    say!(
        "{intake}. Capacidade: {capacity}. Peso: {weight}.",
        "{intake}. Capacity: {capacity}. Weight: {weight}."
    )
}

/// How many instances a server has, of how many, and how many that moved away have left something there.
pub fn numbers(instances: u32, capacity: Option<u32>, leaving: u32) -> String {
    let own = capacity.map_or_else(|| instances.to_string(), |most| format!("{instances}/{most}"));
    if leaving == 0 {
        return own;
    }
    say!("{own}, {leaving} a sair", "{own}, {leaving} to leave")
}

/// Whether a server takes new instances.
pub fn intake(intake: Intake) -> &'static str {
    match intake {
        Intake::Open => either("sim", "yes"),
        Intake::Closed => either("não", "no"),
        Intake::Draining => either("esvaziando", "draining"),
    }
}

/// How a server is, by the code of what is wrong with it.
pub fn health(code: Option<&str>, was_seen: bool) -> &str {
    code.unwrap_or(if was_seen { "ok" } else { "-" })
}

/// A server is drained from now on; so many instances are on it.
pub fn drain_begun(id: &str, instances: u32) -> String {
    let (one, many) = (either("número passa", "number moves"), either("números passam", "numbers move"));
    let numbers = count(instances, one, many);
    say!(
        "\"{id}\" não recebe mais números, e {numbers} para outro servidor quando forem conectados de novo; quem está \
         conectado continua. Para mudar todos já, com um link para cada um: pareia credential drain {id} --now. \
         Para desistir: pareia credential drain {id} --stop",
        "\"{id}\" takes no more numbers, and {numbers} to another server when they are connected next; whoever is \
         connected stays. To move all now, with a link for each: pareia credential drain {id} --now. To give it up: \
         pareia credential drain {id} --stop"
    )
}

/// A server is drained no longer.
pub fn drain_stopped(id: &str) -> String {
    say!("\"{id}\" volta a receber números.", "\"{id}\" takes numbers again.")
}

/// A server was drained at once.
pub fn drained(id: &str, moved: usize, failures: usize) -> String {
    say!(
        "Saíram de \"{id}\": {moved}; não puderam sair: {failures}. Mande a cada um o seu link: até a leitura do QR Code \
         o celular continua conectado no servidor antigo.",
        "Moved from \"{id}\": {moved}; could not move: {failures}. Send each its link: until its QR code is scanned a \
         phone stays connected to the old server."
    )
}

/// Some numbers did not move.
pub fn drain_again() -> &'static str {
    either(
        "nem todos os números saíram: corrija o que está acima e rode o comando de novo",
        "not all numbers moved: mend what is above and run the command again",
    )
}

/// Nobody can be asked whether to move an instance.
pub fn move_needs_yes() -> &'static str {
    either(
        "sem terminal para perguntar: use --yes para mudar de servidor sem confirmação",
        "no terminal to ask on: use --yes to move it without a confirmation",
    )
}

/// The question before a move.
pub fn move_confirm() -> &'static str {
    either("Mudar de servidor? (s/N)", "Move it? (y/N)")
}

/// The question was not answered yes.
pub fn not_moved() -> &'static str {
    either("nada foi mudado", "nothing was moved")
}

/// Three codes passed and nobody scanned.
pub fn nobody_scanned() -> &'static str {
    either(
        "ninguém leu três QR Codes seguidos; rode o comando de novo quando alguém estiver com o celular na mão",
        "nobody scanned three QR codes in a row; run the command again when somebody has the phone at hand",
    )
}

/// The same, said to somebody who can say to go on.
pub fn go_on() -> &'static str {
    either(
        "Ninguém leu três QR Codes seguidos. Enter mostra outro; Ctrl-C sai.",
        "Nobody scanned three QR codes in a row. Enter shows another; Ctrl-C ends it.",
    )
}

/// Where an instance left another when it moved.
pub fn left_on(servers: &[String]) -> String {
    let servers = servers.join(", ");
    say!(
        "Mudou de servidor: até conectar no novo, a instância em {servers} fica como está, e depois é removida.",
        "It moved to another server: until it is connected there the instance at {servers} stays as it is, and is then \
         removed."
    )
}

/// A test message was sent.
pub fn test_sent(phone: &str) -> String {
    say!(
        "Mensagem de teste mandada para {phone}. Confira no celular se ela chegou.",
        "Test message sent to {phone}. Look on the phone whether it arrived."
    )
}
