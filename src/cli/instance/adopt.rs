//! `pareia instance adopt`: rows for what servers have already. Says first what it would do; the rules are those of
//! `admin::unmanaged`.

use std::io::{self, IsTerminal};

use serde::Serialize;

use super::service::connect_service;
use crate::admin::unmanaged::{self, FoundInstance, NotFound, Selection, Unmanaged};
use crate::cli::confirm::confirmed;
use crate::cli::output::{CommandFailure, CommandResult, fail, note, out};
use crate::cli::table::{TableLine, list, pretty};
use crate::cli::{named_credential, user, values};
use crate::crypto::new_id;
use crate::domain::Phone;
use crate::http::{AdoptionJson, FoundInstanceJson, UnmanagedJson};
use crate::store::Store;
use crate::text::cli as words;

/// What to adopt, and for whom. Without a name and without `--all` it is listed only.
#[derive(clap::Args, Debug)]
pub struct AdoptArgs {
    #[arg(value_name = "NOME", conflicts_with = "all")]
    name: Option<String>,
    #[arg(long)]
    all: bool,
    #[arg(long, value_name = "ID", value_parser = values::typed())]
    server: Option<String>,
    #[arg(long, value_name = "USUÁRIO", value_parser = values::typed())]
    user: Option<String>,
    #[arg(long, value_name = "TELEFONE", value_parser = values::phone, requires = "name", conflicts_with = "all")]
    phone: Option<Phone>,
    #[arg(long)]
    yes: bool,
    #[arg(long)]
    json: bool,
}

/// Lists what no row has, or adopts of it what is selected.
pub fn run(store: Store, arguments: &AdoptArgs) -> CommandResult {
    let AdoptArgs { name, all, server, user, phone, yes, json } = arguments;
    let adopts = name.is_some() || *all;
    if adopts && !yes && !io::stdin().is_terminal() {
        return Err(CommandFailure::Usage(words::adopt_needs_yes().to_owned()));
    }
    let owner = match user {
        Some(name) => Some(user::find(&store, name)?.id),
        None if adopts => return Err(CommandFailure::Usage(words::adopt_needs_user().to_owned())),
        None => None,
    };
    if let Some(id) = server {
        named_credential::find(&store, id)?;
    }
    let service = connect_service(store);
    let selection = Selection { credential: server.as_deref(), name: name.as_deref(), phone: phone.as_ref() };
    let found = unmanaged::find(service.store(), service.gateway(), &selection, &new_id("cli-"))?;
    for failed in &found.failed {
        note(words::server_not_asked(&failed.server, &crate::text::server(&failed.error)));
    }
    if name.is_some() {
        unmanaged::check_one(&found).map_err(refused)?;
    }
    match owner.filter(|_| adopts) {
        Some(owner) => adopt(service.store(), &found, &owner, *yes, *json),
        None if *json => out(pretty(&UnmanagedJson::of(&found))),
        None => list(&found.instances, false, words::nothing_unmanaged()),
    }
}

fn adopt(store: &Store, found: &Unmanaged, owner: &str, yes: bool, json: bool) -> CommandResult {
    if !json {
        list(&found.instances, false, words::nothing_unmanaged())?;
    }
    if !found.instances.iter().any(|found| found.plan.is_ok()) {
        return fail(words::nothing_adoptable());
    }
    if !yes && !confirmed(words::adopt_confirm())? {
        return fail(words::not_adopted());
    }
    let adopted = unmanaged::adopt(store, found, owner)?;
    for instance in &adopted {
        note(words::adopted(instance.upstream_name.as_str(), instance.name.as_str(), &instance.server));
    }
    if json { out(pretty(&AdoptionJson::of(found, &adopted))) } else { Ok(()) }
}

fn refused(error: NotFound) -> CommandFailure {
    CommandFailure::Failed(match error {
        NotFound::Nowhere => words::refused(&crate::text::nothing_unmanaged()),
        NotFound::Unanswered(error) => words::refused(&crate::text::server(&error)),
        NotFound::Ambiguous(servers) => words::refused(&crate::text::ambiguous_name(&servers)),
        NotFound::Obstacle(obstacle) => words::refused(&crate::text::adoption_obstacle(obstacle)),
    })
}

impl TableLine for FoundInstance {
    fn titles() -> &'static [&'static str] {
        words::unmanaged_titles()
    }

    fn cells(&self) -> Vec<String> {
        let plan = self.plan.as_ref();
        let outcome = match &self.plan {
            Ok(plan) => plan.name.as_str().to_owned(),
            Err(obstacle) => format!("- ({})", crate::text::adoption_obstacle(*obstacle).error),
        };
        vec![
            self.name.clone(),
            self.server.id.clone(),
            words::yes_no(self.is_paired()).to_owned(),
            words::or_dash(plan.ok().map(|plan| plan.phone.as_str().to_owned())),
            outcome,
        ]
    }

    fn json(&self) -> impl Serialize {
        FoundInstanceJson::of(self)
    }
}
