//! Flags and environment of `serve` as one validated value, and where the data folder is.
//!
//! A setting that makes no sense is refused here and nowhere else. Opens no file and no socket.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::log_line::LogFormat;
use crate::backup::BackupPlan;
use crate::domain::{trimmed, typed_value, unquoted};
use crate::http::{AllowedOrigin, Network};

/// Bounds of the time that a call may wait for a QR code, in seconds: proxies close a request after one to
/// two minutes.
const QR_TIMEOUT: std::ops::RangeInclusive<u64> = 1..=120;

/// Bounds of the time between two backups: a copy of a large database takes seconds.
const BACKUP_EVERY: std::ops::RangeInclusive<Duration> =
    Duration::from_mins(1)..=Duration::from_hours(90 * 24);
/// Bounds of the number of backups that are kept.
const BACKUP_KEEP: std::ops::RangeInclusive<usize> = 1..=1000;
/// Bounds of the time that a drop has to last before people are told, in seconds.
const NOTIFY_AFTER: std::ops::RangeInclusive<u64> = 1..=3600;

/// The settings of `serve` as text.
#[derive(Debug, Default)]
pub struct Raw<'a> {
    /// Where to listen: `host:port`.
    pub listen: &'a str,
    /// The address people use, where it is another.
    pub public_url: &'a str,
    /// Seconds that a call may wait for a QR code.
    pub qr_timeout: &'a str,
    /// Proxies whose word about the caller's address is taken, comma separated.
    pub trusted_proxies: &'a str,
    /// Seconds that a drop has to last before people are told.
    pub notify_after: &'a str,
    /// Origins whose pages may call the API.
    pub allowed_origins: &'a [String],
    /// `text` or `json`.
    pub log_format: &'a str,
    /// Where to serve the metrics: `host:port`.
    pub metrics_listen: &'a str,
    /// How backups are made.
    pub backups: RawBackups<'a>,
}

/// The settings of backups as text.
#[derive(Debug, Default)]
pub struct RawBackups<'a> {
    /// How often: a number and `m`, `h` or `d`.
    pub every: &'a str,
    /// How many automatic ones are kept.
    pub keep: &'a str,
    /// Where they are put.
    pub folder: &'a str,
    /// `with` the key, or `without`.
    pub key: &'a str,
}

/// How `serve` runs.
#[derive(Debug)]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// Where to listen: `host:port`.
    pub listen: String,
    /// The address people use, without a slash at the end; `None`: the one listened on.
    pub public_url: Option<String>,
    /// How long a call may wait for a QR code.
    pub qr_timeout: Duration,
    /// Proxies whose word about the caller's address is taken.
    pub trusted_proxies: Vec<Network>,
    /// How long a drop has to last before people are told.
    pub notify_after: Duration,
    /// Origins whose pages may call the API with a token.
    pub allowed_origins: Vec<AllowedOrigin>,
    /// What the log looks like.
    pub log_format: LogFormat,
    /// Where to serve the metrics; `None`: nowhere.
    pub metrics_listen: Option<String>,
    /// How backups are made.
    pub backups: BackupPlan,
}

/// The setting that makes no sense.
#[derive(Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// Nothing says where the data folder is.
    NoDataFolder,
    /// The data folder was named by an empty text.
    EmptyDataFolder,
    /// Not `host:port`.
    Listen,
    /// Not an `http://` or `https://` address.
    PublicUrl,
    /// Not a number of seconds within the bounds.
    QrTimeout,
    /// Not a number of seconds within the bounds.
    NotifyAfter,
    /// Not an address or a range; the text that is not.
    TrustedProxy(String),
    /// Not an origin; the text that is not.
    AllowedOrigin(String),
    /// Neither `text` nor `json`.
    LogFormat,
    /// The address of the metrics is not `host:port`.
    MetricsListen,
    /// Not a time within the bounds.
    BackupEvery,
    /// Not a number within the bounds.
    BackupKeep,
    /// Neither `with` nor `without`.
    BackupKey,
}

