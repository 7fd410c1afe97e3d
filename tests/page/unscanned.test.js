import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unscannedCodes } from '../../assets/js/unscanned.js';

test('a fourth code is one too many, however often each is seen', () => {
  const codes = unscannedCodes();
  for (const code of ['a', 'a', null, 'b', 'b', 'c', 'a', null]) assert.equal(codes.seen(code), true, code);
  assert.equal(codes.seen('d'), false);
  assert.equal(codes.seen(null), false, 'and stays so');
  codes.renew();
  assert.equal(codes.seen('d'), true, 'until somebody says to go on');
});
