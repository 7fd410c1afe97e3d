// Which numbers the list shows, as it stands in the address: in the names and words of the API's list. Pure.

import { visible } from './typed.js';

export const STATUSES = ['connected', 'connecting', 'disconnected', 'pending', 'lost', 'error'];
/** The one word for a number: that another phone is connected than was expected. */
export const OTHER = 'other';
/** What a search and a label have at most, and the last page there is. */
const LONGEST = 64;
const LAST_PAGE = 1_000_000;

/** All of them, from the first. */
export const EVERYTHING = { search: '', status: '', number: '', label: '', page: 1 };

/** What the part of an address behind its ? asks for; what the API would refuse is left out. */
export function readFilter(query) {
  const asked = new URLSearchParams(query);
  const text = (name) => [...(asked.get(name) || '')].slice(0, LONGEST).join('');
  const word = (name, words) => (words.includes(asked.get(name)) ? asked.get(name) : '');
  const page = Number(asked.get('page'));
  return {
    search: visible(text('search')), status: word('status', STATUSES), number: word('number', [OTHER]), label: text('label'),
    page: Number.isInteger(page) && page > 1 ? Math.min(page, LAST_PAGE) : 1,
  };
}

/** What differs from the whole list, as the API takes it. */
export const filterQuery = (filter) =>
  Object.fromEntries(Object.entries(filter).filter(([name, value]) => value !== EVERYTHING[name]));

/** The address of that list. */
export function listAddress(filter) {
  const query = new URLSearchParams(filterQuery(filter)).toString();
  return query ? `#/?${query}` : '#/';
}

/** Whether it leaves any number out. */
export const isFiltered = (filter) => listAddress({ ...filter, page: 1 }) !== '#/';
