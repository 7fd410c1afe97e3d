//! Sentences about a scan that does nothing: what is known since mid-2026, told apart by what the phone says.
//! They are dated, since it may have changed.

/// The code under which programs find the help.
pub const SCAN_HELP_CODE: &str = "scan_does_nothing";
/// What whoever scans is asked.
pub const SCAN_HELP: &str = "Já houve QR Code na tela e nenhum celular entrou. Se alguém leu o código, veja o que o celular \
    disse: cada resposta tem uma causa e um remédio. Prefira o QR Code: hoje o código de pareamento é o caminho mais fraco.";

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
pub const SCAN_CAUSES: [ScanCause; 2] = [
    ScanCause {
        code: "could_not_link",
        phone_says: "Não foi possível conectar o dispositivo",
        cause: "Desde cerca de 28 de julho de 2026, o WhatsApp manda um pedido a mais depois da leitura \
            (companion_reg_refresh), e o Baileys que vem na Evolution 2.3.7 o ignora. Isso pode ter mudado.",
        cure: "Use uma imagem da Evolution com um Baileys mais novo e leia um QR Code novo. O número da versão não \
            mostra a diferença: ele continua 2.3.7.",
    },
    ScanCause {
        code: "asks_passkey",
        phone_says: "Pede uma chave de acesso (passkey)",
        cause: "Desde junho de 2026, o WhatsApp pede uma chave de acesso a alguns números, e nem a Evolution nem o pareia \
            sabem responder a esse pedido. Isso pode ter mudado.",
        cure: "Repetir não resolve, e daqui nada responde a esse pedido. Veja se já há uma imagem mais nova da Evolution, ou \
            conecte outro número.",
    },
];

/// Said where no code came, and those before led nowhere.
pub(super) const NO_CODE_AFTER_SCANS: &str = "O WhatsApp não entregou outro QR Code a tempo, e com os de antes nenhum celular \
    entrou. Veja o que o celular disse ao ler: \"não foi possível conectar o dispositivo\" pede uma imagem da Evolution com \
    um Baileys mais novo; se pediu uma chave de acesso (passkey), nada daqui responde a esse pedido. Depois chame de novo.";
