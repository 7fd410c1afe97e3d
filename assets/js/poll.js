// Asks again and again, politely: the next call starts only after the one before has ended, nobody
// is asked while the tab is hidden, and errors make it slower until pareia answers again.

import { contact } from './api.js';
import { latest } from './latest.js';

const SLOWEST = 15_000;

/**
 * Runs `run(signal)` every `every` ms until `signal` aborts; its own is ended when something else is asked
 * for by `now`. While the tab is hidden nothing is asked, or every `hidden` ms where that is given. `run` may return false to stop for good, and `failed(error)`, which hears of errors, as well.
 */
export function poll(run, { every, signal, hidden = 0, failed = () => true }) {
  let timer = 0;
  let busy = false;
  let errors = 0;
  let again = false;
  let stopped = false;
  const newest = latest(signal);

  async function round() {
    if (busy) { again = true; return; }
    clearTimeout(timer);
    if ((document.hidden && !hidden) || signal.aborted || stopped) return;
    busy = true;
    try {
      await newest(run, (result) => {
        errors = 0;
        if (result === false) stopped = true;
      }, (error) => {
        errors += 1;
        if (failed(error) === false) stopped = true;
      });
    } finally {
      busy = false; // Also when what hears of errors has failed itself.
      plan();
    }
  }

  function plan() {
    if (signal.aborted || stopped) return;
    const wait = again ? 0 : Math.max(document.hidden ? hidden : 0, Math.min(SLOWEST, every * 2 ** Math.min(errors, 6)));
    again = false;
    clearTimeout(timer);
    timer = setTimeout(round, wait);
  }

  const wake = () => { if (!document.hidden) round(); };
  document.addEventListener('visibilitychange', wake);
  contact.addEventListener('found', wake);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
    contact.removeEventListener('found', wake);
  });
  queueMicrotask(round); // Not before the caller has what this function returns.
  return {
    /** At once, also after it has stopped. */
    now() {
      stopped = false;
      errors = 0;
      if (busy) newest.drop();
      round();
    },
    stop() { stopped = true; clearTimeout(timer); },
  };
}
