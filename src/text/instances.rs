//! Sentences about what is done with an instance, about links, and why a status is what it is.

use super::calls::use_case_error;
use super::fighting::fighting;
use super::language::{either, say};
use super::moves;
use super::sentence::Sentence;
use super::servers::upstream;
use crate::domain::{Reason, UseCaseError};
use crate::instance::actions::{Action, ActionError, Unfinished};

/// 409: there is no code to show.
pub fn already_connected() -> &'static str {
    either("Esta instância já está conectada", "This instance is connected already")
}
/// Said beside [`already_connected`].
pub fn already_connected_detail() -> &'static str {
    either(
        "Não há QR Code para mostrar. Para trocar de celular, desconecte a instância antes.",
        "There is no QR code to show. To change the phone, log the instance out first.",
    )
}
/// 410.
pub fn link_expired() -> &'static str {
    either("Este link de conexão não vale mais", "This connect link is no longer valid")
}
/// Said beside [`link_expired`].
pub fn link_expired_detail() -> &'static str {
    either(
        "O link venceu, foi cancelado ou está incompleto. Peça um link novo a quem o enviou.",
        "The link has expired, was cancelled, or is incomplete. Ask whoever sent it for a new one.",
    )
}

/// 409: the name upstream is another instance's.
fn not_yours() -> &'static str {
    either(
        "A Evolution API tem outra instância com este nome",
        "Evolution API has another instance of this name",
    )
}
/// Said beside [`not_yours`].
fn not_yours_detail() -> &'static str {
    either(
        "A que foi criada por aqui não existe mais lá, e nesta o pareia não mexe. Peça um QR Code para \
         adotá-la (se um celular estiver conectado, só um administrador pode), ou apague o registro daqui e \
         use outro nome.",
        "The one that was created from here is no longer there, and pareia leaves this one alone. Ask for a \
         QR code to adopt it (if a phone is connected, only an administrator may), or delete the record here \
         and use another name.",
    )
}
/// Said when a row is deleted whose name upstream is another instance's.
pub fn other_instance_stays() -> &'static str {
    either(
        "A Evolution API tem outra instância com este nome, que não foi criada por aqui: ela fica como está.",
        "Evolution API has another instance of this name, which was not created from here: it stays as it is.",
    )
}

/// Said when a row is deleted, and what it left on these servers is not.
pub fn left_instances_stay(servers: &[String]) -> String {
    say!(
        "Ao mudar de servidor ela deixou uma instância em {0}: lá ela fica como está, com o celular que tiver, e o \
         pareia não sabe mais dela.",
        "When it moved it left an instance on {0}: there it stays as it is, with the phone that it has, and pareia \
         no longer knows of it.",
        servers.join(", ")
    )
}

