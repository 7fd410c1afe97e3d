//! `pareia user`: people and programs that own instances.

use serde::Serialize;

use super::output::{Done, Failure, fail, note};
use super::table::{Line, list};
use super::{name, secret_input, words};
use crate::admin::{Password, Passwords};
use crate::domain::Name;
use crate::domain::clock;
use crate::store::{Removal, Store, UserLine};

/// What can be done with users.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    Add {
        #[arg(value_name = "NOME", value_parser = name)]
        name: Name,
        #[arg(long)]
        admin: bool,
    },
    List {
        #[arg(long)]
        json: bool,
    },
    Password {
        #[arg(value_name = "NOME")]
        name: String,
    },
    Remove {
        #[arg(value_name = "NOME")]
        name: String,
        #[arg(long, value_name = "OUTRO")]
        instances_to: Option<String>,
    },
}

/// Runs one of them.
pub fn run(store: &Store, command: Command) -> Done {
    match command {
        Command::Add { name, admin } => add(store, &name, admin),
        Command::List { json } => list(&store.users()?, json, words::NO_USERS),
        Command::Password { name } => set_password(store, &name),
        Command::Remove { name, instances_to } => remove(store, &name, instances_to.as_deref()),
    }
}

/// The user of that name, or the sentence that there is none.
pub fn find(store: &Store, name: &str) -> Result<UserLine, Failure> {
    store.user(name)?.ok_or_else(|| Failure::Failed(words::user_unknown(name)))
}

fn add(store: &Store, name: &Name, admin: bool) -> Done {
    if store.add_user(name, admin)?.is_none() {
        return fail(words::user_taken(name.as_str()));
    }
    note(words::user_added(name.as_str()));
    Ok(())
}

fn set_password(store: &Store, name: &str) -> Done {
    let user = find(store, name)?;
    let password = Password::parse(secret_input::password()?.expose(), name)
        .map_err(|invalid| Failure::Failed(words::password_invalid(&super::invalid(invalid))))?;
    let hash = Passwords::default().hash(&password);
    if !store.set_password(&user.id, &hash, None)? {
        return fail(words::user_unknown(name));
    }
    note(words::password_set(name));
    Ok(())
}

fn remove(store: &Store, name: &str, heir: Option<&str>) -> Done {
    let user = find(store, name)?;
    let heir = heir.map(|heir| find(store, heir)).transpose()?;
    if heir.as_ref().is_some_and(|heir| heir.id == user.id) {
        return fail(words::HEIR_IS_SELF);
    }
    let heir_id = heir.as_ref().map(|heir| heir.id.as_str());
    match store.remove_user(&user.id, heir_id, false)? {
        Removal::Done => {}
        Removal::Gone => return fail(words::user_unknown(name)),
        Removal::NoHeir => return fail(words::user_unknown(heir.as_ref().map_or("", |heir| &heir.name))),
        Removal::OwnsInstances | Removal::LastAdministrator => {
            return fail(words::user_owns(name, user.instances));
        }
    }
    if let Some(heir) = heir {
        note(words::instances_moved(user.instances, &heir.name));
    }
    note(words::user_removed(name, user.tokens));
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'a> {
    id: &'a str,
    name: &'a str,
    is_admin: bool,
    has_password: bool,
    instances: u32,
    tokens: u32,
    created_at: String,
}

impl Line for UserLine {
    const TITLES: &'static [&'static str] =
        &["NOME", "ADMIN", "SENHA", "INSTÂNCIAS", "TOKENS", "CRIADO (UTC)", "ID"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            words::yes_no(self.admin).into(),
            words::yes_no(self.has_password).into(),
            self.instances.to_string(),
            self.tokens.to_string(),
            clock::short(self.created_at),
            self.id.clone(),
        ]
    }

    fn json(&self) -> impl Serialize {
        Json {
            id: &self.id,
            name: &self.name,
            is_admin: self.admin,
            has_password: self.has_password,
            instances: self.instances,
            tokens: self.tokens,
            created_at: clock::iso(self.created_at),
        }
    }
}
