//! Sentences of `doctor` and `health`: what was found, and what to do about it. What an error of the API has words
//! for is said in those: of a server by `text::check`, of the database by `text::storage`.

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::domain::{NoConnection, TlsFailure, UpstreamError};
use crate::store::{BackupError, Error, FileFacts, SealedCounts};
use crate::text::count::count;
use crate::text::language::{either, say};
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
        _ => count(seconds / 86_400, either("dia", "day"), either("dias", "days")),
    }
}

/// The title of a check.
pub fn check_title(check: &str) -> &'static str {
    match check {
        "binary" => either("programa", "program"),
        "folder" => either("pasta", "folder"),
        "key" => either("chave", "key"),
        "database" => either("banco", "database"),
        "disk" => either("disco", "disk"),
        "clock" => either("relógio", "clock"),
        "files" => either("arquivos", "files"),
        "port" => either("porta", "port"),
        "unit" => either("serviço", "service"),
        "backup" => "backup",
        "notices" => either("avisos", "notices"),
        "server" => either("servidor", "server"),
        _ => "proxy",
    }
}

/// How a finding is marked.
pub fn marks() -> [&'static str; 3] {
    either(["ok   ", "aviso", "falha"], ["ok   ", "warn ", "fail "])
}
/// Begins the line of a cure.
pub fn cure() -> &'static str {
    either("O que fazer:", "What to do:")
}

/// What all checks came to.
pub fn doctor_summary(fine: u32, warnings: u32, failures: u32) -> String {
    let (warnings, failures) = (
        count(warnings, either("aviso", "warning"), either("avisos", "warnings")),
        count(failures, either("falha", "failure"), either("falhas", "failures")),
    );
    format!("{fine} ok, {warnings}, {failures}")
}

/// A check did not end in the time that there is for all.
pub fn check_unfinished() -> Sentence {
    found(
        "check_unfinished",
        either("não terminou a tempo", "did not end in time"),
        either(
            "O disco, o banco ou a rede não respondem. Rode de novo; se repetir, confira o log do sistema \
             (dmesg).",
            "The disk, the database or the network do not answer. Run it again; if it happens again, check \
             the system's log (dmesg).",
        ),
    )
}

/// A check ended in a panic.
pub fn check_failed() -> Sentence {
    found(
        "check_failed",
        either("a conferência falhou por um erro do pareia", "the check failed by an error of pareia"),
        either(
            "Relate o erro, com o que foi escrito acima.",
            "Report the error, with what was written above.",
        ),
    )
}

/// A check needs a database that does not open, or is another release's.
pub fn not_checked(error: &Error) -> Sentence {
    found(
        "not_checked",
        say!(
            "não conferido, o banco não se deixa ler: {}",
            "not checked, the database cannot be read: {}",
            storage(error)
        ),
        either("Resolva antes o que a linha do banco diz.", "First do what the database's line says."),
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
        say!(
            "outros usuários podem trocar o programa ({path})",
            "other users can replace the program ({path})"
        ),
        format!("chmod go-w {path}"),
    )
}

/// The data folder, and whose it is.
pub fn folder_fine(folder: &Path, owner: &str) -> String {
    say!("{} é de {owner} e fechada aos outros", "{} is {owner}'s and closed to others", folder.display())
}

/// There is no data folder.
pub fn folder_missing(folder: &Path) -> Sentence {
    found(
        "folder_missing",
        say!("{} não existe", "{} does not exist", folder.display()),
        either(
            "Se o pareia já rodou aqui, diga onde estão os dados (--data PASTA, ou PAREIA_DATA). Se não, \
             \"pareia serve\" cria a pasta.",
            "If pareia has run here, say where its data are (--data FOLDER, or PAREIA_DATA). If not, \"pareia \
             serve\" makes the folder.",
        ),
    )
}

/// The data folder cannot be read.
pub fn folder_unreadable(folder: &Path, error: &io::Error) -> Sentence {
    found(
        "folder_unreadable",
        format!("{}: {}", folder.display(), os_error(error)),
        either(
            "Rode como o usuário do serviço: sudo -u pareia pareia doctor --data PASTA",
            "Run as the service's user: sudo -u pareia pareia doctor --data FOLDER",
        ),
    )
}

