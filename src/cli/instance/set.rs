//! `pareia instance set`: what people say of an instance, as the HTTP API's `PATCH` does it.

use super::actions::{action_service, failed};
use super::lines::show_one;
use super::service::find;
use crate::cli::output::{CommandFailure, CommandResult};
use crate::cli::values;
use crate::crypto::new_id;
use crate::domain::{self, Description, Phone};
use crate::instance::actions::Action;
use crate::store::Store;
use crate::text::cli as words;

/// What to write of which instance.
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("changes").required(true).multiple(true)))]
pub struct SetArgs {
    #[arg(value_name = "NOME", value_parser = values::typed())]
    name: String,
    #[arg(long, group = "changes", value_name = "TELEFONE", value_parser = values::phone)]
    phone: Option<Phone>,
    #[arg(long, group = "changes", value_name = "TEXTO", value_parser = values::display_name)]
    display_name: Option<String>,
    #[arg(long, group = "changes", value_name = "TEXTO", value_parser = values::note)]
    note: Option<String>,
    #[arg(long, group = "changes", value_name = "ETIQUETA")]
    label: Vec<String>,
    #[arg(long, group = "changes", conflicts_with = "label")]
    no_labels: bool,
    #[arg(long)]
    json: bool,
}

/// Writes it, and shows what the instance has become.
pub fn run(store: Store, arguments: SetArgs) -> CommandResult {
    let target = find(&store, &arguments.name)?;
    let labels: Vec<&str> = arguments.label.iter().map(String::as_str).collect();
    let labels = domain::labels(&labels);
    let labels = labels.map_err(|invalid| {
        let given = arguments.label.join("\", \"");
        CommandFailure::Usage(words::value_refused("--label", &given, &values::invalid(invalid)))
    })?;
    let labels = (arguments.no_labels || !labels.is_empty()).then_some(labels);
    let description = Description { display_name: arguments.display_name, note: arguments.note, labels };
    let actions = action_service(store);
    let done = actions.change(&target, arguments.phone.as_ref(), &description, &new_id("cli-"));
    done.map_err(|error| failed(Action::Change, &error))?;
    show_one(actions.store(), &target.id, arguments.json)
}
