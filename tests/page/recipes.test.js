// The examples beside a new token.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { recipes } from '../../assets/js/recipes.js';

const named = (prefix) => recipes('http://127.0.0.1:3000', 'pareia_x', prefix).map(({ text }) => /minha-loja|[a-z0-9]+-minha|z{64}/.exec(text)?.[0]);

test('every example calls a name that the token may call', () => {
  assert.deepEqual(named(), Array(5).fill('minha-loja'));
  assert.deepEqual(named('cliente-'), Array(5).fill('cliente-minha'));
  assert.deepEqual(named('z'.repeat(64)), Array(5).fill('z'.repeat(64)));
});
