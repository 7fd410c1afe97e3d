// Who may do what with a number.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mayManage } from '../../assets/js/may.js';

test('owners and operators manage their own numbers, administrators all', () => {
  const may = (session) => mayManage(session, { user: 'loja' });
  assert.deepEqual([{ user: 'ana', admin: true }, { user: 'loja', admin: false }, { user: 'olga', admin: false }].map(may), [true, true, false]);
});
