//! Sentences of the call that ends in a QR code.

use super::fighting::fighting;
use super::language::{either, say};
use super::requests::not_found;
use super::scans::no_code_after_scans;
use super::sentence::Sentence;
use super::servers::upstream;
use super::storage::{storage_full, storage_full_detail};
use crate::domain::{BUSY_RETRY, BusyCause, Channel, Integration, UseCaseError};
use crate::instance::connect::{ConnectError, ConnectOutcome, PriorState};

/// The outer message of every success.
pub fn done() -> &'static str {
    either("Instância criada com credenciais do sistema", "Instance created with the system's credentials")
}
/// A phone is connected.
pub fn connected() -> &'static str {
    either("Instância já conectada.", "Instance already connected.")
}
/// The outer message of a call that ended without a code.
fn failed() -> &'static str {
    either("Erro ao criar/conectar instância", "The instance could not be created or connected")
}
/// Said beside a null pairing code.
pub fn pairing_code_missing() -> &'static str {
    either(
        "Esta instância já está aguardando a leitura de um QR Code que foi pedido sem código de pareamento. \
         Escaneie o QR Code, ou peça o código quando este expirar.",
        "This instance is already waiting for a QR code to be scanned that was asked for without a pairing \
         code. Scan the QR code, or ask for the pairing code when this one expires.",
    )
}

/// The sentence of a success.
pub fn connect_outcome(outcome: &ConnectOutcome) -> &'static str {
    match outcome.prior_state {
        PriorState::Missing => either(
            "Instância criada. Escaneie o QR Code no WhatsApp.",
            "Instance created. Scan the QR code with WhatsApp.",
        ),
        PriorState::Existing => either(
            "Instância já existente. Escaneie o QR Code.",
            "The instance exists already. Scan the QR code.",
        ),
        PriorState::Connected => connected(),
    }
}

/// The sentence of a call that ended without a code.
pub fn connect_error(error: &ConnectError) -> Sentence {
    let (code, error, detail) = match error {
        ConnectError::OwnedByOther => (
            "owned_by_other_user",
            either("Instância já existe para outro usuário", "The instance exists already, for another user")
                .to_owned(),
            Some(either(
                "Use outro channelInstanceId, ou o token do dono da instância.",
                "Use another channelInstanceId, or the token of the instance's owner.",
            )),
        ),
        ConnectError::PairedUpstream => (
            "owned_by_other_user",
            either("Instância já existe para outro usuário", "The instance exists already, for another user")
                .to_owned(),
            Some(either(
                "Esse nome já existe na Evolution com um celular pareado, e só um administrador pode \
                 adotá-lo. Use outro channelInstanceId, ou peça a um administrador.",
                "This name exists already in Evolution with a phone paired, and only an administrator may \
                 adopt it. Use another channelInstanceId, or ask an administrator.",
            )),
        ),
        ConnectError::OutOfReach(limits) => return super::token_reach(limits),
        ConnectError::NotAPhone(integration) => return not_a_phone(*integration),
        ConnectError::NoActiveCredential(channel) => ("no_active_credential", no_credential(*channel), None),
        ConnectError::NoRoom => (
            "no_room",
            either("Nenhum servidor recebe números novos", "No server takes new numbers").to_owned(),
            Some(either(
                "Todos os servidores ativos estão cheios, fechados para números novos ou sendo esvaziados. Peça a \
                 um administrador para aumentar a capacidade de um deles, ou cadastrar outro.",
                "All active servers are full, closed to new numbers or being drained. Ask an administrator to \
                 raise the capacity of one, or to add another.",
            )),
        ),
        ConnectError::NoQr => (
            "qr_timeout",
            failed().to_owned(),
            Some(either(
                "O WhatsApp ainda não entregou um QR Code a este servidor Evolution. Chame de novo; se \
                 continuar, confira se o servidor alcança web.whatsapp.com e a versão da Evolution API.",
                "WhatsApp has not given this Evolution server a QR code yet. Call again; if it goes on, check \
                 whether the server reaches web.whatsapp.com, and the version of Evolution API.",
            )),
        ),
        ConnectError::NoQrAfterScans => ("qr_timeout", failed().to_owned(), Some(no_code_after_scans())),
        ConnectError::Reconnecting => (
            "qr_timeout",
            failed().to_owned(),
            Some(either(
                "A Evolution está tentando reconectar um celular que está pareado, ou pode estar: a 1.8 não \
                 diz. Confira se o servidor alcança o WhatsApp e chame de novo; para parear outro celular, \
                 desconecte este antes.",
                "Evolution is trying to reconnect a phone that is paired, or may be: 1.8 does not say. Check \
                 whether the server reaches WhatsApp and call again; to pair another phone, log this one out \
                 first.",
            )),
        ),
        ConnectError::Fighting => (
            "fighting",
            either(
                "Duas conexões do mesmo número estão se derrubando",
                "Two connections of the same number keep replacing each other",
            )
            .to_owned(),
            Some(fighting()),
        ),
        ConnectError::Failed(error) => return use_case_error(error),
    };
    Sentence { code, error, detail: detail.map(Into::into) }
}

