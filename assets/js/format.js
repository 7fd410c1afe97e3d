// How names and times are written. Pure, but for the clock it asks.

import { now } from './clock.js';
import { locale } from './prefs.js';
import { t } from './words.js';
import { h } from './dom.js';

/** "Sapataria São José" → sapataria-sao-jose; a text that is a name already stays as it is. */
export function proposeName(text) {
  const typed = text.trim();
  if (nameFits(typed)) return typed;
  const plain = typed.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  return plain.replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+/, '').replace(/-+$/, '').slice(0, 64);
}

/** What people call a number: the name they gave it, or else its technical one. */
export const calledName = ({ displayName, channelInstanceId }) => displayName || channelInstanceId;

export const nameFits = (text) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);

const formatters = new Map();

/** A formatter of Intl: each takes milliseconds to make, that of dates tens of them. */
function formatter(kind, options) {
  const key = kind + locale() + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new Intl[kind](locale(), options));
  return formatters.get(key);
}

const UNITS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]];

/** The server's clock is known to the second only, so what has just happened may seem yet to come. */
const CLOCK_GRAIN = 3;

/** "há 5 minutos", by the server's clock. */
function ago(iso) {
  const seconds = (Date.parse(iso) - now()) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length - length / 60) || [];
  if (!unit) return seconds > CLOCK_GRAIN ? t('time.soon') : t('time.now');
  return formatter('RelativeTimeFormat', { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

/** The exact moment, in this browser's time zone. */
const exact = (iso) =>
  formatter('DateTimeFormat', { dateStyle: 'long', timeStyle: 'medium' }).format(new Date(iso));

/** Hours and minutes of today, or with the day if it was another. */
export function clockTime(millis) {
  const date = new Date(millis);
  const today = date.toDateString() === new Date().toDateString();
  return formatter('DateTimeFormat', today ? { timeStyle: 'short' } : { dateStyle: 'short', timeStyle: 'short' }).format(date);
}

const unit = (n, name) => formatter('NumberFormat', { style: 'unit', unit: name, unitDisplay: 'long', maximumFractionDigits: 1 }).format(n);

/** Bytes as people say them. */
export const size = (bytes) => (bytes < 1e6 ? unit(Math.ceil(bytes / 1e3), 'kilobyte') : unit(bytes / 1e6, 'megabyte'));

/** So many seconds, in the largest unit that has no fraction. */
export function span(seconds) {
  const [name, length] = [['day', 86400], ['hour', 3600], ['minute', 60]].find(([, one]) => seconds % one === 0) || ['second', 1];
  return unit(seconds / length, name);
}

/** How long that is, to two units: "1 dia 4 h". */
export function duration(seconds) {
  const short = (n, name) => formatter('NumberFormat', { style: 'unit', unit: name, unitDisplay: 'short' }).format(n);
  const parts = [['day', 86400, 1e9], ['hour', 3600, 24], ['minute', 60, 60], ['second', 1, 60]]
    .map(([name, length, most]) => [name, Math.floor(seconds / length) % most]);
  const first = Math.max(0, parts.findIndex(([, n]) => n > 0));
  return parts.slice(first, first + 2).filter(([, n], at) => n > 0 || at === 0).map(([name, n]) => short(n, name)).join(' ');
}

/** As it came, to two decimals: nothing that was ever down becomes 100 %. */
export const percentage = (percent) => formatter('NumberFormat', { style: 'percent', maximumFractionDigits: 2 }).format(percent / 100);

/** A relative time with the exact one on hover; it goes on telling the truth while it is shown. */
export const when = (iso) => (iso ? h('time', { datetime: iso }, ago(iso)) : h('span', {}, '–'));

/** Gives an element made by `when` another moment. */
export function retime(element, iso) {
  if (element.getAttribute('datetime') === iso) return;
  element.setAttribute('datetime', iso);
  element.textContent = ago(iso);
}

/** What was made by `when` says its exact moment once somebody points at it, since a list would be drawn later for it. */
addEventListener('pointerover', ({ target }) => {
  const element = target.closest?.('time[datetime]');
  if (element) element.title = exact(element.getAttribute('datetime'));
});

setInterval(() => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll('time[datetime]')) {
    const text = ago(element.getAttribute('datetime'));
    if (element.textContent !== text) element.textContent = text;
  }
}, 10_000);
