//! Sentences of `doctor` and `health`: what was found, and what to do about it. What an error of the API has words
//! for is said in those: of a server by `text::check`, of the database by `text::storage`.

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::domain::{NoConnection, TlsFailure, UpstreamError};
use crate::store::{BackupError, Error, FileFacts};
use crate::text::count::count;
use crate::text::sentence::Sentence;
use crate::text::{os_error, storage};

fn found(code: &'static str, what: impl Into<String>, cure: impl Into<Cow<'static, str>>) -> Sentence {
    Sentence { code, error: what.into(), detail: Some(cure.into()) }
}

/// Bytes as people read them.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

/// A span as people say it, in its largest unit.
pub fn span(span: Duration) -> String {
    let seconds = u32::try_from(span.as_secs()).unwrap_or(u32::MAX);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => count(seconds / 86_400, "dia", "dias"),
    }
}

/// The title of a check.
pub fn check_title(check: &str) -> &'static str {
    match check {
        "binary" => "programa",
        "folder" => "pasta",
        "key" => "chave",
        "database" => "banco",
        "disk" => "disco",
        "clock" => "relógio",
        "files" => "arquivos",
        "port" => "porta",
        "unit" => "serviço",
        "backup" => "backup",
        "notices" => "avisos",
        "server" => "servidor",
        _ => "proxy",
    }
}

/// How a finding is marked.
pub const MARKS: [&str; 3] = ["ok   ", "aviso", "falha"];
/// Begins the line of a cure.
pub const CURE: &str = "O que fazer:";

/// What all checks came to.
pub fn doctor_summary(fine: u32, warnings: u32, failures: u32) -> String {
    let (warnings, failures) = (count(warnings, "aviso", "avisos"), count(failures, "falha", "falhas"));
    format!("{fine} ok, {warnings}, {failures}")
}

/// A check did not end in the time that there is for all.
pub fn check_unfinished() -> Sentence {
    found(
        "check_unfinished",
        "não terminou a tempo",
        "O disco, o banco ou a rede não respondem. Rode de novo; se repetir, confira o log do sistema (dmesg).",
    )
}

/// A check ended in a panic.
pub fn check_failed() -> Sentence {
    found(
        "check_failed",
        "a conferência falhou por um erro do pareia",
        "Relate o erro, com o que foi escrito acima.",
    )
}

/// A check needs a database that does not open, or is another release's.
pub fn not_checked(error: &Error) -> Sentence {
    found(
        "not_checked",
        format!("não conferido, o banco não se deixa ler: {}", storage(error)),
        "Resolva antes o que a linha do banco diz.",
    )
}

/// The running program.
pub fn binary_fine(path: &str) -> String {
    format!("pareia {} ({path})", env!("CARGO_PKG_VERSION"))
}

/// Others may replace the program.
pub fn binary_writable(path: &str) -> Sentence {
    found(
        "binary_writable",
        format!("outros usuários podem trocar o programa ({path})"),
        format!("chmod go-w {path}"),
    )
}

/// The data folder, and whose it is.
pub fn folder_fine(folder: &Path, owner: &str) -> String {
    format!("{} é de {owner} e fechada aos outros", folder.display())
}

/// There is no data folder.
pub fn folder_missing(folder: &Path) -> Sentence {
    found(
        "folder_missing",
        format!("{} não existe", folder.display()),
        "Se o pareia já rodou aqui, diga onde estão os dados (--data PASTA, ou PAREIA_DATA). Se não, \"pareia serve\" cria a \
         pasta.",
    )
}

/// The data folder cannot be read.
pub fn folder_unreadable(folder: &Path, error: &io::Error) -> Sentence {
    found(
        "folder_unreadable",
        format!("{}: {}", folder.display(), os_error(error)),
        "Rode como o usuário do serviço: sudo -u pareia pareia doctor --data PASTA",
    )
}

