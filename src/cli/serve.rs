//! `pareia serve`: starts the server and the monitor, and stops them at a signal.
//!
//! The log's first line carries the address in use: supervisors, scripts and tests wait for it.

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use log::LevelFilter;

use super::backup_setting::BackupSetting;
use super::evolution_setting::{EvolutionAccess, EvolutionSetting};
use super::logging::{self, BufferedLog};
use super::output::{CommandFailure, CommandResult};
use super::public_url::PublicUrl;
use super::restart::{self, Ending};
use super::serve_state::{reachable, serving_note};
use super::service_manager::ServiceManager;
use super::serving_note::ServingNote;
use super::{setting, setup_link, signals};
use crate::backup::{BackupLoop, Backups};
use crate::cli::config::{Config, Raw};
use crate::http::{Server, Settings, raise_open_files};
use crate::instance::connect::ConnectService;
use crate::instance::monitor::{Monitor, Pace};
use crate::notices::{NoticePace, NoticeService};
use crate::store::{self, CredentialLine, Store};
use crate::sync::FileLock;
use crate::text::cli as words;
use crate::text::notice_message;
use crate::upstream::is_public_default_key;

/// The arguments of `serve`; every flag has its variable.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[arg(long, env = "PAREIA_LISTEN", value_name = "ENDEREÇO", default_value = "127.0.0.1:3000")]
    listen: String,
    #[command(flatten)]
    public_url: PublicUrl,
    #[arg(long, env = "PAREIA_QR_TIMEOUT", value_name = "SEGUNDOS", default_value = "20")]
    qr_timeout: String,
    #[arg(
        long,
        env = "PAREIA_TRUSTED_PROXY",
        value_name = "IPS",
        default_value = "",
        hide_default_value = true
    )]
    trusted_proxy: String,
    #[arg(long, env = "PAREIA_NOTIFY_AFTER", value_name = "SEGUNDOS", default_value = "60")]
    notify_after: String,
    #[arg(long, env = "PAREIA_ALLOW_ORIGIN", value_name = "URL")]
    allow_origin: Vec<String>,
    #[arg(
        long,
        env = "PAREIA_METRICS_LISTEN",
        value_name = "ENDEREÇO",
        default_value = "",
        hide_default_value = true
    )]
    metrics_listen: String,
    #[arg(long, env = "PAREIA_LOG_FORMAT", value_name = "FORMATO", default_value = "text")]
    log_format: String,
    #[command(flatten)]
    evolution: EvolutionSetting,
    #[command(flatten)]
    backups: BackupSetting,
}

/// Serves until a signal.
pub fn run(folder: PathBuf, args: &Args) -> CommandResult {
    let raw = Raw {
        listen: &args.listen,
        public_url: args.public_url.text(),
        qr_timeout: &args.qr_timeout,
        trusted_proxies: &args.trusted_proxy,
        notify_after: &args.notify_after,
        allowed_origins: &args.allow_origin,
        log_format: &args.log_format,
        metrics_listen: &args.metrics_listen,
        backups: args.backups.raw(),
    };
    let config = Config::check(folder, &raw);
    let mut config = config.map_err(|problem| CommandFailure::Usage(setting::sentence(&problem)))?;
    if let Ok(whole) = std::path::absolute(&config.backups.folder) {
        config.backups.folder = whole;
    }
    let evolution = args.evolution.read()?;
    // Dropped however this ends: what a panic says is written, too.
    let log_buffer = logging::start_buffered(LevelFilter::Info, config.log_format);
    match serve(&config, evolution.as_ref(), &log_buffer)? {
        Ending::Signal => Ok(()),
        Ending::Restore => {
            drop(log_buffer);
            restart::start_anew()
        }
    }
}