/// The sentence of what can end any use case.
pub fn use_case_error(error: &UseCaseError) -> Sentence {
    let (code, error, detail) = match error {
        UseCaseError::Gone => ("not_found", not_found().to_owned(), None),
        UseCaseError::Busy(cause) => return busy(*cause),
        UseCaseError::Upstream(error) => {
            let detail = Some(upstream(error).into());
            return Sentence { code: error.code(), error: failed().to_owned(), detail };
        }
        UseCaseError::StorageFull(folder) => {
            ("storage_full", storage_full(folder), Some(storage_full_detail()))
        }
        UseCaseError::Internal => (
            "internal",
            either("Erro interno", "Internal error").to_owned(),
            Some(either(
                "Procure o requestId no log do pareia. A mesma chamada pode ser repetida.",
                "Look for the requestId in pareia's log. The same call can be repeated.",
            )),
        ),
    };
    Sentence { code, error, detail: detail.map(Into::into) }
}

/// What is in the way, and when to ask again.
fn busy(cause: BusyCause) -> Sentence {
    let error = match cause {
        BusyCause::Calls => either(
            "Servidor ocupado: há chamadas demais esperando",
            "Server busy: too many calls are waiting",
        ),
        BusyCause::Name => either(
            "Outro processo, ou outra ação, está trabalhando neste nome agora",
            "Another process, or another action, is working on this name now",
        ),
        BusyCause::Database => either(
            "Outro processo está usando o banco de dados agora",
            "Another process is using the database now",
        ),
    };
    let detail = say!(
        "A mesma chamada pode ser repetida: tente de novo em {BUSY_RETRY} s.",
        "The same call can be repeated: try again in {BUSY_RETRY} s."
    );
    Sentence { code: "busy", error: error.to_owned(), detail: Some(detail.into()) }
}

/// The name is one of an instance that is no phone's.
fn not_a_phone(integration: Integration) -> Sentence {
    let error = say!(
        "Na Evolution este nome é de uma instância {}, que não é um celular e não tem QR Code",
        "In Evolution this name is of an instance of {}, which is no phone and has no QR code",
        integration.as_str()
    );
    let detail = either(
        "Ela fica como está. Use outro channelInstanceId para o celular; se ela não serve mais, apague-a no \
         manager da Evolution e chame de novo.",
        "It stays as it is. Use another channelInstanceId for the phone; if that instance is of no use any \
         more, delete it in Evolution's manager and call again.",
    );
    Sentence { code: "not_a_phone", error, detail: Some(detail.into()) }
}

fn no_credential(channel: Channel) -> String {
    say!(
        "Nenhuma credencial ativa encontrada para o canal \"{}\". Por favor, contate o administrador para \
         configurar as credenciais de integração.",
        "No active credential was found for the channel \"{}\". Please ask the administrator to set up the \
         integration's credentials.",
        channel.as_str()
    )
}