impl Config {
    /// Checks every setting. Empty text counts as not given: unit files set variables to it. What cannot be seen, and
    /// quotes, count as not there: files of variables keep them.
    pub fn check(data: PathBuf, raw: &Raw) -> Result<Self, ConfigError> {
        let given = |text: &str| Some(typed_value(text)).filter(|text| !text.is_empty());
        let proxies = parts(raw.trusted_proxies).into_iter();
        let origins = raw.allowed_origins.iter().flat_map(|text| parts(text));
        Ok(Self {
            backups: backup_plan(&data, &raw.backups)?,
            data,
            listen: listen(raw.listen).ok_or(ConfigError::Listen)?,
            public_url: given(raw.public_url)
                .map(|u| public_url(&u).ok_or(ConfigError::PublicUrl))
                .transpose()?,
            qr_timeout: seconds(raw.qr_timeout, &QR_TIMEOUT).ok_or(ConfigError::QrTimeout)?,
            notify_after: seconds(raw.notify_after, &NOTIFY_AFTER).ok_or(ConfigError::NotifyAfter)?,
            trusted_proxies: proxies
                .map(|part| part.parse().map_err(|_| ConfigError::TrustedProxy(part)))
                .collect::<Result<_, _>>()?,
            allowed_origins: origins
                .map(|part| part.parse().map_err(|_| ConfigError::AllowedOrigin(part)))
                .collect::<Result<_, _>>()?,
            metrics_listen: given(raw.metrics_listen)
                .map(|text| listen(&text).ok_or(ConfigError::MetricsListen))
                .transpose()?,
            log_format: LogFormat::parse(&typed_value(raw.log_format)).ok_or(ConfigError::LogFormat)?,
        })
    }

    /// Whether a proxy is configured in front of the server.
    pub fn is_behind_proxy(&self) -> bool {
        !self.trusted_proxies.is_empty()
            || self.public_url.as_ref().is_some_and(|u| u.starts_with("https://"))
    }
}

