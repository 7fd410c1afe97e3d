// How phones and times are written. Pure, but for the clock it asks.

import { now } from './clock.js';
import { locale } from './prefs.js';
import { t } from './words.js';
import { h } from './dom.js';

const BRAZIL = '55';

/** 5521991856227 → +55 (21) 99185-6227; masked digits (•) are kept; other countries get a plus. */
export function phone(text) {
  const digits = String(text || '').replace(/[^\d•]/g, '');
  if (!digits.startsWith(BRAZIL) || digits.length > 13) return digits ? `+${digits}` : '';
  const area = digits.slice(2, 4);
  const local = digits.slice(4);
  if (!area) return '+55';
  const split = local.length > 8 ? 5 : 4;
  const rest = local.length > split ? `${local.slice(0, split)}-${local.slice(split)}` : local;
  if (!rest) return `+55 (${area}`;
  return `+55 (${area}) ${rest}`;
}

/** What somebody typed or pasted, as digits with the country first. */
export function phoneDigits(text) {
  const plus = text.trim().startsWith('+');
  let digits = text.replace(/\D/g, '');
  if (!plus && digits && digits.length <= 11) digits = BRAZIL + digits;
  // A whole number typed or pasted behind the +55 that stood there already.
  if (digits.startsWith(BRAZIL + BRAZIL) && digits.length > 13) digits = digits.slice(2);
  return digits.slice(0, 15);
}

/** How many digits there can be at most. */
export const phoneMost = (digits) => (digits.startsWith(BRAZIL) ? 13 : 15);

/** Whether the server and WhatsApp can take it: Brazil has 10 or 11 digits behind +55. */
export function phoneFits(digits) {
  if (digits.startsWith(BRAZIL)) return digits.length === 12 || digits.length === 13;
  return digits.length >= 8 && digits.length <= 15;
}

/** "Sapataria São José" → sapataria-sao-jose; a text that is a name already stays as it is. */
export function proposeName(text) {
  const typed = text.trim();
  if (nameFits(typed)) return typed;
  const plain = typed.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  return plain.replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+/, '').replace(/-+$/, '').slice(0, 64);
}

export const nameFits = (text) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);

const UNITS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]];

/** The server's clock is known to the second only, so what has just happened may seem yet to come. */
const CLOCK_GRAIN = 3;

/** "há 5 minutos", by the server's clock. */
function ago(iso) {
  const seconds = (Date.parse(iso) - now()) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length - length / 60) || [];
  if (!unit) return seconds > CLOCK_GRAIN ? t('time.soon') : t('time.now');
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

/** The exact moment, in this browser's time zone. */
const exact = (iso) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'long', timeStyle: 'medium' }).format(new Date(iso));

/** Hours and minutes of today, or with the day if it was another. */
export function clockTime(millis) {
  const date = new Date(millis);
  const today = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(locale(), today ? { timeStyle: 'short' } : { dateStyle: 'short', timeStyle: 'short' })
    .format(date);
}

/** A relative time with the exact one on hover; it goes on telling the truth while it is shown. */
export const when = (iso) =>
  iso ? h('time', { datetime: iso, title: exact(iso) }, ago(iso)) : h('span', {}, '–');

/** Gives an element made by `when` another moment. */
export function retime(element, iso) {
  if (element.getAttribute('datetime') === iso) return;
  element.setAttribute('datetime', iso);
  element.title = exact(iso);
  element.textContent = ago(iso);
}

setInterval(() => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll('time[datetime]')) {
    const text = ago(element.getAttribute('datetime'));
    if (element.textContent !== text) element.textContent = text;
  }
}, 10_000);
