//! `--public-url`, and the address that goes into what a command prints.

use super::output::CommandFailure;
use crate::cli::config;
use crate::domain::typed_value;
use crate::store::Store;
use crate::text::cli as words;

/// The address people use, where it was given.
#[derive(clap::Args, Debug)]
pub struct PublicUrl {
    #[arg(
        long,
        env = "PAREIA_PUBLIC_URL",
        value_name = "URL",
        default_value = "",
        hide_default_value = true
    )]
    public_url: String,
}

impl PublicUrl {
    /// The text as given; empty: none was.
    pub fn text(&self) -> &str {
        &self.public_url
    }

    /// Where people reach the page: as given, or where `serve` last said. `unknown` is the sentence
    /// for when neither is there.
    pub fn base(&self, store: &Store, unknown: impl FnOnce() -> String) -> Result<String, CommandFailure> {
        if !typed_value(&self.public_url).is_empty() {
            let url = config::public_url(&self.public_url);
            return url.ok_or_else(|| CommandFailure::Usage(words::public_url_setting().to_owned()));
        }
        store.setting("url")?.ok_or_else(|| CommandFailure::Failed(unknown()))
    }
}

/// Whether an address means the computer that it is opened on: of no use to anybody else.
pub fn is_local(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    ["localhost", "127.", "[::1]"].iter().any(|local| host.starts_with(local))
}
