//! Sentences about a scan that does nothing: what is known since mid-2026, told apart by what the phone says.
//! They are dated, since it may have changed.

use super::language::either;

/// The code under which programs find the help.
pub const SCAN_HELP_CODE: &str = "scan_does_nothing";
/// What whoever scans is asked.
pub fn scan_question() -> &'static str {
    either(
        "Já houve QR Code na tela e nenhum celular entrou. Se alguém leu o código, veja o que o celular \
         disse: cada resposta tem uma causa e um remédio. Prefira o QR Code: hoje o código de pareamento é o \
         caminho mais fraco.",
        "QR codes were shown and no phone came in. If somebody scanned one, see what the phone said: each \
         answer has a cause and a cure. Prefer the QR code: nowadays the pairing code is the weaker way.",
    )
}

/// A cause of a scan that does nothing.
#[derive(Clone, Copy, Debug)]
pub struct ScanCause {
    /// The stable code.
    pub code: &'static str,
    /// What the phone says where this is the cause.
    pub phone_says: &'static str,
    /// What happens, and since when that is known.
    pub cause: &'static str,
    /// What to do.
    pub cure: &'static str,
}

/// The causes that are known.
pub fn scan_causes() -> [ScanCause; 2] {
    [
        ScanCause {
            code: "could_not_link",
            phone_says: either("Não foi possível conectar o dispositivo", "Could not link device"),
            cause: either(
                "Desde cerca de 28 de julho de 2026, o WhatsApp manda um pedido a mais depois da leitura \
                 (companion_reg_refresh), e o Baileys que vem na Evolution 2.3.7 o ignora. Isso pode ter \
                 mudado.",
                "Since about 28 July 2026 WhatsApp sends one more request after the scan \
                 (companion_reg_refresh), and the Baileys that comes with Evolution 2.3.7 ignores it. That \
                 may have changed.",
            ),
            cure: either(
                "Use uma imagem da Evolution com um Baileys mais novo e leia um QR Code novo. O número da \
                 versão não mostra a diferença: ele continua 2.3.7.",
                "Use an image of Evolution with a newer Baileys and scan a new QR code. The version number \
                 does not show the difference: it stays 2.3.7.",
            ),
        },
        ScanCause {
            code: "asks_passkey",
            phone_says: either("Pede uma chave de acesso (passkey)", "Asks for a passkey"),
            cause: either(
                "Desde junho de 2026, o WhatsApp pede uma chave de acesso a alguns números, e nem a Evolution \
                 nem o pareia sabem responder a esse pedido. Isso pode ter mudado.",
                "Since June 2026 WhatsApp asks some numbers for a passkey, and neither Evolution nor pareia \
                 can answer that. That may have changed.",
            ),
            cure: either(
                "Repetir não resolve, e daqui nada responde a esse pedido. Veja se já há uma imagem mais nova \
                 da Evolution, ou conecte outro número.",
                "Trying again does not help, and nothing from here answers that request. See whether there is \
                 a newer image of Evolution by now, or connect another number.",
            ),
        },
    ]
}

/// Said where no code came, and those before led nowhere.
pub(super) fn no_code_after_scans() -> &'static str {
    either(
        "O WhatsApp não entregou outro QR Code a tempo, e com os de antes nenhum celular entrou. Veja o que o \
         celular disse ao ler: \"não foi possível conectar o dispositivo\" pede uma imagem da Evolution com \
         um Baileys mais novo; se pediu uma chave de acesso (passkey), nada daqui responde a esse pedido. \
         Depois chame de novo.",
        "WhatsApp gave no other QR code in time, and with those before no phone came in. See what the phone \
         said at the scan: \"could not link device\" needs an image of Evolution with a newer Baileys; if it \
         asked for a passkey, nothing from here answers that request. Then call again.",
    )
}
