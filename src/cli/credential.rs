//! `pareia credential`: servers of the upstream and the keys that open them.
//!
//! A key comes in by `secret_input` and goes to the store; nothing here prints one. The address of a
//! credential is never edited: another server is another credential.

use serde::Serialize;

use super::output::{Done, Failure, fail, note, out};
use super::public_url::PublicUrl;
use super::secret_input::Source;
use super::table::{Line, list};
use super::{check, label, name, words};
use crate::crypto::new_id;
use crate::domain::clock;
use crate::domain::{Channel, Name, Secret};
use crate::http::webhook_address;
use crate::store::{CredentialLine, NewCredential, Store};
use crate::text::webhook_environment;
use crate::upstream::BaseUrl;
use crate::upstream::evolution::is_public_default_key;

/// What can be done with credentials.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Add(Add),
    List {
        #[arg(long)]
        json: bool,
    },
    Test {
        #[arg(value_name = "ID")]
        id: String,
        #[arg(long)]
        json: bool,
    },
    Enable {
        #[arg(value_name = "ID")]
        id: String,
    },
    Disable {
        #[arg(value_name = "ID")]
        id: String,
    },
    Remove {
        #[arg(value_name = "ID")]
        id: String,
        #[arg(long)]
        force: bool,
    },
    Rotate {
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        key: Source,
    },
    Webhook {
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        public_url: PublicUrl,
    },
}

/// A new credential.
#[derive(clap::Args, Debug)]
pub struct Add {
    #[arg(long = "type", value_name = "TIPO", value_parser = channel)]
    channel: Channel,
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: String,
    #[command(flatten)]
    key: Source,
    #[arg(long, value_name = "ID", value_parser = name)]
    id: Option<Name>,
    #[arg(long, value_name = "NOME", value_parser = label)]
    name: Option<String>,
}

/// Runs one of them.
pub fn run(store: &Store, command: Command) -> Done {
    match command {
        Command::Add(new) => add(store, &new),
        Command::List { json } => list(&store.credentials()?, json, words::NO_CREDENTIALS),
        Command::Test { id, json } => check::run(&find(store, &id)?.credential, json),
        Command::Enable { id } => enable(store, &id),
        Command::Disable { id } => disable(store, &id),
        Command::Remove { id, force } => remove(store, &id, force),
        Command::Rotate { id, key } => rotate(store, &id, &key),
        Command::Webhook { id, public_url } => webhook(store, &id, &public_url),
    }
}

/// Warns of a key that everybody knows.
pub fn warn_if_public(id: &str, key: &Secret) {
    if is_public_default_key(key) {
        note(words::key_is_public(id));
    }
}

fn channel(text: &str) -> Result<Channel, String> {
    Channel::parse(text).map_err(|_| words::channel_invalid())
}

fn base_url(text: &str) -> Result<String, String> {
    BaseUrl::parse(text).map(|url| url.as_str().to_owned()).map_err(|problem| problem.to_string())
}

fn find(store: &Store, id: &str) -> Result<CredentialLine, Failure> {
    store.credential_line(id)?.ok_or_else(|| Failure::Failed(words::credential_unknown(id)))
}

fn add(store: &Store, new: &Add) -> Done {
    let key = new.key.read()?;
    let id = new.id.as_ref().map_or_else(|| new_id("cred_"), |id| id.as_str().to_owned());
    let added = store.add_credential(&NewCredential {
        id: &id,
        channel: new.channel,
        name: new.name.as_deref().unwrap_or(&id),
        base_url: &new.base_url,
        key: &key,
    })?;
    if !added {
        return fail(words::credential_taken(&id));
    }
    out(&id)?;
    note(words::credential_added(&id));
    warn_if_public(&id, &key);
    Ok(())
}

fn enable(store: &Store, id: &str) -> Done {
    find(store, id)?;
    store.set_credential_active(id, true)?;
    note(words::credential_enabled(id));
    Ok(())
}

fn disable(store: &Store, id: &str) -> Done {
    let line = find(store, id)?;
    store.set_credential_active(id, false)?;
    note(words::credential_disabled(id, line.instances));
    warn_if_none_left(store, line.credential.channel)
}

fn remove(store: &Store, id: &str, force: bool) -> Done {
    let line = find(store, id)?;
    if line.instances > 0 && !force {
        return fail(words::credential_in_use(id, line.instances));
    }
    store.remove_credential(id)?;
    note(words::credential_removed(id, line.instances));
    warn_if_none_left(store, line.credential.channel)
}

fn rotate(store: &Store, id: &str, key: &Source) -> Done {
    find(store, id)?;
    let key = key.read()?;
    if !store.rotate_credential(id, &key)? {
        return fail(words::credential_unknown(id));
    }
    note(words::credential_rotated(id));
    warn_if_public(id, &key);
    Ok(())
}

/// Prints what makes the credential's server post its hints to `serve`.
fn webhook(store: &Store, id: &str, public_url: &PublicUrl) -> Done {
    find(store, id)?;
    let base = public_url.base(store, || words::url_unknown(id))?;
    let url = webhook_address(&base, &store.webhook_secret(id));
    note(words::webhook(&url));
    out(webhook_environment(&url))
}

fn warn_if_none_left(store: &Store, channel: Channel) -> Done {
    if store.least_used_credential(channel)?.is_none() {
        note(words::NO_ACTIVE_CREDENTIAL_LEFT);
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'a> {
    id: &'a str,
    r#type: &'static str,
    name: &'a str,
    base_url: &'a str,
    is_active: bool,
    instances: u32,
    created_at: String,
}

impl Line for CredentialLine {
    const TITLES: &'static [&'static str] =
        &["ID", "NOME", "TIPO", "ENDEREÇO", "ATIVA", "INSTÂNCIAS", "CRIADA (UTC)"];

    fn cells(&self) -> Vec<String> {
        let credential = &self.credential;
        vec![
            credential.id.clone(),
            credential.name.clone(),
            credential.channel.as_str().into(),
            credential.base_url.clone(),
            words::yes_no(credential.active).into(),
            self.instances.to_string(),
            clock::short(credential.created_at),
        ]
    }

    fn json(&self) -> impl Serialize {
        let credential = &self.credential;
        Json {
            id: &credential.id,
            r#type: credential.channel.as_str(),
            name: &credential.name,
            base_url: &credential.base_url,
            is_active: credential.active,
            instances: self.instances,
            created_at: clock::iso(credential.created_at),
        }
    }
}
