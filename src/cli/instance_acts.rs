//! `pareia instance link`, `logout`, `restart` and `delete`: what is done to an instance by name, as the
//! HTTP API does it, beside a `serve` that runs.

use std::io::{self, BufRead, IsTerminal};
use std::sync::Arc;

use serde::Serialize;

use super::instance::QR_TIMEOUT;
use super::output::{Done, Failure, fail, note, out};
use super::public_url::PublicUrl;
use super::table::pretty;
use super::words;
use crate::crypto::new_id;
use crate::domain::Millis;
use crate::domain::clock;
use crate::http::link_url;
use crate::instance::actions::{Act, Manager, Refusal};
use crate::instance::connect::Engine;
use crate::store::{LINK_MINUTES, Store, Target};

/// Which instance to make a link for.
#[derive(clap::Args, Debug)]
pub struct Link {
    #[arg(value_name = "NOME")]
    name: String,
    #[arg(long, value_name = "MINUTOS", default_value = "30", value_parser = minutes)]
    minutes: u64,
    #[command(flatten)]
    public_url: PublicUrl,
    #[arg(long)]
    json: bool,
}

/// Which instance to delete, and how much of it.
#[derive(clap::Args, Debug)]
pub struct Delete {
    #[arg(value_name = "NOME")]
    name: String,
    #[arg(long)]
    keep_upstream: bool,
    #[arg(long)]
    yes: bool,
}

fn minutes(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|minutes| LINK_MINUTES.contains(minutes)).ok_or(words::MINUTES_INVALID)
}

fn find(store: &Store, name: &str) -> Result<Target, Failure> {
    store.target(name, None)?.ok_or_else(|| Failure::Failed(words::instance_unknown(name)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made<'a> {
    id: &'a str,
    url: &'a str,
    expires_at: &'a str,
}

/// Prints the address of a new link, and only that.
pub fn link(store: &Store, arguments: &Link) -> Done {
    let target = find(store, &arguments.name)?;
    let base = arguments.public_url.base(store, || words::NO_URL.to_owned())?;
    let lifetime = Millis::try_from(arguments.minutes * 60_000).unwrap_or(0);
    let Some(link) = store.add_link(&target.id, lifetime)? else {
        return fail(words::already_connected(&arguments.name));
    };
    let (url, expires_at) = (link_url(&base, link.token.expose()), clock::iso(link.expires_at));
    if arguments.json {
        return out(pretty(&Made { id: &link.id, url: &url, expires_at: &expires_at }));
    }
    out(&url)?;
    note(words::link_made(&clock::short(link.expires_at)));
    Ok(())
}

/// Logs the phone out.
pub fn logout(store: Store, name: &str) -> Done {
    let target = find(&store, name)?;
    let done = manager(store).logout(&target, &new_id("cli-"));
    done.map_err(|why| undone(Act::Logout, &why))?;
    note(words::logged_out(name));
    Ok(())
}

/// Opens the socket anew.
pub fn restart(store: Store, name: &str) -> Done {
    let target = find(&store, name)?;
    let done = manager(store).restart(&target, &new_id("cli-"));
    done.map_err(|why| undone(Act::Restart, &why))?;
    note(words::restarted(name));
    Ok(())
}

/// Deletes the instance, once whoever asks has seen what goes.
pub fn delete(store: Store, arguments: &Delete) -> Done {
    let Delete { name, keep_upstream, yes } = arguments;
    if !yes && !io::stdin().is_terminal() {
        return Err(Failure::Usage(words::DELETE_NEEDS_YES.to_owned()));
    }
    let target = find(&store, name)?;
    let manager = manager(store);
    let goes = manager.would_remove(&target, *keep_upstream, &new_id("cli-"));
    let goes = goes.map_err(|why| undone(Act::Delete, &why))?;
    note(words::goes(name, goes.upstream, goes.session));
    if goes.stranger {
        note(crate::text::STRANGER_STAYS);
    }
    if !yes && !confirmed().map_err(|error| Failure::Failed(words::stdin_unreadable(&error)))? {
        return fail(words::NOT_DELETED);
    }
    let gone = manager.delete(&target, *keep_upstream, &new_id("cli-"));
    let gone = gone.map_err(|why| undone(Act::Delete, &why))?;
    note(words::deleted(name, gone.upstream, *keep_upstream || gone.stranger));
    Ok(())
}

fn confirmed() -> io::Result<bool> {
    note(words::DELETE_CONFIRM);
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(["s", "sim"].contains(&line.trim().to_lowercase().as_str()))
}

fn manager(store: Store) -> Manager {
    Manager::new(Arc::new(Engine::new(Arc::new(store), QR_TIMEOUT)))
}

fn undone(act: Act, why: &Refusal) -> Failure {
    Failure::Failed(words::refused(&crate::text::undone(act, why)))
}