/// The data folder is another user's.
pub fn folder_foreign(folder: &Path, owner: &str, me: &str) -> Sentence {
    found(
        "folder_foreign",
        format!("{} é de {owner}, e este comando roda como {me}", folder.display()),
        format!(
            "Rode como o dono (sudo -u {owner} pareia …), ou dê a pasta a {me}: chown -R {me} {}",
            folder.display()
        ),
    )
}

/// Others may write in the data folder.
pub fn folder_writable(folder: &Path) -> Sentence {
    found("folder_writable", crate::text::folder_exposed(), format!("chmod go-rwx {}", folder.display()))
}

/// Others may enter the data folder.
pub fn folder_open(folder: &Path) -> Sentence {
    found(
        "folder_open",
        format!("outros usuários podem entrar em {}", folder.display()),
        format!("chmod go-rwx {}", folder.display()),
    )
}

/// A file of the data folder has another owner than the folder.
pub fn file_foreign(folder: &Path, file: &FileFacts, owner: &str, folder_owner: &str) -> Sentence {
    let (folder, name) = (folder.display(), file.name);
    let cure = if folder_owner == "root" {
        // Nobody's service runs as root: it is the folder that came with a copy of root's.
        format!("Dê a pasta ao usuário do serviço: sudo chown -R {owner}: {folder}")
    } else {
        format!(
            "sudo chown {folder_owner}: {folder}/{name}. Para copiar arquivos para lá, seja {folder_owner}: sudo -u \
             {folder_owner} cp … (o pareia que o root roda já age como ele)."
        )
    };
    found(
        "file_foreign",
        format!("{name} é de {owner}, e a pasta é de {folder_owner}: o serviço não abre os dois"),
        cure,
    )
}

/// Others may read a file of the data folder.
pub fn file_readable(file: &FileFacts) -> Sentence {
    found(
        "file_readable",
        format!("outros usuários podem ler {} (modo {:o})", file.name, file.mode),
        format!("chmod 600 {} na pasta de dados", file.name),
    )
}

/// The sealing key opens what is sealed.
pub fn key_fine(keys: usize) -> String {
    let keys = u32::try_from(keys).unwrap_or(u32::MAX);
    format!("pareia.key abre {}", count(keys, "chave selada", "chaves seladas"))
}

/// There is no sealing key yet, and nothing sealed.
pub const KEY_NOT_MADE: &str = "pareia.key ainda não existe, e nada está selado";

/// There is no sealing key, and something is sealed.
pub fn key_missing(path: &Path) -> Sentence {
    found("key_missing", storage(&Error::KeyMissing(path.to_owned())), "Sem essa chave o pareia não inicia.")
}

/// The sealing key is none, or another one.
pub fn key_wrong(path: &Path) -> Sentence {
    found("key_wrong", storage(&Error::KeyWrong(path.to_owned())), "Sem a chave certa o pareia não inicia.")
}

/// The database is whole.
pub fn database_fine(version: i64, bytes: u64, wal: u64) -> String {
    format!("íntegro, tabelas na versão {version}, {} e mais {} no WAL", size(bytes), size(wal))
}

/// There is no database yet.
pub fn database_missing() -> Sentence {
    found(
        "database_missing",
        "ainda não há pareia.db nesta pasta",
        "\"pareia serve\" o cria. Se havia um banco, confira --data, ou restaure o backup antes de iniciar.",
    )
}

/// Another program holds the database.
pub fn database_busy() -> Sentence {
    found(
        "database_busy",
        "outro programa segura o banco, que não pôde ser lido",
        "Feche esse programa (fuser -v pareia.db diz qual é), ou espere que termine, e rode o doctor de novo.",
    )
}

/// The database does not open.
pub fn database_unusable(error: &Error) -> Sentence {
    found(
        "database_unusable",
        storage(error),
        "Se não houver outro meio, restaure pareia.db do backup, com o pareia parado.",
    )
}

