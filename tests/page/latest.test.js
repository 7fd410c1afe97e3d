// Of several questions that overlap, only the last one's answer is used.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { latest } from '../../assets/js/latest.js';

/** Questions that are answered when the test says so, and what became of them. */
function asked(newest) {
  const used = [];
  const ask = (name) => {
    const one = {};
    one.over = newest((signal) => new Promise((answer, fail) => Object.assign(one, { answer, fail, signal })),
      (answer) => { used.push(`${name} ${answer}`); }, (error) => { used.push(`${name} failed: ${error.message}`); });
    return one;
  };
  return { ask, used };
}

test('an answer that was overtaken is dropped, in whatever order they come', async () => {
  const { ask, used } = asked(latest());
  const [first, second] = [ask('first'), ask('second')];
  second.answer('yes');
  first.answer('late');
  await Promise.all([first.over, second.over]);
  assert.deepEqual(used, ['second yes']);
});

test('so is an error', async () => {
  const { ask, used } = asked(latest());
  const [first, second] = [ask('first'), ask('second')];
  first.fail(new Error('late'));
  second.fail(new Error('now'));
  await Promise.all([first.over, second.over]);
  assert.deepEqual(used, ['second failed: now']);
});

test('what was overtaken is told to end', () => {
  const { ask } = asked(latest());
  const first = ask('first');
  assert.equal(first.signal.aborted, false);
  const second = ask('second');
  assert.deepEqual([first.signal.aborted, second.signal.aborted], [true, false]);
});

test('nothing is used once it is dropped, or the screen has gone', async () => {
  const screen = new AbortController();
  const newest = latest(screen.signal);
  const { ask, used } = asked(newest);
  const first = ask('first');
  newest.drop();
  first.answer('late');
  const second = ask('second');
  screen.abort();
  second.answer('late');
  const third = ask('third');
  await Promise.all([first.over, second.over, third.over]);
  assert.deepEqual([used, third.signal], [[], undefined]);
});

test('answers one after the other are all used', async () => {
  const { ask, used } = asked(latest());
  for (const name of ['first', 'second']) {
    const one = ask(name);
    one.answer('yes');
    await one.over;
  }
  assert.deepEqual(used, ['first yes', 'second yes']);
});
