//! `pareia instance link`: an address that shows one instance's code to whoever opens it. The rules are those
//! of `admin::links`.

use super::service::find;
use crate::admin::links;
use crate::cli::output::{CommandResult, fail, note, out};
use crate::cli::public_url::{PublicUrl, is_local};
use crate::cli::table::pretty;
use crate::cli::values;
use crate::domain::clock;
use crate::http::NewLinkJson;
use crate::store::Store;
use crate::text::cli as words;

/// Which instance to make a link for.
#[derive(clap::Args, Debug)]
pub struct LinkArgs {
    #[arg(value_name = "NOME", value_parser = values::typed())]
    name: String,
    #[arg(long, value_name = "MINUTOS", default_value_t = links::DEFAULT_LINK_MINUTES, value_parser = values::minutes)]
    minutes: u64,
    #[command(flatten)]
    public_url: PublicUrl,
    #[arg(long)]
    json: bool,
}

/// Prints the address of a new link, and nothing else on stdout.
pub fn run(store: &Store, arguments: &LinkArgs) -> CommandResult {
    let target = find(store, &arguments.name)?;
    let base = arguments.public_url.base(store, || words::no_url().to_owned())?;
    let local = is_local(&base).then(words::link_is_local);
    let Some(link) = links::make(store, &target, arguments.minutes)? else {
        return fail(words::already_connected(&arguments.name));
    };
    local.into_iter().for_each(note);
    if arguments.json {
        return out(pretty(&NewLinkJson::of(&link, &base)));
    }
    out(links::url(&base, &link.token))?;
    note(words::link_made(&clock::short(link.expires_at)));
    Ok(())
}
