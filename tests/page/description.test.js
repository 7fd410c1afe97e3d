// What the form about a number sends.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changesOf, labelsFit, labelsIn } from '../../assets/js/description.js';

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

test('at most 20 labels of 40 characters, as the server counts them', () => {
  const many = (n) => Array.from({ length: n }, (_, i) => `etiqueta ${i}`);
  assert.deepEqual([[], ['é'.repeat(40)], ['😀'.repeat(40)], many(20)].map(labelsFit), [true, true, true, true]);
  assert.deepEqual([['é'.repeat(41)], ['a', '😀'.repeat(41)], many(21)].map(labelsFit), [false, false, false]);
});
