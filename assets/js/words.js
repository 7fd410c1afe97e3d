// Looks words up. The words themselves stand in words/pt.js and words/en.js, under the same keys.

import { lang } from './prefs.js';
import pt from './words/pt.js';
import en from './words/en.js';
import helpPt from './words/help-pt.js';
import helpEn from './words/help-en.js';

const ALL = { pt: { ...pt, help: helpPt }, en: { ...en, help: helpEn } };

function find(key) {
  const words = ALL[lang()];
  return key in words ? words[key] : ALL.pt[key] ?? key;
}

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

export const has = (key) => key in ALL.pt;

/** What the help page says about a code: [title, cause, cure], or undefined. */
export const help = (code) => ALL[lang()].help[code];
export const helpCodes = () => Object.keys(ALL.pt.help);

/** Why a status is what it is. The server says it in Portuguese; English is ours. */
export function reasonText(word, fromServer) {
  if (lang() === 'pt' && fromServer) return fromServer;
  if (!word) return '';
  const code = word.startsWith('upstream_') ? word.slice('upstream_'.length) : null;
  if (code !== null && !has(`reason.${word}`)) return t('reason.upstream', { code });
  return has(`reason.${word}`) ? t(`reason.${word}`) : '';
}
