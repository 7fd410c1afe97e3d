// Tables out of files, cut into pieces.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decoded, joined, pieces, rowPieces } from '../../assets/js/table-file.js';

test('every encoding of a spreadsheet is read', () => {
  const utf16 = new Uint8Array([0xff, 0xfe, 0x4a, 0, 0xe3, 0]);
  for (const [bytes, text] of [[new TextEncoder().encode('Jã€'), 'Jã€'], [utf16, 'Jã'], [new Uint8Array([0x4a, 0xe3]), 'Jã'], [new TextEncoder().encode('\ufeffa'), 'a']]) {
    assert.equal(decoded(bytes), text);
  }
});

const CUT = [
  ['a;b\n1\n2\n3\n', 2, [['a;b\n1\n2\n', 2], ['a;b\n3\n', 4]]],
  ['a;b\r\n"1\nx";"y""\n"\r\n2', 1, [['a;b\r\n"1\nx";"y""\n"\r\n', 2], ['a;b\r\n2', 3]]],
  ['a,b\n5" x,1\n2\n', 1, [['a,b\n5" x,1\n', 2], ['a,b\n2\n', 3]]],
  ['sep=,\na,b\n1,2\n', 9, [['sep=,\na,b\n1,2\n', 3]]],
  ['a;b', 9, []],
  ['', 9, []],
];
for (const [table, lines, wanted] of CUT) {
  test(`${JSON.stringify(table)} is cut between lines`, () => {
    assert.deepEqual(pieces(table, () => true, { lines, bytes: 1_000 }).map(({ text, numbers }) => [text, numbers[0]]), wanted);
  });
}

test('a piece has no more bytes than the server takes', () => {
  const cut = pieces(`a;b\n${'ã;b\n'.repeat(100)}`, () => true, { lines: 1_000, bytes: 104 });
  assert.deepEqual([cut.length, cut[0].numbers.length, cut[1].numbers[0]], [5, 20, 22]);
});

test('lines are numbered as in the file, and a name of an earlier piece is there twice', () => {
  const lines = joined([
    { numbers: [2], firstHere: 2, lines: [{ line: 2, name: 'a', outcome: 'new' }] },
    { numbers: [3, 4, 5], firstHere: 2, lines: [{ line: 2, name: 'a', outcome: 'new' }, { line: 4, name: 'b', outcome: 'same' }] },
  ]);
  assert.deepEqual(lines.map(({ line, outcome }) => [line, outcome]), [[2, 'new'], [3, 'conflict'], [5, 'same']]);
});

test('of what was looked at, only what is wanted is sent, with the numbers that it had', () => {
  const odd = (number) => number % 2 === 1;
  assert.deepEqual(pieces('a;b\n1\n2\n3\n4\n', odd), [{ text: 'a;b\n2\n4\n', numbers: [3, 5], firstHere: 2 }]);
  assert.deepEqual(rowPieces(['x', 'y', 'z'], odd), [{ rows: ['x', 'z'], numbers: [1, 3], firstHere: 1 }]);
});
