//! Sentences of the commands that serve: `serve`, `sim`, `demo`.

use std::io;
use std::path::Path;

use crate::text::language::{either, say};
use crate::text::os_error;

/// A text is no address to listen on.
pub fn listen_invalid() -> &'static str {
    either(
        "deve ser endereço:porta, por exemplo 127.0.0.1:3000 ou [::1]:3000",
        "must be address:port, for example 127.0.0.1:3000 or [::1]:3000",
    )
}
/// A text is no number of seconds.
pub fn seconds_invalid() -> &'static str {
    either("deve ser um número de segundos, até 86400", "must be a number of seconds, up to 86400")
}
/// A text is no time to wait for an answer.
pub fn wait_invalid() -> &'static str {
    either("deve ser um número de segundos, de 1 a 60", "must be a number of seconds, from 1 to 60")
}
/// A text is no limit of codes.
pub fn limit_invalid() -> &'static str {
    either("deve ser um número a partir de 1", "must be a number from 1")
}

/// `--listen` makes no sense.
pub fn listen_setting() -> &'static str {
    either(
        "--listen (PAREIA_LISTEN) deve ser endereço:porta, por exemplo 127.0.0.1:3000 ou [::1]:3000",
        "--listen (PAREIA_LISTEN) must be address:port, for example 127.0.0.1:3000 or [::1]:3000",
    )
}
/// `--public-url` makes no sense.
pub fn public_url_setting() -> &'static str {
    either(
        "--public-url (PAREIA_PUBLIC_URL) deve ser um endereço http:// ou https://, sem usuário, ? ou #",
        "--public-url (PAREIA_PUBLIC_URL) must be an http:// or https:// address, without a user, ? or #",
    )
}
/// `--qr-timeout` makes no sense.
pub fn qr_timeout_setting() -> &'static str {
    either(
        "--qr-timeout (PAREIA_QR_TIMEOUT) deve ser de 1 a 120 segundos",
        "--qr-timeout (PAREIA_QR_TIMEOUT) must be from 1 to 120 seconds",
    )
}
/// `--metrics-listen` makes no sense.
pub fn metrics_listen_setting() -> &'static str {
    either(
        "--metrics-listen (PAREIA_METRICS_LISTEN) deve ser endereço:porta, por exemplo 127.0.0.1:9464",
        "--metrics-listen (PAREIA_METRICS_LISTEN) must be address:port, for example 127.0.0.1:9464",
    )
}
/// `--log-format` makes no sense.
pub fn log_format_setting() -> &'static str {
    either(
        "--log-format (PAREIA_LOG_FORMAT) deve ser text ou json",
        "--log-format (PAREIA_LOG_FORMAT) must be text or json",
    )
}

/// `--evolution-url` makes no sense.
pub fn evolution_url_setting(why: &str) -> String {
    format!("--evolution-url (PAREIA_EVOLUTION_URL) {why}")
}

/// A server is named, and its key is nowhere.
pub fn evolution_key_missing() -> &'static str {
    either(
        "--evolution-url (PAREIA_EVOLUTION_URL) precisa da chave global: em PAREIA_EVOLUTION_KEY_FILE (um \
         arquivo), em PAREIA_EVOLUTION_KEY, ou em LoadCredential=evolution-key:ARQUIVO no serviço do systemd",
        "--evolution-url (PAREIA_EVOLUTION_URL) needs the global key: in PAREIA_EVOLUTION_KEY_FILE (a file), \
         in PAREIA_EVOLUTION_KEY, or in LoadCredential=evolution-key:FILE of the systemd service",
    )
}

/// A secret is given as a text and as a file.
pub fn secret_given_twice(variable: &str) -> String {
    say!(
        "{variable} e {variable}_FILE dizem a mesma coisa: use só um deles",
        "{variable} and {variable}_FILE say the same thing: use only one of them"
    )
}

/// `--notify-after` makes no sense.
pub fn notify_after_setting() -> &'static str {
    either(
        "--notify-after (PAREIA_NOTIFY_AFTER) deve ser de 1 a 3600 segundos",
        "--notify-after (PAREIA_NOTIFY_AFTER) must be from 1 to 3600 seconds",
    )
}

