//! Sentences about the servers of the upstream: what is wrong with one, its address or its key, and what to paste
//! into its settings.

use super::language::{either, say};
use super::linked::Warning;
use super::sentence::Sentence;
use super::upstream_faults::{self, FaultWords};
use crate::domain::UpstreamError;
use crate::upstream::{BaseUrl, BaseUrlError, CaError, Check, KeyError};

/// What upstream did and the next step, as the detail of a call that failed over it.
pub fn upstream(error: &UpstreamError) -> String {
    let FaultWords { what, step } = upstream_faults::of(error);
    format!("{what}. {step}")
}

/// What a test found wrong with a server or its key; `None` when nothing is.
pub fn check(check: &Check) -> Option<Sentence> {
    match check {
        Check::Fine { .. } => None,
        Check::InstanceToken => Some(Sentence {
            code: "instance_token",
            error: either(
                "A chave é o token de uma instância, não a chave global",
                "The key is an instance's token, not the global key",
            )
            .to_owned(),
            detail: Some(
                either(
                    "Com ela nada pode ser criado. Use a AUTHENTICATION_API_KEY do servidor.",
                    "With it nothing can be created. Use the server's AUTHENTICATION_API_KEY.",
                )
                .into(),
            ),
        }),
        Check::Failed(error) => Some(server(error)),
    }
}

/// What is wrong with a server as a whole, and what to do about it.
pub fn server(error: &UpstreamError) -> Sentence {
    sentence(error.code(), upstream_faults::of(error))
}

/// The same from the code that was written down.
pub fn server_code(code: &str) -> Sentence {
    upstream_faults::of_code(code)
        .map_or_else(|| server(&UpstreamError::Unexpected), |(code, fault)| sentence(code, fault))
}

fn sentence(code: &'static str, fault: FaultWords) -> Sentence {
    Sentence { code, error: fault.what.into_owned(), detail: Some(fault.step) }
}

/// What to paste into Evolution's environment, so that it posts its hints to that address. Its names
/// for events are those of 1.8 and 2.x alike; logouts have none of their own there.
pub fn webhook_environment(url: &str) -> String {
    format!(
        "WEBHOOK_GLOBAL_ENABLED=true\nWEBHOOK_GLOBAL_URL={url}\nWEBHOOK_GLOBAL_WEBHOOK_BY_EVENTS=false\n\
         WEBHOOK_EVENTS_CONNECTION_UPDATE=true\nWEBHOOK_EVENTS_QRCODE_UPDATED=true\n\
         WEBHOOK_EVENTS_INSTANCE_CREATE=true\nWEBHOOK_EVENTS_INSTANCE_DELETE=true"
    )
}

/// What is wrong with the address of a server.
pub fn base_url(why: BaseUrlError) -> &'static str {
    match why {
        BaseUrlError::Malformed => either(
            "não é um endereço: use algo como http://localhost:8080 ou https://evo.loja.com.br, sem acentos \
             nem espaços",
            "is not an address: use something like http://localhost:8080 or https://evo.example.com, without \
             accents or spaces",
        ),
        BaseUrlError::Scheme => {
            either("deve começar com http:// ou https://", "must begin with http:// or https://")
        }
        BaseUrlError::UserInfo => {
            either("não pode ter usuário ou senha na URL", "may not have a user or password in the URL")
        }
        BaseUrlError::Query => either(
            "não pode ter \"?\" nem \"#\": use só o começo, como http://localhost:8080",
            "may not have \"?\" or \"#\": use only the beginning, like http://localhost:8080",
        ),
        BaseUrlError::Forbidden => either(
            "aponta para um endereço link-local ou de metadados, que nunca é uma Evolution API",
            "leads to a link-local or metadata address, which is never an Evolution API",
        ),
    }
}

/// An address is used that is another than what was typed.
pub fn base_url_amended(used: &BaseUrl) -> Warning {
    let message = say!(
        "baseUrl: usei {used} como endereço da Evolution API.",
        "baseUrl: {used} is used as the address of Evolution API."
    );
    Warning { code: "address_amended", message }
}

/// Another credential has the address as well.
pub fn same_address(other: &str) -> Warning {
    let message = say!(
        "baseUrl: a credencial \"{other}\" já é deste servidor. Para trocar só a chave dela: pareia credential rotate \
         {other}",
        "baseUrl: the credential \"{other}\" is this server's already. To replace only its key: pareia credential \
         rotate {other}"
    );
    Warning { code: "same_address", message }
}

/// More was pasted than the key.
pub fn key_unwrapped() -> Warning {
    let message = either(
        "apiToken: usei só a chave, sem as aspas ou o nome que vieram com ela.",
        "apiToken: only the key is used, without the quotes or the name that came with it.",
    );
    Warning { code: "key_unwrapped", message: message.to_owned() }
}

/// A change of the authorities that names none, nor null.
pub fn ca_certificate_missing() -> &'static str {
    either(
        "caCertificate é obrigatório: o certificado da autoridade em PEM, ou null para não confiar em nenhuma \
         além das usuais",
        "caCertificate is required: the authority's certificate in PEM, or null to trust none beyond the \
         usual ones",
    )
}

/// What is wrong with a PEM text of authorities.
pub fn ca_certificate(why: CaError) -> &'static str {
    match why {
        CaError::TooLarge => either(
            "passa de 64 KiB: mande só o certificado da sua autoridade",
            "is over 64 KiB: send only the certificate of your authority",
        ),
        CaError::PrivateKey => either(
            "tem uma chave privada, que não deve sair do servidor: mande só o certificado (BEGIN CERTIFICATE)",
            "has a private key, which should not leave its server: send only the certificate (BEGIN \
             CERTIFICATE)",
        ),
        CaError::NoCertificate => either(
            "não tem um certificado em PEM: deve começar com -----BEGIN CERTIFICATE-----",
            "has no certificate in PEM: it must begin with -----BEGIN CERTIFICATE-----",
        ),
        CaError::Unreadable => either(
            "tem um bloco que não é um certificado: copie o arquivo inteiro, sem mudar nada",
            "has a block that is not a certificate: copy the whole file, without changing anything",
        ),
    }
}

/// What is wrong with a server's key.
pub fn key(why: KeyError) -> &'static str {
    match why {
        KeyError::Empty => either(
            "a chave está vazia: mande a AUTHENTICATION_API_KEY da Evolution API",
            "the key is empty: send Evolution API's AUTHENTICATION_API_KEY",
        ),
        KeyError::TooLong => either(
            "a chave passa de 4 KiB: isso não é uma chave da Evolution API",
            "the key is over 4 KiB: that is not a key of Evolution API",
        ),
        KeyError::Multiline => either(
            "a chave tem mais de uma linha: mande só a chave, sem mais nada",
            "the key has more than one line: send only the key and nothing else",
        ),
        KeyError::OnlyName => either(
            "veio o nome da variável, não o valor dela: mande a chave em si",
            "the variable's name came, not its value: send the key itself",
        ),
        KeyError::NotAscii => either(
            "a chave tem acentos ou caracteres de controle: mande só a chave, em texto puro",
            "the key has accents or control characters: send only the key, as plain text",
        ),
    }
}
