//! One attempt to deliver a message, on a thread of its own: durable before it is begun and after it has ended.

use std::time::{Duration, Instant};

use super::assign::may_know;
use super::channels::{self, ChannelContext, DeliveryFailure};
use super::message::{MessageWords, compose};
use super::pace::{NoticePace, millis};
use crate::crypto::new_id;
use crate::domain::{Notice, NoticeKind};
use crate::store::{self, NoticeMessage, NoticeOutcome, NoticeTarget};

/// Longest wait that the other side is taken at its word for.
const MAX_WAIT: Duration = Duration::from_hours(6);

/// Tries to deliver a message, and writes down what became of it. A process that ends in the middle leaves it to be sent
/// again: nobody can tell whether it had arrived, and a message that comes twice has the same id.
pub(super) fn attempt(
    context: &ChannelContext,
    pace: &NoticePace,
    words: MessageWords,
    target: &NoticeTarget,
    message: &NoticeMessage,
) -> Result<(), store::Error> {
    let store = context.store;
    let attempts = message.attempts + 1;
    let next_at = store.clock().from_now(pace.sending + pace.pause(attempts));
    let Some(message) = &store.begin_message(message, next_at, may_know)? else { return Ok(()) };
    let (begun, id) = (Instant::now(), &message.id);
    let outgoing = compose(store, words, target, message);
    let outcome = channels::send(context, target, &outgoing, begun + pace.sending);
    let (target, took) = (&target.id, begun.elapsed().as_millis());
    match outcome {
        Ok(()) => {
            log::info!("id={id} notice to {target} delivered {took}ms");
            store.end_attempt(id, NoticeOutcome::Delivered, None, None)
        }
        Err(failure) => {
            log::warn!("id={id} notice to {target} attempt {attempts}: {} {took}ms", failure.code);
            note_failure(context, pace, message, attempts, &failure)
        }
    }
}

/// Writes down an attempt that failed, and when the next is made, if any.
fn note_failure(
    context: &ChannelContext,
    pace: &NoticePace,
    message: &NoticeMessage,
    attempts: u32,
    failure: &DeliveryFailure,
) -> Result<(), store::Error> {
    let store = context.store;
    let is_over = store.clock().now() - message.created_at >= millis(pace.give_up);
    let outcome = match (failure.is_final, is_over) {
        (true, _) => NoticeOutcome::Refused,
        (false, true) => NoticeOutcome::GivenUp,
        (false, false) => NoticeOutcome::Pending,
    };
    let pause = failure.retry_after.unwrap_or_default().min(MAX_WAIT).max(pace.pause(attempts));
    let next_at = (outcome == NoticeOutcome::Pending).then(|| store.clock().from_now(pause));
    store.end_attempt(&message.id, outcome, Some(&failure.code), next_at)
}

/// Sends a target a message that says that it is a test, once and at once, and logs it.
pub fn send_test(
    context: &ChannelContext,
    words: MessageWords,
    target: &NoticeTarget,
) -> Result<Result<(), DeliveryFailure>, store::Error> {
    let now = context.store.clock().now();
    let notice = Notice {
        kind: NoticeKind::Test,
        at: now,
        subject: String::new(),
        name: "pareia".to_owned(),
        display_name: None,
        owner: None,
        credential: None,
        reason: None,
        detail: None,
    };
    let mut message = NoticeMessage {
        id: new_id("m"),
        target: target.id.clone(),
        notices: vec![notice],
        attempts: 1,
        next_at: now,
        outcome: NoticeOutcome::Delivered,
        error: None,
        created_at: now,
        ended_at: Some(now),
    };
    let outgoing = compose(context.store, words, target, &message);
    let outcome = channels::send(context, target, &outgoing, Instant::now() + TEST);
    if let Err(failure) = &outcome {
        (message.outcome, message.error) = (NoticeOutcome::Refused, Some(failure.code.clone()));
    }
    message.ended_at = Some(context.store.clock().now());
    context.store.log_message(&message)?;
    Ok(outcome)
}

/// Longest that a test may take: somebody waits for it.
const TEST: Duration = Duration::from_secs(20);
