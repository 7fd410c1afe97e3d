// The same for many, one call for each: a few at a time, with what became of each, until all are done or somebody stops.
// Knows no screen.

/** Calls at a time: the server has others to serve, and upstream as well. */
export const AT_A_TIME = 3;
/** Times that one which came too early is tried again. */
const RETRIES = 5;
const LONGEST_WAIT = 30;

const wait = (seconds, signal) => new Promise((done) => {
  if (signal.aborted) { done(); return; }
  const timer = setTimeout(done, Math.min(seconds, LONGEST_WAIT) * 1000);
  signal.addEventListener('abort', () => { clearTimeout(timer); done(); }, { once: true });
});

/** One of them, again where the answer asks to wait. */
async function one(item, work, signal, pause) {
  for (let tries = 0; ; tries += 1) {
    try {
      return { state: 'done', data: await work(item, signal) };
    } catch (error) {
      const early = error.retryAfter > 0 && tries < RETRIES && !signal.aborted;
      if (!early) return { state: signal.aborted && error.name === 'AbortError' ? 'stopped' : 'failed', error };
      await pause(error.retryAfter, signal);
      if (signal.aborted) return { state: 'stopped' };
    }
  }
}

/**
 * runAll(items, work, { signal, told }) → Map of item to { state: 'done' | 'failed' | 'stopped', data, error }. What is
 * under way when `signal` aborts is waited for, since its call has left; what has not begun is 'stopped'.
 * `told(item, { state })` hears of each change, 'running' included.
 */
export async function runAll(items, work, { signal, told = () => {}, pause = wait, atATime = AT_A_TIME }) {
  const results = new Map();
  const left = [...items];
  const note = (item, result) => { results.set(item, result); told(item, result); };
  async function lane() {
    while (left.length > 0 && !signal.aborted) {
      const item = left.shift();
      told(item, { state: 'running' });
      note(item, await one(item, work, signal, pause));
    }
  }
  await Promise.all(Array.from({ length: atATime }, lane));
  for (const item of left) note(item, { state: 'stopped' });
  return results;
}