fn serve(
    config: &Config,
    evolution: Option<&EvolutionAccess>,
    log_buffer: &BufferedLog,
) -> Result<Ending, CommandFailure> {
    // Before anything is served: a signal that comes early is not lost.
    let (ends, ended) = mpsc::channel();
    signals::send_first(Ending::Signal, ends.clone())?;
    raise_open_files()?;
    // Until this process ends or becomes another: a restore by a new start takes it anew.
    let _alone = take_folder(&config.data)?;
    let restored = store::apply_staged(&config.data);
    let store = Arc::new(Store::open(&config.data)?);
    restart::note_restore(&store, restored)?;
    if let Some(evolution) = evolution {
        evolution.apply(&store)?;
    }
    let backups = Arc::new(Backups::new(Arc::clone(&store), config.backups.clone()));
    let connect_service = Arc::new(ConnectService::new(Arc::clone(&store), config.qr_timeout));
    let mut settings = Settings::new(&config.listen);
    settings.trusted_proxies.clone_from(&config.trusted_proxies);
    settings.public_url.clone_from(&config.public_url);
    settings.allowed_origins.clone_from(&config.allowed_origins);
    settings.backups = Some(Arc::clone(&backups));
    // Where the end has begun for another reason, nobody hears it: the next start restores.
    settings.restart = Some(Box::new(move || ends.send(Ending::Restore).unwrap_or_default()));
    let gateway = Arc::clone(connect_service.gateway());
    let pace = NoticePace::settling(config.notify_after);
    let notices = NoticeService::start(Arc::clone(&store), Arc::clone(&gateway), notice_message, pace);
    let monitor = Arc::new(Monitor::start(Arc::clone(&store), gateway, Pace::default()));
    let mut server = Server::start(settings, Arc::clone(&store), connect_service, Arc::clone(&monitor))
        .map_err(|e| CommandFailure::Failed(words::cannot_listen(&config.listen, &e)))?;
    let url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(server.addr())));
    let metrics = serve_metrics(&mut server, config)?;
    let backup_loop = BackupLoop::start(backups);
    // Before the first line of the log: a command beside the server may need it at once.
    store.set_setting("url", &url)?;
    let (listen, public_url) = (server.addr().to_string(), config.public_url.as_deref());
    ServingNote::write(&store, listen, public_url, &config.trusted_proxies, &config.backups)?;
    log_buffer.open(&format!("pareia {} listening on http://{}", env!("CARGO_PKG_VERSION"), server.addr()));
    if let Some(addr) = metrics {
        advise_of_metrics(addr);
    }
    advise(config, &server, &store, &url)?;
    let service_manager =
        ServiceManager::tell(reachable(server.addr()), Arc::clone(&store), server.answered());
    let ending = ended.recv().unwrap_or(Ending::Signal);
    log::info!("{}: finishing what runs", ending.reason());
    service_manager.end(ending);
    server.shutdown();
    monitor.stop();
    backup_loop.stop();
    notices.stop();
    log::info!("stopped");
    // A signal that came meanwhile means what it always does: what is staged waits for the next start.
    let is_signalled = ended.try_iter().any(|ending| ending == Ending::Signal);
    Ok(if is_signalled { Ending::Signal } else { ending })
}

/// Takes the data folder, or says who has it.
fn take_folder(folder: &Path) -> Result<FileLock, CommandFailure> {
    let served = || {
        let other = serving_note(folder).map(|note| (note.listen, note.pid));
        CommandFailure::Failed(words::already_served(folder, other))
    };
    store::take_to_serve(folder)?.ok_or_else(served)
}

/// Serves the metrics where they have an address.
fn serve_metrics(server: &mut Server, config: &Config) -> Result<Option<SocketAddr>, CommandFailure> {
    let started = config.metrics_listen.as_ref().map(|listen| {
        let started = server.serve_metrics(listen);
        started.map_err(|e| CommandFailure::Failed(words::cannot_serve_metrics(listen, &e)))
    });
    started.transpose()
}

/// Logs what an administrator should know at the start.
fn advise(config: &Config, server: &Server, store: &Store, url: &str) -> Result<(), store::Error> {
    log::info!("data folder {}", config.data.display());
    if config.public_url.is_some() {
        log::info!("people use it at {url}");
    }
    if !server.addr().ip().is_loopback() && !config.is_behind_proxy() {
        log::warn!(
            "{} can be reached from other machines and does not encrypt: tokens travel in the clear; listen on \
             127.0.0.1 behind a proxy with TLS, and name it with --trusted-proxy",
            server.addr()
        );
    }
    if store.others_may_write() {
        log::warn!(
            "other users may write in {}, and replace the database and the key: chmod go-w, or a folder of its own",
            config.data.display()
        );
    }
    let credentials = store.credentials()?;
    if credentials.is_empty() {
        log::warn!("no credential yet: every call is answered 503; see: pareia credential add --help");
    }
    if store.setup_needed()? {
        invite(store, url)?;
    }
    for CredentialLine { credential, .. } in credentials {
        if is_public_default_key(credential.channel, &credential.key) {
            log::warn!(
                "credential {} opens with the key of Evolution's own examples, which everybody knows: change \
                 AUTHENTICATION_API_KEY there, then: pareia credential rotate {0} --api-token-stdin",
                credential.id
            );
        }
    }
    Ok(())
}

fn advise_of_metrics(addr: SocketAddr) {
    log::info!("metrics at http://{addr}/metrics");
    if !addr.ip().is_loopback() {
        log::warn!("whoever reaches {addr} reads the metrics: what servers are called, and how much is done");
    }
}

/// Tells how the first administrator sets the page up: with the link itself where a person started the server in
/// a terminal, else without, since others read the log.
fn invite(store: &Store, url: &str) -> Result<(), store::Error> {
    log::warn!("no administrator with a password yet: pareia setup-link prints the link that makes one");
    if io::stderr().is_terminal() { setup_link::show(store, url) } else { Ok(()) }
}