/// The sentence of an action that was not done.
pub fn action_error(action: Action, error: &ActionError) -> Sentence {
    let (code, error, detail) = match error {
        ActionError::NoCredential => (
            "credential_removed",
            either(
                "A credencial do servidor desta instância foi removida",
                "The credential of this instance's server was removed",
            ),
            Some(either(
                "Sem ela o pareia não alcança a Evolution API. Cadastre de novo uma credencial para o mesmo \
                 endereço, ou esqueça só o registro daqui com ?keepUpstream=true (\"pareia instance delete \
                 NOME --keep-upstream\"): a instância na Evolution fica como está.",
                "Without it pareia does not reach Evolution API. Add a credential for the same address again, \
                 or forget only the record here with ?keepUpstream=true (\"pareia instance delete NAME \
                 --keep-upstream\"): the instance in Evolution stays as it is.",
            )),
        ),
        ActionError::NotYours => ("not_yours", not_yours(), Some(not_yours_detail())),
        ActionError::Reconnecting => (
            "reconnecting",
            either(
                "O celular está pareado, mas a conexão dele está fora do ar",
                "The phone is paired, but its connection is down",
            ),
            Some(either(
                "Enquanto ela não volta, a Evolution API não o desconecta, e nada mudou. Tente de novo quando \
                 voltar. Se não voltar, confira a internet do celular e do servidor, ou remova o aparelho em \
                 Dispositivos conectados, no celular, e peça um QR Code novo.",
                "Until it is back, Evolution API does not log it out, and nothing has changed. Try again when \
                 it is back. If it does not come back, check the internet of the phone and of the server, or \
                 remove the device under Linked devices, on the phone, and ask for a new QR code.",
            )),
        ),
        ActionError::NoSuchServer
        | ActionError::AlreadyThere
        | ActionError::NoOtherServer
        | ActionError::NoRoom
        | ActionError::NameThere
        | ActionError::NotOnWhatsapp => return moves::refused(error),
        ActionError::NotConnected if action == Action::SendTest => (
            "not_connected",
            either(
                "A instância não está conectada, então não há por onde mandar a mensagem",
                "The instance is not connected, so nothing can be sent through it",
            ),
            Some(either("Conecte-a de novo com o QR Code.", "Connect it again with the QR code.")),
        ),
        ActionError::NotConnected => (
            "not_connected",
            either(
                "A instância não está conectada, então não há o que reiniciar",
                "The instance is not connected, so there is nothing to restart",
            ),
            Some(either("Conecte-a de novo com o QR Code.", "Connect it again with the QR code.")),
        ),
        ActionError::RestartUnsupported => (
            "restart_unsupported",
            either(
                "A Evolution API 1.8 não reinicia uma instância sem derrubá-la",
                "Evolution API 1.8 does not restart an instance without dropping it",
            ),
            Some(either(
                "Lá o comando abre uma segunda conexão que briga com a primeira, por isso ele nunca é \
                 enviado. Reinicie o servidor Evolution, ou desconecte e conecte a instância.",
                "There the command opens a second connection that fights with the first, so it is never sent. \
                 Restart the Evolution server, or log the instance out and connect it.",
            )),
        ),
        ActionError::Failed(UseCaseError::Upstream(error)) => {
            let detail = Some(upstream(error).into());
            return Sentence { code: error.code(), error: failed(action).to_owned(), detail };
        }
        ActionError::Failed(error) => return use_case_error(error),
        ActionError::Unfinished(unfinished) => return unfinished_action(action, unfinished),
    };
    Sentence { code, error: error.to_owned(), detail: detail.map(Into::into) }
}

/// How far an action came that several servers have a part in, and what is left to do.
fn unfinished_action(action: Action, unfinished: &Unfinished) -> Sentence {
    let sentence = action_error(action, &unfinished.error);
    let mut says = Vec::new();
    if !unfinished.done.is_empty() {
        let servers = unfinished.done.join(", ");
        says.push(match action {
            Action::Logout => say!("Já desconectada em: {servers}.", "Logged out already at: {servers}."),
            _ => say!("Já removida de: {servers}.", "Removed already from: {servers}."),
        });
    }
    let why = sentence.detail.unwrap_or_default();
    match &unfinished.left {
        Some(server) => says.push(say!(
            "No servidor {server}, de onde ela mudou: {why} Se ele não volta mais, esqueça só o cadastro: keepUpstream=true, ou --keep-upstream.",
            "At server {server}, which it moved from: {why} If that one is gone for good, forget the row alone: keepUpstream=true, or --keep-upstream."
        )),
        None => says.push(why.into_owned()),
    }
    Sentence { detail: Some(says.join(" ").into()), ..sentence }
}

