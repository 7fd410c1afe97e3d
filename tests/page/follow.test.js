// What a pairing asks for, call by call.

import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.document = Object.assign(new EventTarget(), { hidden: false, getElementById: () => null, querySelector: () => null, documentElement: {} });
const { follow } = await import('../../assets/js/follow.js');

/** Follows a pairing whose calls are answered in turn, an Error as a failure; what was asked for, once all are answered. */
async function asked(answers, begin) {
  const stop = new AbortController();
  const options = [];
  await new Promise((over) => {
    const view = { checking() {}, answer() {}, failed() {}, idle() {}, connected: over };
    const following = follow({
      view, signal: stop.signal,
      async ask(wanted) {
        options.push(wanted);
        const answer = answers[options.length - 1];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
    begin(following);
  });
  stop.abort();
  return options;
}

const failure = (retryAfter) => Object.assign(new Error('busy'), { code: 'busy', retryAfter });

test('a restart that was told to wait is asked for again, one that failed is not', async () => {
  const connected = { status: 'connected' };
  for (const [answer, again] of [[failure(1), true], [failure(0), false], [{ status: 'connecting', qrCode: 'a' }, false]]) {
    const options = await asked([answer, connected], (following) => following.restart());
    assert.deepEqual(options.map((one) => one.restart), [true, again], String(answer));
  }
});