/// What stands between the commas of a list.
fn parts(list: &str) -> Vec<String> {
    let parts = typed_value(list);
    parts.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// `host:port`; a name is left to the system to resolve, and IPv6 stands in brackets.
pub fn listen(text: &str) -> Option<String> {
    let text = typed_value(text);
    let (host, port) = text.rsplit_once(':')?;
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let host_fits = match bare {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_host(host),
    };
    (host_fits && port.parse::<u16>().is_ok()).then_some(text)
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// An address that can stand in front of a path, without a slash at the end: no user, query or
/// fragment in it.
pub fn public_url(text: &str) -> Option<String> {
    let text = typed_value(text);
    let text = text.trim_end_matches('/');
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority_fits = is_host(authority) || listen(authority).is_some();
    // A cookie's path ends at a semicolon, and a path that begins with two slashes leads to another host.
    let part_fits =
        |part: &str| part.bytes().all(|b| b.is_ascii_graphic() && !b"?#\"'<>\\`{}|^@;".contains(&b));
    let path_fits = path.is_empty() || path.split('/').all(|part| !part.is_empty() && part_fits(part));
    (authority_fits && path_fits).then(|| text.to_owned())
}

fn seconds(text: &str, within: &std::ops::RangeInclusive<u64>) -> Option<Duration> {
    typed_value(text).parse().ok().filter(|seconds| within.contains(seconds)).map(Duration::from_secs)
}

/// The file with the variables of the service that `install.sh` sets up.
pub const SERVICE_VARIABLES: &str = "/etc/pareia/pareia.env";

/// The data folder of the service whose variables these are: of several lines systemd takes the last.
pub fn service_folder(variables: &str) -> Option<OsString> {
    let value = variables.lines().filter_map(|line| line.trim().strip_prefix("PAREIA_DATA=")).next_back()?;
    Some(typed_value(value)).filter(|folder| !folder.is_empty()).map(OsString::from)
}

/// How backups are made; what was not given is as usual.
fn backup_plan(data: &Path, raw: &RawBackups) -> Result<BackupPlan, ConfigError> {
    let given = |text: &str| Some(typed_value(text)).filter(|text| !text.is_empty());
    let mut plan = BackupPlan::on_demand(data);
    if let Some(every) = given(raw.every) {
        plan.every = Some(span(&every).ok_or(ConfigError::BackupEvery)?);
    }
    if let Some(keep) = given(raw.keep) {
        plan.keep =
            keep.parse().ok().filter(|keep| BACKUP_KEEP.contains(keep)).ok_or(ConfigError::BackupKeep)?;
    }
    if let Some(folder) = given(raw.folder) {
        plan.folder = folder.into();
    }
    plan.with_key = match given(raw.key).as_deref() {
        None | Some("with") => true,
        Some("without") => false,
        Some(_) => return Err(ConfigError::BackupKey),
    };
    Ok(plan)
}

/// A number and `m`, `h` or `d`: minutes, hours, days.
fn span(text: &str) -> Option<Duration> {
    let (number, minutes) = [('m', 1), ('h', 60), ('d', 24 * 60)]
        .iter()
        .find_map(|(unit, m)| Some((text.strip_suffix(*unit)?, *m)))?;
    let span = Duration::from_secs(number.parse::<u32>().map(u64::from).ok()? * minutes * 60);
    BACKUP_EVERY.contains(&span).then_some(span)
}

/// The data folder: as given, else that of the `service` on this machine whose variables the caller may read, else
/// where the system keeps programs' data. Refused where none says, since a
/// folder below the current one would differ from call to call. So is an empty text: a variable that was to be
/// filled in would put the data where nobody looks for them.
pub fn data_folder(
    given: Option<PathBuf>,
    service: impl FnOnce() -> Option<OsString>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<PathBuf, ConfigError> {
    let Some(path) = given.or_else(|| service().map(PathBuf::from)) else {
        let folder = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        return folder("XDG_DATA_HOME")
            .map(|data| data.join("pareia"))
            .or_else(|| folder("HOME").map(|home| home.join(".local/share/pareia")))
            .ok_or(ConfigError::NoDataFolder);
    };
    let path = path.to_str().map(|text| PathBuf::from(unquoted(trimmed(text)))).unwrap_or(path);
    if path.as_os_str().is_empty() { Err(ConfigError::EmptyDataFolder) } else { Ok(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw<'a>() -> Raw<'a> {
        Raw { listen: "127.0.0.1:3000", qr_timeout: "20", notify_after: "60", ..Raw::default() }
    }

    fn check(raw: &Raw) -> Result<Config, ConfigError> {
        Config::check(PathBuf::from("d"), raw)
    }

    #[track_caller]
    fn refused(raw: &Raw) -> ConfigError {
        check(raw).expect_err("refused")
    }

    #[test]
    fn settings_are_checked_one_by_one() {
        let config = check(&raw()).unwrap();
        assert_eq!((config.listen.as_str(), config.qr_timeout.as_secs()), ("127.0.0.1:3000", 20));
        assert!(config.public_url.is_none() && config.trusted_proxies.is_empty());
        for listen in ["0.0.0.0:0", "[::1]:80", "localhost:65535"] {
            assert!(check(&Raw { listen, ..raw() }).is_ok(), "{listen}");
        }
        for listen in ["", "3000", ":3000", "a:", "a:b", "a:70000", "::1:80", "[x]:1", "a b:1"] {
            assert_eq!(refused(&Raw { listen, ..raw() }), ConfigError::Listen, "{listen}");
        }
        for qr_timeout in ["", "0", "121", "-1", "2s"] {
            assert_eq!(refused(&Raw { qr_timeout, ..raw() }), ConfigError::QrTimeout, "{qr_timeout}");
        }
        for (metrics_listen, taken) in [("", None), ("127.0.0.1:9464", Some("127.0.0.1:9464"))] {
            let config = check(&Raw { metrics_listen, ..raw() }).unwrap();
            assert_eq!(config.metrics_listen.as_deref(), taken);
        }
        for metrics_listen in ["9464", "a:b"] {
            let problem = refused(&Raw { metrics_listen, ..raw() });
            assert_eq!(problem, ConfigError::MetricsListen, "{metrics_listen}");
        }
        for log_format in ["xml", "json,text"] {
            assert_eq!(refused(&Raw { log_format, ..raw() }), ConfigError::LogFormat, "{log_format}");
        }
        for url in [
            "pareia.com",
            "ftp://a",
            "http://",
            "https://a b",
            "https://u@a",
            "https://a/?x",
            "https://a:x",
            "https://a/b;c",
            "https://a//evil",
            "https://a/b//c",
        ] {
            assert_eq!(refused(&Raw { public_url: url, ..raw() }), ConfigError::PublicUrl, "{url}");
        }
        let given = check(&Raw { public_url: "https://zap.loja.com.br/pareia/", ..raw() }).unwrap();
        assert_eq!(given.public_url.as_deref(), Some("https://zap.loja.com.br/pareia"));
        for part in ["10.0.0.0/33", "x", "::1/129", "1.2.3", "10.0.0.0/"] {
            let problem = refused(&Raw { trusted_proxies: &format!("127.0.0.1,{part}"), ..raw() });
            assert_eq!(problem, ConfigError::TrustedProxy(part.to_owned()));
        }
    }

    #[test]
    fn what_files_of_variables_leave_around_a_setting_is_no_part_of_it() {
        let origins =
            ["'https://a.example/'\r".to_owned(), "http://localhost:5173".to_owned(), " ".to_owned()];
        let config = check(&Raw {
            listen: "\"127.0.0.1:3000\"\r",
            public_url: "\u{feff}https://zap.loja.com.br\u{a0}",
            qr_timeout: "20\r\n",
            notify_after: "60\r",
            trusted_proxies: "'10.0.0.1,\u{a0}10.0.0.2'\r",
            allowed_origins: &origins,
            log_format: "'JSON'\r",
            metrics_listen: "\"127.0.0.1:9464\"\r",
            ..Raw::default()
        });
        let config = config.expect("settings");
        assert_eq!((config.listen.as_str(), config.qr_timeout.as_secs()), ("127.0.0.1:3000", 20));
        assert_eq!(config.public_url.as_deref(), Some("https://zap.loja.com.br"));
        assert_eq!((config.trusted_proxies.len(), config.log_format), (2, LogFormat::Json));
        assert_eq!(config.metrics_listen.as_deref(), Some("127.0.0.1:9464"));
        let origins: Vec<_> = config.allowed_origins.iter().map(ToString::to_string).collect();
        assert_eq!(origins, ["https://a.example", "http://localhost:5173"]);
        let nothing = check(&Raw { public_url: "\"\"", ..raw() }).expect("settings");
        assert_eq!(nothing.public_url, None);
        for origin in ["*", "a.example", "https://a.example/b"] {
            let problem = refused(&Raw { allowed_origins: &[origin.to_owned()], ..raw() });
            assert_eq!(problem, ConfigError::AllowedOrigin(origin.to_owned()));
        }
    }

    #[test]
    fn backups_are_made_as_often_as_is_said_and_at_no_other_time() {
        let plan = |every, keep, folder, key| {
            check(&Raw { backups: RawBackups { every, keep, folder, key }, ..raw() })
                .map(|config| config.backups)
        };
        let usual = plan("", "", "", "").expect("settings");
        assert_eq!(
            usual,
            BackupPlan { folder: "d/pareia.backups".into(), every: None, keep: 7, with_key: true }
        );
        let hours = |hours| Some(Duration::from_hours(hours));
        for (every, expected) in
            [("24h", hours(24)), ("'7d'\r", hours(168)), ("90m", Some(Duration::from_mins(90)))]
        {
            assert_eq!(plan(every, "", "", "").expect("settings").every, expected, "{every}");
        }
        let given = plan("1m", "30", "/mnt/b", "without").expect("settings");
        assert_eq!((given.keep, given.folder.as_path(), given.with_key), (30, Path::new("/mnt/b"), false));
        for every in ["0m", "24", "h", "-1h", "1.5h", "91d", "99999999999d", "24 h", "30s"] {
            assert_eq!(plan(every, "", "", ""), Err(ConfigError::BackupEvery), "{every}");
        }
        for keep in ["0", "-1", "1001", "x"] {
            assert_eq!(plan("", keep, "", ""), Err(ConfigError::BackupKeep), "{keep}");
        }
        assert_eq!(plan("", "", "", "yes"), Err(ConfigError::BackupKey));
    }

    #[test]
    fn the_data_folder_has_one_place_in_each_world() {
        let beside = |given: Option<&str>, of_service: &str, set: &[(&str, &str)]| {
            let variable = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v));
            data_folder(given.map(PathBuf::from), || service_folder(of_service), variable)
                .map(|path| path.to_string_lossy().into_owned())
        };
        let folder = |given: Option<&str>, set: &[(&str, &str)]| beside(given, "", set);
        let both = [("XDG_DATA_HOME", "/x"), ("HOME", "/h")];
        assert_eq!(folder(Some("d"), &both).as_deref(), Ok("d"));
        assert_eq!(folder(None, &both).as_deref(), Ok("/x/pareia"));
        assert_eq!(folder(Some("\u{feff}\"my folder\"\r"), &both).as_deref(), Ok("my folder"));
        for empty in ["", " ", "\"\"", "\u{feff}\r\n"] {
            assert_eq!(folder(Some(empty), &both), Err(ConfigError::EmptyDataFolder), "{empty:?}");
        }
        assert_eq!(
            folder(None, &[("XDG_DATA_HOME", "relative"), ("HOME", "/h")]).as_deref(),
            Ok("/h/.local/share/pareia")
        );
        for home in ["", "relative", "."] {
            assert_eq!(folder(None, &[("HOME", home)]), Err(ConfigError::NoDataFolder), "{home:?}");
        }
        assert_eq!(folder(None, &[]), Err(ConfigError::NoDataFolder));
        let service = "# pareia\nPAREIA_LISTEN=x\nPAREIA_DATA=\"/var/lib/pareia\"\r\n";
        assert_eq!(beside(None, service, &both).as_deref(), Ok("/var/lib/pareia"));
        assert_eq!(beside(Some("d"), service, &both).as_deref(), Ok("d"));
        let twice = "PAREIA_DATA=/old\nPAREIA_DATA=/new\n";
        assert_eq!(beside(None, twice, &both).as_deref(), Ok("/new"));
        assert_eq!(beside(None, "PAREIA_DATA=\n#PAREIA_DATA=/y", &both).as_deref(), Ok("/x/pareia"));
    }
}
