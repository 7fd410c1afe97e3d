//! WhatsApp itself, through another number that is connected. Never through one that the message tells of.

use std::time::Instant;

use super::contract::{ChannelContext, DeliveryFailure, NoticeChannel, OutgoingMessage};
use crate::domain::{Permission, Phone};
use crate::store::{NoticeTarget, TextSender};
use crate::upstream::{BaseUrl, CommandOutcome, UpstreamServer};

/// Numbers that are tried: one that says to be connected may have dropped a moment ago.
const MAX_TRIES: usize = 3;

pub(super) struct WhatsappChannel<'a> {
    pub context: &'a ChannelContext<'a>,
    pub target: &'a NoticeTarget,
    pub phone: String,
}

impl NoticeChannel for WhatsappChannel<'_> {
    fn send(&self, message: &OutgoingMessage, deadline: Instant) -> Result<(), DeliveryFailure> {
        let phone =
            Phone::stored(&self.phone).ok_or_else(|| DeliveryFailure::passing("unreadable_settings"))?;
        let text = format!("*{}*\n\n{}", message.title, message.body);
        let mut failure = DeliveryFailure::passing("no_sender");
        for sender in self.senders(message)?.iter().take(MAX_TRIES) {
            match self.send_through(sender, message, &phone, &text, deadline) {
                Err(error) if !error.is_final => failure = error,
                outcome => return outcome,
            }
        }
        Err(failure)
    }
}

impl WhatsappChannel<'_> {
    /// The numbers that may send it: the target's user's own first, others' only for who is told of all of them.
    fn senders(&self, message: &OutgoingMessage) -> Result<Vec<TextSender>, DeliveryFailure> {
        let subjects: Vec<_> = message.items.iter().map(|(notice, _)| notice.subject.as_str()).collect();
        let server = message.items.iter().find_map(|(notice, _)| notice.credential.as_deref());
        let may_use_all = self.target.for_all && self.target.role.allows(Permission::ConnectAllInstances);
        let senders = self.context.store.text_senders(&self.target.user, may_use_all, server);
        let senders = senders.map_err(|error| {
            log::error!("the numbers that could send a notice cannot be read: {error}");
            DeliveryFailure::passing("storage")
        })?;
        let is_other = |sender: &TextSender| !subjects.contains(&sender.instance.as_str());
        Ok(senders.into_iter().filter(is_other).collect())
    }

    fn send_through(
        &self,
        sender: &TextSender,
        message: &OutgoingMessage,
        phone: &Phone,
        text: &str,
        deadline: Instant,
    ) -> Result<(), DeliveryFailure> {
        let ChannelContext { store, gateway, .. } = self.context;
        let credential = store.credential(&sender.credential).ok().flatten();
        let credential = credential.ok_or_else(|| DeliveryFailure::passing("no_sender"))?;
        let base_url = BaseUrl::parse(&credential.base_url);
        let base_url = base_url.map_err(|_| DeliveryFailure::passing("no_sender"))?;
        let server = UpstreamServer::of(&credential, &base_url);
        let client = gateway.client(server, &message.id, deadline);
        match client.send_text(&sender.upstream_name, phone, text)? {
            CommandOutcome::Done => Ok(()),
            CommandOutcome::NotNow => {
                Err(DeliveryFailure { is_final: true, ..DeliveryFailure::passing("not_on_whatsapp") })
            }
            CommandOutcome::Missing | CommandOutcome::Unsupported => {
                Err(DeliveryFailure::passing("no_sender"))
            }
        }
    }
}
