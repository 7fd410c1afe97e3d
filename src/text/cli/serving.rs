//! Sentences of the commands that serve: `serve`, `sim`, `demo`.

use std::io;
use std::path::Path;

use crate::text::os_error;

/// A text is no address to listen on.
pub const LISTEN_INVALID: &str = "deve ser endereço:porta, por exemplo 127.0.0.1:3000 ou [::1]:3000";
/// A text is no number of seconds.
pub const SECONDS_INVALID: &str = "deve ser um número de segundos, até 86400";
/// A text is no time to wait for an answer.
pub const WAIT_INVALID: &str = "deve ser um número de segundos, de 1 a 60";
/// A text is no limit of codes.
pub const LIMIT_INVALID: &str = "deve ser um número a partir de 1";

/// `--listen` makes no sense.
pub const LISTEN_SETTING: &str =
    "--listen (PAREIA_LISTEN) deve ser endereço:porta, por exemplo 127.0.0.1:3000 ou [::1]:3000";
/// `--public-url` makes no sense.
pub const PUBLIC_URL_SETTING: &str =
    "--public-url (PAREIA_PUBLIC_URL) deve ser um endereço http:// ou https://, sem usuário, ? ou #";
/// `--qr-timeout` makes no sense.
pub const QR_TIMEOUT_SETTING: &str = "--qr-timeout (PAREIA_QR_TIMEOUT) deve ser de 1 a 120 segundos";
/// `--metrics-listen` makes no sense.
pub const METRICS_LISTEN_SETTING: &str =
    "--metrics-listen (PAREIA_METRICS_LISTEN) deve ser endereço:porta, por exemplo 127.0.0.1:9464";
/// `--log-format` makes no sense.
pub const LOG_FORMAT_SETTING: &str = "--log-format (PAREIA_LOG_FORMAT) deve ser text ou json";

/// `--evolution-url` makes no sense.
pub fn evolution_url_setting(why: &str) -> String {
    format!("--evolution-url (PAREIA_EVOLUTION_URL) {why}")
}

/// A server is named, and its key is nowhere.
pub const EVOLUTION_KEY_MISSING: &str = "--evolution-url (PAREIA_EVOLUTION_URL) precisa da chave global: em PAREIA_EVOLUTION_KEY_FILE (um arquivo), em \
     PAREIA_EVOLUTION_KEY, ou em LoadCredential=evolution-key:ARQUIVO no serviço do systemd";

/// A secret is given as a text and as a file.
pub fn secret_given_twice(variable: &str) -> String {
    format!("{variable} e {variable}_FILE dizem a mesma coisa: use só um deles")
}

/// `--notify-after` makes no sense.
pub const NOTIFY_AFTER_SETTING: &str = "--notify-after (PAREIA_NOTIFY_AFTER) deve ser de 1 a 3600 segundos";

/// A part of `--trusted-proxy` makes no sense.
pub fn trusted_proxy_setting(part: &str) -> String {
    format!("--trusted-proxy (PAREIA_TRUSTED_PROXY): \"{part}\" não é um IP nem uma faixa como 10.0.0.0/8")
}

/// A part of `--allow-origin` makes no sense.
pub fn allow_origin_setting(part: &str) -> String {
    format!(
        "--allow-origin (PAREIA_ALLOW_ORIGIN): \"{part}\" não é uma origem: use esquema, host e porta, como \
         https://app.loja.com.br, sem caminho e sem *"
    )
}

/// The address cannot be listened on.
pub fn cannot_listen(address: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "{address} já está em uso por outro programa: encerre-o ou escolha outra porta com --listen"
        ),
        io::ErrorKind::PermissionDenied => {
            format!(
                "sem permissão para usar {address}: portas abaixo de 1024 são do root, e com sudo o pareia age como o dono da \
                 pasta de dados. Escolha outra com --listen e ponha um proxy na frente (docs/proxies.md), ou libere esta: \
                 sudo sysctl net.ipv4.ip_unprivileged_port_start=80"
            )
        }
        io::ErrorKind::AddrNotAvailable => {
            format!("{address} não é um endereço desta máquina: confira com \"ip addr\" e ajuste --listen")
        }
        _ => format!("não consegui escutar em {address}: {}", os_error(error)),
    }
}

