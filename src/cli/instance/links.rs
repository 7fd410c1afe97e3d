//! `pareia instance links`: the links of one instance that still show its code, and their end.

use serde::Serialize;

use super::service::find;
use crate::cli::output::{CommandResult, fail, note};
use crate::cli::table::{TableLine, list};
use crate::cli::values;
use crate::domain::clock;
use crate::http::LinkJson;
use crate::store::{LinkLine, Store};
use crate::text::cli as words;

/// Whose links to list, or which to end.
#[derive(clap::Args, Debug)]
pub struct LinksArgs {
    #[arg(value_name = "NOME", value_parser = values::typed())]
    name: String,
    #[arg(long, value_name = "ID", value_parser = values::typed())]
    revoke: Option<String>,
    #[arg(long, conflicts_with = "revoke")]
    revoke_all: bool,
    #[arg(long, conflicts_with_all = ["revoke", "revoke_all"])]
    json: bool,
}

/// Lists them, or ends one or all.
pub fn run(store: &Store, arguments: &LinksArgs) -> CommandResult {
    let instance = find(store, &arguments.name)?.id;
    match &arguments.revoke {
        Some(id) if store.revoke_link(&instance, id)? => note(words::links_revoked(1)),
        Some(id) => return fail(words::link_unknown(id, &arguments.name)),
        None if arguments.revoke_all => note(words::links_revoked(store.revoke_links(&instance)?)),
        None => return list(&store.links(&instance)?, arguments.json, words::no_links()),
    }
    Ok(())
}

impl TableLine for LinkLine {
    fn titles() -> &'static [&'static str] {
        words::link_titles()
    }

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone(), clock::short(self.created_at), clock::short(self.expires_at)]
    }

    fn json(&self) -> impl Serialize {
        LinkJson::of(self)
    }
}
