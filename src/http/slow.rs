//! Requests that take their time, because they wait for upstream or compute for long: they run in a
//! lane, so that they hold up nobody, and no more of them at once than the others leave room for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::app::App;
use super::exchange::Exchange;
use super::problem::Problem;
use super::route::Answer;

/// Answers in the lane for calls, or `busy` where there is no place.
pub fn run(app: &Arc<App>, exchange: Exchange, answer: Answer) {
    let in_lane = Arc::clone(app);
    begin(app, exchange, move |exchange| exchange.answer_by(|e| answer(&in_lane, e)));
}

/// The same for what is more than a handler.
pub fn begin(app: &App, exchange: Exchange, job: impl FnOnce(Exchange) + Send + 'static) {
    let Some(place) = Waiting::begin(app) else { return exchange.refuse(&Problem::BUSY) };
    let queued = Queued(Some(exchange));
    let job = move || {
        queued.begin(job);
        drop(place);
    };
    drop(app.lane.submit(Box::new(job)));
}

/// Answers in the lane for hashes, or `busy` where that is full. It takes no place of
/// those that wait for upstream, who may have taken them all.
pub fn hash(app: &Arc<App>, exchange: Exchange, answer: Answer) {
    let (in_lane, queued) = (Arc::clone(app), Queued(Some(exchange)));
    let job = move || queued.begin(|exchange| exchange.answer_by(|e| answer(&in_lane, e)));
    drop(app.hashes.submit(Box::new(job)));
}

/// One of the requests that may wait for upstream at the same time: the other routes' share of
/// what may run stays free for them.
pub struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    /// Takes a place, if there is one.
    pub fn begin(app: &App) -> Option<Self> {
        let place = Self(Arc::clone(&app.waiting));
        (place.0.fetch_add(1, Ordering::AcqRel) < app.max_waiting).then_some(place)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A request that waits for its turn; dropped before that, it is answered `busy`.
struct Queued(Option<Exchange>);

impl Queued {
    fn begin(mut self, handler: impl FnOnce(Exchange)) {
        if let Some(exchange) = self.0.take() {
            handler(exchange);
        }
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        if let Some(exchange) = self.0.take() {
            exchange.refuse(&Problem::BUSY);
        }
    }
}
