//! The rules for what servers list and no row has: what of it may be adopted, under which name, and for which phone.
//!
//! Nothing upstream is changed: a row is written for what is there.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::credentials;
use super::lawful_name::lawful_name;
use crate::domain::{
    AdoptionObstacle, ConnectionState, Credential, LinkedSince, ListedInstance, MAX_DISPLAY_NAME, Millis,
    Name, Pairing, Phone, Reason, Status, UpstreamError, UpstreamName, display_name,
};
use crate::store::{self, Adoption, RowHome, Store};
use crate::sync::in_lanes;
use crate::upstream::{Gateway, ListSink, UpstreamServer};

/// Longest that the lists may take: 1.8 asks WhatsApp for each open instance.
const LISTS: Duration = Duration::from_secs(20);
/// Most servers that are asked at the same time, each by a thread.
const LANES: usize = 8;

/// Which instances to adopt.
#[derive(Clone, Debug, Default)]
pub struct Selection<'a> {
    /// The credential of their server; `None`: of every server in use.
    pub credential: Option<&'a str>,
    /// The name upstream of the only one; `None`: all.
    pub name: Option<&'a str>,
    /// The phone of the only one, where upstream names none or another is meant.
    pub phone: Option<&'a Phone>,
}

/// What the servers have and no row has.
pub struct Unmanaged {
    pub instances: Vec<FoundInstance>,
    /// The servers that did not answer.
    pub failed: Vec<FailedServer>,
}

/// A server whose list could not be had.
pub struct FailedServer {
    pub credential: String,
    /// What an administrator calls it.
    pub server: String,
    pub error: UpstreamError,
}

/// An instance that no row has.
pub struct FoundInstance {
    pub server: Credential,
    /// Its name upstream, letter for letter.
    pub name: String,
    pub listed: ListedInstance,
    /// What an adoption makes of it, or why it cannot be adopted.
    pub plan: Result<AdoptionPlan, AdoptionObstacle>,
}

/// What an adoption makes of an instance.
pub struct AdoptionPlan {
    /// The row's name.
    pub name: Name,
    /// The row's phone.
    pub phone: Phone,
    upstream_name: UpstreamName,
}

/// An instance that has a row now.
pub struct AdoptedInstance {
    /// The row's id.
    pub id: String,
    pub name: Name,
    /// Its name upstream.
    pub upstream_name: UpstreamName,
    pub phone: Phone,
    pub credential: String,
    /// What an administrator calls its server.
    pub server: String,
}

impl FoundInstance {
    /// Whether a phone is paired with it.
    pub fn is_paired(&self) -> bool {
        self.listed.pairing() == Pairing::Paired
    }
}

/// Asks the servers in use for what no row has, as far as it is selected, and plans its adoption. Writes nothing.
pub fn find(
    store: &Store,
    gateway: &Gateway,
    selection: &Selection,
    trace: &str,
) -> Result<Unmanaged, store::Error> {
    let servers = servers(store)?;
    let deadline = Instant::now() + LISTS;
    let lists = in_lanes(&servers, LANES, |server| list(gateway, server, trace, deadline));
    let mut planner = Planner::new(store.row_homes()?, selection);
    let (mut instances, mut failed) = (Vec::new(), Vec::new());
    for (server, list) in servers.into_iter().zip(lists) {
        match list {
            Ok(list) => instances.extend(planner.unmanaged(server, list)),
            Err(error) => failed.push(FailedServer { credential: server.id, server: server.name, error }),
        }
    }
    // What a phone is paired with gets the name, where two servers have it.
    instances.sort_by_cached_key(|found| (!found.is_paired(), found.name.clone()));
    // What is not meant takes no name from what is.
    instances.retain(|found| selection.has(found));
    for found in &mut instances {
        found.plan = planner.plan(found);
    }
    failed.retain(|server| selection.is_of(&server.credential));
    Ok(Unmanaged { instances, failed })
}

