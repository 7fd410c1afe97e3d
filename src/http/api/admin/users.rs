//! `/api/admin/users`: people and programs that own instances. The rules are those of `admin::users`.

use super::json::UserJson;
use crate::admin::users::{self, ChangedBy, UserError};
use crate::domain::{Caller, Name, Permission, Role};
use crate::http::api::login;
use crate::http::app::App;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::HttpReply;
use crate::http::request::Request;
use crate::http::security::auth;
use crate::text;

/// The parameter that names who gets the instances.
const NEW_OWNER: &str = "instancesTo";

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Unknown => Self::NotFound,
            UserError::Taken => Self::Taken("name"),
            UserError::NewOwnerUnknown => Self::InvalidField(NEW_OWNER, text::no_such_user(NEW_OWNER)),
            UserError::NewOwnerIsSelf => Self::InvalidField(NEW_OWNER, text::new_owner_is_self(NEW_OWNER)),
            UserError::OwnsInstances(instances) => {
                Self::InUse(text::user_owns(instances), text::user_owns_detail())
            }
            UserError::LastAdministrator => Self::LastAdministrator,
            UserError::Store(error) => Self::Store(error),
        }
    }
}

/// Every user.
pub fn list(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let users = app.store.users()?;
    Ok(HttpReply::data(&users.iter().map(UserJson::from).collect::<Vec<_>>()))
}

/// Adds a user.
pub fn create(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let fields = Fields::read(request.body())?;
    let (name, role) = (fields.parsed("name", Name::parse)?, role(&fields)?);
    let given = fields.optional_text("password")?.is_some();
    let password = given.then(|| login::password(&fields, name.as_str())).transpose()?;
    let hash = password.map(|password| app.login_guard.hash(&password)).transpose()?;
    let user = users::add(&app.store, &name, role, hash.as_deref())?;
    Ok(HttpReply::data(&UserJson::from(&user)))
}

/// The role of a new user: `role`, or what `admin` says, which is older. Both may be there and agree.
fn role(fields: &Fields) -> Result<Role, Problem> {
    let admin = fields.flag("admin")?;
    match fields.optional("role", Role::parse)? {
        None if admin => Ok(Role::Administrator),
        None => Ok(Role::Owner),
        Some(role) if admin && role != Role::Administrator => {
            Err(Problem::InvalidField("role", text::role_is_not_admin("role")))
        }
        Some(role) => Ok(role),
    }
}

/// Gives a user another role.
pub fn change(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asker = administrator(app, request)?;
    let fields = Fields::read(request.body())?;
    fields.only(&["role"])?;
    let role = fields.parsed("role", Role::parse)?;
    let user = users::set_role(&app.store, request.captured(), role, ChangedBy::User(&asker.user))?;
    Ok(HttpReply::data(&UserJson::from(&user)))
}

/// Removes a user.
pub fn remove(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    let asker = administrator(app, request)?;
    let new_owner = query::given(request, NEW_OWNER)?;
    users::remove(&app.store, request.captured(), new_owner.as_deref(), ChangedBy::User(&asker.user))?;
    Ok(HttpReply::data(&()))
}

/// Gives a user a password, and ends the user's sessions.
pub fn set_password(app: &App, request: &Request) -> Result<HttpReply, Problem> {
    administrator(app, request)?;
    let user = users::find(&app.store, request.captured())?;
    let fields = Fields::read(request.body())?;
    let password = login::password(&fields, &user.name)?;
    let hash = app.login_guard.hash(&password)?;
    users::set_password(&app.store, &user, &hash)?;
    log::info!("id={} an administrator set the password of {}", request.id(), user.name);
    Ok(HttpReply::data(&()))
}

fn administrator(app: &App, request: &Request) -> Result<Caller, Problem> {
    auth::permitted(app, request, Permission::ManageUsers)
}
