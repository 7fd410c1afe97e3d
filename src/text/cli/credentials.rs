//! Sentences about credentials.

use std::path::Path;
use std::time::Duration;

use crate::domain::Channel;
use crate::text::access::credential_in_use as use_of_credential;
use crate::text::language::{either, say};

/// The id of a new credential is taken.
pub fn credential_taken(id: &str) -> String {
    say!(
        "a credencial \"{id}\" já existe. Para trocar só a chave: pareia credential rotate {id}; para outro \
         endereço, use outro --id",
        "the credential \"{id}\" exists already. To replace only its key: pareia credential rotate {id}; for \
         another address, use another --id"
    )
}

/// No credential has the id.
pub fn credential_unknown(id: &str) -> String {
    say!(
        "não há credencial \"{id}\". Veja os ids com: pareia credential list",
        "there is no credential \"{id}\". See the ids with: pareia credential list"
    )
}

/// The list of credentials is empty.
pub fn no_credentials() -> &'static str {
    either(
        "Nenhuma credencial ainda. Cadastre uma com: pareia credential add --type whatsapp_evolution \
         --base-url URL --api-token-stdin",
        "No credential yet. Add one with: pareia credential add --type whatsapp_evolution --base-url URL \
         --api-token-stdin",
    )
}

/// A credential was added.
pub fn credential_added(id: &str) -> String {
    say!(
        "Credencial cadastrada. Confira com: pareia credential test {id}",
        "Credential added. Test it with: pareia credential test {id}"
    )
}

/// The key is the one of Evolution's own examples.
pub fn key_is_public(id: &str) -> String {
    say!(
        "ATENÇÃO: a chave de \"{id}\" é a que vem nos exemplos da Evolution API, e qualquer pessoa a conhece. \
         Troque AUTHENTICATION_API_KEY no servidor e depois: pareia credential rotate {id} --api-token-stdin",
        "ATTENTION: the key of \"{id}\" is the one in Evolution API's examples, and anybody knows it. Replace \
         AUTHENTICATION_API_KEY on the server and then: pareia credential rotate {id} --api-token-stdin"
    )
}

/// A credential was enabled.
pub fn credential_enabled(id: &str) -> String {
    say!("Credencial \"{id}\" ativa.", "Credential \"{id}\" is active.")
}

/// A credential was disabled; so many instances name it.
pub fn credential_disabled(id: &str, instances: u32) -> String {
    say!("Credencial \"{id}\" desativada. {}", "Credential \"{id}\" is disabled. {}", will_move(instances))
}

/// A credential is not removed while so many instances name it, or are still to leave its server.
pub fn credential_in_use(id: &str, instances: u32, leaving: u32) -> String {
    let used = use_of_credential(instances, leaving);
    let move_on = if instances > 0 {
        either(
            " e, na próxima chamada, cada instância passa para outra credencial ativa",
            " and, at the next call, each instance moves to another active credential",
        )
    } else {
        ""
    };
    let stays = if leaving > 0 {
        either("; o que ficou lá o pareia não remove mais", "; pareia no longer removes what was left there")
    } else {
        ""
    };
    say!(
        "credencial \"{id}\": {used}. Com --force ela é removida{move_on}{stays}",
        "credential \"{id}\": {used}. With --force it is removed{move_on}{stays}"
    )
}

/// A credential was removed; so many instances named it, and so many were still to leave its server.
pub fn credential_removed(id: &str, instances: u32, leaving: u32) -> String {
    let stays = if leaving > 0 {
        either(
            " O que ficou lá o pareia não remove mais: apague-o na Evolution quando o celular estiver no servidor novo.",
            " pareia no longer removes what was left there: delete it in Evolution once the phone is on the new server.",
        )
    } else {
        ""
    };
    let moves = will_move(instances);
    say!("Credencial \"{id}\" removida. {moves}{stays}", "Credential \"{id}\" was removed. {moves}{stays}")
}

/// A credential's key was replaced.
pub fn credential_rotated(id: &str) -> String {
    say!(
        "Chave de \"{id}\" trocada. Confira com: pareia credential test {id}",
        "Key of \"{id}\" replaced. Test it with: pareia credential test {id}"
    )
}

/// A file has no authorities to trust.
pub fn ca_unusable(path: &Path, problem: &str) -> String {
    say!("o arquivo {} {problem}", "the file {} {problem}", path.display())
}

/// The authorities of a credential's server were set, or it has none of its own now.
pub fn ca_set(id: &str, has_own: bool) -> String {
    let done = if has_own {
        either("Certificado da autoridade de", "Authority's certificate of")
    } else {
        either("Sem autoridade própria em", "No authority of its own for")
    };
    let trusted = if has_own { either(" cadastrado", " saved") } else { "" };
    say!(
        "{done} \"{id}\"{trusted}. Confira com: pareia credential test {id}",
        "{done} \"{id}\"{trusted}. Test it with: pareia credential test {id}"
    )
}

/// The address of the webhook, above the lines to paste.
pub fn webhook(url: &str) -> String {
    say!(
        "Endereço do webhook: {url}\nQuem o conhece pode chamá-lo: trate-o como uma senha. Cole as linhas \
         abaixo no ambiente da Evolution API e reinicie-a. Se ela não alcança esse endereço, informe outro \
         com --public-url.",
        "Address of the webhook: {url}\nWhoever knows it can call it: treat it like a password. Paste the \
         lines below into Evolution API's environment and restart it. If it does not reach this address, give \
         another with --public-url."
    )
}

/// The address of this server is not known, so the webhook has none.
pub fn url_unknown(id: &str) -> String {
    say!(
        "ainda não sei em que endereço a Evolution API alcança o pareia: rode \"pareia serve\" uma vez, ou \
         informe o endereço: pareia credential webhook {id} --public-url https://zap.loja.com.br",
        "the address at which Evolution API reaches pareia is not known yet: run \"pareia serve\" once, or \
         give the address: pareia credential webhook {id} --public-url https://zap.example.com"
    )
}

/// No active credential is left.
pub fn no_active_credential_left() -> &'static str {
    either(
        "Não sobrou credencial ativa: até haver uma, as chamadas recebem 503.",
        "No active credential is left: until there is one, calls get 503.",
    )
}

fn will_move(instances: u32) -> String {
    match instances {
        0 => either("Nenhuma instância a usava.", "No instance used it.").into(),
        1 => either(
            "1 instância passa para outra credencial ativa na próxima chamada.",
            "1 instance moves to another active credential at its next call.",
        )
        .into(),
        n => say!(
            "{n} instâncias passam para outra credencial ativa na próxima chamada de cada uma.",
            "{n} instances move to another active credential at the next call of each."
        ),
    }
}

/// The stored address is not taken by this release.
pub fn base_url_unusable(id: &str, problem: &str) -> String {
    say!(
        "o endereço da credencial \"{id}\" não serve: {problem}. Cadastre outra credencial e remova esta",
        "the address of the credential \"{id}\" does not do: {problem}. Add another credential and remove \
         this one"
    )
}

/// A test passed.
pub fn credential_fine(version: Option<&str>, latency: Duration) -> String {
    let version = version.map_or_else(
        || either("versão não informada", "version not told").to_owned(),
        |v| format!("Evolution API {v}"),
    );
    format!("ok  {version}  {} ms", latency.as_millis())
}

/// A text is no channel.
pub fn channel_invalid() -> String {
    let channels: Vec<_> = Channel::ALL.iter().map(|c| c.as_str()).collect();
    say!("tipos válidos: {}", "valid types: {}", channels.join(", "))
}
