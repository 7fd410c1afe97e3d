//! Every sentence of the command line, in Brazilian Portuguese.
//!
//! Sentences say what happened and what to do next. None carries a key, a token or a QR code; the
//! help texts are in `help`.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::config::Problem;
use crate::domain::Channel;
use crate::words::Sentence;

/// Before a failure's sentence.
pub fn error(sentence: &str) -> String {
    format!("erro: {sentence}")
}

/// An API refusal on the terminal: what happened, its code, the next step.
pub fn refused(sentence: &Sentence) -> String {
    match sentence.detail {
        Some(detail) => format!("{} ({}). {detail}", sentence.error, sentence.code),
        None => format!("{} ({})", sentence.error, sentence.code),
    }
}

/// Stdout took no more.
pub fn output_failed(error: &io::Error) -> String {
    format!("não consegui escrever na saída: {error}")
}

/// Said at a terminal that is to give a key.
pub const PASTE_KEY: &str = "Cole a chave da Evolution API (AUTHENTICATION_API_KEY) e tecle Enter:";
/// No key came.
pub const KEY_EMPTY: &str = "a chave está vazia: mande a AUTHENTICATION_API_KEY da Evolution API";
/// More than a key came.
pub const KEY_TOO_LONG: &str = "a chave passa de 4 KiB: isso não é uma chave da Evolution API";
/// More than a line came.
pub const KEY_MULTILINE: &str = "a chave tem mais de uma linha: mande só a chave, sem mais nada";
/// What came cannot be a header.
pub const KEY_NOT_ASCII: &str =
    "a chave tem acentos ou caracteres de controle: mande só a chave, em texto puro";

/// The file of a key cannot be read.
pub fn file_unreadable(path: &Path, error: &io::Error) -> String {
    format!("não consegui ler {}: {error}", path.display())
}

/// Stdin cannot be read.
pub fn stdin_unreadable(error: &io::Error) -> String {
    format!("não consegui ler a entrada padrão: {error}")
}

/// A free text that no list could show.
pub const LABEL_INVALID: &str = "deve ter de 1 a 64 caracteres, numa linha só";

// Users.

/// A user is there now.
pub fn user_added(name: &str) -> String {
    format!("Usuário \"{name}\" criado. Agora crie o token: pareia token create {name}")
}

/// The name of a new user is taken.
pub fn user_taken(name: &str) -> String {
    format!("o usuário \"{name}\" já existe. Veja todos com: pareia user list")
}

/// No user has the name.
pub fn user_unknown(name: &str) -> String {
    format!("não há usuário \"{name}\". Veja os nomes com: pareia user list")
}

/// There is nobody yet.
pub const NO_USERS: &str = "Nenhum usuário ainda. Crie o primeiro com: pareia user add NOME";

/// A user that owns instances is not removed.
pub fn user_owns(name: &str, instances: u32) -> String {
    let owned = count(instances, "instância", "instâncias");
    format!(
        "\"{name}\" é dono de {owned}. Passe tudo para outro usuário com: \
         pareia user remove {name} --instances-to OUTRO"
    )
}

/// A user would inherit from itself.
pub const HEIR_IS_SELF: &str = "--instances-to tem de ser outro usuário";

/// A user is gone.
pub fn user_removed(name: &str, tokens: u32) -> String {
    format!("Usuário \"{name}\" removido, com {}.", count(tokens, "token", "tokens"))
}

/// A user is gone and another has its instances.
pub fn instances_moved(instances: u32, heir: &str) -> String {
    format!("{} para \"{heir}\".", count(instances, "instância passou", "instâncias passaram"))
}

// Tokens.

/// The token was printed.
pub fn token_created(id: &str) -> String {
    format!("Guarde o token: ele não aparece de novo. Para revogar: pareia token revoke {id}")
}

/// No token has the id.
pub fn token_unknown(id: &str) -> String {
    format!("não há token \"{id}\". Veja os ids com: pareia token list")
}

/// A token is gone.
pub fn token_revoked(id: &str) -> String {
    format!("Token {id} revogado: a próxima chamada com ele recebe 401.")
}

/// There is none yet.
pub const NO_TOKENS: &str = "Nenhum token ainda. Crie um com: pareia token create USUÁRIO";

/// A moment that has passed, in a list.
pub fn expired(at: &str) -> String {
    format!("{at} (expirado)")
}

// Credentials.

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

/// The key opens one instance only.
pub fn instance_token(id: &str) -> String {
    format!(
        "a chave é o token de uma instância, não a chave global: com ela nada pode ser criado. Use a \
         AUTHENTICATION_API_KEY do servidor: pareia credential rotate {id} --api-token-stdin"
    )
}

// Instances.

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

// Servers.

/// Nothing can listen there.
pub const LISTEN_INVALID: &str = "deve ser endereço:porta, por exemplo 127.0.0.1:3000 ou [::1]:3000";
/// No phone waits that long.
pub const SECONDS_INVALID: &str = "deve ser um número de segundos, até 86400";
/// No server gives up before the first code.
pub const LIMIT_INVALID: &str = "deve ser um número a partir de 1";

