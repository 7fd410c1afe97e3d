//! Sentences about which phone is linked.

use serde::Serialize;

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
pub fn phone_warning(line: &InstanceLine) -> Option<Warning> {
    let linked = line.linked_number.as_deref()?;
    if line.number_matches() == Some(false) {
        Some(other_number(linked, &line.phone))
    } else if line.same_number_elsewhere || !line.same_number_as.is_empty() {
        Some(number_linked_twice(linked, &line.same_number_as))
    } else {
        None
    }
}

/// Another phone is connected than the row is for.
fn other_number(linked: &str, expected: &str) -> Warning {
    let message = format!(
        "Outro número foi conectado: {linked}, em vez de {expected}. Se está certo, grave este número na instância; se \
         não, desconecte e leia o QR Code com o celular do número esperado."
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
