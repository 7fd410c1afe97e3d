//! Sentences about what is done with an instance, about links, and why a status is what it is.

use super::calls::use_case_error;
use super::fighting::FIGHTING;
use super::sentence::Sentence;
use super::servers::upstream;
use crate::domain::{Reason, UseCaseError};
use crate::instance::actions::{Action, ActionError};

/// 409: there is no code to show.
pub const ALREADY_CONNECTED: &str = "Esta instância já está conectada";
/// Said beside [`ALREADY_CONNECTED`].
pub const ALREADY_CONNECTED_DETAIL: &str =
    "Não há QR Code para mostrar. Para trocar de celular, desconecte a instância antes.";
/// 410.
pub const LINK_EXPIRED: &str = "Este link de conexão não vale mais";
/// Said beside [`LINK_EXPIRED`].
pub const LINK_EXPIRED_DETAIL: &str =
    "O link venceu, foi cancelado ou está incompleto. Peça um link novo a quem o enviou.";

/// 409: the name upstream is another instance's.
const NOT_YOURS: &str = "A Evolution API tem outra instância com este nome";
/// Said beside [`NOT_YOURS`].
const NOT_YOURS_DETAIL: &str = "A que foi criada por aqui não existe mais lá, e nesta o pareia não mexe. Peça um QR Code para adotá-la (se um \
     celular estiver conectado, só um administrador pode), ou apague o registro daqui e use outro nome.";
/// Said when a row is deleted whose name upstream is another instance's.
pub const OTHER_INSTANCE_STAYS: &str =
    "A Evolution API tem outra instância com este nome, que não foi criada por aqui: ela fica como está.";

/// The sentence of an action that was not done.
pub fn action_error(action: Action, error: &ActionError) -> Sentence {
    let (code, error, detail) = match error {
        ActionError::NoCredential => (
            "credential_removed",
            "A credencial do servidor desta instância foi removida",
            Some(
                "Sem ela o pareia não alcança a Evolution API. Cadastre de novo uma credencial para o mesmo \
                 endereço, ou esqueça só o registro daqui com ?keepUpstream=true (\"pareia instance delete NOME \
                 --keep-upstream\"): a instância na Evolution fica como está.",
            ),
        ),
        ActionError::NotYours => ("not_yours", NOT_YOURS, Some(NOT_YOURS_DETAIL)),
        ActionError::Reconnecting => (
            "reconnecting",
            "O celular está pareado, mas a conexão dele está fora do ar",
            Some(
                "Enquanto ela não volta, a Evolution API não o desconecta, e nada mudou. Tente de novo quando voltar. \
                 Se não voltar, confira a internet do celular e do servidor, ou remova o aparelho em Dispositivos \
                 conectados, no celular, e peça um QR Code novo.",
            ),
        ),
        ActionError::NotConnected => (
            "not_connected",
            "A instância não está conectada, então não há o que reiniciar",
            Some("Conecte-a de novo com o QR Code."),
        ),
        ActionError::RestartUnsupported => (
            "restart_unsupported",
            "A Evolution API 1.8 não reinicia uma instância sem derrubá-la",
            Some(
                "Lá o comando abre uma segunda conexão que briga com a primeira, por isso ele nunca é enviado. \
                 Reinicie o servidor Evolution, ou desconecte e conecte a instância.",
            ),
        ),
        ActionError::Failed(UseCaseError::Upstream(error)) => {
            let detail = Some(upstream(error).into());
            return Sentence { code: error.code(), error: failed(action).to_owned(), detail };
        }
        ActionError::Failed(error) => return use_case_error(error),
    };
    Sentence { code, error: error.to_owned(), detail: detail.map(Into::into) }
}

fn failed(action: Action) -> &'static str {
    match action {
        Action::Delete => {
            "Erro ao apagar a instância na Evolution; nada foi esquecido aqui, repita a chamada"
        }
        Action::Logout => "Erro ao desconectar a instância",
        Action::Restart => "Erro ao reiniciar a instância",
        Action::Change => "Erro ao gravar a instância",
        Action::Abandon => "Erro ao trocar o QR Code pelo código de pareamento",
    }
}

