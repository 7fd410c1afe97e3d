//! Sentences about credentials.

use std::path::Path;
use std::time::Duration;

use crate::domain::Channel;
use crate::text::count::count;

/// The id of a new credential is taken.
pub fn credential_taken(id: &str) -> String {
    format!(
        "a credencial \"{id}\" já existe. Para trocar só a chave: pareia credential rotate {id}; \
         para outro endereço, use outro --id"
    )
}

/// No credential has the id.
pub fn credential_unknown(id: &str) -> String {
    format!("não há credencial \"{id}\". Veja os ids com: pareia credential list")
}

/// The list of credentials is empty.
pub const NO_CREDENTIALS: &str = "Nenhuma credencial ainda. Cadastre uma com: \
     pareia credential add --type whatsapp_evolution --base-url URL --api-token-stdin";

/// A credential was added.
pub fn credential_added(id: &str) -> String {
    format!("Credencial cadastrada. Confira com: pareia credential test {id}")
}

/// The key is the one of Evolution's own examples.
pub fn key_is_public(id: &str) -> String {
    format!(
        "ATENÇÃO: a chave de \"{id}\" é a que vem nos exemplos da Evolution API, e qualquer pessoa a conhece. \
         Troque AUTHENTICATION_API_KEY no servidor e depois: pareia credential rotate {id} --api-token-stdin"
    )
}

/// A credential was enabled.
pub fn credential_enabled(id: &str) -> String {
    format!("Credencial \"{id}\" ativa.")
}

/// A credential was disabled; so many instances name it.
pub fn credential_disabled(id: &str, instances: u32) -> String {
    format!("Credencial \"{id}\" desativada. {}", will_move(instances))
}

/// A credential is not removed while so many instances name it.
pub fn credential_in_use(id: &str, instances: u32) -> String {
    let used = count(instances, "instância usa", "instâncias usam");
    format!(
        "{used} a credencial \"{id}\". Com --force ela é removida e, na próxima chamada, cada instância passa \
         para outra credencial ativa"
    )
}

/// A credential was removed; so many instances named it.
pub fn credential_removed(id: &str, instances: u32) -> String {
    format!("Credencial \"{id}\" removida. {}", will_move(instances))
}

/// A credential's key was replaced.
pub fn credential_rotated(id: &str) -> String {
    format!("Chave de \"{id}\" trocada. Confira com: pareia credential test {id}")
}

/// A file has no authorities to trust.
pub fn ca_unusable(path: &Path, problem: &str) -> String {
    format!("o arquivo {} {problem}", path.display())
}

/// The authorities of a credential's server were set, or it has none of its own now.
pub fn ca_set(id: &str, has_own: bool) -> String {
    let done = if has_own { "Certificado da autoridade de" } else { "Sem autoridade própria em" };
    let trusted = if has_own { " cadastrado" } else { "" };
    format!("{done} \"{id}\"{trusted}. Confira com: pareia credential test {id}")
}

/// The address of the webhook, above the lines to paste.
pub fn webhook(url: &str) -> String {
    format!(
        "Endereço do webhook: {url}\nQuem o conhece pode chamá-lo: trate-o como uma senha. Cole as linhas abaixo no \
         ambiente da Evolution API e reinicie-a. Se ela não alcança esse endereço, informe outro com --public-url."
    )
}

/// The address of this server is not known, so the webhook has none.
pub fn url_unknown(id: &str) -> String {
    format!(
        "ainda não sei em que endereço a Evolution API alcança o pareia: rode \"pareia serve\" uma vez, ou informe \
         o endereço: pareia credential webhook {id} --public-url https://zap.loja.com.br"
    )
}

/// No active credential is left.
pub const NO_ACTIVE_CREDENTIAL_LEFT: &str =
    "Não sobrou credencial ativa: até haver uma, as chamadas recebem 503.";

fn will_move(instances: u32) -> String {
    match instances {
        0 => "Nenhuma instância a usava.".into(),
        1 => "1 instância passa para outra credencial ativa na próxima chamada.".into(),
        n => format!("{n} instâncias passam para outra credencial ativa na próxima chamada de cada uma."),
    }
}

/// The stored address is not taken by this release.
pub fn base_url_unusable(id: &str, problem: &str) -> String {
    format!("o endereço da credencial \"{id}\" não serve: {problem}. Cadastre outra credencial e remova esta")
}

/// A test passed.
pub fn credential_fine(version: Option<&str>, latency: Duration) -> String {
    let version = version.map_or_else(|| "versão não informada".to_owned(), |v| format!("Evolution API {v}"));
    format!("ok  {version}  {} ms", latency.as_millis())
}

/// A text is no channel.
pub fn channel_invalid() -> String {
    let channels: Vec<_> = Channel::ALL.iter().map(|c| c.as_str()).collect();
    format!("tipos válidos: {}", channels.join(", "))
}
