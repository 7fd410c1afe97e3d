// Looks words up. The words themselves stand in words/, a file for each language, under the same keys;
// only the language that is spoken is fetched.

import { lang } from './prefs.js';

let words = {};
let topics = {};

/** Before anything is drawn, and again when the language changes. */
export async function loadWords() {
  const all = await (lang() === 'en' ? import('./words/all-en.js') : import('./words/all-pt.js'));
  ({ words, topics } = all.default);
}

const find = (key) => words[key] ?? key;

/** t('pager.range', { from: 1, to: 50 }) */
export function t(key, values) {
  return find(key).replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? String(values[name]) : whole));
}

/** One or many: `key.one`, `key.other`, with {n}. */
export const tn = (key, n, values) => t(`${key}.${n === 1 ? 'one' : 'other'}`, { n, ...values });

/** Like t, but values are nodes: gives an array of texts and nodes. */
export function tx(key, nodes) {
  return find(key).split(/\{(\w+)\}/).map((part, i) => (i % 2 ? nodes[part] : part));
}

export const has = (key) => key in words;

/** What the help page says about a code: [title, cause, cure], or undefined. */
export const help = (code) => topics[code];
export const helpCodes = () => Object.keys(topics);

/** Why a status is what it is; a reason that the page does not know yet in the server's words. */
export function reasonText(word, fromServer) {
  if (!word) return '';
  if (has(`reason.${word}`)) return t(`reason.${word}`);
  return word.startsWith('upstream_') ? t('reason.upstream', { code: word.slice('upstream_'.length) }) : fromServer || '';
}