/// A part of `--trusted-proxy` makes no sense.
pub fn trusted_proxy_setting(part: &str) -> String {
    say!(
        "--trusted-proxy (PAREIA_TRUSTED_PROXY): \"{part}\" não é um IP nem uma faixa como 10.0.0.0/8",
        "--trusted-proxy (PAREIA_TRUSTED_PROXY): \"{part}\" is neither an IP nor a range like 10.0.0.0/8"
    )
}

/// A part of `--allow-origin` makes no sense.
pub fn allow_origin_setting(part: &str) -> String {
    say!(
        "--allow-origin (PAREIA_ALLOW_ORIGIN): \"{part}\" não é uma origem: use esquema, host e porta, como \
         https://app.loja.com.br, sem caminho e sem *",
        "--allow-origin (PAREIA_ALLOW_ORIGIN): \"{part}\" is not an origin: use scheme, host and port, like \
         https://app.example.com, without a path and without *"
    )
}

/// The address cannot be listened on.
pub fn cannot_listen(address: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => say!(
            "{address} já está em uso por outro programa: encerre-o ou escolha outra porta com --listen",
            "{address} is in use by another program: stop that one or choose another port with --listen"
        ),
        io::ErrorKind::PermissionDenied => {
            say!(
                "sem permissão para usar {address}: portas abaixo de 1024 são do root, e com sudo o pareia \
                 age como o dono da pasta de dados. Escolha outra com --listen e ponha um proxy na frente \
                 (docs/proxies.md), ou libere esta: sudo sysctl net.ipv4.ip_unprivileged_port_start=80",
                "no permission to use {address}: ports below 1024 are root's, and with sudo pareia acts as \
                 the owner of the data folder. Choose another with --listen and put a proxy in front \
                 (docs/proxies.md), or free this one: sudo sysctl net.ipv4.ip_unprivileged_port_start=80"
            )
        }
        io::ErrorKind::AddrNotAvailable => {
            say!(
                "{address} não é um endereço desta máquina: confira com \"ip addr\" e ajuste --listen",
                "{address} is not an address of this machine: check with \"ip addr\" and change --listen"
            )
        }
        _ => say!("não consegui escutar em {address}: {}", "cannot listen on {address}: {}", os_error(error)),
    }
}

/// The metrics' address cannot be listened on.
pub fn cannot_serve_metrics(address: &str, error: &io::Error) -> String {
    say!(
        "métricas (--metrics-listen): {}",
        "metrics (--metrics-listen): {}",
        cannot_listen(address, error).replace("--listen", "--metrics-listen")
    )
}

/// Another `serve` has the data folder: where it noted that it listens, and its process.
pub fn already_served(folder: &Path, other: Option<(String, u32)>) -> String {
    let other = other.map_or_else(String::new, |(listen, pid)| {
        say!(" (http://{listen}, processo {pid})", " (http://{listen}, process {pid})")
    });
    say!(
        "outro pareia serve já usa a pasta de dados {}{other}: encerre-o antes, ou dê outra pasta a este com \
         --data",
        "another pareia serve uses the data folder {}{other} already: stop that one first, or give this one \
         another folder with --data",
        folder.display()
    )
}

/// Too few files may be open for a server.
pub fn too_few_files(limit: usize, needed: usize) -> String {
    say!(
        "este processo pode abrir só {limit} arquivos e o servidor precisa de pelo menos {needed}: aumente o \
         limite com \"ulimit -n {needed}\", ou com LimitNOFILE={needed} no serviço do systemd",
        "this process may open only {limit} files and the server needs at least {needed}: raise the limit \
         with \"ulimit -n {needed}\", or with LimitNOFILE={needed} in the systemd service"
    )
}

/// Signals cannot be watched.
pub fn no_signals(error: &io::Error) -> String {
    say!(
        "não consegui preparar o encerramento por sinal: {}",
        "cannot prepare to be stopped by a signal: {}",
        os_error(error)
    )
}

/// What the simulator is, and the key it takes.
pub fn sim_ready(key: &str, version: &str) -> String {
    say!(
        "Evolution API {version} simulada. apikey: {key}. Ctrl-C encerra.",
        "Evolution API {version}, simulated. apikey: {key}. Ctrl-C stops it."
    )
}