/// The database is damaged.
pub fn database_damaged(first: &str) -> Sentence {
    found(
        "database_damaged",
        format!("pareia.db está danificado ({first})"),
        "Pare o pareia, guarde uma cópia da pasta e restaure pareia.db do backup. Confira também o disco.",
    )
}

/// The tables are of a newer release.
pub fn schema_newer(found_version: i64, known: i64) -> Sentence {
    found(
        "schema_newer",
        storage(&Error::Newer { found: found_version, known }),
        "Este pareia é mais antigo que o banco, e não inicia com ele.",
    )
}

/// The tables are of an older release.
pub fn schema_older(found_version: i64, known: i64) -> Sentence {
    found(
        "schema_older",
        format!("as tabelas são da versão {found_version}, e este pareia usa a {known}"),
        "O próximo início do serve atualiza as tabelas, depois de guardar uma cópia. Reinicie o serviço.",
    )
}

/// The WAL has grown.
pub fn wal_large(bytes: u64) -> Sentence {
    found(
        "wal_large",
        format!("o WAL (pareia.db-wal) cresceu até {}", size(bytes)),
        "Algum programa mantém o banco aberto em leitura, como um sqlite3 esquecido. Feche-o, ou reinicie o serviço.",
    )
}

/// The database may have been lost.
pub fn database_lost() -> Sentence {
    found(
        "database_lost",
        crate::text::database_lost(),
        "Restaure o banco do backup, ou cadastre uma credencial.",
    )
}

/// There is space.
pub fn disk_fine(free: u64, total: u64) -> String {
    format!("{} livres de {}", size(free), size(total))
}

/// There is hardly any space.
pub fn disk_full(free: u64) -> Sentence {
    found(
        "disk_full",
        format!("só há {} livres no disco da pasta de dados", size(free)),
        crate::text::storage_full_detail(),
    )
}

/// There is little space.
pub fn disk_low(free: u64) -> Sentence {
    found(
        "disk_low",
        format!("só há {} livres no disco da pasta de dados", size(free)),
        "Libere espaço: uma atualização e um backup escrevem uma cópia inteira do banco.",
    )
}

/// Few more files can be made.
pub fn disk_files(free: u64) -> Sentence {
    let free = u32::try_from(free).unwrap_or(u32::MAX);
    found(
        "disk_files",
        format!("o disco aceita só mais {}", count(free, "arquivo", "arquivos")),
        "Apague arquivos pequenos que sobram (df -i mostra).",
    )
}

/// The disk cannot be asked.
pub fn disk_unreadable(folder: &Path, error: &io::Error) -> Sentence {
    found(
        "disk_unreadable",
        format!("não consegui ver o espaço em {}: {}", folder.display(), os_error(error)),
        "Confira se o disco está montado.",
    )
}

/// The clock is right, as far as is known.
pub fn clock_fine(now: &str, compared: u32) -> String {
    match compared {
        0 => format!("{now} (UTC)"),
        n => format!("{now} (UTC), igual ao de {}", count(n, "servidor", "servidores")),
    }
}

/// The clock is years off.
pub fn clock_wrong(now: &str) -> Sentence {
    found(
        "clock_wrong",
        format!("esta máquina diz que são {now} (UTC)"),
        "Acerte a data: timedatectl set-ntp true. Certificados, tokens e links dependem dela.",
    )
}

/// The database has moments that are still to come.
pub fn clock_behind(ahead: Duration) -> Sentence {
    found(
        "clock_behind",
        format!("o banco tem registros de {} à frente: o relógio foi atrasado", span(ahead)),
        "Acerte a hora: timedatectl set-ntp true",
    )
}

/// The clock and a server's differ.
pub fn clock_differs(server: &str, by: Duration) -> Sentence {
    found(
        "clock_differs",
        format!("o relógio daqui e o de \"{server}\" diferem em {}", span(by)),
        "Acerte a hora das duas máquinas: timedatectl set-ntp true",
    )
}

