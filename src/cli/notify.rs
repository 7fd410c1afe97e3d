//! `pareia notify`: where notices go, and what became of them. The rules are those of `notices::targets`.
//!
//! A token or a password is read by `secret_input` and stored; the key of a webhook's signature is said once.

use serde::Serialize;

use super::output::{CommandFailure, CommandResult, fail, note, out};
use super::secret_input::SecretSource;
use super::table::{TableLine, list, pretty};
use super::values;
use crate::domain::{Language, NoticeChannelKind, QuietHours, clock, utc_offset};
use crate::http::{AddedTargetJson, NoticeLogJson, NoticeTargetJson};
use crate::notices::targets::{self, TargetDraft, TargetError};
use crate::notices::{ChannelContext, NoticeReader, SettingsFault, SettingsField, TypedSettings, send_test};
use crate::store::{NoticeMessage, NoticeTarget, Store};
use crate::text::cli as words;
use crate::text::{self, delivery_failure, notice_message};
use crate::upstream::{Gateway, WebClient};

/// Messages that the log shows.
const LOG: u32 = 50;

/// What can be done with notices.
#[derive(clap::Subcommand, Debug)]
pub enum NotifyCommand {
    Add(NotifyAdd),
    List {
        #[arg(long)]
        json: bool,
    },
    Enable {
        #[arg(value_name = "ID", value_parser = values::typed())]
        id: String,
    },
    Disable {
        #[arg(value_name = "ID", value_parser = values::typed())]
        id: String,
    },
    Remove {
        #[arg(value_name = "ID", value_parser = values::typed())]
        id: String,
    },
    Test {
        #[arg(value_name = "ID", value_parser = values::typed())]
        id: Option<String>,
    },
    Log {
        #[arg(long)]
        json: bool,
    },
}

/// A new target.
#[derive(clap::Args, Debug)]
pub struct NotifyAdd {
    #[arg(value_name = "CANAL", value_parser = values::notice_channel)]
    channel: NoticeChannelKind,
    #[arg(value_name = "ENDEREÇO", allow_hyphen_values = true)]
    address: String,
    #[arg(long, value_name = "USUÁRIO", value_parser = values::typed())]
    user: String,
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    secret: SecretSource,
    #[arg(long, value_name = "SERVIDOR")]
    server: Option<String>,
    #[arg(long, value_name = "NOME")]
    login: Option<String>,
    #[arg(long, value_name = "E-MAIL")]
    from: Option<String>,
    #[arg(long, value_name = "LÍNGUA", default_value = "pt-BR", value_parser = values::notice_language)]
    language: Language,
    #[arg(long, value_name = "HORAS", value_parser = values::quiet_hours)]
    quiet: Option<QuietHours>,
    #[arg(
        long,
        value_name = "FUSO",
        default_value = "-03:00",
        allow_hyphen_values = true,
        value_parser = values::utc_offset
    )]
    utc_offset: i16,
    #[arg(long)]
    json: bool,
}

/// Runs one of them.
pub fn run(store: &Store, command: NotifyCommand) -> CommandResult {
    match command {
        NotifyCommand::Add(new) => add(store, new),
        NotifyCommand::List { json } => list(&store.notice_targets(None)?, json, words::no_notice_targets()),
        NotifyCommand::Enable { id } => set_active(store, &id, true),
        NotifyCommand::Disable { id } => set_active(store, &id, false),
        NotifyCommand::Remove { id } => {
            targets::remove(store, &id, None).map_err(|error| failure(&id, error))?;
            note(words::notice_target_removed(&id));
            Ok(())
        }
        NotifyCommand::Test { id } => test(store, id.as_deref()),
        NotifyCommand::Log { json } => {
            let log = store.notice_log(None, LOG)?;
            let lines: Vec<_> =
                log.into_iter().map(|(target, message)| DeliveryLine { target, message }).collect();
            list(&lines, json, words::no_notice_messages())
        }
    }
}

/// The sentence of what could not be done with the target of that id.
fn failure(id: &str, error: TargetError) -> CommandFailure {
    CommandFailure::Failed(match error {
        TargetError::Unknown => words::notice_target_unknown(id),
        TargetError::NotForAll => format!("--all: {}", text::not_for_all()),
        TargetError::TooMany => format!("{}. {}", text::too_many_targets(), text::too_many_targets_detail()),
        TargetError::Setting(field, fault) => setting_failure(argument(field), &fault),
        TargetError::Store(error) => return error.into(),
    })
}

