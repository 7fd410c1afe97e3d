//! Requests that take their time, because they wait for upstream or compute for long: they run in a
//! lane, so that they hold up nobody, and no more of them at once than the others leave room for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::request::Request;
use crate::http::router::Answer;

/// Answers in the lane for calls, or `busy` where there is no place.
pub fn run(app: &Arc<App>, request: Request, answer: Answer) {
    let in_lane = Arc::clone(app);
    begin(app, request, move |request| request.answer_by(|e| answer(&in_lane, e)));
}

/// The same for what is more than a handler.
pub fn begin(app: &App, request: Request, job: impl FnOnce(Request) + Send + 'static) {
    let Some(place) = Waiting::begin(app) else { return request.refuse(&Problem::BUSY) };
    let queued = Queued(Some(request));
    let job = move || {
        queued.begin(job);
        drop(place);
    };
    drop(app.lane.submit(Box::new(job)));
}

/// Answers in the lane for hashes, or `busy` where that is full. It takes no place of
/// those that wait for upstream, who may have taken them all.
pub fn hash(app: &Arc<App>, request: Request, answer: Answer) {
    let (in_lane, queued) = (Arc::clone(app), Queued(Some(request)));
    let job = move || queued.begin(|request| request.answer_by(|e| answer(&in_lane, e)));
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
struct Queued(Option<Request>);

impl Queued {
    fn begin(mut self, handler: impl FnOnce(Request)) {
        if let Some(request) = self.0.take() {
            handler(request);
        }
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        if let Some(request) = self.0.take() {
            request.refuse(&Problem::BUSY);
        }
    }
}
