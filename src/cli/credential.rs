//! `pareia credential`: servers of the upstream and the keys that open them. The rules are those of
//! `admin::credentials`; a key is stored as it comes, and tested by a command of its own.
//!
//! A key is read by `secret_input` and stored; none is ever printed.

use std::path::PathBuf;

use serde::Serialize;

use super::ca_file::{self, CaChange};
use super::credential_placement::{self, DrainArgs, PlacementArgs};
use super::named_credential::{failed, failure, find};
use super::output::{CommandFailure, CommandResult, fail, note, out};
use super::public_url::PublicUrl;
use super::secret_input::KeySource;
use super::table::{TableLine, list, pretty};
use super::values;
use crate::admin::credentials::{self, CredentialDraft};
use crate::crypto::new_id;
use crate::domain::clock;
use crate::domain::{Channel, Name, Secret};
use crate::http::{CredentialJson, CredentialTestJson, webhook_address};
use crate::store::{CredentialLine, Store};
use crate::text::cli as words;
use crate::text::{base_url_amended, same_address, webhook_environment};
use crate::upstream::{Check, Gateway, TypedBaseUrl, is_public_default_key};

/// What can be done with credentials.
#[derive(clap::Subcommand, Debug)]
pub enum CredentialCommand {
    Add(CredentialAdd),
    List {
        #[arg(long)]
        json: bool,
    },
    Test {
        #[arg(value_name = "ID", value_parser = values::typed())]
        id: String,
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
        #[arg(long)]
        force: bool,
    },
    Rotate {
        #[arg(value_name = "ID", value_parser = values::typed())]
        id: String,
        #[command(flatten)]
        key: KeySource,
    },
    Ca {
        #[arg(value_name = "ID", value_parser = values::typed())]
        id: String,
        #[command(flatten)]
        authorities: CaChange,
    },
    Webhook {
        #[arg(value_name = "ID", value_parser = values::typed())]
        id: String,
        #[command(flatten)]
        public_url: PublicUrl,
    },
    Set(PlacementArgs),
    Drain(DrainArgs),
}

/// A new credential.
#[derive(clap::Args, Debug)]
pub struct CredentialAdd {
    #[arg(long = "type", value_name = "TIPO", value_parser = values::channel)]
    channel: Channel,
    #[arg(long, value_name = "URL", value_parser = values::base_url)]
    base_url: TypedBaseUrl,
    #[command(flatten)]
    key: KeySource,
    #[arg(long, value_name = "ARQUIVO")]
    ca_file: Option<PathBuf>,
    #[arg(long, value_name = "ID", value_parser = values::name)]
    id: Option<Name>,
    #[arg(long, value_name = "NOME", value_parser = values::label)]
    name: Option<String>,
}

/// Runs one of them.
pub fn run(owned: Store, command: CredentialCommand) -> CommandResult {
    let store = &owned;
    match command {
        CredentialCommand::Add(new) => add(store, &new),
        CredentialCommand::List { json } => list(&store.credentials()?, json, words::no_credentials()),
        CredentialCommand::Test { id, json } => test(store, &id, json),
        CredentialCommand::Enable { id } => enable(store, &id),
        CredentialCommand::Disable { id } => disable(store, &id),
        CredentialCommand::Remove { id, force } => remove(store, &id, force),
        CredentialCommand::Rotate { id, key } => rotate(store, &id, &key),
        CredentialCommand::Ca { id, authorities } => set_ca(store, &id, &authorities),
        CredentialCommand::Webhook { id, public_url } => webhook(store, &id, &public_url),
        CredentialCommand::Set(arguments) => credential_placement::set(store, &arguments),
        CredentialCommand::Drain(arguments) => credential_placement::drain(owned, &arguments),
    }
}

fn add(store: &Store, new: &CredentialAdd) -> CommandResult {
    let ca_certificate = new.ca_file.as_deref().map(ca_file::read).transpose()?;
    let key = new.key.read()?;
    let draft = CredentialDraft {
        id: new.id.as_ref(),
        channel: new.channel,
        name: new.name.as_deref(),
        base_url: &new.base_url.base_url,
        ca_certificate: ca_certificate.as_deref(),
        key: &key,
    };
    let asked = new.id.as_ref().map_or("", Name::as_str);
    let same = store.credential_at(draft.base_url.as_str())?;
    let id = credentials::add(store, &draft).map_err(|error| failure(asked, error))?;
    out(&id)?;
    if new.base_url.amended {
        note(base_url_amended(&new.base_url.base_url).message);
    }
    if let Some(other) = same {
        note(same_address(&other.id).message);
    }
    note(words::credential_added(&id));
    warn_if_public(&id, new.channel, &key);
    Ok(())
}