/// The data folder is another user's.
pub fn folder_foreign(folder: &Path, owner: &str, me: &str) -> Sentence {
    found(
        "folder_foreign",
        say!(
            "{} é de {owner}, e este comando roda como {me}",
            "{} is {owner}'s, and this command runs as {me}",
            folder.display()
        ),
        say!(
            "Rode como o dono (sudo -u {owner} pareia …), ou dê a pasta a {me}: chown -R {me} {}",
            "Run as the owner (sudo -u {owner} pareia …), or give the folder to {me}: chown -R {me} {}",
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
        say!("outros usuários podem entrar em {}", "other users can enter {}", folder.display()),
        format!("chmod go-rwx {}", folder.display()),
    )
}

/// A file of the data folder has another owner than the folder.
pub fn file_foreign(folder: &Path, file: &FileFacts, owner: &str, folder_owner: &str) -> Sentence {
    let (folder, name) = (folder.display(), file.name);
    let cure = if folder_owner == "root" {
        // Nobody's service runs as root: it is the folder that came with a copy of root's.
        say!(
            "Dê a pasta ao usuário do serviço: sudo chown -R {owner}: {folder}",
            "Give the folder to the service's user: sudo chown -R {owner}: {folder}"
        )
    } else {
        say!(
            "sudo chown {folder_owner}: {folder}/{name}. Para copiar arquivos para lá, seja {folder_owner}: \
             sudo -u {folder_owner} cp … (o pareia que o root roda já age como ele).",
            "sudo chown {folder_owner}: {folder}/{name}. To copy files there, be {folder_owner}: sudo -u \
             {folder_owner} cp … (the pareia that root runs already acts as that user)."
        )
    };
    found(
        "file_foreign",
        say!(
            "{name} é de {owner}, e a pasta é de {folder_owner}: o serviço não abre os dois",
            "{name} is {owner}'s, and the folder is {folder_owner}'s: the service does not open both"
        ),
        cure,
    )
}

/// Others may read a file of the data folder.
pub fn file_readable(file: &FileFacts) -> Sentence {
    found(
        "file_readable",
        say!(
            "outros usuários podem ler {} (modo {:o})",
            "other users can read {} (mode {:o})",
            file.name,
            file.mode
        ),
        say!("chmod 600 {} na pasta de dados", "chmod 600 {} in the data folder", file.name),
    )
}

/// The sealing key opens what is sealed.
pub fn key_fine(sealed: u32) -> String {
    say!(
        "pareia.key abre {}",
        "pareia.key opens {}",
        count(sealed, either("valor selado", "sealed value"), either("valores selados", "sealed values"))
    )
}

/// The sealing key opens the servers' keys, and not all of the rest.
pub fn key_partly(closed: SealedCounts) -> Sentence {
    found(
        "key_partly",
        say!(
            "pareia.key abre as credenciais, mas não abre: {}. Foi selado com outra chave",
            "pareia.key opens the credentials, and does not open: {}. Another key sealed it",
            super::sealed_things(closed)
        ),
        either(
            "Restaure a chave daquele tempo com um backup de então, ou comece de novo: pareia user totp off \
             NOME para quem não entra, pareia notify remove ID e notify add para os destinos; ajustes são \
             salvos de novo sozinhos.",
            "Restore the key of that time with a backup from then, or begin anew: pareia user totp off NAME \
             for whoever cannot log in, pareia notify remove ID and notify add for the targets; settings are \
             saved again by themselves.",
        ),
    )
}

/// There is no sealing key yet, and nothing sealed.
pub fn key_not_made() -> &'static str {
    either(
        "pareia.key ainda não existe, e nada está selado",
        "pareia.key does not exist yet, and nothing is sealed",
    )
}

/// There is no sealing key, and something is sealed.
pub fn key_missing(path: &Path) -> Sentence {
    found(
        "key_missing",
        storage(&Error::KeyMissing(path.to_owned())),
        either("Sem essa chave o pareia não inicia.", "Without this key pareia does not start."),
    )
}

/// The sealing key is none, or another one.
pub fn key_wrong(path: &Path) -> Sentence {
    found(
        "key_wrong",
        storage(&Error::KeyWrong(path.to_owned())),
        either("Sem a chave certa o pareia não inicia.", "Without the right key pareia does not start."),
    )
}

/// The database is whole.
pub fn database_fine(version: i64, bytes: u64, wal: u64) -> String {
    say!(
        "íntegro, tabelas na versão {version}, {} e mais {} no WAL",
        "whole, tables at version {version}, {} and {} more in the WAL",
        size(bytes),
        size(wal)
    )
}

/// There is no database yet.
pub fn database_missing() -> Sentence {
    found(
        "database_missing",
        either("ainda não há pareia.db nesta pasta", "there is no pareia.db in this folder yet"),
        either(
            "\"pareia serve\" o cria. Se havia um banco, confira --data, ou restaure o backup antes de \
             iniciar.",
            "\"pareia serve\" makes it. If there was a database, check --data, or restore the backup before \
             you start.",
        ),
    )
}

/// Another program holds the database.
pub fn database_busy() -> Sentence {
    found(
        "database_busy",
        either(
            "outro programa segura o banco, que não pôde ser lido",
            "another program holds the database, which could not be read",
        ),
        either(
            "Feche esse programa (fuser -v pareia.db diz qual é), ou espere que termine, e rode o doctor de \
             novo.",
            "Close that program (fuser -v pareia.db says which it is), or wait until it ends, and run the \
             doctor again.",
        ),
    )
}

/// The database does not open.
pub fn database_unusable(error: &Error) -> Sentence {
    found(
        "database_unusable",
        storage(error),
        either(
            "Se não houver outro meio, restaure pareia.db do backup, com o pareia parado.",
            "If nothing else helps, restore pareia.db from the backup, with pareia stopped.",
        ),
    )
}

/// The database is damaged.
pub fn database_damaged(first: &str) -> Sentence {
    found(
        "database_damaged",
        say!("pareia.db está danificado ({first})", "pareia.db is damaged ({first})"),
        either(
            "Pare o pareia, guarde uma cópia da pasta e restaure pareia.db do backup. Confira também o disco.",
            "Stop pareia, keep a copy of the folder and restore pareia.db from the backup. Check the disk as \
             well.",
        ),
    )
}

/// The tables are of a newer release.
pub fn schema_newer(found_version: i64, known: i64) -> Sentence {
    found(
        "schema_newer",
        storage(&Error::Newer { found: found_version, known }),
        either(
            "Este pareia é mais antigo que o banco, e não inicia com ele.",
            "This pareia is older than the database, and does not start with it.",
        ),
    )
}

