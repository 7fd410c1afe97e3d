//! `pareia setup-link`: the link with which the first administrator sets the page up. No log carries it.

use serde::Serialize;

use super::output::{CommandResult, fail, note, out};
use super::public_url::PublicUrl;
use super::table::pretty;
use crate::domain::{Secret, clock};
use crate::store::{self, Store};
use crate::text::cli as words;

/// Which link, and how to print it.
#[derive(clap::Args, Debug)]
pub struct SetupLinkArgs {
    #[arg(long)]
    renew: bool,
    #[command(flatten)]
    public_url: PublicUrl,
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SetupLinkJson {
    url: String,
    expires_at: String,
}

/// Prints the link that works now, or a new one, and only that.
pub fn run(store: &Store, arguments: &SetupLinkArgs) -> CommandResult {
    let base = arguments.public_url.base(store, || words::no_url().to_owned())?;
    let Some(link) = store.setup_link(arguments.renew)? else {
        return fail(words::already_set_up(&base));
    };
    let url = address(&base, &link.token);
    if arguments.json {
        return out(pretty(&SetupLinkJson { url, expires_at: clock::iso(link.until) }));
    }
    out(url)?;
    note(words::setup_link_printed(&clock::short(link.until)));
    Ok(())
}

/// Prints the link beside the log, for whoever started `serve` in a terminal.
pub fn show(store: &Store, base: &str) -> Result<(), store::Error> {
    if let Some(link) = store.setup_link(false)? {
        note(words::open_setup_link(&address(base, &link.token), &clock::short(link.until)));
    }
    Ok(())
}

/// What follows `#` stays in the browser: it is in no log of a proxy.
fn address(base: &str, token: &Secret) -> String {
    format!("{base}/#/setup/{}", token.expose())
}