/// So many files may be open.
pub fn files_fine(files: usize) -> String {
    format!("até {files} arquivos abertos")
}

/// Too few files may be open to start.
pub fn files_too_few(files: usize, needed: usize) -> Sentence {
    found("files_too_few", super::too_few_files(files, needed), "Sem isso o serve não inicia.")
}

/// Fewer files may be open than all connections need.
pub fn files_few(files: usize, wanted: usize) -> Sentence {
    found(
        "files_few",
        format!("até {files} arquivos abertos, menos do que todas as conexões pedem ({wanted})"),
        "Com algumas centenas de clientes ao mesmo tempo, ponha LimitNOFILE=16384 no serviço (systemctl edit pareia).",
    )
}

/// `serve` answers.
pub fn port_fine(address: &str) -> String {
    format!("o serve atende em http://{address}")
}

/// The running server is another release than the program.
pub fn serve_other_version(running: &str) -> Sentence {
    found(
        "serve_other_version",
        format!("o serve que está rodando é o {running}, e este programa é o {}", env!("CARGO_PKG_VERSION")),
        "Reinicie o serviço: systemctl restart pareia",
    )
}

/// `serve` warns of something.
pub fn serve_warns(warning: &str) -> Sentence {
    found("serve_warns", warning, "O aviso diz o que fazer; /readyz o repete até então.")
}

/// `serve` takes no calls.
pub fn serve_not_ready(address: &str, why: &str) -> Sentence {
    found(
        "serve_not_ready",
        format!("o serve em http://{address} não atende: {why}"),
        crate::text::not_ready_detail(),
    )
}

/// Nothing listens where `serve` would.
pub fn serve_stopped(address: &str) -> Sentence {
    found(
        "serve_stopped",
        format!("ninguém serve esta pasta de dados (nada escuta em {address})"),
        "systemctl start pareia, ou \"pareia serve\". Se os dados do serviço estão em outra pasta, diga qual com --data.",
    )
}

/// The server of another folder listens where the one of this would.
pub fn serve_elsewhere(address: &str) -> Sentence {
    found(
        "serve_elsewhere",
        format!("ninguém serve esta pasta de dados: o pareia em http://{address} serve outra"),
        "Se esta é uma cópia, nada a fazer. Para servi-la: pareia serve, com outra porta em --listen. Se é a do serviço, \
         confira o --data dele.",
    )
}

/// A server has the folder, and nothing listens where it should.
pub fn serve_hidden(address: &str) -> Sentence {
    found(
        "serve_hidden",
        format!("um pareia serve usa esta pasta de dados, e nada escuta em {address}"),
        "Ele ainda inicia: espere e rode de novo. Se usa outra porta, diga qual com --listen.",
    )
}

/// The port cannot be taken.
pub fn port_unusable(address: &str, error: &io::Error) -> Sentence {
    found("port_unusable", super::cannot_listen(address, error), "O serve não inicia nessa porta.")
}

/// Another program has the port.
pub fn port_taken(address: &str) -> Sentence {
    found(
        "port_taken",
        format!("outro programa responde em http://{address}"),
        "Encerre-o (ss -ltnp mostra qual é), ou use outra porta com --listen.",
    )
}

/// Something has the port and does not answer.
pub fn serve_silent(address: &str, error: &UpstreamError) -> Sentence {
    found(
        "serve_silent",
        format!("http://{address} não atende: {}", no_answer(error)),
        "Reinicie o serviço (systemctl restart pareia) e veja o log dele: journalctl -u pareia -n 50",
    )
}

/// There is no unit, or no systemd.
pub const UNIT_NONE: &str = "sem serviço do systemd (o pareia roda à mão, ou num contêiner)";
/// The unit runs.
pub const UNIT_FINE: &str = "pareia.service está rodando e inicia com a máquina";

