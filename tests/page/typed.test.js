// What nobody can see is in no field.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { unspaced, visible } from '../../assets/js/typed.js';

const CASES = [
  ['\ufeffLoja\u00a0Centro\r\n', 'Loja Centro', 'LojaCentro'],
  ['\u202aloja\u2011centro\u202c', 'loja-centro', 'loja-centro'],
  ['\u200bhttp://evo\u2011api:8080 \t', 'http://evo-api:8080', 'http://evo-api:8080'],
  [' 429683C4-C977\u00a0415C\u200b ', '429683C4-C977 415C', '429683C4-C977415C'],
  ['João', 'João', 'João'],
  ['\r\n', '', ''],
];
for (const [typed, seen, together] of CASES) {
  test(JSON.stringify(typed), () => {
    assert.equal(visible(typed), seen);
    assert.equal(unspaced(typed), together);
  });
}
