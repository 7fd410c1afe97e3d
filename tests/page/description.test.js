// What the form about a number sends.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changesOf, labelsIn } from '../../assets/js/description.js';

const BEFORE = { displayName: 'Loja do Zé', note: null, labels: ['vip', 'São Paulo, centro'] };
const AS_IT_IS = { displayName: 'Loja do Zé', note: '', labels: 'vip\nSão Paulo, centro' };
const CASES = [
  ['nothing, where nothing differs', {}, {}],
  ['what differs alone', { note: ' Chip da Ana\nvence em maio ' }, { note: 'Chip da Ana\nvence em maio' }],
  ['null for a text that was emptied', { displayName: ' ' }, { displayName: null }],
  ['no labels, where all were taken away', { labels: '\n' }, { labels: [] }],
  ['labels in their new order', { labels: 'São Paulo, centro\nvip' }, { labels: ['São Paulo, centro', 'vip'] }],
];
for (const [what, typed, sent] of CASES) test(what, () => assert.deepEqual(changesOf(BEFORE, { ...AS_IT_IS, ...typed }), sent));

test('a label a line, each once, whatever stands in it', () => {
  assert.deepEqual(labelsIn(' matriz \r\n\nvendas, balcão\nmatriz'), ['matriz', 'vendas, balcão']);
});
