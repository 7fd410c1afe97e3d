//! Sentences about notice targets and what was sent to them.

use crate::store::NoticeOutcome;
use crate::text::language::{either, say};

/// The list of targets is empty.
pub fn no_notice_targets() -> &'static str {
    either(
        "Nenhum destino de avisos ainda. Crie um com: pareia notify add CANAL ENDEREÇO --user USUÁRIO",
        "No notice target yet. Add one with: pareia notify add CHANNEL ADDRESS --user USER",
    )
}
/// The log is empty.
pub fn no_notice_messages() -> &'static str {
    either(
        "Nenhum aviso ainda. Para ver se um destino recebe: pareia notify test",
        "No notice yet. To see whether a target receives: pareia notify test",
    )
}
/// Titles of `pareia notify list`.
pub fn notice_target_titles() -> &'static [&'static str] {
    either(
        &["ID", "USUÁRIO", "ALCANCE", "CANAL", "ENDEREÇO", "SILÊNCIO", "ATIVO", "CRIADO (UTC)"],
        &["ID", "USER", "SCOPE", "CHANNEL", "ADDRESS", "QUIET", "ACTIVE", "CREATED (UTC)"],
    )
}
/// Titles of `pareia notify log`.
pub fn notice_log_titles() -> &'static [&'static str] {
    either(
        &["QUANDO (UTC)", "CANAL", "ENDEREÇO", "AVISO", "RESULTADO", "TENTATIVAS", "ERRO"],
        &["WHEN (UTC)", "CHANNEL", "ADDRESS", "NOTICE", "OUTCOME", "ATTEMPTS", "ERROR"],
    )
}

/// No target has the id.
pub fn notice_target_unknown(id: &str) -> String {
    say!(
        "não há destino de avisos \"{id}\". Veja os ids com: pareia notify list",
        "there is no notice target \"{id}\". See the ids with: pareia notify list"
    )
}

/// A target was added.
pub fn notice_target_added(id: &str) -> String {
    say!(
        "Destino criado. O serve avisa do que acontecer a partir de agora. Para testar: pareia notify test \
         {id}",
        "Target added. serve tells of what happens from now on. To test it: pareia notify test {id}"
    )
}

/// The key of a webhook's signature, which is said once.
pub fn signing_key(key: &str) -> String {
    say!(
        "Chave da assinatura (não aparece de novo): {key}",
        "Key of the signature (it is not shown again): {key}"
    )
}

/// A target is told of things again, or no more.
pub fn notice_target_active(id: &str, active: bool) -> String {
    if active {
        say!(
            "Destino {id} ativo: recebe avisos do que acontecer a partir de agora.",
            "Target {id} is active: it is told of what happens from now on."
        )
    } else {
        say!(
            "Destino {id} desativado: o que estava para sair não sai mais.",
            "Target {id} is disabled: what was about to be sent is not sent any more."
        )
    }
}

/// A target was removed.
pub fn notice_target_removed(id: &str) -> String {
    say!(
        "Destino {id} removido, com o registro do que foi enviado a ele.",
        "Target {id} was removed, with the record of what was sent to it."
    )
}

/// How the test of a target went.
pub fn notice_tested(id: &str, channel: &str, address: &str, failure: Option<&String>) -> String {
    let outcome = failure.map_or(either("entregue", "delivered"), String::as_str);
    format!("{id}  {channel}  {address}: {outcome}")
}

/// So many targets took no test.
pub fn notices_failed(failed: usize, tested: usize) -> String {
    say!(
        "{failed} de {tested} destinos não receberam o teste",
        "{failed} of {tested} targets did not receive the test"
    )
}

/// What became of a message.
pub fn notice_outcome(outcome: NoticeOutcome) -> &'static str {
    match outcome {
        NoticeOutcome::Pending => either("espera", "waiting"),
        NoticeOutcome::Delivered => either("entregue", "delivered"),
        NoticeOutcome::Refused => either("recusado", "refused"),
        NoticeOutcome::GivenUp => either("desistiu", "given up"),
        NoticeOutcome::Settled => either("resolvido antes", "settled before"),
    }
}

/// Whose numbers a target is told of.
pub fn notice_scope(for_all: bool) -> &'static str {
    if for_all {
        either("todos os números", "all numbers")
    } else {
        either("só os do usuário", "the user's only")
    }
}

/// What the address of a target is called where a command takes it.
pub fn address_name() -> &'static str {
    either("ENDEREÇO", "ADDRESS")
}
