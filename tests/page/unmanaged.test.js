// What servers have and pareia has not, by what can be done about it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { byWhatCanBeDone, selection } from '../../assets/js/unmanaged.js';

const found = [
  { name: 'a', obstacle: null }, { name: 'b', obstacle: 'not_a_phone' }, { name: 'c', obstacle: 'number_unknown' },
  { name: 'd', obstacle: null }, { name: 'e', obstacle: 'of_a_later_release' },
];

test('an obstacle that the page does not know is one all the same', () => {
  const names = (some) => some.map(({ name }) => name).join('');
  const groups = byWhatCanBeDone(found);
  assert.deepEqual(Object.fromEntries(Object.entries(groups).map(([group, some]) => [group, names(some)])), { ready: 'ad', numberless: 'c', stuck: 'be' });
});

test('one is named with its server', () => {
  assert.deepEqual(selection({ name: 'Loja Centro', credentialId: 'x', server: 's', paired: true }), { name: 'Loja Centro', credentialId: 'x' });
});
