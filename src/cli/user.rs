//! `pareia user`: people and programs that own instances. The rules are those of `admin::users`.

use serde::Serialize;

use super::output::{CommandFailure, CommandResult, fail, note};
use super::table::{TableLine, list};
use super::{secret_input, values};
use crate::admin::users::{self, ChangedBy, UserError};
use crate::admin::{Password, Passwords};
use crate::domain::clock;
use crate::domain::{Name, Role};
use crate::http::UserJson;
use crate::store::{Store, UserLine};
use crate::text::cli as words;

/// What can be done with users.
#[derive(clap::Subcommand, Debug)]
pub enum UserCommand {
    Add {
        #[arg(value_name = "NOME", value_parser = values::name)]
        name: Name,
        #[arg(long)]
        admin: bool,
        #[arg(long, value_name = "PAPEL", value_parser = values::role, conflicts_with = "admin")]
        role: Option<Role>,
    },
    List {
        #[arg(long)]
        json: bool,
    },
    Password {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
    },
    Role {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
        #[arg(value_name = "PAPEL", value_parser = values::role)]
        role: Role,
    },
    #[command(subcommand)]
    Totp(TotpCommand),
    Remove {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
        #[arg(long, value_name = "OUTRO", value_parser = values::typed())]
        instances_to: Option<String>,
    },
}

/// What can be done with second factors.
#[derive(clap::Subcommand, Debug)]
pub enum TotpCommand {
    Off {
        #[arg(value_name = "NOME", value_parser = values::typed())]
        name: String,
    },
}

/// Runs one of them.
pub fn run(store: &Store, command: UserCommand) -> CommandResult {
    match command {
        UserCommand::Add { name, admin, role } => {
            let otherwise = if admin { Role::Administrator } else { Role::Owner };
            add(store, &name, role.unwrap_or(otherwise))
        }
        UserCommand::List { json } => list(&store.users()?, json, words::no_users()),
        UserCommand::Password { name } => set_password(store, &name),
        UserCommand::Role { name, role } => set_role(store, &name, role),
        UserCommand::Totp(TotpCommand::Off { name }) => remove_second_factor(store, &name),
        UserCommand::Remove { name, instances_to } => remove(store, &name, instances_to.as_deref()),
    }
}

/// The user of that name, or the sentence that there is none.
pub fn find(store: &Store, name: &str) -> Result<UserLine, CommandFailure> {
    users::find(store, name).map_err(|error| failure(name, None, error))
}

/// The sentence of what could not be done with the user of that name, whose instances were to go to the other.
fn failure(name: &str, new_owner: Option<&str>, error: UserError) -> CommandFailure {
    CommandFailure::Failed(match error {
        UserError::Unknown => words::user_unknown(name),
        UserError::Taken => words::user_taken(name),
        UserError::NewOwnerUnknown => words::user_unknown(new_owner.unwrap_or_default()),
        UserError::NewOwnerIsSelf => words::new_owner_is_self().into(),
        UserError::OwnsInstances(instances) => words::user_owns(name, instances),
        UserError::LastAdministrator => words::last_administrator(name),
        UserError::Store(error) => return error.into(),
    })
}

fn add(store: &Store, name: &Name, role: Role) -> CommandResult {
    users::add(store, name, role, None).map_err(|error| failure(name.as_str(), None, error))?;
    note(words::user_added(name.as_str()));
    Ok(())
}

fn set_password(store: &Store, name: &str) -> CommandResult {
    let user = find(store, name)?;
    let password = Password::parse(secret_input::password()?.expose(), name)
        .map_err(|invalid| CommandFailure::Failed(words::password_invalid(&values::invalid(invalid))))?;
    users::set_password(store, &user, &Passwords::default().hash(&password))
        .map_err(|error| failure(name, None, error))?;
    note(words::password_set(name));
    Ok(())
}

fn set_role(store: &Store, name: &str, role: Role) -> CommandResult {
    users::set_role(store, name, role, ChangedBy::CommandLine).map_err(|error| failure(name, None, error))?;
    note(words::role_set(name, role.as_str()));
    Ok(())
}

fn remove_second_factor(store: &Store, name: &str) -> CommandResult {
    let user = find(store, name)?;
    if !store.remove_second_factor(&user.id)? {
        return fail(words::no_second_factor(name));
    }
    note(words::second_factor_removed(name));
    Ok(())
}

fn remove(store: &Store, name: &str, new_owner: Option<&str>) -> CommandResult {
    let removed = users::remove(store, name, new_owner, ChangedBy::CommandLine)
        .map_err(|error| failure(name, new_owner, error))?;
    if let Some(new_owner) = removed.new_owner {
        note(words::instances_moved(removed.user.instances, &new_owner.name));
    }
    note(words::user_removed(name, removed.user.tokens));
    Ok(())
}

impl TableLine for UserLine {
    fn titles() -> &'static [&'static str] {
        words::user_titles()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.role.as_str().into(),
            words::yes_no(self.has_password).into(),
            self.instances.to_string(),
            self.tokens.to_string(),
            clock::short(self.created_at),
            self.id.clone(),
        ]
    }

    fn json(&self) -> impl Serialize {
        UserJson::from(self)
    }
}