fn failed(action: Action) -> &'static str {
    match action {
        Action::Delete => either(
            "Erro ao apagar a instância na Evolution; nada foi esquecido aqui, repita a chamada",
            "The instance could not be deleted in Evolution; nothing was forgotten here, repeat the call",
        ),
        Action::Logout => either("Erro ao desconectar a instância", "The instance could not be logged out"),
        Action::Restart => either("Erro ao reiniciar a instância", "The instance could not be restarted"),
        Action::Change => either("Erro ao gravar a instância", "The instance could not be saved"),
        Action::Move => either(
            "Erro ao mudar a instância de servidor",
            "The instance could not be moved to another server",
        ),
        Action::SendTest => {
            either("Erro ao mandar a mensagem de teste", "The test message could not be sent")
        }
        Action::Abandon => either(
            "Erro ao trocar o QR Code pelo código de pareamento",
            "The QR code could not be exchanged for the pairing code",
        ),
    }
}

/// Why a status is what it is, and what to do about it.
pub fn reason(reason: Reason) -> String {
    let text = match reason {
        Reason::Asked => either(
            "Um QR Code foi pedido; falta ler o código no WhatsApp.",
            "A QR code was asked for; it is still to be scanned with WhatsApp.",
        ),
        Reason::Paired => either("Um celular está conectado.", "A phone is connected."),
        Reason::Doubled => either(
            "Outro servidor também tem uma instância com este nome.",
            "Another server has an instance of this name as well.",
        ),
        Reason::Linked => either(
            "Outro número está conectado agora. Confira se é o que você esperava.",
            "Another number is connected now. Check whether it is the one you expected.",
        ),
        Reason::SettingsRestored => either(
            "As configurações da instância foram devolvidas depois de recriá-la.",
            "The instance's settings were put back after it was created anew.",
        ),
        Reason::SettingsMissing => either(
            "Parte das configurações não pôde ser devolvida ao recriar a instância. Confira na Evolution.",
            "Some of the settings could not be put back when the instance was created anew. Check them in \
             Evolution.",
        ),
        Reason::Moved => either(
            "A instância mudou de servidor. Conecte-a de novo com o QR Code.",
            "The instance moved to another server. Connect it again with the QR code.",
        ),
        Reason::Dropped => either(
            "A conexão do celular caiu, e a Evolution API a está trazendo de volta. Espere alguns instantes.",
            "The phone's connection dropped, and Evolution API is bringing it back. Wait a moment.",
        ),
        Reason::Unscanned => either(
            "Ninguém leu o QR Code a tempo. Peça um novo para conectar.",
            "Nobody scanned the QR code in time. Ask for a new one to connect.",
        ),
        Reason::Gone => either(
            "A Evolution API não conhece mais esta instância: foi apagada lá. Conecte-a de novo com o QR Code.",
            "Evolution API no longer knows this instance: it was deleted there. Connect it again with the QR \
             code.",
        ),
        Reason::NotAPhone => either(
            "Na Evolution este nome é de uma instância que não é um celular (integração EVOLUTION ou \
             WHATSAPP-BUSINESS).",
            "In Evolution this name is of an instance that is no phone (integration EVOLUTION or \
             WHATSAPP-BUSINESS).",
        ),
        Reason::NotLoaded => either(
            "A Evolution API conhece a instância, mas não a carregou. Confira o log dela; se continuar, \
             reinicie-a.",
            "Evolution API knows the instance, but has not loaded it. Check its log; if it goes on, restart \
             it.",
        ),
        Reason::Fighting => fighting(),
        Reason::LoggedOut => either(
            "O celular foi desconectado por aqui. Para voltar, leia um QR Code novo.",
            "The phone was logged out from here. To come back, scan a new QR code.",
        ),
        Reason::DeviceRemoved => either(
            "O aparelho foi removido em Dispositivos conectados, no celular. Para voltar, leia um QR Code \
             novo.",
            "The device was removed under Linked devices, on the phone. To come back, scan a new QR code.",
        ),
        Reason::LoggedOutUpstream => either(
            "O celular foi desconectado pelo manager da Evolution API ou por outro sistema que a usa. Para \
             voltar, leia um QR Code novo.",
            "The phone was logged out by Evolution API's manager or by another system that uses it. To come \
             back, scan a new QR code.",
        ),
        Reason::Upstream(code) => return disconnection(code),
    };
    text.to_owned()
}