/// The unit has failed.
pub fn unit_failed(restarts: u32) -> Sentence {
    found(
        "unit_failed",
        format!("pareia.service falhou ({})", count(restarts, "reinício", "reinícios")),
        "A última linha do log diz por quê: journalctl -u pareia -n 50",
    )
}

/// The unit does not run.
pub fn unit_inactive(state: &str) -> Sentence {
    found("unit_inactive", format!("pareia.service não está rodando ({state})"), "systemctl start pareia")
}

/// The unit is not started with the machine.
pub fn unit_disabled() -> Sentence {
    found("unit_disabled", "pareia.service não inicia com a máquina", "systemctl enable pareia")
}

/// The unit's file has changed since it was read.
pub fn unit_changed() -> Sentence {
    found(
        "unit_changed",
        "pareia.service mudou no disco e o systemd ainda usa o anterior",
        "systemctl daemon-reload && systemctl restart pareia",
    )
}

/// The unit goes on being started.
pub fn unit_restarts(restarts: u32) -> Sentence {
    found(
        "unit_restarts",
        format!("pareia.service foi reiniciado {} pelo systemd", count(restarts, "vez", "vezes")),
        "O log diz por quê: journalctl -u pareia",
    )
}

/// The unit runs another program.
pub fn unit_other_binary(path: &str) -> Sentence {
    found(
        "unit_other_binary",
        format!("pareia.service roda {path}, que é outro arquivo que este"),
        "Use o mesmo programa para os comandos, ou remova o que sobra.",
    )
}

/// There is a backup.
pub fn backup_fine(name: &str, age: Duration, bytes: u64) -> String {
    format!("{name}, de {} atrás, {}", span(age), size(bytes))
}

/// There is no backup.
pub fn backup_missing(folder: &Path) -> Sentence {
    found(
        "backup_missing",
        format!("nenhum backup em {}", folder.display()),
        "Faça um: pareia backup PASTA. Se os backups ficam em outro lugar, diga onde: --backup-dir PASTA",
    )
}

/// The newest backup is old.
pub fn backup_old(name: &str, age: Duration) -> Sentence {
    found(
        "backup_old",
        format!("o backup mais novo ({name}) é de {} atrás", span(age)),
        "Faça outro (pareia backup PASTA) e veja por que os automáticos pararam.",
    )
}

/// Backups failed since the last that was made.
pub fn backup_failing(code: &str, failed: u32, since: Duration) -> Sentence {
    let cure = match code {
        "storage_full" => "Libere espaço no disco dos backups, ou escolha outro: serve --backup-dir PASTA",
        "backup_io" => {
            "A pasta dos backups existe, o disco está montado, e o usuário do serviço pode gravar nela? Outra pasta: \
             serve --backup-dir PASTA"
        }
        "busy" => {
            "Outro programa mantém o banco aberto, como um sqlite3 esquecido: feche-o. O pareia tenta de novo sozinho."
        }
        "backup_key_missing" | "backup_key_wrong" => "Faça o que a linha da chave diz.",
        "backup_damaged" | "not_a_backup" => {
            "Faça o que a linha do banco diz, e confira o disco dos backups."
        }
        _ => "O log diz por quê: journalctl -u pareia -p warning",
    };
    let failures = count(failed, "backup falhou", "backups falharam");
    found("backup_failing", format!("{failures}, o primeiro há {} ({code})", span(since)), cure)
}

/// The folder of backups cannot be read.
pub fn backups_unreadable(error: &BackupError) -> Sentence {
    found(
        "backups_unreadable",
        crate::text::backup_error(error).error,
        "Rode como o usuário do serviço, e confira se o disco dos backups está montado.",
    )
}

/// So many notice targets, and the newest message to each arrived.
pub fn notices_fine(targets: usize) -> String {
    match u32::try_from(targets).unwrap_or(u32::MAX) {
        0 => "ninguém é avisado de quedas (pareia notify add --help)".to_owned(),
        some => format!("{}, todos recebem", count(some, "destino", "destinos")),
    }
}