/// Writes a row for each instance that can be adopted, for the user of that id. What somebody else adopted
/// meanwhile is left out.
pub fn adopt(store: &Store, unmanaged: &Unmanaged, user: &str) -> Result<Vec<AdoptedInstance>, store::Error> {
    let mut adopted = Vec::new();
    for found in &unmanaged.instances {
        let Ok(plan) = &found.plan else { continue };
        let display_name = called_otherwise(found, plan);
        let adoption = Adoption {
            display_name: display_name.as_deref(),
            ..adoption(found, plan, user, store.clock().now())
        };
        if let Some(id) = store.adopt_instance(&adoption)? {
            log::info!("{} at credential {} was adopted", plan.name, found.server.id);
            adopted.push(AdoptedInstance {
                id,
                name: plan.name.clone(),
                upstream_name: plan.upstream_name.clone(),
                phone: plan.phone.clone(),
                credential: found.server.id.clone(),
                server: found.server.name.clone(),
            });
        }
    }
    Ok(adopted)
}

/// What people call an instance whose row has another name.
fn called_otherwise(found: &FoundInstance, plan: &AdoptionPlan) -> Option<String> {
    let short: String = found.name.trim().chars().take(MAX_DISPLAY_NAME).collect();
    display_name(&short).ok().filter(|_| plan.name.as_str() != found.name)
}

/// Why the only one that was selected is not adopted.
#[derive(Debug)]
pub enum NotFound {
    /// No server has it.
    Nowhere,
    /// No server that answered has it.
    Unanswered(UpstreamError),
    /// Several have it: these, by credential.
    Ambiguous(Vec<String>),
    Obstacle(AdoptionObstacle),
}

/// Checks that what was found is one instance that can be adopted.
pub fn check_one(found: &Unmanaged) -> Result<(), NotFound> {
    match (&*found.instances, found.failed.first()) {
        ([only], _) => only.plan.as_ref().map(drop).map_err(|obstacle| NotFound::Obstacle(*obstacle)),
        ([], Some(failed)) => Err(NotFound::Unanswered(failed.error.clone())),
        ([], None) => Err(NotFound::Nowhere),
        (several, _) => Err(NotFound::Ambiguous(several.iter().map(|one| one.server.id.clone()).collect())),
    }
}

impl Selection<'_> {
    fn has(&self, found: &FoundInstance) -> bool {
        self.is_of(&found.server.id) && self.name.is_none_or(|name| name == found.name)
    }

    fn is_of(&self, server: &str) -> bool {
        self.credential.is_none_or(|credential| credential == server)
    }
}

/// The servers in use, each once.
fn servers(store: &Store) -> Result<Vec<Credential>, store::Error> {
    let mut addresses = HashSet::new();
    let all = store.servers()?.into_iter().flatten();
    Ok(all.filter(|server| server.active && addresses.insert(server.base_url.clone())).collect())
}

/// Keeps every instance of a list, with its name.
#[derive(Default)]
struct WholeList(Vec<(String, ListedInstance)>);

impl ListSink for WholeList {
    fn begin(&mut self) {
        self.0.clear();
    }

    fn add(&mut self, name: &str, listed: ListedInstance) {
        self.0.push((name.to_owned(), listed));
    }
}

fn list(
    gateway: &Gateway,
    credential: &Credential,
    trace: &str,
    deadline: Instant,
) -> Result<WholeList, UpstreamError> {
    let base_url = credentials::address(credential).map_err(|_| UpstreamError::Unexpected)?;
    let server = UpstreamServer::of(credential, &base_url);
    let mut list = WholeList::default();
    gateway.client(server, trace, deadline).list_all(&mut list).map(|_| list)
}

/// Plans adoptions one after the other, in knowledge of all rows.
struct Planner<'a> {
    selection: &'a Selection<'a>,
    /// The rows by their names upstream.
    rows: HashMap<String, Vec<RowHome>>,
    /// The names of rows that there are or are planned.
    taken: HashSet<String>,
    /// The names upstream of rows that are planned.
    planned: HashSet<String>,
    /// The names upstream that a row may have as they stand, which no other instance gets.
    reserved: HashSet<String>,
}

