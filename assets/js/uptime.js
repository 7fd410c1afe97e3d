// Which month is shown, as it stands in the address, and how good a percentage is. Pure.

import { utcOffset } from './utc-offset.js';

/** Months that can be told: the history has 90 days. */
const MONTHS = 3;
/** What a label has at most, and the last page there is. */
const LONGEST = 64;
const LAST_PAGE = 1_000_000;
/** Below it something was down for an hour of a week, and for a whole day of one. */
const GOOD = 99.4;
const FAIR = 85;

/** This month and those before it, the newest first: '2026-11'. */
export const months = (now) => Array.from({ length: MONTHS }, (_, back) => {
  const first = new Date(now.getFullYear(), now.getMonth() - back, 1);
  return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, '0')}`;
});

/** When a month begins here. */
export const firstDay = (month) => new Date(Number(month.slice(0, 4)), Number(month.slice(5)) - 1, 1);

/** What the part of an address behind its ? asks for; any other month is this one. */
export function readMonth(query, now) {
  const asked = new URLSearchParams(query);
  const known = months(now);
  const page = Number(asked.get('page'));
  return {
    month: known.includes(asked.get('month')) ? asked.get('month') : known[0],
    label: [...(asked.get('label') || '')].slice(0, LONGEST).join(''),
    page: Number.isInteger(page) && page > 1 ? Math.min(page, LAST_PAGE) : 1,
  };
}

/** The same as the API takes it, but for the page. */
export const monthQuery = ({ month, label }) => ({ month, utcOffset: utcOffset(firstDay(month)), ...(label ? { label } : {}) });

/** The address of that month. */
export function monthAddress({ month, label, page }) {
  const query = new URLSearchParams({ month, ...(label ? { label } : {}), ...(page > 1 ? { page } : {}) });
  return `#/disponibilidade?${query}`;
}

/** How good that is: of nothing that is known, nothing is said. */
export function level(percent) {
  if (percent === null) return 'none';
  if (percent >= GOOD) return 'good';
  return percent >= FAIR ? 'fair' : 'bad';
}