/// A setting of `serve` makes no sense.
pub fn setting(problem: &Problem) -> String {
    match problem {
        Problem::Listen => {
            "--listen (PAREIA_LISTEN) deve ser endereço:porta, por exemplo 127.0.0.1:3000 ou [::1]:3000"
                .into()
        }
        Problem::PublicUrl => {
            "--public-url (PAREIA_PUBLIC_URL) deve ser um endereço http:// ou https://, sem usuário, ? ou #"
                .into()
        }
        Problem::QrTimeout => "--qr-timeout (PAREIA_QR_TIMEOUT) deve ser de 1 a 120 segundos".into(),
        Problem::TrustedProxy(part) => format!(
            "--trusted-proxy (PAREIA_TRUSTED_PROXY): \"{part}\" não é um IP nem uma faixa como 10.0.0.0/8"
        ),
    }
}

/// The address cannot be listened on.
pub fn cannot_listen(address: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "{address} já está em uso por outro programa: encerre-o ou escolha outra porta com --listen"
        ),
        io::ErrorKind::PermissionDenied => {
            format!(
                "sem permissão para usar {address}: portas abaixo de 1024 pedem root; escolha outra com --listen"
            )
        }
        io::ErrorKind::AddrNotAvailable => {
            format!("{address} não é um endereço desta máquina: confira com \"ip addr\" e ajuste --listen")
        }
        _ => format!("não consegui escutar em {address}: {error}"),
    }
}

/// Signals cannot be watched.
pub fn no_signals(error: &io::Error) -> String {
    format!("não consegui preparar o encerramento por sinal: {error}")
}

/// What the simulator is, and the key it takes.
pub fn sim_ready(key: &str, version: &str) -> String {
    format!("Evolution API {version} simulada. apikey: {key}. Ctrl-C encerra.")
}

/// A simulator without a key would take none.
pub const SIM_KEY_INVALID: &str = "deve ter de 1 a 256 caracteres visíveis, sem acentos";
/// A speed that no clock can run at.
pub const SPEED_INVALID: &str = "deve ser um número de 0.1 a 1000";

// The demonstration.

/// Its own folder could not be removed.
pub fn folder_stays(path: &Path, error: &io::Error) -> String {
    format!("a pasta temporária {} ficou para trás: {error}", path.display())
}

/// Its own server did not answer.
pub fn demo_call(error: &io::Error) -> String {
    format!("a chamada ao próprio servidor da demonstração falhou: {error}")
}

/// Its first call was refused.
pub fn demo_refused(status: u16, code: &str) -> String {
    format!("a primeira chamada da demonstração recebeu {status} ({code})")
}

/// What is running, and how to try it.
pub fn demo_ready(api: &str, upstream: &str, curl: &str) -> String {
    format!(
        "API do pareia:           {api}\nEvolution API simulada:  {upstream}\n\nExperimente em outro terminal:\n{curl}\n"
    )
}

/// The usual port is taken.
pub fn demo_other_port(asked: &str) -> String {
    format!("{asked} está em uso; a demonstração usa outra porta.")
}

/// When the simulated phone scans.
pub fn demo_pairs_after(seconds: u64) -> String {
    format!("O celular simulado lê o QR Code em {seconds} s, ou já, se você teclar Enter.")
}

/// What is left to do.
pub const DEMO_CONNECTED: &str = "conectado. O servidor continua no ar; Ctrl-C encerra.";
/// Some case did not behave.
pub const DEMO_FAILED: &str = "nem todos os casos se comportaram como o fluxo promete";
/// A case behaved.
pub const CASE_OK: &str = "ok";
/// A case did not behave.
pub const CASE_FAILED: &str = "FALHOU";

fn count(n: u32, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// What a channel must be.
pub fn channel_invalid() -> String {
    let channels: Vec<_> = Channel::ALL.iter().map(|c| c.as_str()).collect();
    format!("tipos válidos: {}", channels.join(", "))
}

/// A refusal with the code that programs look at.
pub fn coded(code: &str, sentence: &str) -> String {
    format!("{sentence} ({code})")
}

/// A truth in a table.
pub fn yes_no(yes: bool) -> &'static str {
    if yes { "sim" } else { "não" }
}

/// A cell that may be empty.
pub fn or_dash(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "-".into())
}

// Arguments that make no sense.

/// After every one of them.
pub fn misused(sentence: &str) -> String {
    format!("{}\nVeja o uso com --help.", error(sentence))
}

/// No command takes it.
pub fn unknown_argument(argument: &str) -> String {
    format!("o argumento {argument} não existe aqui")
}

/// There is no such command.
pub fn unknown_command(command: &str) -> String {
    format!("o comando \"{command}\" não existe")
}

/// It has to be there.
pub fn missing(arguments: &str) -> String {
    format!("falta: {arguments}")
}

/// It may be there once.
pub fn repeated(argument: &str) -> String {
    format!("{argument} só pode aparecer uma vez")
}

/// Both cannot be.
pub fn conflict(argument: &str, other: &str) -> String {
    format!("{argument} não combina com {other}: use só um deles")
}

/// It says nothing on its own.
pub fn without_value(argument: &str) -> String {
    format!("{argument} pede um valor")
}

/// It is not one of a few.
pub fn value_not_one_of(argument: &str, value: &str, valid: &str) -> String {
    format!("{argument}: \"{value}\" não é um de: {valid}")
}

/// It cannot be read.
pub fn value_refused(argument: &str, value: &str, why: &str) -> String {
    format!("{argument}: \"{value}\" não serve: {why}")
}

/// Not a life that a token can have.
pub const DAYS_INVALID: &str = "deve ser um número de dias, de 1 a 3650";

/// What is missing after a group of commands.
pub fn command_missing(commands: &str) -> String {
    format!("falta o comando: {commands}")
}
