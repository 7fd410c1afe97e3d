// Only the latest answer counts: whatever is asked for anew by a choice, a search or a poll.

/**
 * latest(signal) → newest(ask, use, failed): `ask(signal)` is begun, and the one before it ended. `use` hears
 * its answer and `failed` its error, unless it was overtaken, dropped, or `signal` aborted meanwhile.
 */
export function latest(outer) {
  let current = new AbortController();
  const drop = () => current.abort();
  outer?.addEventListener('abort', drop);

  async function newest(ask, use, failed) {
    drop();
    current = new AbortController();
    const { signal } = current;
    if (outer?.aborted) return;
    let answer;
    try {
      answer = await ask(signal);
    } catch (error) {
      if (!signal.aborted) await failed(error);
      return;
    }
    if (!signal.aborted) await use(answer);
  }
  return Object.assign(newest, { drop });
}