/// Messages to a target have not arrived for so long.
pub fn notice_failing(id: &str, channel: &str, since: Duration, code: &str) -> Sentence {
    let why = crate::text::delivery_failure(code);
    found(
        "notice_failing",
        format!("os avisos para {id} ({channel}) não chegam há {}. {why}", span(since)),
        format!("Mude o que for preciso e teste: pareia notify test {id}"),
    )
}

/// A server that answers as it should.
pub fn server_fine(
    version: Option<&str>,
    latency: Duration,
    instances: u32,
    webhook: Option<Duration>,
) -> String {
    let version = version.map_or_else(|| "versão não informada".to_owned(), |v| format!("Evolution API {v}"));
    let webhook = webhook.map_or_else(
        || "nenhum webhook visto (opcional)".to_owned(),
        |age| format!("webhook visto há {}", span(age)),
    );
    format!(
        "{version}, chave global, {} ms, {}, {webhook}",
        latency.as_millis(),
        count(instances, "instância", "instâncias")
    )
}

/// A server that calls do not use.
pub const SERVER_DISABLED: &str = "desativado, não é usado";

/// There is no server.
pub fn no_servers() -> Sentence {
    found("no_active_credential", "nenhuma credencial ativa: toda chamada recebe 503", super::NO_CREDENTIALS)
}

/// The key of a server does not open.
pub fn server_sealed() -> Sentence {
    found(
        "server_sealed",
        "a chave deste servidor só abre com a pareia.key que a selou",
        "Faça o que a linha da chave diz. Até lá nenhum comando muda as credenciais.",
    )
}

/// The stored address of a server is not taken by this release.
pub fn server_address(problem: &str) -> Sentence {
    found("server_address", format!("o endereço {problem}"), "Cadastre outra credencial e remova esta.")
}

/// A server is slow.
pub fn server_slow(latency: Duration) -> Sentence {
    found(
        "server_slow",
        format!("leva {} ms para conferir uma chave", latency.as_millis()),
        "Veja a carga e o banco da Evolution, e a rede até ela.",
    )
}

/// A server's release was never tried.
pub fn server_untried(version: &str) -> Sentence {
    found(
        "server_untried",
        format!("a versão {version} não foi testada com este pareia (1.8, 2.2 e 2.3 foram)"),
        "Se algo não funciona, use a 2.3.7.",
    )
}

/// A server's key is the one of Evolution's examples.
pub fn server_default_key(id: &str) -> Sentence {
    found("server_default_key", super::key_is_public(id), "Até lá, quem alcança a Evolution entra nela.")
}

/// A server has names that rows of another have.
pub fn server_doubles(names: u32) -> Sentence {
    found(
        "server_doubles",
        format!("{} também em outro servidor", count(names, "instância existe", "instâncias existem")),
        "A lista mostra quais (alsoOn, \"também em\"). Apague a cópia que não é usada no manager da Evolution.",
    )
}

/// Nothing stands in front of the server, and only this machine reaches it.
pub const PROXY_NONE: &str = "sem endereço público: só esta máquina alcança o pareia";

/// Nobody serves the folder, so that no address leads to it.
pub const PROXY_UNSERVED: &str = "ninguém serve esta pasta de dados, e nenhum endereço leva a ela";

/// The proxy in front of the server does its part.
pub fn proxy_fine(url: &str) -> String {
    format!("{url} chega a este pareia")
}

/// Other machines reach the server without encryption.
pub fn unencrypted(address: &str) -> Sentence {
    found(
        "unencrypted",
        format!(
            "outras máquinas alcançam {address}, e o pareia não criptografa: senhas e tokens passam às claras"
        ),
        "Use --listen 127.0.0.1:3000 atrás de um proxy com TLS, e diga --public-url e --trusted-proxy.",
    )
}

