//! A message as a target reads it. Its words come from outside: this room knows no sentence.

use super::channels::OutgoingMessage;
use crate::admin::links;
use crate::domain::{Language, Notice, Permission};
use crate::store::{NoticeMessage, NoticeTarget, Store};

/// Most links of one message.
const MAX_LINKS: usize = 20;

/// How a target reads a message.
#[derive(Clone, Copy, Debug)]
pub struct NoticeReader {
    pub language: Language,
    /// Minutes by which its time is ahead of UTC.
    pub utc_offset: i16,
    /// Whether it may know what servers are called.
    pub knows_servers: bool,
}

/// Makes a title and a text of notices, each of which may have a connect link.
pub type MessageWords = fn(NoticeReader, &[(Notice, Option<String>)]) -> (String, String);

/// The message, with links that live from now on where a scan helps.
pub(super) fn compose(
    store: &Store,
    words: MessageWords,
    target: &NoticeTarget,
    message: &NoticeMessage,
) -> OutgoingMessage {
    let base = base_url(store);
    let link = |(at, notice): (usize, &Notice)| {
        let link = base.as_deref().filter(|_| at < MAX_LINKS && notice.helps_to_scan());
        (notice.clone(), link.and_then(|base| connect_link(store, base, &message.id, &notice.subject)))
    };
    let items: Vec<_> = message.notices.iter().enumerate().map(link).collect();
    let knows_servers = target.for_all && target.role.allows(Permission::ConnectAllInstances);
    let reader = NoticeReader { language: target.language, utc_offset: target.utc_offset, knows_servers };
    let (title, body) = words(reader, &items);
    let click = match items.as_slice() {
        [(_, Some(link))] => Some(link.clone()),
        _ => base,
    };
    OutgoingMessage { id: message.id.clone(), at: message.created_at, title, body, items, click }
}

/// The address under which people reach the page, as the server left it.
fn base_url(store: &Store) -> Option<String> {
    store
        .setting("url")
        .inspect_err(|error| log::error!("the page's address cannot be read: {error}"))
        .ok()?
}

/// The link of an instance; `None` where there is none, or no longer. A message without a link is better than none.
fn connect_link(store: &Store, base: &str, message: &str, instance: &str) -> Option<String> {
    let link = links::of_message(store, message, instance);
    let link = link.inspect_err(|error| log::error!("no link could be made for a notice: {error}")).ok()?;
    link.map(|link| links::url(base, &link.token))
}
