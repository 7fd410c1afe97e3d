// The phone rules against the cases that every reader of phones keeps.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { AREAS, pasted, phone, readPhone, whileTyped } from '../../assets/js/phone.js';

const { areas, cases, reasons } = JSON.parse(readFileSync(new URL('../cases/phones.json', import.meta.url)));

for (const { typed, expects, why } of cases) {
  test(`${JSON.stringify(typed)}: ${why}`, () => assert.deepEqual(readPhone(typed), expects));
}

test('every reason has a case, and no case has another', () => {
  const met = new Set(cases.map(({ expects }) => expects.refused).filter(Boolean));
  assert.deepEqual([...met].sort(), Object.keys(reasons).sort());
});

test('the areas are those that are given out', () => assert.deepEqual([...AREAS], areas));

test('what is read is shown in a form that is read the same', () => {
  for (const { number, form } of cases.map(({ expects }) => expects)) {
    if (number || form) assert.deepEqual(readPhone(phone(number || form)), { number: number || form });
  }
});

/** What stands in the field after each key, as a person sees it. */
const type = (keys, before = '+55 ') => [...keys].reduce((shown, key) => whileTyped(shown + key), before);

const TYPED = [
  ['21991856227', '+55 (21) 99185-6227', 'behind the country that stands there'],
  ['2133334444', '+55 (21) 3333-4444', 'a landline'],
  ['5521991856227', '+55 (21) 99185-6227', 'with the country once more'],
  ['021 99185-6227', '+55 021 99185-6227', 'left to be read whole'],
  ['0 15 11 98765-4321', '+55 0 15 11 98765-4321', 'never cut into another number'],
  ['219918562271', '+55 (21) 99185-62271', 'a digit too many stays to be seen'],
  ['21 9918x', '+55 (21) 9918x', 'so does a letter'],
];
for (const [keys, shown, why] of TYPED) test(`typed ${keys}: ${why}`, () => assert.equal(type(keys), shown));

test('in an empty field Brazil is meant, unless a plus or a 0 comes first', () => {
  assert.equal(type('21991856227', ''), '+55 (21) 99185-6227');
  assert.equal(type('5521991856227', ''), '+55 (21) 99185-6227');
  assert.equal(type('+5215512345678', ''), '+5215512345678');
  assert.equal(type('021991856227', ''), '021991856227');
});

const PASTED = [
  ['0055 21 99185-6227', '5521991856227'], ['21 99185-6227', '5521991856227'], ['+51 987 654 321', '51987654321'],
  ['99185-6227', undefined], ['0 15 11 98765-4321', undefined],
];
for (const [text, number] of PASTED) test(`pasted ${text}`, () => assert.equal(pasted(text), number));
