//! Sentences about notice targets and what was sent to them.

use crate::store::NoticeOutcome;

/// The list of targets is empty.
pub const NO_NOTICE_TARGETS: &str =
    "Nenhum destino de avisos ainda. Crie um com: pareia notify add CANAL ENDEREÇO --user USUÁRIO";
/// The log is empty.
pub const NO_NOTICE_MESSAGES: &str = "Nenhum aviso ainda. Para ver se um destino recebe: pareia notify test";
/// Titles of `pareia notify list`.
pub const NOTICE_TARGET_TITLES: &[&str] =
    &["ID", "USUÁRIO", "ALCANCE", "CANAL", "ENDEREÇO", "SILÊNCIO", "ATIVO", "CRIADO (UTC)"];
/// Titles of `pareia notify log`.
pub const NOTICE_LOG_TITLES: &[&str] =
    &["QUANDO (UTC)", "CANAL", "ENDEREÇO", "AVISO", "RESULTADO", "TENTATIVAS", "ERRO"];

/// No target has the id.
pub fn notice_target_unknown(id: &str) -> String {
    format!("não há destino de avisos \"{id}\". Veja os ids com: pareia notify list")
}

/// A target was added.
pub fn notice_target_added(id: &str) -> String {
    format!(
        "Destino criado. O serve avisa do que acontecer a partir de agora. Para testar: pareia notify test {id}"
    )
}

/// The key of a webhook's signature, which is said once.
pub fn signing_key(key: &str) -> String {
    format!("Chave da assinatura (não aparece de novo): {key}")
}

/// A target is told of things again, or no more.
pub fn notice_target_active(id: &str, active: bool) -> String {
    if active {
        format!("Destino {id} ativo: recebe avisos do que acontecer a partir de agora.")
    } else {
        format!("Destino {id} desativado: o que estava para sair não sai mais.")
    }
}

/// A target was removed.
pub fn notice_target_removed(id: &str) -> String {
    format!("Destino {id} removido, com o registro do que foi enviado a ele.")
}

/// How the test of a target went.
pub fn notice_tested(id: &str, channel: &str, address: &str, failure: Option<&String>) -> String {
    let outcome = failure.map_or("entregue", String::as_str);
    format!("{id}  {channel}  {address}: {outcome}")
}

/// So many targets took no test.
pub fn notices_failed(failed: usize, tested: usize) -> String {
    format!("{failed} de {tested} destinos não receberam o teste")
}

/// What became of a message.
pub fn notice_outcome(outcome: NoticeOutcome) -> &'static str {
    match outcome {
        NoticeOutcome::Pending => "espera",
        NoticeOutcome::Delivered => "entregue",
        NoticeOutcome::Refused => "recusado",
        NoticeOutcome::GivenUp => "desistiu",
        NoticeOutcome::Settled => "resolvido antes",
    }
}

/// Whose numbers a target is told of.
pub fn notice_scope(for_all: bool) -> &'static str {
    if for_all { "todos os números" } else { "só os do usuário" }
}
