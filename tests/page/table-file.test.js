// Tables out of files, cut into pieces.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decoded, joined, pieces } from '../../assets/js/table-file.js';

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
    assert.deepEqual(pieces(table, { lines, bytes: 1_000 }).map(({ text, first }) => [text, first]), wanted);
  });
}

test('a piece has no more bytes than the server takes', () => {
  const cut = pieces(`a;b\n${'ã;b\n'.repeat(100)}`, { lines: 1_000, bytes: 104 });
  assert.deepEqual([cut.length, cut[0].lines, cut[1].first], [5, 20, 22]);
});

test('lines are numbered as in the file, and a name of an earlier piece is there twice', () => {
  const lines = joined([
    { first: 2, firstHere: 2, lines: [{ line: 2, name: 'a', outcome: 'new' }] },
    { first: 3, firstHere: 2, lines: [{ line: 2, name: 'a', outcome: 'new' }, { line: 4, name: 'b', outcome: 'same' }] },
  ]);
  assert.deepEqual(lines.map(({ line, outcome }) => [line, outcome]), [[2, 'new'], [3, 'conflict'], [5, 'same']]);
});