/// The tables are of an older release.
pub fn schema_older(found_version: i64, known: i64) -> Sentence {
    found(
        "schema_older",
        say!(
            "as tabelas são da versão {found_version}, e este pareia usa a {known}",
            "the tables are of version {found_version}, and this pareia uses {known}"
        ),
        either(
            "O próximo início do serve atualiza as tabelas, depois de guardar uma cópia. Reinicie o serviço.",
            "The next start of serve brings the tables up to date, after it has kept a copy. Restart the \
             service.",
        ),
    )
}

/// The WAL has grown.
pub fn wal_large(bytes: u64) -> Sentence {
    found(
        "wal_large",
        say!("o WAL (pareia.db-wal) cresceu até {}", "the WAL (pareia.db-wal) has grown to {}", size(bytes)),
        either(
            "Algum programa mantém o banco aberto em leitura, como um sqlite3 esquecido. Feche-o, ou reinicie \
             o serviço.",
            "Some program keeps the database open for reading, like a forgotten sqlite3. Close it, or restart \
             the service.",
        ),
    )
}

/// The database may have been lost.
pub fn database_lost() -> Sentence {
    found(
        "database_lost",
        crate::text::database_lost(),
        either(
            "Restaure o banco do backup, ou cadastre uma credencial.",
            "Restore the database from the backup, or add a credential.",
        ),
    )
}

/// There is space.
pub fn disk_fine(free: u64, total: u64) -> String {
    say!("{} livres de {}", "{} free of {}", size(free), size(total))
}

/// There is hardly any space.
pub fn disk_full(free: u64) -> Sentence {
    found(
        "disk_full",
        say!(
            "só há {} livres no disco da pasta de dados",
            "only {} are free on the data folder's disk",
            size(free)
        ),
        crate::text::storage_full_detail(),
    )
}

/// There is little space.
pub fn disk_low(free: u64) -> Sentence {
    found(
        "disk_low",
        say!(
            "só há {} livres no disco da pasta de dados",
            "only {} are free on the data folder's disk",
            size(free)
        ),
        either(
            "Libere espaço: uma atualização e um backup escrevem uma cópia inteira do banco.",
            "Free some space: an upgrade and a backup write a whole copy of the database.",
        ),
    )
}

/// Few more files can be made.
pub fn disk_files(free: u64) -> Sentence {
    let free = u32::try_from(free).unwrap_or(u32::MAX);
    found(
        "disk_files",
        say!(
            "o disco aceita só mais {}",
            "the disk takes only {} more",
            count(free, either("arquivo", "file"), either("arquivos", "files"))
        ),
        either(
            "Apague arquivos pequenos que sobram (df -i mostra).",
            "Delete small files that are not needed (df -i shows how many there are).",
        ),
    )
}

/// The disk cannot be asked.
pub fn disk_unreadable(folder: &Path, error: &io::Error) -> Sentence {
    found(
        "disk_unreadable",
        say!(
            "não consegui ver o espaço em {}: {}",
            "the space in {} cannot be seen: {}",
            folder.display(),
            os_error(error)
        ),
        either("Confira se o disco está montado.", "Check whether the disk is mounted."),
    )
}

/// The clock is right, as far as is known.
pub fn clock_fine(now: &str, compared: u32) -> String {
    match compared {
        0 => format!("{now} (UTC)"),
        n => say!(
            "{now} (UTC), igual ao de {}",
            "{now} (UTC), the same as that of {}",
            count(n, either("servidor", "server"), either("servidores", "servers"))
        ),
    }
}

/// The clock is years off.
pub fn clock_wrong(now: &str) -> Sentence {
    found(
        "clock_wrong",
        say!("esta máquina diz que são {now} (UTC)", "this machine says that it is {now} (UTC)"),
        either(
            "Acerte a data: timedatectl set-ntp true. Certificados, tokens e links dependem dela.",
            "Set the date: timedatectl set-ntp true. Certificates, tokens and links depend on it.",
        ),
    )
}

/// The database has moments that are still to come.
pub fn clock_behind(ahead: Duration) -> Sentence {
    found(
        "clock_behind",
        say!(
            "o banco tem registros de {} à frente: o relógio foi atrasado",
            "the database has records from {} ahead: the clock was set back",
            span(ahead)
        ),
        either("Acerte a hora: timedatectl set-ntp true", "Set the time: timedatectl set-ntp true"),
    )
}

/// The clock and a server's differ.
pub fn clock_differs(server: &str, by: Duration) -> Sentence {
    found(
        "clock_differs",
        say!(
            "o relógio daqui e o de \"{server}\" diferem em {}",
            "the clock here and that of \"{server}\" differ by {}",
            span(by)
        ),
        either(
            "Acerte a hora das duas máquinas: timedatectl set-ntp true",
            "Set the time on both machines: timedatectl set-ntp true",
        ),
    )
}

/// So many files may be open.
pub fn files_fine(files: usize) -> String {
    say!("até {files} arquivos abertos", "up to {files} open files")
}

/// Too few files may be open to start.
pub fn files_too_few(files: usize, needed: usize) -> Sentence {
    found(
        "files_too_few",
        super::too_few_files(files, needed),
        either("Sem isso o serve não inicia.", "Without that serve does not start."),
    )
}

