// Errors in words: what happened, why, what to do, as the help page says it of their code. The API's own
// sentences are for programs: they name its fields, headers and commands.

import { h } from '../dom.js';
import { has, help, t } from '../words.js';
import { icon } from './icons.js';

const TITLE = 0;
const CAUSE = 1;
const CURE = 2;

const known = (error) => help(error.code) || help('internal');

export const errorTitle = (error) => known(error)[TITLE];

/** One line, beside a field: by its cause, where that has its own. */
export function sentence(error) {
  if (error.cause && has(`cause.${error.cause}`)) return t(`cause.${error.cause}`);
  return error.code ? known(error)[CAUSE] : t('error.unexpected');
}

/** What to do about it. */
export const nextStep = (error) => known(error)[CURE];

/** What the server finds wrong with a field, said beside it; `field`: whose words, where one name means several things. */
export const fieldProblem = (error, field = error.field) =>
  (error.code === 'invalid_field' && has(`field.${field}`) ? t(`field.${field}`) : sentence(error));

/** A box in the flow of the page. `actions` are buttons: no error is a dead end. */
export function notice(error, { actions = [], short = false } = {}) {
  if (!error.code) console.error(error);
  return box('bad', errorTitle(error), [
    h('p', {}, sentence(error)),
    !short && h('p', {}, h('strong', {}, t('notice.todo'), ' '), nextStep(error)),
    !short && error.code === 'internal' && error.requestId && h('p', { class: 'small' }, t('notice.request'), ' ', h('code', {}, error.requestId)),
    h('div', { class: 'actions' }, actions, help(error.code) && h('a', { href: `./#/ajuda/${error.code}` }, t('notice.more'))),
  ]);
}

/** box('info' | 'good' | 'warn' | 'bad', heading, children) */
export function box(kind, heading, ...children) {
  const drawing = { info: 'help', good: 'check', warn: 'alert', bad: 'alert' }[kind];
  return h('div', { class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : undefined },
    icon(drawing), h('div', { class: 'notice-text' }, heading && h('p', { class: 'notice-title' }, heading), children));
}