/// A `disconnectionReasonCode`, which is WhatsApp's or its library's.
fn disconnection(code: u16) -> String {
    let text = match code {
        0 => either(
            "O WhatsApp encerrou a conexão sem dizer por quê. Para voltar, leia um QR Code novo.",
            "WhatsApp ended the connection without saying why. To come back, scan a new QR code.",
        ),
        401 => either(
            "O WhatsApp desconectou o aparelho. Para voltar, leia um QR Code novo.",
            "WhatsApp disconnected the device. To come back, scan a new QR code.",
        ),
        402 => either(
            "O WhatsApp suspendeu este número por um tempo. Abra o WhatsApp no celular e siga o que ele pede.",
            "WhatsApp has suspended this number for a while. Open WhatsApp on the phone and do what it asks.",
        ),
        403 => either(
            "O WhatsApp bloqueou este número. Abra o WhatsApp no celular para pedir a revisão antes de \
             conectar.",
            "WhatsApp has blocked this number. Open WhatsApp on the phone to ask for a review before \
             connecting.",
        ),
        406 => either(
            "O WhatsApp recusou este número. Abra o WhatsApp no celular e confira se ele funciona lá.",
            "WhatsApp refused this number. Open WhatsApp on the phone and see whether it works there.",
        ),
        408 => either(
            "A conexão com o WhatsApp não respondeu a tempo. Confira a internet do servidor e conecte de novo.",
            "The connection to WhatsApp did not answer in time. Check the server's internet and connect again.",
        ),
        411 => either(
            "O WhatsApp do celular não aceita vários aparelhos. Atualize o aplicativo e leia um QR Code novo.",
            "The WhatsApp on the phone does not take several devices. Update the app and scan a new QR code.",
        ),
        428 => either(
            "O WhatsApp encerrou a conexão. Costuma voltar sozinha; se não voltar, conecte de novo.",
            "WhatsApp ended the connection. It usually comes back by itself; if not, connect again.",
        ),
        440 => either(
            "Outra sessão tomou o lugar desta: o mesmo número está conectado em dois servidores. Desligue o \
             outro.",
            "Another session took the place of this one: the number is connected on two servers. Switch the \
             other off.",
        ),
        500 => either(
            "A sessão guardada na Evolution API se estragou. Desconecte a instância e leia um QR Code novo.",
            "The session kept in Evolution API is broken. Log the instance out and scan a new QR code.",
        ),
        503 => either(
            "O WhatsApp está fora do ar ou recusou a conexão por um momento. Tente de novo em alguns minutos.",
            "WhatsApp is down or refused the connection for a moment. Try again in a few minutes.",
        ),
        515 => either(
            "O WhatsApp pediu que a conexão recomece, o que acontece sozinho. Espere alguns instantes.",
            "WhatsApp asked for the connection to begin anew, which happens by itself. Wait a moment.",
        ),
        other => {
            return say!(
                "O WhatsApp encerrou a conexão (código {other}). Conecte de novo; se repetir, procure o \
                 código no log da Evolution API.",
                "WhatsApp ended the connection (code {other}). Connect again; if it happens again, look for \
                 the code in Evolution API's log."
            );
        }
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_what_happened_and_what_to_do() {
        let codes = [0, 401, 402, 403, 406, 408, 411, 428, 440, 500, 503, 515].map(Reason::Upstream);
        let mut seen = std::collections::HashSet::new();
        for known in codes.into_iter().chain([Reason::DeviceRemoved, Reason::LoggedOutUpstream]) {
            let text = reason(known);
            assert!(text.matches(". ").count() == 1 && text.ends_with('.'), "{text}");
            assert!(seen.insert(text), "{known:?}");
        }
        assert!(reason(Reason::Upstream(599)).contains("599"), "an unknown number is said");
    }
}