impl<'a> Planner<'a> {
    fn new(homes: Vec<RowHome>, selection: &'a Selection) -> Self {
        let taken = homes.iter().map(|home| home.name.clone()).collect();
        let mut rows = HashMap::<_, Vec<_>>::new();
        for home in homes {
            rows.entry(home.upstream_name.clone()).or_default().push(home);
        }
        Self { selection, rows, taken, planned: HashSet::new(), reserved: HashSet::new() }
    }

    /// What of a server's list no row has, not planned yet.
    fn unmanaged(&mut self, server: Credential, list: WholeList) -> impl Iterator<Item = FoundInstance> {
        let lawful =
            |(name, _): &(String, _)| UpstreamName::parse(name).as_ref().is_some_and(UpstreamName::is_lawful);
        self.reserved.extend(list.0.iter().filter(|named| lawful(named)).map(|(name, _)| name.clone()));
        let is_managed = |name: &str, listed: &ListedInstance| {
            let homes = self.rows.get(name).map(Vec::as_slice).unwrap_or_default();
            homes.iter().any(|home| home.owns(&server.base_url, listed.id.as_deref()))
        };
        let unmanaged = list.0.into_iter().filter(move |(name, listed)| !is_managed(name, listed));
        let found: Vec<_> = unmanaged.collect();
        found.into_iter().map(move |(name, listed)| FoundInstance {
            server: server.clone(),
            name,
            listed,
            plan: Err(AdoptionObstacle::NameHasRow),
        })
    }

    fn plan(&mut self, found: &FoundInstance) -> Result<AdoptionPlan, AdoptionObstacle> {
        let FoundInstance { name, listed, .. } = found;
        let upstream_name = UpstreamName::parse(name).filter(|name| name.is_lawful() || listed.lags);
        let upstream_name = upstream_name.ok_or(AdoptionObstacle::UnsafeName)?;
        if !listed.integration.is_phone() {
            return Err(AdoptionObstacle::NotAPhone(listed.integration));
        }
        if self.rows.contains_key(name) || self.planned.contains(name) {
            return Err(AdoptionObstacle::NameHasRow);
        }
        let given = self.selection.phone.cloned();
        let owner = listed.owner.as_ref().and_then(|owner| owner.number.clone());
        let phone = given.or(owner).ok_or(AdoptionObstacle::NumberUnknown)?;
        self.planned.insert(name.clone());
        Ok(AdoptionPlan { name: self.name_for(&upstream_name), phone, upstream_name })
    }

    fn name_for(&mut self, upstream_name: &UpstreamName) -> Name {
        let text = upstream_name.as_str();
        let is_others = |name: &String| name != text && self.reserved.contains(name);
        let name = lawful_name(text, |name| self.taken.contains(name) || is_others(name));
        self.taken.insert(name.as_str().to_owned());
        name
    }
}

/// The row of an instance as it was listed. The monitor corrects what has changed since.
fn adoption<'a>(
    found: &'a FoundInstance,
    plan: &'a AdoptionPlan,
    user: &'a str,
    now: Millis,
) -> Adoption<'a> {
    let listed = &found.listed;
    let pairing = listed.pairing();
    let (status, reason) = match pairing {
        _ if listed.state == ConnectionState::Open => (Status::Connected, Reason::Paired),
        Pairing::Paired | Pairing::Possible => (Status::Disconnected, Reason::Dropped),
        Pairing::LoggedOut(logout) => (Status::Disconnected, logout.into()),
        Pairing::Never => (Status::Disconnected, Reason::Unscanned),
    };
    // After a logout that the list still carries, even where upstream's clock is ahead of ours.
    let paired_at = now.max(listed.logout.and_then(|logout| logout.at).unwrap_or(0));
    Adoption {
        channel: found.server.channel,
        name: &plan.name,
        upstream_name: &plan.upstream_name,
        phone: &plan.phone,
        display_name: None,
        user,
        credential: &found.server,
        upstream_id: listed.id.as_deref(),
        status,
        reason,
        paired_at: matches!(pairing, Pairing::Paired | Pairing::Possible).then_some(paired_at),
        linked: listed.linked().map(|phone| LinkedSince { phone: phone.clone(), at: now }),
    }
}
