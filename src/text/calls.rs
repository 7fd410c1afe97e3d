//! Sentences of the call that ends in a QR code.

use super::fighting::FIGHTING;
use super::requests::NOT_FOUND;
use super::scans::NO_CODE_AFTER_SCANS;
use super::sentence::Sentence;
use super::servers::upstream;
use super::storage::{STORAGE_FULL_DETAIL, storage_full};
use crate::domain::{BUSY_RETRY, BusyCause, Channel, Integration, UseCaseError};
use crate::instance::connect::{ConnectError, ConnectOutcome, PriorState};

/// The outer message of every success.
pub const DONE: &str = "Instância criada com credenciais do sistema";
/// A phone is connected.
pub const CONNECTED: &str = "Instância já conectada.";
/// The outer message of a call that ended without a code.
const FAILED: &str = "Erro ao criar/conectar instância";
/// Said beside a null pairing code.
pub const PAIRING_CODE_MISSING: &str = "Esta instância já está aguardando a leitura de um QR Code que foi \
    pedido sem código de pareamento. Escaneie o QR Code, ou peça o código quando este expirar.";

/// The sentence of a success.
pub fn connect_outcome(outcome: &ConnectOutcome) -> &'static str {
    match outcome.prior_state {
        PriorState::Missing => "Instância criada. Escaneie o QR Code no WhatsApp.",
        PriorState::Existing => "Instância já existente. Escaneie o QR Code.",
        PriorState::Connected => CONNECTED,
    }
}

/// The sentence of a call that ended without a code.
pub fn connect_error(error: &ConnectError) -> Sentence {
    let (code, error, detail) = match error {
        ConnectError::OwnedByOther => (
            "owned_by_other_user",
            "Instância já existe para outro usuário".to_owned(),
            Some("Use outro channelInstanceId, ou o token do dono da instância."),
        ),
        ConnectError::PairedUpstream => (
            "owned_by_other_user",
            "Instância já existe para outro usuário".to_owned(),
            Some(
                "Esse nome já existe na Evolution com um celular pareado, e só um administrador pode adotá-lo. \
                 Use outro channelInstanceId, ou peça a um administrador.",
            ),
        ),
        ConnectError::NotAPhone(integration) => return not_a_phone(*integration),
        ConnectError::NoActiveCredential(channel) => ("no_active_credential", no_credential(*channel), None),
        ConnectError::NoQr => (
            "qr_timeout",
            FAILED.to_owned(),
            Some(
                "O WhatsApp ainda não entregou um QR Code a este servidor Evolution. Chame de novo; se \
                  continuar, confira se o servidor alcança web.whatsapp.com e a versão da Evolution API.",
            ),
        ),
        ConnectError::NoQrAfterScans => ("qr_timeout", FAILED.to_owned(), Some(NO_CODE_AFTER_SCANS)),
        ConnectError::Reconnecting => (
            "qr_timeout",
            FAILED.to_owned(),
            Some(
                "A Evolution está tentando reconectar um celular que está pareado, ou pode estar: a 1.8 não diz. Confira \
                  se o servidor alcança o WhatsApp e chame de novo; para parear outro celular, desconecte este antes.",
            ),
        ),
        ConnectError::Fighting => {
            ("fighting", "Duas conexões do mesmo número estão se derrubando".to_owned(), Some(FIGHTING))
        }
        ConnectError::Failed(error) => return use_case_error(error),
    };
    Sentence { code, error, detail: detail.map(Into::into) }
}

/// The sentence of what can end any use case.
pub fn use_case_error(error: &UseCaseError) -> Sentence {
    let (code, error, detail) = match error {
        UseCaseError::Gone => ("not_found", NOT_FOUND.to_owned(), None),
        UseCaseError::Busy(cause) => return busy(*cause),
        UseCaseError::Upstream(error) => {
            let detail = Some(upstream(error).into());
            return Sentence { code: error.code(), error: FAILED.to_owned(), detail };
        }
        UseCaseError::StorageFull(folder) => {
            ("storage_full", storage_full(folder), Some(STORAGE_FULL_DETAIL))
        }
        UseCaseError::Internal => (
            "internal",
            "Erro interno".to_owned(),
            Some("Procure o requestId no log do pareia. A mesma chamada pode ser repetida."),
        ),
    };
    Sentence { code, error, detail: detail.map(Into::into) }
}

/// What is in the way, and when to ask again.
fn busy(cause: BusyCause) -> Sentence {
    let error = match cause {
        BusyCause::Calls => "Servidor ocupado: há chamadas demais esperando",
        BusyCause::Name => "Outro processo, ou outra ação, está trabalhando neste nome agora",
        BusyCause::Database => "Outro processo está usando o banco de dados agora",
    };
    let detail = format!("A mesma chamada pode ser repetida: tente de novo em {BUSY_RETRY} s.");
    Sentence { code: "busy", error: error.to_owned(), detail: Some(detail.into()) }
}

/// The name is one of an instance that is no phone's.
fn not_a_phone(integration: Integration) -> Sentence {
    let error = format!(
        "Na Evolution este nome é de uma instância {}, que não é um celular e não tem QR Code",
        integration.as_str()
    );
    let detail = "Ela fica como está. Use outro channelInstanceId para o celular; se ela não serve mais, apague-a no \
                  manager da Evolution e chame de novo.";
    Sentence { code: "not_a_phone", error, detail: Some(detail.into()) }
}

fn no_credential(channel: Channel) -> String {
    format!(
        "Nenhuma credencial ativa encontrada para o canal \"{}\". Por favor, contate o administrador para \
         configurar as credenciais de integração.",
        channel.as_str()
    )
}
