//! Sentences about adopting what servers list and no row has.

use super::language::{either, say};
use super::sentence::Sentence;
use crate::domain::AdoptionObstacle;

/// Why an instance cannot be adopted, and what to do about it.
pub fn adoption_obstacle(obstacle: AdoptionObstacle) -> Sentence {
    let (error, detail) = match obstacle {
        AdoptionObstacle::NotAPhone(integration) => (
            say!(
                "É uma instância {}, que não é um celular",
                "It is an instance of {}, which is no phone",
                integration.as_str()
            ),
            either("Ela fica como está na Evolution.", "It stays as it is in Evolution."),
        ),
        AdoptionObstacle::NameHasRow => (
            either(
                "Já há uma instância com este nome no pareia",
                "pareia already has an instance of this name",
            )
            .to_owned(),
            either(
                "É de outra instância de mesmo nome, neste servidor ou em outro. Confira qual tem o celular e \
                 apague a que sobra no manager da Evolution.",
                "That one is another instance of the same name, on this server or on another. See which of \
                 them has the phone, and delete the other in Evolution's manager.",
            ),
        ),
        AdoptionObstacle::NumberUnknown => (
            either("A Evolution não diz qual é o número dela", "Evolution does not say what its number is")
                .to_owned(),
            either(
                "Adote-a sozinha e informe o número (phone, ou --phone no terminal).",
                "Adopt it by itself and give the number (phone, or --phone on the terminal).",
            ),
        ),
        AdoptionObstacle::UnsafeName => (
            either(
                "O nome dela não pode ser usado com segurança neste servidor",
                "Its name cannot be used safely on this server",
            )
            .to_owned(),
            either(
                "É longo demais, ou tem espaços ou acentos numa Evolution 1.8, que por eles apaga outros \
                 arquivos. Crie a instância de novo com um nome de A-Z a-z 0-9 . _ -.",
                "It is too long, or has spaces or accents on an Evolution 1.8, which deletes other files \
                 because of them. Create the instance anew with a name of A-Z a-z 0-9 . _ -.",
            ),
        ),
    };
    Sentence { code: obstacle.code(), error, detail: Some(detail.into()) }
}

/// 404: no server has an instance of that name that no row has.
pub fn nothing_unmanaged() -> Sentence {
    Sentence {
        code: "not_found",
        error: either(
            "Nenhum servidor tem uma instância com este nome que ainda não esteja no pareia",
            "No server has an instance of this name that is not in pareia yet",
        )
        .to_owned(),
        detail: Some(
            either(
                "Nomes são comparados letra por letra. Veja o que há com: pareia instance adopt",
                "Names are compared letter by letter. See what there is with: pareia instance adopt",
            )
            .into(),
        ),
    }
}

/// 409: several servers have the name, and it was not said which is meant.
pub fn ambiguous_name(servers: &[String]) -> Sentence {
    Sentence {
        code: "ambiguous_name",
        error: either(
            "Mais de um servidor tem uma instância com este nome",
            "More than one server has an instance of this name",
        )
        .to_owned(),
        detail: Some(
            say!(
                "Diga qual: {} (credentialId, ou --server no terminal).",
                "Say which: {} (credentialId, or --server on the terminal).",
                servers.join(", ")
            )
            .into(),
        ),
    }
}

/// A phone for all of them.
pub fn phone_of_one() -> &'static str {
    either(
        "phone: é de uma instância só, dita em name; as outras ficam com o número que a Evolution diz",
        "phone: belongs to a single instance, which name says; the others keep the number that Evolution says",
    )
}

/// Neither one instance nor all were named, or both.
pub fn name_or_all() -> &'static str {
    either(
        "name ou all: diga o nome de uma instância, ou all com true para todas",
        "name or all: give the name of an instance, or all with true for all of them",
    )
}