/// Fewer files may be open than all connections need.
pub fn files_few(files: usize, wanted: usize) -> Sentence {
    found(
        "files_few",
        say!(
            "até {files} arquivos abertos, menos do que todas as conexões pedem ({wanted})",
            "up to {files} open files, fewer than all connections need ({wanted})"
        ),
        either(
            "Com algumas centenas de clientes ao mesmo tempo, ponha LimitNOFILE=16384 no serviço (systemctl \
             edit pareia).",
            "With some hundreds of clients at the same time, put LimitNOFILE=16384 into the service \
             (systemctl edit pareia).",
        ),
    )
}

/// `serve` answers.
pub fn port_fine(address: &str) -> String {
    say!("o serve atende em http://{address}", "serve answers on http://{address}")
}

/// The running server is another release than the program.
pub fn serve_other_version(running: &str) -> Sentence {
    found(
        "serve_other_version",
        say!(
            "o serve que está rodando é o {running}, e este programa é o {}",
            "the serve that is running is {running}, and this program is {}",
            env!("CARGO_PKG_VERSION")
        ),
        either(
            "Reinicie o serviço: systemctl restart pareia",
            "Restart the service: systemctl restart pareia",
        ),
    )
}

/// `serve` warns of something.
pub fn serve_warns(warning: &str) -> Sentence {
    found(
        "serve_warns",
        warning,
        either(
            "O aviso diz o que fazer; /readyz o repete até então.",
            "The warning says what to do; /readyz repeats it until then.",
        ),
    )
}

/// `serve` takes no calls.
pub fn serve_not_ready(address: &str, why: &str) -> Sentence {
    found(
        "serve_not_ready",
        say!(
            "o serve em http://{address} não atende: {why}",
            "serve on http://{address} takes no calls: {why}"
        ),
        crate::text::not_ready_detail(),
    )
}

/// Nothing listens where `serve` would.
pub fn serve_stopped(address: &str) -> Sentence {
    found(
        "serve_stopped",
        say!(
            "ninguém serve esta pasta de dados (nada escuta em {address})",
            "nobody serves this data folder (nothing listens on {address})"
        ),
        either(
            "systemctl start pareia, ou \"pareia serve\". Se os dados do serviço estão em outra pasta, diga \
             qual com --data.",
            "systemctl start pareia, or \"pareia serve\". If the service's data are in another folder, say \
             which with --data.",
        ),
    )
}

/// The server of another folder listens where the one of this would.
pub fn serve_elsewhere(address: &str) -> Sentence {
    found(
        "serve_elsewhere",
        say!(
            "ninguém serve esta pasta de dados: o pareia em http://{address} serve outra",
            "nobody serves this data folder: the pareia on http://{address} serves another"
        ),
        either(
            "Se esta é uma cópia, nada a fazer. Para servi-la: pareia serve, com outra porta em --listen. Se \
             é a do serviço, confira o --data dele.",
            "If this is a copy, there is nothing to do. To serve it: pareia serve, with another port in \
             --listen. If it is the service's, check its --data.",
        ),
    )
}

/// A server has the folder, and nothing listens where it should.
pub fn serve_hidden(address: &str) -> Sentence {
    found(
        "serve_hidden",
        say!(
            "um pareia serve usa esta pasta de dados, e nada escuta em {address}",
            "a pareia serve uses this data folder, and nothing listens on {address}"
        ),
        either(
            "Ele ainda inicia: espere e rode de novo. Se usa outra porta, diga qual com --listen.",
            "It is still starting: wait and run this again. If it uses another port, say which with --listen.",
        ),
    )
}

/// The port cannot be taken.
pub fn port_unusable(address: &str, error: &io::Error) -> Sentence {
    found(
        "port_unusable",
        super::cannot_listen(address, error),
        either("O serve não inicia nessa porta.", "serve does not start on this port."),
    )
}

/// Another program has the port.
pub fn port_taken(address: &str) -> Sentence {
    found(
        "port_taken",
        say!("outro programa responde em http://{address}", "another program answers on http://{address}"),
        either(
            "Encerre-o (ss -ltnp mostra qual é), ou use outra porta com --listen.",
            "Stop it (ss -ltnp shows which it is), or use another port with --listen.",
        ),
    )
}

/// Something has the port and does not answer.
pub fn serve_silent(address: &str, error: &UpstreamError) -> Sentence {
    found(
        "serve_silent",
        say!("http://{address} não atende: {}", "http://{address} does not answer: {}", no_answer(error)),
        either(
            "Reinicie o serviço (systemctl restart pareia) e veja o log dele: journalctl -u pareia -n 50",
            "Restart the service (systemctl restart pareia) and see its log: journalctl -u pareia -n 50",
        ),
    )
}

/// There is no unit, or no systemd.
pub fn unit_none() -> &'static str {
    either(
        "sem serviço do systemd (o pareia roda à mão, ou num contêiner)",
        "no systemd service (pareia is run by hand, or in a container)",
    )
}
/// The unit runs.
pub fn unit_fine() -> &'static str {
    either(
        "pareia.service está rodando e inicia com a máquina",
        "pareia.service is running and starts with the machine",
    )
}