/// The public address is not encrypted.
pub fn public_url_plain(url: &str) -> Sentence {
    found(
        "public_url_plain",
        format!("{url} não é https: senhas e tokens passam às claras"),
        "Ponha TLS no proxy (o Caddy faz sozinho) e use https:// em --public-url.",
    )
}

/// The public address does not answer.
pub fn public_url_unreachable(url: &str, error: &UpstreamError) -> Sentence {
    let no_answer = format!("visto daqui, {url} não atende: {}", no_answer(error));
    if let UpstreamError::Tls(failure) = error {
        return found("public_url_tls", no_answer, tls_cure(*failure));
    }
    found(
        "public_url_unreachable",
        no_answer,
        "Confira o DNS, o firewall e o proxy. Algumas redes não alcançam o próprio endereço público: teste também de fora.",
    )
}

/// What to do about the TLS of the public address.
fn tls_cure(failure: TlsFailure) -> &'static str {
    match failure {
        TlsFailure::Expired => {
            "Renove o certificado no proxy e recarregue-o (o Caddy renova sozinho; com certbot: certbot renew)."
        }
        TlsFailure::NotYetValid => "Confira o relógio desta máquina e o do proxy.",
        TlsFailure::OtherName => {
            "Emita no proxy um certificado para este nome, ou corrija o nome em --public-url."
        }
        TlsFailure::UnknownAuthority | TlsFailure::AuthorityAsServer | TlsFailure::BadCertificate => {
            "Use no proxy um certificado público e completo (o Caddy e o Let's Encrypt dão um), ou instale nesta máquina a \
             autoridade que o assinou (SSL_CERT_FILE)."
        }
        TlsFailure::NotTls => {
            "Essa porta não fala TLS: ponha o certificado no proxy, ou corrija a porta em --public-url."
        }
        TlsFailure::PlainToTls { .. } => "Essa porta fala TLS: use https:// em --public-url.",
        TlsFailure::Refused => "Confira no proxy as versões do TLS (1.2 ou 1.3) e se ele conhece este nome.",
    }
}

/// Another program answers at the public address.
pub fn public_url_elsewhere(url: &str, status: u16, server: &str) -> Sentence {
    let server = if server.is_empty() { "outro programa" } else { server };
    found(
        "public_url_elsewhere",
        format!("em {url} quem responde é {server} (HTTP {status}), não o pareia"),
        "Confira para onde o proxy aponta, e se --public-url tem o caminho certo.",
    )
}

/// The cookie would travel over plain HTTP.
pub fn cookie_insecure(url: &str) -> Sentence {
    found(
        "cookie_insecure",
        format!("o cookie da página sai sem Secure em {url}"),
        "Inicie o serve com --public-url (PAREIA_PUBLIC_URL) igual ao endereço https que as pessoas usam.",
    )
}

/// A proxy is not trusted.
pub fn proxy_untrusted() -> Sentence {
    found(
        "proxy_untrusted",
        "há um endereço público e nenhum proxy em --trusted-proxy: todos parecem vir do mesmo endereço, e os erros de um \
         contam para todos",
        "Inicie o serve com --trusted-proxy (PAREIA_TRUSTED_PROXY) igual ao IP do proxy, 127.0.0.1 se ele está nesta máquina.",
    )
}

/// The proxy does not say where callers are.
pub fn forwarded_missing() -> Sentence {
    found(
        "forwarded_missing",
        "todos os últimos logins parecem vir desta máquina, embora haja um proxy",
        "O proxy deve mandar X-Forwarded-For, e o IP dele estar em --trusted-proxy.",
    )
}

