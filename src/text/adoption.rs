//! Sentences about adopting what servers list and no row has.

use super::sentence::Sentence;
use crate::domain::AdoptionObstacle;

/// Why an instance cannot be adopted, and what to do about it.
pub fn adoption_obstacle(obstacle: AdoptionObstacle) -> Sentence {
    let (error, detail) = match obstacle {
        AdoptionObstacle::NotAPhone(integration) => (
            format!("É uma instância {}, que não é um celular", integration.as_str()),
            "Ela fica como está na Evolution.",
        ),
        AdoptionObstacle::NameHasRow => (
            "Já há uma instância com este nome no pareia".to_owned(),
            "É de outra instância de mesmo nome, neste servidor ou em outro. Confira qual tem o celular e apague a que \
             sobra no manager da Evolution.",
        ),
        AdoptionObstacle::NumberUnknown => (
            "A Evolution não diz qual é o número dela".to_owned(),
            "Adote-a sozinha e informe o número (phone, ou --phone no terminal).",
        ),
        AdoptionObstacle::UnsafeName => (
            "O nome dela não pode ser usado com segurança neste servidor".to_owned(),
            "É longo demais, ou tem espaços ou acentos numa Evolution 1.8, que por eles apaga outros arquivos. Crie a \
             instância de novo com um nome de A-Z a-z 0-9 . _ -.",
        ),
    };
    Sentence { code: obstacle.code(), error, detail: Some(detail.into()) }
}

/// 404: no server has an instance of that name that no row has.
pub fn nothing_unmanaged() -> Sentence {
    Sentence {
        code: "not_found",
        error: "Nenhum servidor tem uma instância com este nome que ainda não esteja no pareia".to_owned(),
        detail: Some("Nomes são comparados letra por letra. Veja o que há com: pareia instance adopt".into()),
    }
}

/// 409: several servers have the name, and it was not said which is meant.
pub fn ambiguous_name(servers: &[String]) -> Sentence {
    Sentence {
        code: "ambiguous_name",
        error: "Mais de um servidor tem uma instância com este nome".to_owned(),
        detail: Some(
            format!("Diga qual: {} (credentialId, ou --server no terminal).", servers.join(", ")).into(),
        ),
    }
}

/// A phone for all of them.
pub const PHONE_OF_ONE: &str =
    "phone: é de uma instância só, dita em name; as outras ficam com o número que a Evolution diz";

/// Neither one instance nor all were named, or both.
pub const NAME_OR_ALL: &str = "name ou all: diga o nome de uma instância, ou all com true para todas";
