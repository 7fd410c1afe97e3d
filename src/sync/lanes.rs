//! One piece of work for each of some things, a few of them at the same time.

use std::thread;

/// Stack of a lane: it makes calls upstream.
const STACK: usize = 256 * 1024;

/// Does the work for each thing and gives the results in their order. Things take turns in at most that many
/// lanes, of which the first is the caller's own thread.
pub fn in_lanes<T: Sync, R: Send>(things: &[T], lanes: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let lanes = lanes.clamp(1, things.len().max(1));
    let lane = |first: usize| -> Vec<R> { things.iter().skip(first).step_by(lanes).map(&work).collect() };
    let lanes_done = thread::scope(|scope| {
        let begin = |first| {
            let builder = thread::Builder::new().name("lane".into()).stack_size(STACK);
            builder.spawn_scoped(scope, move || lane(first)).map_err(|_| first)
        };
        let others: Vec<_> = (1..lanes).map(begin).collect();
        let mut all = vec![lane(0)];
        // What no thread could be begun for is done here.
        all.extend(others.into_iter().map(|other| match other {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(first) => lane(first),
        }));
        all
    });
    // They took turns: so do their results.
    let mut lanes_done: Vec<_> = lanes_done.into_iter().map(Vec::into_iter).collect();
    (0..things.len()).filter_map(|at| lanes_done[at % lanes].next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn results_come_in_the_order_of_the_things() {
        for (things, lanes) in [(0, 3), (1, 3), (2, 3), (7, 3), (7, 1), (7, 0)] {
            let things: Vec<usize> = (0..things).collect();
            let doubled: Vec<usize> = things.iter().map(|n| 2 * n).collect();
            assert_eq!(in_lanes(&things, lanes, |n| 2 * n), doubled, "{lanes}");
        }
    }

    #[test]
    fn lanes_run_at_the_same_time() {
        let together = Barrier::new(3);
        in_lanes(&[(), (), ()], 3, |()| together.wait());
    }
}