/// A text is no key for the simulator.
pub fn sim_key_invalid() -> &'static str {
    either(
        "deve ter de 1 a 256 caracteres visíveis, sem acentos",
        "must have 1 to 256 visible characters, without accents",
    )
}
/// A text is no speed for the simulator.
pub fn speed_invalid() -> &'static str {
    either("deve ser um número de 0.1 a 1000", "must be a number from 0.1 to 1000")
}

/// The temporary folder of the demonstration could not be removed.
pub fn folder_stays(path: &Path, error: &io::Error) -> String {
    say!(
        "a pasta temporária {} ficou para trás: {}",
        "the temporary folder {} was left behind: {}",
        path.display(),
        os_error(error)
    )
}

/// A call to the demonstration's own server failed.
pub fn demo_call(error: &io::Error) -> String {
    say!(
        "a chamada ao próprio servidor da demonstração falhou: {}",
        "the call to the demonstration's own server failed: {}",
        os_error(error)
    )
}

/// The demonstration's first call was refused.
pub fn demo_refused(status: u16, code: &str) -> String {
    say!(
        "a primeira chamada da demonstração recebeu {status} ({code})",
        "the demonstration's first call got {status} ({code})"
    )
}

/// What the demonstration runs, and how to call it.
pub fn demo_ready(api: &str, upstream: &str, curl: &str) -> String {
    say!(
        "API do pareia:           {api}\nEvolution API simulada:  {upstream}\n\nExperimente em outro \
         terminal:\n{curl}\n",
        "API of pareia:             {api}\nEvolution API, simulated:  {upstream}\n\nTry this in another \
         terminal:\n{curl}\n"
    )
}

/// How to log in to the page of the demonstration.
pub fn demo_page(url: &str, name: &str, password: &str) -> String {
    say!(
        "Ou abra a página:  {url}\nNome:   {name}\nSenha:  {password}\n",
        "Or open the page:  {url}\nName:      {name}\nPassword:  {password}\n"
    )
}

/// The port that was asked for is taken.
pub fn demo_other_port(asked: &str) -> String {
    say!(
        "{asked} está em uso; a demonstração usa outra porta.",
        "{asked} is in use; the demonstration uses another port."
    )
}

/// When the simulated phone scans.
pub fn demo_pairs_after(seconds: u64) -> String {
    say!(
        "O celular simulado lê o QR Code em {seconds} s, ou já, se você teclar Enter.",
        "The simulated phone scans the QR code in {seconds} s, or now, if you press Enter."
    )
}

/// The simulated phone is connected.
pub fn demo_connected() -> &'static str {
    either(
        "conectado. O servidor continua no ar; Ctrl-C encerra.",
        "connected. The server stays up; Ctrl-C stops it.",
    )
}
/// A case of the demonstration did not behave.
pub fn demo_failed() -> &'static str {
    either(
        "nem todos os casos se comportaram como o fluxo promete",
        "not all cases behaved as the flow promises",
    )
}
/// The end of the line of a case that behaved.
pub const CASE_OK: &str = "ok";
/// The end of the line of one that did not.
pub fn case_failed() -> &'static str {
    either("FALHOU", "FAILED")
}
/// The title of the first scenario.
pub fn demo_first() -> &'static str {
    either("cenário 1: primeira criação", "scenario 1: first creation")
}
/// The title of the second scenario.
pub fn demo_repeated() -> &'static str {
    either("cenário 2: chamada duplicada", "scenario 2: repeated call")
}
/// The title of the third scenario.
pub fn demo_lost() -> &'static str {
    either("cenário 3: a Evolution perdeu a instância", "scenario 3: Evolution lost the instance")
}
/// The title of the first error case.
pub fn demo_no_credential() -> &'static str {
    either("erro 1: nenhuma credencial ativa", "error 1: no active credential")
}
/// The title of the second error case.
pub fn demo_unreachable() -> &'static str {
    either("erro 2: Evolution API fora do ar", "error 2: Evolution API is down")
}
/// The title of the third error case.
pub fn demo_other_user() -> &'static str {
    either("erro 3: a instância é de outro usuário", "error 3: the instance is another user's")
}
