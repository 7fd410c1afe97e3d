//! The service: looks for what people have to be told of, and has it delivered. One thread looks, and each message that
//! is being sent has one of its own, so that a target that hangs holds up no other.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::assign::assign;
use super::channels::ChannelContext;
use super::delivery::attempt;
use super::message::MessageWords;
use super::pace::{NoticePace, millis};
use super::timeline::decide;
use crate::domain::Millis;
use crate::store::{self, NoticeMessage, NoticeTarget, Store};
use crate::sync::{Mutex, Threads};
use crate::upstream::{Gateway, WebClient};

/// Messages that are being sent at the same time, each to another target.
const MAX_SENDING: usize = 8;
/// How long the end waits for messages that are being sent. What takes longer is sent again after the next start.
const END_WAIT: Duration = Duration::from_secs(3);
/// When it is looked again after the database failed.
const AFTER_FAILURE: Millis = 5_000;

/// Tells people what happens to numbers and servers. Dropped, it stops.
pub struct NoticeService(Arc<NoticeState>);

struct NoticeState {
    store: Arc<Store>,
    gateway: Arc<Gateway>,
    web: WebClient,
    words: MessageWords,
    pace: NoticePace,
    /// The ids of targets that a message is being sent to.
    busy: Mutex<HashSet<String>>,
    /// Whether one of them is free again since the last look.
    is_freed: AtomicBool,
    threads: Threads,
}

impl NoticeService {
    /// Begins to tell.
    pub fn start(store: Arc<Store>, gateway: Arc<Gateway>, words: MessageWords, pace: NoticePace) -> Self {
        let state = Arc::new(NoticeState {
            store,
            gateway,
            web: WebClient::default(),
            words,
            pace,
            busy: Mutex::default(),
            is_freed: AtomicBool::new(false),
            threads: Threads::default(),
        });
        let its = Arc::clone(&state);
        state.threads.begin("notices".to_owned(), move || its.run());
        Self(state)
    }

    /// Ends: nothing new is sent.
    pub fn stop(&self) {
        self.0.threads.end(END_WAIT);
    }
}

impl Drop for NoticeService {
    fn drop(&mut self) {
        self.stop();
    }
}

impl NoticeState {
    /// Looks whenever the database has changed, and when something falls due.
    fn run(self: Arc<Self>) {
        let (mut version, mut next) = (None, None);
        loop {
            let seen = self.store.version().ok();
            let is_due = next.is_none_or(|next| self.store.clock().now() >= next);
            if self.is_freed.swap(false, Ordering::AcqRel) || seen != version || is_due {
                version = seen;
                next = Some(self.look_safely());
            }
            if self.threads.wait_over(self.pace.tick) {
                return;
            }
        }
    }

    /// Looks once; when the next look is due. A look that fails, or panics, is made again.
    fn look_safely(self: &Arc<Self>) -> Millis {
        let look = catch_unwind(AssertUnwindSafe(|| self.look()));
        match look {
            Ok(Ok(next)) => return next,
            Ok(Err(error)) => log::error!("what people have to be told cannot be worked out: {error}"),
            Err(_) => log::error!("looking for what people have to be told panicked"),
        }
        self.store.clock().now() + AFTER_FAILURE
    }

    fn look(self: &Arc<Self>) -> Result<Millis, store::Error> {
        let settled = self.consider()?;
        let due = self.store.due_messages()?;
        for (target, message) in due.messages {
            self.send_or_postpone(target, message)?;
        }
        Ok(settled.into_iter().chain(due.next).min().unwrap_or(Millis::MAX))
    }

    /// Makes messages of what is due; when the next condition will have lasted long enough.
    fn consider(&self) -> Result<Option<Millis>, store::Error> {
        let events = self.store.outbox()?;
        if events.is_empty() {
            return Ok(None);
        }
        let now = self.store.clock().now();
        let decision = decide(&events, now, self.pace.patience());
        let gather = millis(self.pace.gather);
        self.store.record_notices(&decision.considered, &decision.due, |target, open| {
            assign(target, open, &decision.due, now, gather)
        })?;
        Ok(decision.next)
    }

    fn send_or_postpone(
        self: &Arc<Self>,
        target: NoticeTarget,
        message: NoticeMessage,
    ) -> Result<(), store::Error> {
        let quiet = target.quiet.and_then(|quiet| quiet.end(self.store.clock().now(), target.utc_offset));
        if let Some(end) = quiet {
            return self.store.postpone_message(&message.id, end);
        }
        {
            let mut busy = self.busy.lock();
            if busy.len() >= MAX_SENDING || !busy.insert(target.id.clone()) {
                // Each that ends is followed by another look.
                return Ok(());
            }
        }
        let state = Arc::clone(self);
        let id = target.id.clone();
        let is_begun = self.threads.begin(format!("notice-{id}"), move || state.send(&target, &message));
        if !is_begun {
            self.busy.lock().remove(&id);
        }
        Ok(())
    }

    fn send(&self, target: &NoticeTarget, message: &NoticeMessage) {
        let context = ChannelContext { store: &self.store, gateway: &self.gateway, web: &self.web };
        let sent = || attempt(&context, &self.pace, self.words, target, message);
        match catch_unwind(AssertUnwindSafe(sent)) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                log::error!("id={} what became of a notice cannot be written: {error}", message.id);
            }
            Err(_) => log::error!("id={} sending a notice panicked", message.id),
        }
        self.busy.lock().remove(&target.id);
        self.is_freed.store(true, Ordering::Release);
    }
}
