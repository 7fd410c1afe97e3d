// Which numbers the list shows, in which order and how far down, as it stands in the address: in the names and words of
// the API's list. Pure.

import { visible } from './typed.js';

export const STATUSES = ['connected', 'connecting', 'disconnected', 'pending', 'lost', 'error'];
/** The one word for a number: that another phone is connected than was expected. */
export const OTHER = 'other';
/** Views of the list, by their words in the API. */
export const VIEWS = ['action_needed', 'never_connected'];
export const ORDERS = ['action_needed', 'name', 'newest', 'oldest'];
export const PER_PAGE = 50;
/** What a search, a label and a name have at most, and the last page there is. */
const LONGEST = 64;
const LAST_PAGE = 1_000_000;
/** Pixels that a list is long at most, about. */
const LOWEST = 100_000;

/** All of them, what needs somebody first, from the top of the first page. */
export const EVERYTHING = { search: '', status: '', number: '', view: '', label: '', server: '', user: '', sort: ORDERS[0], page: 1, top: 0 };

/** What the part of an address behind its ? asks for; what the API would refuse is left out. */
export function readFilter(query) {
  const asked = new URLSearchParams(query);
  const text = (name) => [...(asked.get(name) || '')].slice(0, LONGEST).join('');
  const word = (name, words) => (words.includes(asked.get(name)) ? asked.get(name) : EVERYTHING[name]);
  const number = (name, most) => {
    const value = Number(asked.get(name));
    return Number.isInteger(value) && value > EVERYTHING[name] ? Math.min(value, most) : EVERYTHING[name];
  };
  return {
    search: visible(text('search')), status: word('status', STATUSES), number: word('number', [OTHER]), view: word('view', VIEWS),
    label: text('label'), server: text('server'), user: text('user'), sort: word('sort', ORDERS),
    page: number('page', LAST_PAGE), top: number('top', LOWEST),
  };
}

/** What differs from the whole list, as the address says it. */
export const filterQuery = (filter) =>
  Object.fromEntries(Object.entries(filter).filter(([name, value]) => value !== EVERYTHING[name]));

/** The same as the API takes it, for one page. */
export function listQuery(filter) {
  const { top, page, sort, ...narrowed } = filterQuery(filter);
  return { page: filter.page, perPage: PER_PAGE, sort: filter.sort, ...narrowed };
}

/** What leaves numbers out, as the API takes it. */
export function narrowing(filter) {
  const { top, page, sort, ...narrowed } = filterQuery(filter);
  return narrowed;
}

/** The address of that list. */
export function listAddress(filter) {
  const query = new URLSearchParams(filterQuery(filter)).toString();
  return query ? `#/?${query}` : '#/';
}

/** Whether two of them list the same numbers, in whatever order and however far down. */
export const listsTheSame = (one, other) => JSON.stringify(narrowing(one)) === JSON.stringify(narrowing(other));

/** Whether it leaves any number out. */
export const isFiltered = (filter) => Object.keys(narrowing(filter)).length > 0;

/** Whether it asks for what needs somebody, and for nothing else. */
export const isActionView = (filter) => listsTheSame(filter, { ...EVERYTHING, view: VIEWS[0] });

/** Whether the counts of an answer are of all numbers: they are, whatever status and view are asked for. */
export const countsAll = ({ status, view, ...others }) => !isFiltered({ ...EVERYTHING, ...others });
