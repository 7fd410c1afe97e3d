//! `/api/admin/users`: people and programs that own instances.

use serde::Serialize;

use crate::domain::Name;
use crate::domain::clock::iso;
use crate::http::api::login;
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::store::{Removal, UserLine};
use crate::text;

/// The parameter that names who gets the instances.
const HEIR: &str = "instancesTo";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'a> {
    id: &'a str,
    name: &'a str,
    admin: bool,
    has_password: bool,
    instances: u32,
    tokens: u32,
    created_at: String,
}

impl<'a> Json<'a> {
    fn of(line: &'a UserLine) -> Self {
        Self {
            id: &line.id,
            name: &line.name,
            admin: line.admin,
            has_password: line.has_password,
            instances: line.instances,
            tokens: line.tokens,
            created_at: iso(line.created_at),
        }
    }
}

/// Every user.
pub fn list(app: &App, request: &Request) -> Result<Reply, Problem> {
    auth::admin(app, request)?;
    let users = app.store.users()?;
    Ok(Reply::data(&users.iter().map(Json::of).collect::<Vec<_>>()))
}

/// Adds a user.
pub fn create(app: &App, request: &Request) -> Result<Reply, Problem> {
    auth::admin(app, request)?;
    let fields = Fields::read(request.body())?;
    let (name, admin) = (fields.parsed("name", Name::parse)?, fields.flag("admin")?);
    let given = fields.optional_text("password")?.is_some();
    let password = given.then(|| login::password(&fields, name.as_str())).transpose()?;
    let hash = password.map(|password| app.login_guard.hash(&password)).transpose()?;
    app.store.add_user_with(&name, admin, hash.as_deref())?.ok_or(Problem::Taken("name"))?;
    let line = app.store.user(name.as_str())?.ok_or(Problem::NotFound)?;
    Ok(Reply::data(&Json::of(&line)))
}

/// Removes a user.
pub fn remove(app: &App, request: &Request) -> Result<Reply, Problem> {
    let (asker, user) = find(app, request)?;
    if user.id == asker {
        return Err(Problem::LastAdministrator);
    }
    let heir = request.query(HEIR).map(|name| heir(app, &name, &user)).transpose()?;
    match app.store.remove_user(&user.id, heir.as_deref(), true)? {
        Removal::Done => Ok(Reply::data(&())),
        Removal::Gone => Err(Problem::NotFound),
        Removal::NoHeir => Err(no_heir()),
        Removal::OwnsInstances => {
            Err(Problem::InUse(text::user_owns(user.instances), text::USER_OWNS_DETAIL))
        }
        Removal::LastAdministrator => Err(Problem::LastAdministrator),
    }
}

fn heir(app: &App, name: &str, of: &UserLine) -> Result<String, Problem> {
    let heir = app.store.user(name)?;
    let heir = heir.ok_or_else(no_heir)?;
    if heir.id == of.id {
        return Err(Problem::InvalidField(HEIR, text::heir_is_self(HEIR)));
    }
    Ok(heir.id)
}

fn no_heir() -> Problem {
    Problem::InvalidField(HEIR, text::no_such_user(HEIR))
}

/// Gives a user a password, and ends the user's sessions.
pub fn set_password(app: &App, request: &Request) -> Result<Reply, Problem> {
    let (_, user) = find(app, request)?;
    let fields = Fields::read(request.body())?;
    let hash = app.login_guard.hash(&login::password(&fields, &user.name)?)?;
    if !app.store.set_password(&user.id, &hash, None)? {
        return Err(Problem::NotFound);
    }
    log::info!("id={} an administrator set the password of {}", request.id(), user.name);
    Ok(Reply::data(&()))
}

/// The administrator who asks, and the user that the path names.
fn find(app: &App, request: &Request) -> Result<(String, UserLine), Problem> {
    let asker = auth::admin(app, request)?;
    let user = app.store.user(request.captured())?.ok_or(Problem::NotFound)?;
    Ok((asker.user, user))
}
