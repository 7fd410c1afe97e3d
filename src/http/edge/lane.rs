//! The slow lanes: threads begun when they are needed, up to a fixed number, and a bounded queue. One
//! is for calls that wait for upstream, one for what computes: where every call waits for a server
//! that hangs, people can still log in and see why.
//!
//! A job that finds no place is handed back, one that waited too long is dropped: dropping a
//! flight answers everybody who waits for it. A panic in a job ends that job only.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Calls that may wait for upstream at the same time. They sleep nearly all the time; a single
/// Evolution server answers far fewer.
const THREADS: usize = 128;
/// Hashes are made one at a time. Each takes 19 MiB, of which the allocator keeps some for every thread
/// that ever made one.
const HASH_THREADS: usize = 1;
/// Hashes that may wait for a thread: a fifth of a second's. Together with those that run they fit into
/// what a process with the usual 1024 files keeps free of calls.
const HASH_QUEUE: usize = 8;
/// What a call needs: TLS and JSON, no recursion of ours.
const STACK: usize = 256 * 1024;
/// Calls that may wait for a thread: twice what runs is as much as can be worked off before
/// callers give up.
const QUEUE: usize = 256;
/// How long a call may wait for a thread and still be begun. Looked at when a thread is free or
/// another call comes, so a full lane may let one wait for as long as a call may take.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// What is to be done.
pub type Job = Box<dyn FnOnce() + Send>;

/// The threads and their queue.
pub struct Lane {
    shared: Arc<Shared>,
}

struct Shared {
    /// What its threads are called, before their number.
    name: &'static str,
    queue: Mutex<Queue>,
    ready: Condvar,
    max_threads: usize,
    max_queue: usize,
    max_wait: Duration,
}

struct Queue {
    jobs: VecDeque<(Instant, Job)>,
    open: bool,
    /// Threads begun so far, and those of them that wait for a job.
    threads: usize,
    idle: usize,
}

impl Lane {
    /// An empty lane for calls.
    pub fn for_calls() -> Self {
        Self::with("call", THREADS, QUEUE, MAX_WAIT)
    }

    /// An empty lane for hashes.
    pub fn for_hashes() -> Self {
        Self::with("hash", HASH_THREADS, HASH_QUEUE, MAX_WAIT)
    }

