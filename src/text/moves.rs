//! Sentences about moves between servers and about test messages.

use super::language::{either, say};
use super::sentence::Sentence;
use crate::domain::SettingsKind;
use crate::instance::actions::{ActionError, InstanceMove, OldInstance};

/// What a test message says.
pub fn test_message() -> &'static str {
    either(
        "Mensagem de teste do pareia: este número está funcionando.",
        "Test message from pareia: this number works.",
    )
}

/// Why an instance was not moved, or a test message not sent.
pub(super) fn refused(error: &ActionError) -> Sentence {
    let (code, error, detail) = match error {
        ActionError::NoSuchServer => (
            "no_such_server",
            either("Não há servidor ativo com esse id ou nome", "No active server has that id or name"),
            either(
                "Veja os servidores em Servidores, ou com: pareia credential list.",
                "See them under Servers, or with: pareia credential list.",
            ),
        ),
        ActionError::AlreadyThere => (
            "already_there",
            either("A instância já está nesse servidor", "The instance is on that server already"),
            either(
                "Escolha outro servidor, ou nenhum: o pareia escolhe o que tem mais espaço.",
                "Choose another server, or none: pareia chooses the one with most room.",
            ),
        ),
        ActionError::NameThere => (
            "name_on_server",
            either(
                "Esse servidor já tem outra instância com este nome",
                "That server has another instance of this name",
            ),
            either(
                "Nela o pareia não mexe. Apague-a no manager da Evolution, ou escolha outro servidor.",
                "pareia leaves that one alone. Delete it in Evolution's manager, or choose another server.",
            ),
        ),
        ActionError::NotOnWhatsapp => (
            "not_on_whatsapp",
            either("Esse número não está no WhatsApp", "That number is not on WhatsApp"),
            either(
                "Confira o número, com código do país, ou mande para o próprio número da instância.",
                "Check the number, with its country code, or send to the instance's own number.",
            ),
        ),
        ActionError::NoOtherServer => (
            "no_other_server",
            either(
                "A instância já está no único servidor que recebe números",
                "The instance is on the only server that takes numbers already",
            ),
            either(
                "Adicione outro servidor, ou libere um para números novos: pareia credential set ID --new.",
                "Add another server, or open one to new numbers: pareia credential set ID --new.",
            ),
        ),
        _ => (
            "no_room",
            either("Nenhum servidor tem lugar para esta instância", "No server has room for this instance"),
            either(
                "O servidor está cheio ou sendo esvaziado. Aumente a capacidade dele, ou escolha outro.",
                "The server is full or being drained. Raise its capacity, or choose another.",
            ),
        ),
    };
    Sentence { code, error: error.to_owned(), detail: Some(detail.into()) }
}

/// What a move would do, and first what it cannot carry.
pub fn move_plan(plan: &InstanceMove) -> String {
    let to = &plan.to.name;
    let session = match (plan.needs_scan, plan.has_phone) {
        (false, _) => say!(
            "A sessão do celular já está em {to}: ninguém precisa ler um QR Code.",
            "The phone's session is at {to} already: nobody has to scan a QR code."
        ),
        (true, false) => say!(
            "Para conectar em {to}, alguém lê o QR Code.",
            "To connect it to {to}, somebody scans the QR code."
        ),
        (true, true) => say!(
            "A sessão do celular não vai junto: alguém precisa ler um QR Code novo. Até lá o celular continua \
             conectado no servidor de hoje; conectado em {to}, o de hoje é removido.",
            "The phone's session does not move: somebody has to scan a new QR code. Until then the phone stays \
             connected to the present server; once it is connected to {to}, the present one is removed."
        ),
    };
    let carried = SettingsKind::join(plan.carries.iter().copied());
    let settings = if carried.is_empty() {
        either("Não há configurações guardadas para levar.", "There are no saved settings to move.")
            .to_owned()
    } else {
        say!(
            "Vão junto as configurações guardadas: {carried}.",
            "What is saved of its settings moves: {carried}."
        )
    };
    format!("{session} {settings}")
}

/// What a move did.
pub fn move_done(done: &InstanceMove) -> String {
    let to = &done.to.name;
    let next = if done.needs_scan {
        either(" Falta ler o QR Code para conectar lá.", " Its QR code is still to be scanned there.")
    } else {
        ""
    };
    let old = match &done.old {
        OldInstance::None => "",
        OldInstance::Stays => either(
            " A instância do servidor antigo é removida quando o celular conectar no novo.",
            " The old server's instance is removed once the phone is connected to the new one.",
        ),
        OldInstance::Removed => {
            either(" A instância do servidor antigo foi removida.", " The old server's instance was removed.")
        }
        OldInstance::NotRemoved => either(
            " A do servidor antigo não pôde ser removida agora: o pareia tenta de novo quando o celular conectar no novo.",
            " The old server's could not be removed now: pareia tries again once the phone is connected to the new one.",
        ),
    };
    say!("A instância agora é do servidor {to}.{next}{old}", "The instance is {to}'s now.{next}{old}")
}