fn setting_failure(argument: &str, fault: &SettingsFault) -> String {
    format!("{argument} {}", text::setting_fault(fault))
}

/// The argument that a setting comes from.
fn argument(field: SettingsField) -> &'static str {
    match field {
        SettingsField::Address => words::address_name(),
        SettingsField::Secret => "--secret-file",
        SettingsField::Server => "--server",
        SettingsField::User => "--login",
        SettingsField::From => "--from",
    }
}

fn add(store: &Store, new: NotifyAdd) -> CommandResult {
    let user = store.user(&new.user)?;
    let owner = user.ok_or_else(|| CommandFailure::Failed(words::user_unknown(&new.user)))?.caller();
    let draft = TargetDraft {
        owner: &owner,
        for_all: new.all,
        channel: new.channel,
        typed: TypedSettings {
            address: new.address,
            secret: new.secret.read()?,
            server: new.server,
            user: new.login,
            from: new.from,
        },
        language: new.language,
        quiet: new.quiet,
        utc_offset: new.utc_offset,
    };
    let added = targets::add(store, &draft).map_err(|error| match error {
        TargetError::Setting(SettingsField::Secret, fault) => {
            CommandFailure::Failed(setting_failure(new.secret.argument(), &fault))
        }
        error => failure("", error),
    })?;
    let id = &added.target.id;
    if new.json {
        return out(pretty(&AddedTargetJson::from(&added)));
    }
    out(id)?;
    note(words::notice_target_added(id));
    if let Some(key) = &added.signing_key {
        note(words::signing_key(key.expose()));
    }
    Ok(())
}

fn set_active(store: &Store, id: &str, active: bool) -> CommandResult {
    targets::set_active(store, id, None, active).map_err(|error| failure(id, error))?;
    note(words::notice_target_active(id, active));
    Ok(())
}

/// Tests one target, or all that are told of things; anything but a message that was taken is a failure.
fn test(store: &Store, id: Option<&str>) -> CommandResult {
    let tested = match id {
        Some(id) => vec![targets::find(store, id, None).map_err(|error| failure(id, error))?],
        None => store.notice_targets(None)?.into_iter().filter(|target| target.active).collect(),
    };
    if tested.is_empty() {
        return fail(words::no_notice_targets());
    }
    let (gateway, web) = (Gateway::default(), WebClient::default());
    let context = ChannelContext { store, gateway: &gateway, web: &web };
    let mut failed = 0;
    for target in &tested {
        let outcome = send_test(&context, notice_message, target)?;
        failed += usize::from(outcome.is_err());
        let outcome = outcome.map_err(|failure| delivery_failure(&failure.code));
        out(words::notice_tested(
            &target.id,
            target.channel.as_str(),
            &target.address,
            outcome.as_ref().err(),
        ))?;
    }
    if failed == 0 { Ok(()) } else { fail(words::notices_failed(failed, tested.len())) }
}

impl TableLine for NoticeTarget {
    fn titles() -> &'static [&'static str] {
        words::notice_target_titles()
    }

    fn cells(&self) -> Vec<String> {
        let quiet = self.quiet.map(|quiet| format!("{quiet} ({})", utc_offset(self.utc_offset)));
        vec![
            self.id.clone(),
            self.user_name.clone(),
            words::notice_scope(self.for_all).into(),
            self.channel.as_str().into(),
            self.address.clone(),
            words::or_dash(quiet),
            words::yes_no(self.active).into(),
            clock::short(self.created_at),
        ]
    }

    fn json(&self) -> impl Serialize {
        NoticeTargetJson::from(self)
    }
}

/// A message of the log, with its target.
struct DeliveryLine {
    target: NoticeTarget,
    message: NoticeMessage,
}

impl TableLine for DeliveryLine {
    fn titles() -> &'static [&'static str] {
        words::notice_log_titles()
    }

    fn cells(&self) -> Vec<String> {
        let Self { target, message } = self;
        let utc_offset = target.utc_offset;
        let reader = NoticeReader { language: Language::Portuguese, utc_offset, knows_servers: true };
        let items: Vec<_> = message.notices.iter().map(|notice| (notice.clone(), None)).collect();
        let (title, _) = notice_message(reader, &items);
        vec![
            clock::short(message.created_at),
            target.channel.as_str().into(),
            target.address.clone(),
            title,
            words::notice_outcome(message.outcome).into(),
            message.attempts.to_string(),
            words::or_dash(message.error.clone()),
        ]
    }

    fn json(&self) -> impl Serialize {
        NoticeLogJson::of(&self.target, &self.message)
    }
}