/// Why a status is what it is, and what to do about it.
pub fn reason(reason: Reason) -> String {
    let text = match reason {
        Reason::Asked => "Um QR Code foi pedido; falta ler o código no WhatsApp.",
        Reason::Paired => "Um celular está conectado.",
        Reason::Doubled => "Outro servidor também tem uma instância com este nome.",
        Reason::Linked => "Outro número está conectado agora. Confira se é o que você esperava.",
        Reason::SettingsRestored => "As configurações da instância foram devolvidas depois de recriá-la.",
        Reason::SettingsMissing => {
            "Parte das configurações não pôde ser devolvida ao recriar a instância. Confira na Evolution."
        }
        Reason::Moved => "A instância mudou de servidor. Conecte-a de novo com o QR Code.",
        Reason::Dropped => {
            "A conexão do celular caiu, e a Evolution API a está trazendo de volta. Espere alguns instantes."
        }
        Reason::Unscanned => "Ninguém leu o QR Code a tempo. Peça um novo para conectar.",
        Reason::Gone => {
            "A Evolution API não conhece mais esta instância: foi apagada lá. Conecte-a de novo com o QR Code."
        }
        Reason::NotAPhone => {
            "Na Evolution este nome é de uma instância que não é um celular (integração EVOLUTION ou WHATSAPP-BUSINESS)."
        }
        Reason::NotLoaded => {
            "A Evolution API conhece a instância, mas não a carregou. Confira o log dela; se continuar, reinicie-a."
        }
        Reason::Fighting => FIGHTING,
        Reason::LoggedOut => "O celular foi desconectado por aqui. Para voltar, leia um QR Code novo.",
        Reason::DeviceRemoved => {
            "O aparelho foi removido em Dispositivos conectados, no celular. Para voltar, leia um QR Code novo."
        }
        Reason::LoggedOutUpstream => {
            "O celular foi desconectado pelo manager da Evolution API ou por outro sistema que a usa. Para voltar, \
             leia um QR Code novo."
        }
        Reason::Upstream(code) => return disconnection(code),
    };
    text.to_owned()
}

/// A `disconnectionReasonCode`, which is WhatsApp's or its library's.
fn disconnection(code: u16) -> String {
    let text = match code {
        0 => "O WhatsApp encerrou a conexão sem dizer por quê. Para voltar, leia um QR Code novo.",
        401 => "O WhatsApp desconectou o aparelho. Para voltar, leia um QR Code novo.",
        402 => {
            "O WhatsApp suspendeu este número por um tempo. Abra o WhatsApp no celular e siga o que ele pede."
        }
        403 => {
            "O WhatsApp bloqueou este número. Abra o WhatsApp no celular para pedir a revisão antes de conectar."
        }
        406 => "O WhatsApp recusou este número. Abra o WhatsApp no celular e confira se ele funciona lá.",
        408 => {
            "A conexão com o WhatsApp não respondeu a tempo. Confira a internet do servidor e conecte de novo."
        }
        411 => {
            "O WhatsApp do celular não aceita vários aparelhos. Atualize o aplicativo e leia um QR Code novo."
        }
        428 => "O WhatsApp encerrou a conexão. Costuma voltar sozinha; se não voltar, conecte de novo.",
        440 => {
            "Outra sessão tomou o lugar desta: o mesmo número está conectado em dois servidores. Desligue o outro."
        }
        500 => {
            "A sessão guardada na Evolution API se estragou. Desconecte a instância e leia um QR Code novo."
        }
        503 => {
            "O WhatsApp está fora do ar ou recusou a conexão por um momento. Tente de novo em alguns minutos."
        }
        515 => "O WhatsApp pediu que a conexão recomece, o que acontece sozinho. Espere alguns instantes.",
        other => {
            return format!(
                "O WhatsApp encerrou a conexão (código {other}). Conecte de novo; se repetir, procure o código no \
                 log da Evolution API."
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