    fn with(name: &'static str, max_threads: usize, max_queue: usize, max_wait: Duration) -> Self {
        let queue = Queue { jobs: VecDeque::new(), open: true, threads: 0, idle: 0 };
        let shared = Shared {
            name,
            queue: Mutex::new(queue),
            ready: Condvar::new(),
            max_threads,
            max_queue,
            max_wait,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Queues a job, or hands it back when the lane is full or closed.
    pub fn submit(&self, job: Job) -> Result<(), Job> {
        let mut queue = self.shared.lock();
        let overdue = self.shared.take_overdue(&mut queue);
        let taken = if queue.open && queue.jobs.len() < self.shared.max_queue {
            queue.jobs.push_back((Instant::now(), job));
            self.begin_a_thread(&mut queue);
            Ok(())
        } else {
            Err(job)
        };
        drop(queue);
        // A thread that is woken while the queue is held would only wait for that.
        self.shared.ready.notify_one();
        // Dropping a job answers people, which takes longer than the queue may be held.
        drop(overdue);
        taken
    }

    /// Begins a thread where all are at work.
    fn begin_a_thread(&self, queue: &mut Queue) {
        if queue.jobs.len() <= queue.idle || queue.threads >= self.shared.max_threads {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let thread =
            thread::Builder::new().name(format!("{}-{}", shared.name, queue.threads)).stack_size(STACK);
        match thread.spawn(move || shared.work()) {
            Ok(_) => queue.threads += 1,
            // The job waits for one of the others, and is answered `busy` if it waits too long.
            Err(error) => log::error!("no thread for a call: {error}"),
        }
    }

    /// Takes no more jobs and drops those that have not begun. What runs goes on.
    pub fn close(&self) {
        let mut queue = self.shared.lock();
        queue.open = false;
        let left = std::mem::take(&mut queue.jobs);
        self.shared.ready.notify_all();
        drop(queue);
        drop(left);
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        while let Some((overdue, job)) = self.next() {
            let done = catch_unwind(AssertUnwindSafe(|| {
                drop(overdue);
                job();
            }));
            if done.is_err() {
                log::error!("a call panicked; its callers were answered, the lane goes on");
            }
        }
    }

    /// The next job that is still worth doing, and those that are not; `None` when closed.
    fn next(&self) -> Option<(Vec<Job>, Job)> {
        let mut queue = self.lock();
        loop {
            let overdue = self.take_overdue(&mut queue);
            if let Some((_, job)) = queue.jobs.pop_front() {
                return Some((overdue, job));
            }
            if !overdue.is_empty() {
                drop(queue);
                drop(overdue);
                queue = self.lock();
            } else if queue.open {
                queue.idle += 1;
                queue = self.ready.wait(queue).unwrap_or_else(PoisonError::into_inner);
                queue.idle -= 1;
            } else {
                return None;
            }
        }
    }

    fn take_overdue(&self, queue: &mut Queue) -> Vec<Job> {
        let late = queue.jobs.iter().take_while(|(since, _)| since.elapsed() > self.max_wait).count();
        queue.jobs.drain(..late).map(|(_, job)| job).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};

    const PATIENCE: Duration = Duration::from_secs(5);

    /// A lane of one thread, which is held until the sender is dropped.
    fn held_lane(max_queue: usize) -> (Lane, std::sync::mpsc::Sender<()>) {
        let lane = Lane::with("test", 1, max_queue, PATIENCE);
        let (hold, release) = channel::<()>();
        let (begin, running) = channel();
        let job = Box::new(move || {
            begin.send(()).expect("the test waits");
            release.recv().ok();
        });
        assert!(lane.submit(job).is_ok());
        running.recv_timeout(PATIENCE).expect("the job begins");
        (lane, hold)
    }

    /// A job that sends `true` when it runs, and hangs up when it is dropped.
    fn witness() -> (Job, Receiver<bool>) {
        let (say, hear) = channel();
        (Box::new(move || say.send(true).expect("the test waits")), hear)
    }

    #[test]
    fn a_full_queue_hands_the_job_back() {
        let (lane, hold) = held_lane(1);
        let ((first, ran), (second, dropped)) = (witness(), witness());
        assert!(lane.submit(first).is_ok());
        assert!(lane.submit(second).is_err());
        assert!(dropped.recv().is_err());
        drop(hold);
        assert_eq!(ran.recv_timeout(PATIENCE), Ok(true));
    }

    #[test]
    fn a_job_that_waited_too_long_is_dropped_and_makes_room() {
        let (lane, _hold) = held_lane(1);
        let ((overdue, dropped), (fresh, _)) = (witness(), witness());
        let long_ago = Instant::now().checked_sub(2 * PATIENCE).expect("the clock runs");
        lane.shared.lock().jobs.push_back((long_ago, overdue));
        assert!(lane.submit(fresh).is_ok());
        assert!(dropped.recv_timeout(PATIENCE).is_err());
    }

    #[test]
    fn a_panic_ends_its_job_only() {
        let lane = Lane::with("test", 1, 8, PATIENCE);
        assert!(lane.submit(Box::new(|| panic!("on purpose"))).is_ok());
        let (job, ran) = witness();
        assert!(lane.submit(job).is_ok());
        assert_eq!(ran.recv_timeout(PATIENCE), Ok(true));
    }

    #[test]
    fn closing_drops_what_has_not_begun() {
        let (lane, _hold) = held_lane(8);
        let ((queued, dropped), (refused, _)) = (witness(), witness());
        assert!(lane.submit(queued).is_ok());
        lane.close();
        assert!(dropped.recv().is_err());
        assert!(lane.submit(refused).is_err());
    }
}
