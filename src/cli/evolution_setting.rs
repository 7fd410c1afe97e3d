//! The Evolution server that settings name: its credential is added, or given the key of the settings, at the first start
//! that has them so. For containers and images, where nobody types; all other credentials stay as they are.

use super::output::{CommandFailure, CommandResult};
use super::secret_input;
use crate::admin::credentials::{self, CredentialDraft, CredentialError};
use crate::domain::{Channel, Secret, typed_value};
use crate::store::{self, Store};
use crate::text;
use crate::text::cli as words;
use crate::upstream::{BaseUrl, TypedBaseUrl};

/// The name of its file where systemd hands keys over: `LoadCredential=evolution-key:PATH`.
const CREDENTIAL: &str = "evolution-key";
/// The variable of its key. That of a file with the key has `_FILE` behind it.
const KEY: &str = "PAREIA_EVOLUTION_KEY";
/// What the settings are noted as, once they are applied.
const SETTING: &str = "evolution";
/// What the credential is called in lists.
const NAME: &str = "Evolution";

/// Where the server and its key are.
#[derive(clap::Args, Debug)]
pub struct EvolutionSetting {
    #[arg(
        long,
        env = "PAREIA_EVOLUTION_URL",
        value_name = "URL",
        default_value = "",
        hide_default_value = true
    )]
    evolution_url: String,
    #[arg(
        long,
        env = "PAREIA_EVOLUTION_KEY_FILE",
        value_name = "ARQUIVO",
        default_value = "",
        hide_default_value = true
    )]
    evolution_key_file: String,
}

/// A server and its key.
pub struct EvolutionAccess {
    base_url: BaseUrl,
    key: Secret,
}

impl EvolutionSetting {
    /// Reads both; `None`: no setting names a server.
    pub fn read(&self) -> Result<Option<EvolutionAccess>, CommandFailure> {
        let url = typed_value(&self.evolution_url);
        let key = secret_input::key_setting(KEY, &self.evolution_key_file, CREDENTIAL)?;
        if url.is_empty() && key.is_none() {
            return Ok(None);
        }
        let parsed = TypedBaseUrl::parse(&url);
        let base_url =
            parsed.map_err(|why| CommandFailure::Usage(words::evolution_url_setting(text::base_url(why))))?;
        let key = key.ok_or_else(|| CommandFailure::Usage(words::evolution_key_missing().to_owned()))?;
        Ok(Some(EvolutionAccess { base_url: base_url.base_url, key }))
    }
}

impl EvolutionAccess {
    /// Adds the credential, or gives the one for that address this key. Only once for each value of the settings: what
    /// people changed since then, on the page or by a command, is newer than a file that nobody has changed.
    pub fn apply(&self, store: &Store) -> CommandResult {
        let address = self.base_url.as_str();
        let value = Secret::new(format!("{address}\n{}", self.key.expose()));
        let is_new = !store.is_applied(SETTING, &value)?;
        match store.credential_at(address)? {
            Some(credential) if credential.key == self.key => {}
            Some(credential) if is_new => {
                store.rotate_credential(&credential.id, &self.key)?;
                log::warn!(
                    "credential {} has the key of the settings now, another than before",
                    credential.id
                );
            }
            Some(credential) => log::warn!(
                "credential {} keeps the key that it got after the settings were applied, which have another",
                credential.id
            ),
            None if is_new => log::info!("credential {} was added from the settings", self.add(store)?),
            None => log::warn!("{address} was removed after the settings were applied, and stays so"),
        }
        Ok(store.note_applied(SETTING, &value)?)
    }

    fn add(&self, store: &Store) -> Result<String, store::Error> {
        let draft = CredentialDraft {
            id: None,
            channel: Channel::WhatsappEvolution,
            name: Some(NAME),
            base_url: &self.base_url,
            ca_certificate: None,
            key: &self.key,
        };
        credentials::add(store, &draft).map_err(|error| match error {
            CredentialError::Store(error) => error,
            other => unreachable!("a random id is free: {other:?}"),
        })
    }
}
