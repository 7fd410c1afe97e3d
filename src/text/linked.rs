//! Sentences about which phone is linked, and on how many servers its name is.

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
    let elsewhere = line.also_elsewhere.then(|| ANOTHER_SERVER.to_owned());
    elsewhere.or_else(|| (!line.also_on.is_empty()).then(|| line.also_on.join(", ")))
}

/// A server of which the reader may not know the name.
pub const ANOTHER_SERVER: &str = "outro servidor";

fn found_on_several(line: &InstanceLine, others: &str) -> Warning {
    let here = line.server.as_deref().unwrap_or(ANOTHER_SERVER);
    let message = format!(
        "O nome {} existe em mais de um servidor: aqui é usado o de {here}, e ele existe também em {others}. Confira qual \
         tem o celular e apague o que sobra no manager da Evolution, senão o mesmo número pode ficar em dois lugares.",
        line.upstream_name.as_deref().unwrap_or(&line.name)
    );
    Warning { code: "found_on_several", message }
}

/// A name without a row was not looked for everywhere.
fn server_not_asked(servers: &str) -> Warning {
    let message = format!(
        "Sem resposta de {servers}: não deu para saber se este nome já existe lá. Se existir, o pareia avisa (alsoOn) \
         quando o servidor voltar."
    );
    Warning { code: "server_not_asked", message }
}

/// The texts that a call gave about its row were not written, and why.
pub fn description_not_written(why: &Sentence) -> Warning {
    let message = format!(
        "displayName, note e labels não foram gravados: {}. Grave-os de novo com PATCH.",
        why.error.trim_end_matches('.')
    );
    Warning { code: "description_not_written", message }
}

/// Another phone is connected than the row is for.
fn other_number(linked: &str, expected: &str) -> Warning {
    let message = format!(
        "Outro número foi conectado: {linked}, em vez de {expected}. Se está certo, grave este número na instância e \
         mande-o em channelPhoneOrId nas próximas chamadas: vale o último que chega. Se não, desconecte e leia o QR Code \
         com o celular do número esperado."
    );
    Warning { code: "other_number", message }
}

/// Another phone is connected than the row is for, said to whoever scanned: they know their own number.
pub fn other_number_scanned(linked: &str, expected: &str) -> Warning {
    let message = format!(
        "Este celular tem outro número ({linked}) que o esperado ({expected}). Se leu o QR Code com o celular errado, \
         avise quem enviou o link."
    );
    Warning { code: "other_number", message }
}

/// One phone is connected under two names; `names`: the others that the reader may see.
fn number_linked_twice(linked: &str, names: &[String]) -> Warning {
    let others = match names {
        [] => "em uma instância de outro usuário".to_owned(),
        names => format!("em: {}", names.join(", ")),
    };
    let message = format!(
        "O número {linked} está conectado também {others}. As mensagens chegam a todas elas; desconecte as que \
         sobram."
    );
    Warning { code: "number_linked_twice", message }
}