/// The metrics' address cannot be listened on.
pub fn cannot_serve_metrics(address: &str, error: &io::Error) -> String {
    format!(
        "métricas (--metrics-listen): {}",
        cannot_listen(address, error).replace("--listen", "--metrics-listen")
    )
}

/// Another `serve` has the data folder: where it noted that it listens, and its process.
pub fn already_served(folder: &Path, other: Option<(String, u32)>) -> String {
    let other = other.map_or_else(String::new, |(listen, pid)| format!(" (http://{listen}, processo {pid})"));
    format!(
        "outro pareia serve já usa a pasta de dados {}{other}: encerre-o antes, ou dê outra pasta a este com --data",
        folder.display()
    )
}

/// Too few files may be open for a server.
pub fn too_few_files(limit: usize, needed: usize) -> String {
    format!(
        "este processo pode abrir só {limit} arquivos e o servidor precisa de pelo menos {needed}: aumente o limite com \
         \"ulimit -n {needed}\", ou com LimitNOFILE={needed} no serviço do systemd"
    )
}

/// Signals cannot be watched.
pub fn no_signals(error: &io::Error) -> String {
    format!("não consegui preparar o encerramento por sinal: {}", os_error(error))
}

/// What the simulator is, and the key it takes.
pub fn sim_ready(key: &str, version: &str) -> String {
    format!("Evolution API {version} simulada. apikey: {key}. Ctrl-C encerra.")
}

/// A text is no key for the simulator.
pub const SIM_KEY_INVALID: &str = "deve ter de 1 a 256 caracteres visíveis, sem acentos";
/// A text is no speed for the simulator.
pub const SPEED_INVALID: &str = "deve ser um número de 0.1 a 1000";

/// The temporary folder of the demonstration could not be removed.
pub fn folder_stays(path: &Path, error: &io::Error) -> String {
    format!("a pasta temporária {} ficou para trás: {}", path.display(), os_error(error))
}

/// A call to the demonstration's own server failed.
pub fn demo_call(error: &io::Error) -> String {
    format!("a chamada ao próprio servidor da demonstração falhou: {}", os_error(error))
}

/// The demonstration's first call was refused.
pub fn demo_refused(status: u16, code: &str) -> String {
    format!("a primeira chamada da demonstração recebeu {status} ({code})")
}

/// What the demonstration runs, and how to call it.
pub fn demo_ready(api: &str, upstream: &str, curl: &str) -> String {
    format!(
        "API do pareia:           {api}\nEvolution API simulada:  {upstream}\n\nExperimente em outro terminal:\n{curl}\n"
    )
}

/// How to log in to the page of the demonstration.
pub fn demo_page(url: &str, name: &str, password: &str) -> String {
    format!("Ou abra a página:  {url}\nNome:   {name}\nSenha:  {password}\n")
}

/// The port that was asked for is taken.
pub fn demo_other_port(asked: &str) -> String {
    format!("{asked} está em uso; a demonstração usa outra porta.")
}

/// When the simulated phone scans.
pub fn demo_pairs_after(seconds: u64) -> String {
    format!("O celular simulado lê o QR Code em {seconds} s, ou já, se você teclar Enter.")
}

/// The simulated phone is connected.
pub const DEMO_CONNECTED: &str = "conectado. O servidor continua no ar; Ctrl-C encerra.";
/// A case of the demonstration did not behave.
pub const DEMO_FAILED: &str = "nem todos os casos se comportaram como o fluxo promete";
/// The end of the line of a case that behaved.
pub const CASE_OK: &str = "ok";
/// The end of the line of one that did not.
pub const CASE_FAILED: &str = "FALHOU";
/// The title of the first scenario.
pub const DEMO_FIRST: &str = "cenário 1: primeira criação";
/// The title of the second scenario.
pub const DEMO_REPEATED: &str = "cenário 2: chamada duplicada";
/// The title of the third scenario.
pub const DEMO_LOST: &str = "cenário 3: a Evolution perdeu a instância";
/// The title of the first error case.
pub const DEMO_NO_CREDENTIAL: &str = "erro 1: nenhuma credencial ativa";
/// The title of the second error case.
pub const DEMO_UNREACHABLE: &str = "erro 2: Evolution API fora do ar";
/// The title of the third error case.
pub const DEMO_OTHER_USER: &str = "erro 3: a instância é de outro usuário";
