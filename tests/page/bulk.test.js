// Many calls, a few at a time.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AT_A_TIME, runAll } from '../../assets/js/bulk.js';

const forever = () => new AbortController().signal;
const states = (results) => [...results.values()].map(({ state }) => state);

test('each is done once, never more than a few at a time', async () => {
  let now = 0;
  let most = 0;
  const work = async (n) => {
    most = Math.max(most, now += 1);
    await new Promise(setImmediate);
    now -= 1;
    return n * 2;
  };
  const results = await runAll([1, 2, 3, 4, 5, 6, 7, 8], work, { signal: forever() });
  assert.deepEqual([...results].map(([n, { data }]) => data === n * 2), Array(8).fill(true));
  assert.equal(most, AT_A_TIME);
});

test('one that fails holds up no other, and says why', async () => {
  const results = await runAll(['a', 'b'], async (one) => { if (one === 'a') throw new Error('no'); }, { signal: forever() });
  assert.deepEqual([results.get('a').error.message, results.get('b').state], ['no', 'done']);
});

test('what came too early is tried again when it may be, and not for ever', async () => {
  const waits = [];
  const early = (times) => { let left = times; return async () => { if (left-- > 0) throw Object.assign(new Error('busy'), { retryAfter: 7 }); }; };
  const pause = async (seconds) => { waits.push(seconds); };
  assert.deepEqual(states(await runAll(['a'], early(3), { signal: forever(), pause })), ['done']);
  assert.deepEqual(waits, [7, 7, 7]);
  assert.deepEqual(states(await runAll(['a'], early(99), { signal: forever(), pause })), ['failed']);
  assert.equal(waits.length, 8);
});

test('what has left is waited for when somebody stops, and the rest is not begun', async () => {
  const stopper = new AbortController();
  const begun = [];
  const results = await runAll([1, 2, 3, 4], async (n) => {
    begun.push(n);
    stopper.abort();
    return n;
  }, { signal: stopper.signal, atATime: 1 });
  assert.deepEqual([begun, states(results)], [[1], ['done', 'stopped', 'stopped', 'stopped']]);
});
