// The list's filter as the address has it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EVERYTHING, countsAll, filterQuery, isActionView, isFiltered, listAddress, listQuery, listsTheSame, readFilter } from '../../assets/js/filter.js';

const KEPT = [
  ['', {}, '#/'],
  ['status=lost', { status: 'lost' }, '#/?status=lost'],
  ['search=S%C3%A3o+Jos%C3%A9&number=other', { search: 'São José', number: 'other' }, '#/?search=S%C3%A3o+Jos%C3%A9&number=other'],
  ['view=action_needed&server=Evolution+2&user=ana&sort=newest&top=640', { view: 'action_needed', server: 'Evolution 2', user: 'ana', sort: 'newest', top: 640 }, '#/?view=action_needed&server=Evolution+2&user=ana&sort=newest&top=640'],
  ['label=a%26b%3F%23%2F&page=3', { label: 'a&b?#/', page: 3 }, '#/?label=a%26b%3F%23%2F&page=3'],
  ['label=%F0%9F%91%A9%E2%80%8D%F0%9F%94%A7', { label: '👩‍🔧' }, '#/?label=%F0%9F%91%A9%E2%80%8D%F0%9F%94%A7'],
];
for (const [query, wanted, address] of KEPT) {
  test(`"${query}" is kept`, () => {
    assert.deepEqual(readFilter(query), { ...EVERYTHING, ...wanted });
    assert.equal(listAddress(readFilter(query)), address);
    assert.deepEqual(filterQuery(readFilter(query)), wanted);
  });
}

const LEFT_OUT = [
  ['status=open', {}], ['number=mine', {}], ['page=0', {}], ['page=-2', {}], ['page=x', {}], ['page=1.5', {}], ['view=all', {}], ['sort=status', {}], ['sort=action_needed', {}], ['top=-1', {}], ['top=1e9', { top: 100_000 }],
  ['page=1e9', { page: 1_000_000 }], ['search=%E2%80%AAloja%C2%A0a', { search: 'loja a' }], [`search=${'x'.repeat(65)}`, { search: 'x'.repeat(64) }],
  [`label=${'😀'.repeat(65)}`, { label: '😀'.repeat(64) }],
];
for (const [query, wanted] of LEFT_OUT) {
  test(`of "${query.slice(0, 24)}" stays what the API takes`, () => assert.deepEqual(readFilter(query), { ...EVERYTHING, ...wanted }));
}

test('the API is asked for a page in an order, and hears nothing of how far down the list is', () => {
  assert.deepEqual(listQuery(readFilter('')), { page: 1, perPage: 50, sort: 'action_needed' });
  assert.deepEqual(listQuery(readFilter('page=2&sort=name&view=never_connected&top=9')), { page: 2, perPage: 50, sort: 'name', view: 'never_connected' });
});

test('a page alone leaves no number out', () => {
  assert.equal(isFiltered({ ...EVERYTHING, page: 2, sort: 'name', top: 7 }), false);
  assert.equal(isFiltered({ ...EVERYTHING, label: 'vip' }), true);
});

test('the counts of an answer are of all numbers, unless some are left out by more than status and view', () => {
  const counts = (query) => countsAll(readFilter(query));
  assert.deepEqual(['', 'status=lost', 'view=action_needed&sort=name&page=2&top=9'].map(counts), [true, true, true]);
  assert.deepEqual(['search=a', 'number=other', 'label=x', 'server=s', 'user=u'].map(counts), [false, false, false, false, false]);
});

test('a page, an order and a place list the same numbers; whatever leaves some out does not', () => {
  const same = (query) => listsTheSame(readFilter(query), readFilter('label=vip'));
  assert.deepEqual(['label=vip&page=2', 'label=vip&sort=name&top=9'].map(same), [true, true]);
  assert.deepEqual(['', 'label=vip&search=a', 'label=vip&view=action_needed', 'label=other'].map(same), [false, false, false, false]);
});

test('what needs somebody is asked for alone, or among what a search finds', () => {
  const alone = (query) => isActionView(readFilter(query));
  assert.deepEqual(['view=action_needed', 'view=action_needed&sort=name&page=2'].map(alone), [true, true]);
  assert.deepEqual(['', 'view=never_connected', 'view=action_needed&search=a', 'view=action_needed&label=vip'].map(alone), [false, false, false, false]);
});
