// Errors in words: what happened, why, what to do. Portuguese comes from the server, English from
// words/en.js; headings and cures are those of the help page.

import { h } from '../dom.js';
import { lang } from '../prefs.js';
import { help, t } from '../words.js';
import { icon } from './icons.js';

/** What every failed call for a code begins with; the help page's heading says more. */
const GENERAL = 'Erro ao criar/conectar instância';

const TITLE = 0;
const CAUSE = 1;
const CURE = 2;

const known = (error) => help(error.code) || help('internal');

const fromServer = (error) => lang() === 'pt' && error.error;

/** What is the matter, in one or two sentences. */
function told(error) {
  if (!fromServer(error)) return known(error)[CAUSE];
  return [error.error === GENERAL ? '' : full(error.error), error.detail].filter(Boolean).join(' ');
}

/** The server's detail says what to do already. */
const cure = (error) => (fromServer(error) && error.detail ? '' : known(error)[CURE]);

/** For the banner, whose heading says what happened: what to do about it. */
export const nextStep = (error) => (fromServer(error) && error.detail) || known(error)[CURE];

const full = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** One line, for a toast or beside a field. */
export const sentence = (error) => (error.code ? told(error) || known(error)[TITLE] : t('error.unexpected'));

export const errorTitle = (error) => known(error)[TITLE];

/** A box in the flow of the page. `actions` are buttons: no error is a dead end. */
export function notice(error, { actions = [], short = false } = {}) {
  if (!error.code) console.error(error);
  return box('bad', errorTitle(error), [
    h('p', {}, sentence(error)),
    !short && cure(error) && h('p', {}, h('strong', {}, t('notice.todo'), ' '), cure(error)),
    !short && error.code === 'internal' && error.requestId && h('p', { class: 'small' }, t('notice.request'), ' ', h('code', {}, error.requestId)),
    h('div', { class: 'actions' }, actions, help(error.code) && h('a', { href: `/#/ajuda/${error.code}` }, t('notice.more'))),
  ]);
}

/** box('info' | 'good' | 'warn' | 'bad', heading, children) */
export function box(kind, heading, ...children) {
  const drawing = { info: 'help', good: 'check', warn: 'alert', bad: 'alert' }[kind];
  return h('div', { class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : undefined },
    icon(drawing), h('div', { class: 'notice-text' }, heading && h('p', { class: 'notice-title' }, heading), children));
}