/// The unit has failed.
pub fn unit_failed(restarts: u32) -> Sentence {
    found(
        "unit_failed",
        say!(
            "pareia.service falhou ({})",
            "pareia.service has failed ({})",
            count(restarts, either("reinício", "restart"), either("reinícios", "restarts"))
        ),
        either(
            "A última linha do log diz por quê: journalctl -u pareia -n 50",
            "The last line of the log says why: journalctl -u pareia -n 50",
        ),
    )
}

/// The unit does not run.
pub fn unit_inactive(state: &str) -> Sentence {
    found(
        "unit_inactive",
        say!("pareia.service não está rodando ({state})", "pareia.service is not running ({state})"),
        "systemctl start pareia",
    )
}

/// The unit is not started with the machine.
pub fn unit_disabled() -> Sentence {
    found(
        "unit_disabled",
        either("pareia.service não inicia com a máquina", "pareia.service does not start with the machine"),
        "systemctl enable pareia",
    )
}

/// The unit's file has changed since it was read.
pub fn unit_changed() -> Sentence {
    found(
        "unit_changed",
        either(
            "pareia.service mudou no disco e o systemd ainda usa o anterior",
            "pareia.service has changed on the disk and systemd still uses the one before",
        ),
        "systemctl daemon-reload && systemctl restart pareia",
    )
}

/// The unit goes on being started.
pub fn unit_restarts(restarts: u32) -> Sentence {
    found(
        "unit_restarts",
        say!(
            "pareia.service foi reiniciado {} pelo systemd",
            "pareia.service was restarted {} by systemd",
            count(restarts, either("vez", "time"), either("vezes", "times"))
        ),
        either("O log diz por quê: journalctl -u pareia", "The log says why: journalctl -u pareia"),
    )
}

/// The unit runs another program.
pub fn unit_other_binary(path: &str) -> Sentence {
    found(
        "unit_other_binary",
        say!(
            "pareia.service roda {path}, que é outro arquivo que este",
            "pareia.service runs {path}, which is another file than this one"
        ),
        either(
            "Use o mesmo programa para os comandos, ou remova o que sobra.",
            "Use the same program for the commands, or remove the one too many.",
        ),
    )
}

/// There is a backup.
pub fn backup_fine(name: &str, age: Duration, bytes: u64) -> String {
    say!("{name}, de {} atrás, {}", "{name}, {} old, {}", span(age), size(bytes))
}

/// There is no backup.
pub fn backup_missing(folder: &Path) -> Sentence {
    found(
        "backup_missing",
        say!("nenhum backup em {}", "no backup in {}", folder.display()),
        either(
            "Faça um: pareia backup PASTA. Se os backups ficam em outro lugar, diga onde: --backup-dir PASTA",
            "Make one: pareia backup FOLDER. If the backups are elsewhere, say where: --backup-dir FOLDER",
        ),
    )
}

/// The newest backup is old.
pub fn backup_old(name: &str, age: Duration) -> Sentence {
    found(
        "backup_old",
        say!("o backup mais novo ({name}) é de {} atrás", "the newest backup ({name}) is {} old", span(age)),
        either(
            "Faça outro (pareia backup PASTA) e veja por que os automáticos pararam.",
            "Make another (pareia backup FOLDER) and see why the automatic ones have stopped.",
        ),
    )
}

/// Backups failed since the last that was made.
pub fn backup_failing(code: &str, failed: u32, since: Duration) -> Sentence {
    let cure = match code {
        "storage_full" => either(
            "Libere espaço no disco dos backups, ou escolha outro: serve --backup-dir PASTA",
            "Free some space on the backups' disk, or choose another: serve --backup-dir FOLDER",
        ),
        "backup_io" => either(
            "A pasta dos backups existe, o disco está montado, e o usuário do serviço pode gravar nela? Outra \
             pasta: serve --backup-dir PASTA",
            "Does the backups' folder exist, is the disk mounted, and can the service's user write in it? \
             Another folder: serve --backup-dir FOLDER",
        ),
        "busy" => either(
            "Outro programa mantém o banco aberto, como um sqlite3 esquecido: feche-o. O pareia tenta de novo \
             sozinho.",
            "Another program keeps the database open, like a forgotten sqlite3: close it. pareia tries again \
             by itself.",
        ),
        "backup_key_missing" | "backup_key_wrong" => {
            either("Faça o que a linha da chave diz.", "Do what the key's line says.")
        }
        "backup_damaged" | "not_a_backup" => either(
            "Faça o que a linha do banco diz, e confira o disco dos backups.",
            "Do what the database's line says, and check the backups' disk.",
        ),
        _ => either(
            "O log diz por quê: journalctl -u pareia -p warning",
            "The log says why: journalctl -u pareia -p warning",
        ),
    };
    let failures =
        count(failed, either("backup falhou", "backup failed"), either("backups falharam", "backups failed"));
    found(
        "backup_failing",
        say!("{failures}, o primeiro há {} ({code})", "{failures}, the first {} ago ({code})", span(since)),
        cure,
    )
}

/// The folder of backups cannot be read.
pub fn backups_unreadable(error: &BackupError) -> Sentence {
    found(
        "backups_unreadable",
        crate::text::backup_error(error).error,
        either(
            "Rode como o usuário do serviço, e confira se o disco dos backups está montado.",
            "Run as the service's user, and check whether the backups' disk is mounted.",
        ),
    )
}

