// The month that the address asks for, and how good a percentage is.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { level, monthAddress, monthQuery, months, readMonth } from '../../assets/js/uptime.js';

const NOW = new Date(2026, 0, 31, 12);

test('the months of a quarter are told, over the new year and from its last day', () =>
  assert.deepEqual(months(NOW), ['2026-01', '2025-12', '2025-11']));

const KEPT = [
  ['', { month: '2026-01', label: '', page: 1 }, '#/disponibilidade?month=2026-01'],
  ['month=2025-12&label=a%26b&page=2', { month: '2025-12', label: 'a&b', page: 2 }, '#/disponibilidade?month=2025-12&label=a%26b&page=2'],
  ['month=2020-01&page=-1', { month: '2026-01', label: '', page: 1 }, '#/disponibilidade?month=2026-01'],
  ['month=x&page=1e9', { month: '2026-01', label: '', page: 1_000_000 }, '#/disponibilidade?month=2026-01&page=1000000'],
];
for (const [query, wanted, address] of KEPT) {
  test(`"${query}" is understood`, () => {
    assert.deepEqual(readMonth(query, NOW), wanted);
    assert.equal(monthAddress(wanted), address);
    assert.match(monthQuery(wanted).utcOffset, /^[+-]\d\d:\d\d$/);
  });
}

for (const [percent, word] of [[null, 'none'], [0, 'bad'], [84.99, 'bad'], [85, 'fair'], [99.39, 'fair'], [99.4, 'good'], [100, 'good']]) {
  test(`${percent} is ${word}`, () => assert.equal(level(percent), word));
}
