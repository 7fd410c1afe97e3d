// Asks again and again, politely: the next call starts only after the one before has ended, nobody
// is asked while the tab is hidden, and errors make it slower until pareia answers again.

import { contact } from './api.js';

const SLOWEST = 15_000;

/**
 * Runs `run` every `every` ms until `signal` aborts. `run` may return false to stop for good.
 * `failed(error)` hears of errors and may return false to stop as well.
 */
export function poll(run, { every, signal, failed = () => true }) {
  let timer = 0;
  let busy = false;
  let errors = 0;
  let again = false;
  let stopped = false;

  async function round() {
    if (busy) { again = true; return; }
    clearTimeout(timer);
    if (document.hidden || signal.aborted || stopped) return;
    busy = true;
    try {
      if ((await run()) === false) stopped = true;
      errors = 0;
    } catch (error) {
      if (signal.aborted) return;
      errors += 1;
      if (failed(error) === false) stopped = true;
    } finally {
      busy = false;
    }
    plan();
  }

  function plan() {
    if (signal.aborted || stopped) return;
    const wait = again ? 0 : Math.min(SLOWEST, every * 2 ** Math.min(errors, 6));
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
    now() { stopped = false; errors = 0; round(); },
    stop() { stopped = true; clearTimeout(timer); },
  };
}