/// The settings of so many notice targets do not open.
pub fn notices_sealed(targets: u32) -> Sentence {
    found(
        "notices_sealed",
        say!(
            "{}, que pareia.key não abre, não recebem",
            "{}, which pareia.key does not open, receive nothing",
            count(targets, either("destino", "target"), either("destinos", "targets"))
        ),
        either("Faça o que a linha da chave diz.", "Do what the key's line says."),
    )
}

/// So many notice targets, and the newest message to each arrived.
pub fn notices_fine(targets: usize) -> String {
    match u32::try_from(targets).unwrap_or(u32::MAX) {
        0 => either(
            "ninguém é avisado de quedas (pareia notify add --help)",
            "nobody is told of drops (pareia notify add --help)",
        )
        .to_owned(),
        some => say!(
            "{}, todos recebem",
            "{}, all receive",
            count(some, either("destino", "target"), either("destinos", "targets"))
        ),
    }
}

/// Messages to a target have not arrived for so long.
pub fn notice_failing(id: &str, channel: &str, since: Duration, code: &str) -> Sentence {
    let why = crate::text::delivery_failure(code);
    found(
        "notice_failing",
        say!(
            "os avisos para {id} ({channel}) não chegam há {}. {why}",
            "notices to {id} ({channel}) have not arrived for {}. {why}",
            span(since)
        ),
        say!(
            "Mude o que for preciso e teste: pareia notify test {id}",
            "Change what has to be changed and test it: pareia notify test {id}"
        ),
    )
}

/// A server that answers as it should.
pub fn server_fine(
    version: Option<&str>,
    latency: Duration,
    instances: u32,
    webhook: Option<Duration>,
) -> String {
    let version = version.map_or_else(
        || either("versão não informada", "version not told").to_owned(),
        |v| format!("Evolution API {v}"),
    );
    let webhook = webhook.map_or_else(
        || either("nenhum webhook visto (opcional)", "no webhook seen (optional)").to_owned(),
        |age| say!("webhook visto há {}", "webhook seen {} ago", span(age)),
    );
    say!(
        "{version}, chave global, {} ms, {}, {webhook}",
        "{version}, global key, {} ms, {}, {webhook}",
        latency.as_millis(),
        count(instances, either("instância", "instance"), either("instâncias", "instances"))
    )
}

/// A server that calls do not use.
pub fn server_disabled() -> &'static str {
    either("desativado, não é usado", "disabled, not used")
}

/// There is no server.
pub fn no_servers() -> Sentence {
    found(
        "no_active_credential",
        either(
            "nenhuma credencial ativa: toda chamada recebe 503",
            "no active credential: every call gets 503",
        ),
        super::no_credentials(),
    )
}

/// The key of a server does not open.
pub fn server_sealed() -> Sentence {
    found(
        "server_sealed",
        either(
            "a chave deste servidor só abre com a pareia.key que a selou",
            "this server's key opens only with the pareia.key that sealed it",
        ),
        either(
            "Faça o que a linha da chave diz. Até lá nenhum comando muda as credenciais.",
            "Do what the key's line says. Until then no command changes the credentials.",
        ),
    )
}

/// The stored address of a server is not taken by this release.
pub fn server_address(problem: &str) -> Sentence {
    found(
        "server_address",
        say!("o endereço {problem}", "the address {problem}"),
        either("Cadastre outra credencial e remova esta.", "Add another credential and remove this one."),
    )
}

/// A server is slow.
pub fn server_slow(latency: Duration) -> Sentence {
    found(
        "server_slow",
        say!("leva {} ms para conferir uma chave", "takes {} ms to check a key", latency.as_millis()),
        either(
            "Veja a carga e o banco da Evolution, e a rede até ela.",
            "See Evolution's load and database, and the network up to it.",
        ),
    )
}

/// A server's release was never tried.
pub fn server_untried(version: &str) -> Sentence {
    found(
        "server_untried",
        say!(
            "a versão {version} não foi testada com este pareia (1.8, 2.2 e 2.3 foram)",
            "version {version} was not tested with this pareia (1.8, 2.2 and 2.3 were)"
        ),
        either("Se algo não funciona, use a 2.3.7.", "If something does not work, use 2.3.7."),
    )
}

/// A server's key is the one of Evolution's examples.
pub fn server_default_key(id: &str) -> Sentence {
    found(
        "server_default_key",
        super::key_is_public(id),
        either(
            "Até lá, quem alcança a Evolution entra nela.",
            "Until then, whoever reaches Evolution gets into it.",
        ),
    )
}

/// A server has names that rows of another have.
pub fn server_doubles(names: u32) -> Sentence {
    found(
        "server_doubles",
        say!(
            "{} também em outro servidor",
            "{} on another server as well",
            count(
                names,
                either("instância existe", "instance is"),
                either("instâncias existem", "instances are")
            )
        ),
        either(
            "A lista mostra quais (alsoOn, \"também em\"). Apague a cópia que não é usada no manager da \
             Evolution.",
            "The list shows which (alsoOn, \"also on\"). Delete the copy that is not used in Evolution's \
             manager.",
        ),
    )
}

/// Nothing stands in front of the server, and only this machine reaches it.
pub fn proxy_none() -> &'static str {
    either(
        "sem endereço público: só esta máquina alcança o pareia",
        "no public address: only this machine reaches pareia",
    )
}

/// Nobody serves the folder, so that no address leads to it.
pub fn proxy_unserved() -> &'static str {
    either(
        "ninguém serve esta pasta de dados, e nenhum endereço leva a ela",
        "nobody serves this data folder, and no address leads to it",
    )
}