/// Tests a credential; anything but a fine one is a failure.
fn test(store: &Store, id: &str, json: bool) -> CommandResult {
    let credential = find(store, id)?.credential;
    let found = credentials::test(&Gateway::default(), &credential, &new_id("cli-"));
    let found = found.map_err(|error| failure(id, error))?;
    warn_if_public(id, credential.channel, &credential.key);
    if json {
        out(pretty(&CredentialTestJson::new(id, &found)))?;
    }
    match &found {
        Check::Fine { .. } if json => Ok(()),
        Check::Fine { version, latency } => out(words::credential_fine(version.as_deref(), *latency)),
        Check::InstanceToken | Check::Failed(_) => fail(failed(&found)),
    }
}

fn enable(store: &Store, id: &str) -> CommandResult {
    set_active(store, id, true)?;
    note(words::credential_enabled(id));
    Ok(())
}

fn disable(store: &Store, id: &str) -> CommandResult {
    let line = set_active(store, id, false)?;
    note(words::credential_disabled(id, line.instances));
    warn_if_none_left(store, line.credential.channel)
}

fn set_active(store: &Store, id: &str, active: bool) -> Result<CredentialLine, CommandFailure> {
    credentials::set_active(store, id, active).map_err(|error| failure(id, error))
}

fn remove(store: &Store, id: &str, force: bool) -> CommandResult {
    let line = credentials::remove(store, id, force).map_err(|error| failure(id, error))?;
    note(words::credential_removed(id, line.instances, line.leaving));
    warn_if_none_left(store, line.credential.channel)
}

fn rotate(store: &Store, id: &str, key: &KeySource) -> CommandResult {
    // Checked before a person is asked for the key.
    let channel = find(store, id)?.credential.channel;
    let key = key.read()?;
    credentials::rotate(store, id, &key).map_err(|error| failure(id, error))?;
    note(words::credential_rotated(id));
    warn_if_public(id, channel, &key);
    Ok(())
}

/// Sets the authorities that connections to the credential's server trust beside the usual ones.
fn set_ca(store: &Store, id: &str, authorities: &CaChange) -> CommandResult {
    let pem = authorities.read()?;
    credentials::set_ca_certificate(store, id, pem.as_deref()).map_err(|error| failure(id, error))?;
    note(words::ca_set(id, pem.is_some()));
    Ok(())
}

/// Prints what makes the credential's server post its hints to `serve`.
fn webhook(store: &Store, id: &str, public_url: &PublicUrl) -> CommandResult {
    find(store, id)?;
    let base = public_url.base(store, || words::url_unknown(id))?;
    let url = webhook_address(&base, &store.webhook_secret(id));
    note(words::webhook(&url));
    out(webhook_environment(&url))
}

/// Warns of Evolution's published default key.
fn warn_if_public(id: &str, channel: Channel, key: &Secret) {
    if is_public_default_key(channel, key) {
        note(words::key_is_public(id));
    }
}

fn warn_if_none_left(store: &Store, channel: Channel) -> CommandResult {
    if store.servers_in_use(channel)?.is_empty() {
        note(words::no_active_credential_left());
    }
    Ok(())
}

impl TableLine for CredentialLine {
    fn titles() -> &'static [&'static str] {
        words::credential_titles()
    }

    fn cells(&self) -> Vec<String> {
        let credential = &self.credential;
        vec![
            credential.id.clone(),
            credential.name.clone(),
            credential.channel.as_str().into(),
            credential.base_url.clone(),
            words::yes_no(credential.active).into(),
            words::numbers(self.instances, credential.rule.capacity, self.leaving),
            words::intake(credential.rule.intake).into(),
            words::health(
                self.failing.as_ref().map(|(code, _)| code.as_str()),
                self.seen.listed_at.is_some(),
            )
            .into(),
            words::or_dash(self.seen.versions.server.clone()),
            words::or_dash(self.seen.list_millis.map(|millis| format!("{millis} ms"))),
            clock::short(credential.created_at),
        ]
    }

    fn json(&self) -> impl Serialize {
        CredentialJson::from(self)
    }
}