/// Nothing came back, and why.
fn no_answer(error: &UpstreamError) -> &'static str {
    match error {
        UpstreamError::Unreachable(NoConnection::NameNotFound) => "o nome não existe no DNS",
        UpstreamError::Unreachable(NoConnection::Refused) => "a conexão foi recusada",
        UpstreamError::Unreachable(_) => "não há conexão",
        UpstreamError::Tls(TlsFailure::Expired) => "o certificado venceu",
        UpstreamError::Tls(TlsFailure::OtherName) => "o certificado é de outro nome",
        UpstreamError::Tls(TlsFailure::UnknownAuthority) => "o certificado é de uma autoridade desconhecida",
        UpstreamError::Tls(TlsFailure::NotTls) => "quem responde não fala TLS",
        UpstreamError::Tls(_) => "a conexão segura (TLS) falha",
        UpstreamError::Timeout => "não houve resposta a tempo",
        _ => "a resposta não se entende",
    }
}

/// `health`: nobody serves the folder.
pub fn health_unserved(folder: &Path) -> String {
    format!(
        "ninguém serve a pasta de dados {}: inicie o pareia (systemctl start pareia, ou \"pareia serve\"), ou diga com \
         --data qual é a do serviço",
        folder.display()
    )
}

/// `health`: the server takes no calls.
pub fn health_not_ready(address: &str, why: &str, cure: &str) -> String {
    format!("o pareia em http://{address} não atende: {why}. {cure}")
}

/// `health`: another program answers.
pub fn health_other(address: &str) -> String {
    format!("quem responde em http://{address} não é o pareia: confira --listen (PAREIA_LISTEN)")
}

/// `health`: nothing answers.
pub fn health_absent(address: &str) -> String {
    format!(
        "nada escuta em http://{address}: o serve está rodando? Se ele usa outra porta, diga qual com --listen"
    )
}

/// `health`: no answer that can be understood.
pub fn health_failed(address: &str, error: &UpstreamError) -> String {
    format!("http://{address} não atende: {}", no_answer(error))
}

/// A bundle was written.
pub fn bundle_written(path: &Path) -> String {
    format!("Gravado em {}. Nada saiu desta máquina.", path.display())
}

/// Whether to write what was shown.
pub const BUNDLE_CONFIRM: &str = "Gravar isto? [s/N]";
/// Nobody is there to be asked.
pub const BUNDLE_UNASKED: &str =
    "sem terminal não pergunto: com --yes o arquivo é gravado depois de mostrado";
/// Nothing was written.
pub const BUNDLE_DECLINED: &str = "Nada foi gravado.";

/// The bundle cannot be written.
pub fn bundle_unwritable(path: &Path, error: &io::Error) -> String {
    format!("não consegui gravar {}: {}", path.display(), os_error(error))
}

/// Above the bundle: what it is.
pub const BUNDLE_HEAD: &str =
    "# Diagnóstico do pareia. Sem chaves, tokens, senhas ou QR Codes; telefones e endereços IP mascarados.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_of_the_public_address_has_a_cure_of_its_own() {
        for (failure, what, cure) in [
            (TlsFailure::Expired, "https://a não atende: o certificado venceu", "certbot renew"),
            (TlsFailure::NotTls, "https://a não atende: quem responde não fala TLS", "não fala TLS"),
            (TlsFailure::OtherName, "https://a não atende: o certificado é de outro nome", "--public-url"),
        ] {
            let Sentence { code, error, detail } =
                public_url_unreachable("https://a", &UpstreamError::Tls(failure));
            assert!(code == "public_url_tls" && error.ends_with(what), "{error}");
            assert!(detail.is_some_and(|detail| detail.contains(cure)), "{failure:?}");
        }
    }

    #[test]
    fn sizes_and_spans_read_as_people_say_them() {
        for (bytes, text) in [(0, "0 B"), (1536, "1.5 KiB"), (5 << 20, "5.0 MiB"), (3 << 30, "3.0 GiB")] {
            assert_eq!(size(bytes), text);
        }
        for (seconds, text) in [(5, "5 s"), (150, "2 min"), (7300, "2 h"), (200_000, "2 dias")] {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
    }
}