/// The proxy in front of the server does its part.
pub fn proxy_fine(url: &str) -> String {
    say!("{url} chega a este pareia", "{url} leads to this pareia")
}

/// Other machines reach the server without encryption.
pub fn unencrypted(address: &str) -> Sentence {
    found(
        "unencrypted",
        say!(
            "outras máquinas alcançam {address}, e o pareia não criptografa: senhas e tokens passam às claras",
            "other machines reach {address}, and pareia does not encrypt: passwords and tokens travel in the \
             clear"
        ),
        either(
            "Use --listen 127.0.0.1:3000 atrás de um proxy com TLS, e diga --public-url e --trusted-proxy.",
            "Use --listen 127.0.0.1:3000 behind a proxy with TLS, and give --public-url and --trusted-proxy.",
        ),
    )
}

/// The public address is not encrypted.
pub fn public_url_plain(url: &str) -> Sentence {
    found(
        "public_url_plain",
        say!(
            "{url} não é https: senhas e tokens passam às claras",
            "{url} is not https: passwords and tokens travel in the clear"
        ),
        either(
            "Ponha TLS no proxy (o Caddy faz sozinho) e use https:// em --public-url.",
            "Put TLS on the proxy (Caddy does it by itself) and use https:// in --public-url.",
        ),
    )
}

/// The public address does not answer.
pub fn public_url_unreachable(url: &str, error: &UpstreamError) -> Sentence {
    let no_answer = say!(
        "visto daqui, {url} não atende: {}",
        "seen from here, {url} does not answer: {}",
        no_answer(error)
    );
    if let UpstreamError::Tls(failure) = error {
        return found("public_url_tls", no_answer, tls_cure(*failure));
    }
    found(
        "public_url_unreachable",
        no_answer,
        either(
            "Confira o DNS, o firewall e o proxy. Algumas redes não alcançam o próprio endereço público: \
             teste também de fora.",
            "Check the DNS, the firewall and the proxy. Some networks do not reach their own public address: \
             test from outside as well.",
        ),
    )
}

/// What to do about the TLS of the public address.
fn tls_cure(failure: TlsFailure) -> &'static str {
    match failure {
        TlsFailure::Expired => either(
            "Renove o certificado no proxy e recarregue-o (o Caddy renova sozinho; com certbot: certbot \
             renew).",
            "Renew the certificate on the proxy and reload it (Caddy renews by itself; with certbot: certbot \
             renew).",
        ),
        TlsFailure::NotYetValid => either(
            "Confira o relógio desta máquina e o do proxy.",
            "Check this machine's clock and the proxy's.",
        ),
        TlsFailure::OtherName => either(
            "Emita no proxy um certificado para este nome, ou corrija o nome em --public-url.",
            "Issue a certificate for this name on the proxy, or correct the name in --public-url.",
        ),
        TlsFailure::UnknownAuthority | TlsFailure::AuthorityAsServer | TlsFailure::BadCertificate => either(
            "Use no proxy um certificado público e completo (o Caddy e o Let's Encrypt dão um), ou instale \
             nesta máquina a autoridade que o assinou (SSL_CERT_FILE).",
            "Use a public and complete certificate on the proxy (Caddy and Let's Encrypt give one), or \
             install the authority that signed it on this machine (SSL_CERT_FILE).",
        ),
        TlsFailure::NotTls => either(
            "Essa porta não fala TLS: ponha o certificado no proxy, ou corrija a porta em --public-url.",
            "This port does not speak TLS: put the certificate on the proxy, or correct the port in \
             --public-url.",
        ),
        TlsFailure::PlainToTls { .. } => either(
            "Essa porta fala TLS: use https:// em --public-url.",
            "This port speaks TLS: use https:// in --public-url.",
        ),
        TlsFailure::Refused => either(
            "Confira no proxy as versões do TLS (1.2 ou 1.3) e se ele conhece este nome.",
            "Check the proxy's TLS versions (1.2 or 1.3) and whether it knows this name.",
        ),
    }
}

/// Another program answers at the public address.
pub fn public_url_elsewhere(url: &str, status: u16, server: &str) -> Sentence {
    let server = if server.is_empty() { either("outro programa", "another program") } else { server };
    found(
        "public_url_elsewhere",
        say!(
            "em {url} quem responde é {server} (HTTP {status}), não o pareia",
            "at {url} {server} answers (HTTP {status}), not pareia"
        ),
        either(
            "Confira para onde o proxy aponta, e se --public-url tem o caminho certo.",
            "Check where the proxy points to, and whether --public-url has the right path.",
        ),
    )
}

/// The cookie would travel over plain HTTP.
pub fn cookie_insecure(url: &str) -> Sentence {
    found(
        "cookie_insecure",
        say!(
            "o cookie da página sai sem Secure em {url}",
            "the page's cookie goes out without Secure at {url}"
        ),
        either(
            "Inicie o serve com --public-url (PAREIA_PUBLIC_URL) igual ao endereço https que as pessoas usam.",
            "Start serve with --public-url (PAREIA_PUBLIC_URL) equal to the https address that people use.",
        ),
    )
}

