//! Sentences about credentials and instances.

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

/// There is none yet.
pub const NO_CREDENTIALS: &str = "Nenhuma credencial ainda. Cadastre uma com: \
     pareia credential add --type whatsapp_evolution --base-url URL --api-token-stdin";

/// A credential was added.
pub fn credential_added(id: &str) -> String {
    format!("Credencial cadastrada. Confira com: pareia credential test {id}")
}

/// Everybody knows the key.
pub fn key_is_public(id: &str) -> String {
    format!(
        "ATENÇÃO: a chave de \"{id}\" é a que vem nos exemplos da Evolution API, e qualquer pessoa a conhece. \
         Troque AUTHENTICATION_API_KEY no servidor e depois: pareia credential rotate {id} --api-token-stdin"
    )
}

/// A credential is in use.
pub fn credential_enabled(id: &str) -> String {
    format!("Credencial \"{id}\" ativa.")
}

/// A credential is out of use.
pub fn credential_disabled(id: &str, instances: u32) -> String {
    format!("Credencial \"{id}\" desativada. {}", will_move(instances))
}

/// A credential that instances name is not removed just so.
pub fn credential_in_use(id: &str, instances: u32) -> String {
    let used = count(instances, "instância usa", "instâncias usam");
    format!(
        "{used} a credencial \"{id}\". Com --force ela é removida e, na próxima chamada, cada instância passa \
         para outra credencial ativa"
    )
}

/// A credential is gone.
pub fn credential_removed(id: &str, instances: u32) -> String {
    format!("Credencial \"{id}\" removida. {}", will_move(instances))
}

/// A credential has another key.
pub fn credential_rotated(id: &str) -> String {
    format!("Chave de \"{id}\" trocada. Confira com: pareia credential test {id}")
}

/// Where the server is to post, and what to do with the lines that follow.
pub fn webhook(url: &str) -> String {
    format!(
        "Endereço do webhook: {url}\nQuem o conhece pode chamá-lo: trate-o como uma senha. Cole as linhas abaixo no \
         ambiente da Evolution API e reinicie-a. Se ela não alcança esse endereço, informe outro com --public-url."
    )
}

/// Nobody has said yet where the server can be reached.
pub fn url_unknown(id: &str) -> String {
    format!(
        "ainda não sei em que endereço a Evolution API alcança o pareia: rode \"pareia serve\" uma vez, ou informe \
         o endereço: pareia credential webhook {id} --public-url https://zap.loja.com.br"
    )
}

/// After this, no call finds a credential.
pub const NO_ACTIVE_CREDENTIAL_LEFT: &str =
    "Não sobrou credencial ativa: até haver uma, as chamadas recebem 503.";

fn will_move(instances: u32) -> String {
    match instances {
        0 => "Nenhuma instância a usava.".into(),
        1 => "1 instância passa para outra credencial ativa na próxima chamada.".into(),
        n => format!("{n} instâncias passam para outra credencial ativa na próxima chamada de cada uma."),
    }
}

/// A stored address that this release does not take.
pub fn base_url_unusable(id: &str, problem: &str) -> String {
    format!("o endereço da credencial \"{id}\" não serve: {problem}. Cadastre outra credencial e remova esta")
}

/// The key opens the server.
pub fn credential_fine(version: Option<&str>, latency: Duration) -> String {
    let version = version.map_or_else(|| "versão não informada".to_owned(), |v| format!("Evolution API {v}"));
    format!("ok  {version}  {} ms", latency.as_millis())
}

/// No instance has the name.
pub fn instance_unknown(name: &str) -> String {
    format!("não há instância \"{name}\". Veja os nomes com: pareia instance list")
}

/// There is none yet.
pub const NO_INSTANCES: &str = "Nenhuma instância ainda. Conecte a primeira com: \
     pareia instance connect NOME --user USUÁRIO --phone TELEFONE";

/// A phone is connected.
pub const CONNECTED: &str = "conectado";
/// How to scan.
pub const HOW_TO_SCAN: &str = "WhatsApp > Dispositivos conectados > Conectar dispositivo";
/// How to stop looking.
pub const CTRL_C: &str = "Acompanhando o QR Code até o celular conectar; Ctrl-C para sair.";

/// The code to type, in the two halves that the phone shows.
pub fn pairing_code(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((first, second)) if code.len() == 8 => format!("Código de pareamento: {first}-{second}"),
        _ => format!("Código de pareamento: {code}"),
    }
}

/// Upstream sent a picture only.
pub const NO_CODE_TEXT: &str = "A Evolution API mandou só a imagem do QR Code, sem o texto dele. Veja a imagem no \
     campo qrCode de: pareia instance connect … --json";

/// The code would be wrapped.
pub fn too_narrow(needed: usize, columns: usize) -> String {
    format!(
        "O terminal tem {columns} colunas e o QR Code precisa de {needed}: alargue a janela ou diminua a letra."
    )
}

/// The code would leave the window at the top.
pub fn too_low(needed: usize, rows: usize) -> String {
    format!(
        "O terminal tem {rows} linhas e o QR Code precisa de {needed}: aumente a janela ou diminua a letra."
    )
}

/// What a channel must be.
pub fn channel_invalid() -> String {
    let channels: Vec<_> = Channel::ALL.iter().map(|c| c.as_str()).collect();
    format!("tipos válidos: {}", channels.join(", "))
}
