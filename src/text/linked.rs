//! Sentences about which phone is linked, and on how many servers its name is.

use super::language::{either, say};
use serde::Serialize;

use super::sentence::Sentence;
use crate::store::InstanceLine;

/// What is odd about an answer that is none the less a success, with the code that programs look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The stable code.
    pub code: &'static str,
    /// What is odd, and what to do about it.
    pub message: String,
}

/// What is odd about the phone that is connected; of two such things the worse.
fn phone_warning(line: &InstanceLine) -> Option<Warning> {
    let linked = line.linked_number.as_deref()?;
    if line.number_matches() == Some(false) {
        Some(other_number(linked, &line.phone))
    } else if line.same_number_elsewhere || !line.same_number_as.is_empty() {
        Some(number_linked_twice(linked, &line.same_number_as))
    } else {
        None
    }
}

/// What is odd about what a call answers, the worst first. `not_asked`: the servers that did not say whether they
/// have the name.
pub fn connect_warnings(line: &InstanceLine, not_asked: &[String]) -> Vec<Warning> {
    let doubled = doubled(line).map(|others| found_on_several(line, &others));
    let silent = (!not_asked.is_empty()).then(|| server_not_asked(&not_asked.join(", ")));
    phone_warning(line).into_iter().chain(doubled).chain(silent).collect()
}

/// The other servers that have the name of a row, as the reader may know them.
fn doubled(line: &InstanceLine) -> Option<String> {
    let elsewhere = line.also_elsewhere.then(|| another_server().to_owned());
    elsewhere.or_else(|| (!line.also_on.is_empty()).then(|| line.also_on.join(", ")))
}

/// A server of which the reader may not know the name.
pub fn another_server() -> &'static str {
    either("outro servidor", "another server")
}

fn found_on_several(line: &InstanceLine, others: &str) -> Warning {
    let here = line.server.as_deref().unwrap_or(another_server());
    let message = say!(
        "O nome {} existe em mais de um servidor: aqui é usado o de {here}, e ele existe também em {others}. \
         Confira qual tem o celular e apague o que sobra no manager da Evolution, senão o mesmo número pode \
         ficar em dois lugares.",
        "The name {} exists on more than one server: here the one of {here} is used, and it exists on \
         {others} as well. See which has the phone and delete the other in Evolution's manager, else the same \
         number may end up in two places.",
        line.upstream_name.as_deref().unwrap_or(&line.name)
    );
    Warning { code: "found_on_several", message }
}

/// A name without a row was not looked for everywhere.
fn server_not_asked(servers: &str) -> Warning {
    let message = say!(
        "Sem resposta de {servers}: não deu para saber se este nome já existe lá. Se existir, o pareia avisa \
         (alsoOn) quando o servidor voltar.",
        "No answer from {servers}: it could not be seen whether this name exists there already. If it does, \
         pareia says so (alsoOn) when the server is back."
    );
    Warning { code: "server_not_asked", message }
}

/// The texts that a call gave about its row were not written, and why.
pub fn description_not_written(why: &Sentence) -> Warning {
    let message = say!(
        "displayName, note e labels não foram gravados: {}. Grave-os de novo com PATCH.",
        "displayName, note and labels were not saved: {}. Save them again with PATCH.",
        why.error.trim_end_matches('.')
    );
    Warning { code: "description_not_written", message }
}

/// Another phone is connected than the row is for.
fn other_number(linked: &str, expected: &str) -> Warning {
    let message = say!(
        "Outro número foi conectado: {linked}, em vez de {expected}. Se está certo, grave este número na \
         instância e mande-o em channelPhoneOrId nas próximas chamadas: vale o último que chega. Se não, \
         desconecte e leia o QR Code com o celular do número esperado.",
        "Another number was connected: {linked}, instead of {expected}. If that is right, save this number on \
         the instance and send it as channelPhoneOrId in the next calls: the last that arrives counts. If \
         not, log the instance out and scan the QR code with the phone of the expected number."
    );
    Warning { code: "other_number", message }
}

/// Another phone is connected than the row is for, said to whoever scanned: they know their own number.
pub fn other_number_scanned(linked: &str, expected: &str) -> Warning {
    let message = say!(
        "Este celular tem outro número ({linked}) que o esperado ({expected}). Se leu o QR Code com o celular \
         errado, avise quem enviou o link.",
        "This phone has another number ({linked}) than the one expected ({expected}). If you scanned the QR \
         code with the wrong phone, tell whoever sent the link."
    );
    Warning { code: "other_number", message }
}

/// One phone is connected under two names; `names`: the others that the reader may see.
fn number_linked_twice(linked: &str, names: &[String]) -> Warning {
    let others = match names {
        [] => either(
            "em uma instância de outro usuário, ou fora do alcance deste token",
            "on an instance of another user, or beyond this token",
        )
        .to_owned(),
        names => say!("em: {}", "on: {}", names.join(", ")),
    };
    let message = say!(
        "O número {linked} está conectado também {others}. As mensagens chegam a todas elas; desconecte as \
         que sobram.",
        "The number {linked} is connected also {others}. Messages arrive at all of them; log out those that \
         are too many."
    );
    Warning { code: "number_linked_twice", message }
}