/// A proxy is not trusted.
pub fn proxy_untrusted() -> Sentence {
    found(
        "proxy_untrusted",
        either(
            "há um endereço público e nenhum proxy em --trusted-proxy: todos parecem vir do mesmo endereço, e \
             os erros de um contam para todos",
            "there is a public address and no proxy in --trusted-proxy: all seem to come from the same \
             address, and one's errors count for all",
        ),
        either(
            "Inicie o serve com --trusted-proxy (PAREIA_TRUSTED_PROXY) igual ao IP do proxy, 127.0.0.1 se ele \
             está nesta máquina.",
            "Start serve with --trusted-proxy (PAREIA_TRUSTED_PROXY) equal to the proxy's IP, 127.0.0.1 if it \
             is on this machine.",
        ),
    )
}

/// The proxy does not say where callers are.
pub fn forwarded_missing() -> Sentence {
    found(
        "forwarded_missing",
        either(
            "todos os últimos logins parecem vir desta máquina, embora haja um proxy",
            "all the latest logins seem to come from this machine, although there is a proxy",
        ),
        either(
            "O proxy deve mandar X-Forwarded-For, e o IP dele estar em --trusted-proxy.",
            "The proxy should send X-Forwarded-For, and its IP should be in --trusted-proxy.",
        ),
    )
}

/// Nothing came back, and why.
fn no_answer(error: &UpstreamError) -> &'static str {
    match error {
        UpstreamError::Unreachable(NoConnection::NameNotFound) => {
            either("o nome não existe no DNS", "the name does not exist in the DNS")
        }
        UpstreamError::Unreachable(NoConnection::Refused) => {
            either("a conexão foi recusada", "the connection was refused")
        }
        UpstreamError::Unreachable(_) => either("não há conexão", "there is no connection"),
        UpstreamError::Tls(TlsFailure::Expired) => {
            either("o certificado venceu", "the certificate has expired")
        }
        UpstreamError::Tls(TlsFailure::OtherName) => {
            either("o certificado é de outro nome", "the certificate is for another name")
        }
        UpstreamError::Tls(TlsFailure::UnknownAuthority) => either(
            "o certificado é de uma autoridade desconhecida",
            "the certificate is of an unknown authority",
        ),
        UpstreamError::Tls(TlsFailure::NotTls) => {
            either("quem responde não fala TLS", "whoever answers does not speak TLS")
        }
        UpstreamError::Tls(_) => either("a conexão segura (TLS) falha", "the secure connection (TLS) fails"),
        UpstreamError::Timeout => either("não houve resposta a tempo", "there was no answer in time"),
        _ => either("a resposta não se entende", "the answer is not understood"),
    }
}

/// `health`: nobody serves the folder.
pub fn health_unserved(folder: &Path) -> String {
    say!(
        "ninguém serve a pasta de dados {}: inicie o pareia (systemctl start pareia, ou \"pareia serve\"), ou \
         diga com --data qual é a do serviço",
        "nobody serves the data folder {}: start pareia (systemctl start pareia, or \"pareia serve\"), or say \
         with --data which is the service's",
        folder.display()
    )
}

/// `health`: the server takes no calls.
pub fn health_not_ready(address: &str, why: &str, cure: &str) -> String {
    say!(
        "o pareia em http://{address} não atende: {why}. {cure}",
        "pareia on http://{address} takes no calls: {why}. {cure}"
    )
}

/// `health`: another program answers.
pub fn health_other(address: &str) -> String {
    say!(
        "quem responde em http://{address} não é o pareia: confira --listen (PAREIA_LISTEN)",
        "what answers on http://{address} is not pareia: check --listen (PAREIA_LISTEN)"
    )
}

/// `health`: nothing answers.
pub fn health_absent(address: &str) -> String {
    say!(
        "nada escuta em http://{address}: o serve está rodando? Se ele usa outra porta, diga qual com --listen",
        "nothing listens on http://{address}: is serve running? If it uses another port, say which with \
         --listen"
    )
}

/// `health`: no answer that can be understood.
pub fn health_failed(address: &str, error: &UpstreamError) -> String {
    say!("http://{address} não atende: {}", "http://{address} does not answer: {}", no_answer(error))
}

/// A bundle was written.
pub fn bundle_written(path: &Path) -> String {
    say!(
        "Gravado em {}. Nada saiu desta máquina.",
        "Written to {}. Nothing has left this machine.",
        path.display()
    )
}

/// Whether to write what was shown.
pub fn bundle_confirm() -> &'static str {
    either("Gravar isto? [s/N]", "Write this? [y/N]")
}
/// Nobody is there to be asked.
pub fn bundle_unasked() -> &'static str {
    either(
        "sem terminal não pergunto: com --yes o arquivo é gravado depois de mostrado",
        "without a terminal nothing is asked: with --yes the file is written after it was shown",
    )
}
/// Nothing was written.
pub fn bundle_declined() -> &'static str {
    either("Nada foi gravado.", "Nothing was written.")
}

/// The bundle cannot be written.
pub fn bundle_unwritable(path: &Path, error: &io::Error) -> String {
    say!("não consegui gravar {}: {}", "cannot write {}: {}", path.display(), os_error(error))
}

/// Above the bundle: what it is.
pub fn bundle_head() -> &'static str {
    either(
        "# Diagnóstico do pareia. Sem chaves, tokens, senhas ou QR Codes; telefones e endereços IP mascarados.",
        "# Diagnosis of pareia. Without keys, tokens, passwords or QR codes; phones and IP addresses masked.",
    )
}

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
