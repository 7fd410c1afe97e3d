// Questions that wait for an answer: a native <dialog>, one deliberate button, Cancel first in focus
// where something would be lost.

import { h, fillWith, newId } from '../dom.js';
import { t } from '../words.js';
import { button, iconButton } from './button.js';
import { form } from './form.js';
import { notice } from './notice.js';

/**
 * ask({ title, body, confirm, danger, run, failed }): opens; `run` is awaited, then it closes. An error
 * that `failed` does not take is said inside.
 */
export function ask({ title, body, confirm, danger, run, failed, cancel = t('cancel') }) {
  const heading = newId('dialog');
  const problem = h('div', { class: 'problem' });
  const submit = button(confirm, null, { kind: danger ? 'danger' : 'primary', type: 'submit' });
  const shut = () => element.close();
  const no = button(cancel, shut);
  const wrong = (error) => {
    if (!(failed && failed(error))) fillWith(problem, notice(error, { short: true }));
  };
  const send = async () => {
    problem.replaceChildren();
    if ((await run()) !== false) shut();
  };
  const element = h('dialog', { class: 'dialog', 'aria-labelledby': heading },
    h('div', { class: 'dialog-head' }, h('h2', { id: heading }, title), iconButton(t('close'), 'close', shut)),
    form([h('div', { class: 'dialog-body' }, body), problem, h('div', { class: 'dialog-actions' }, no, submit)], submit, send, wrong));
  open(element);
  if (danger) no.focus();
  else (element.querySelector('form input, form select, form textarea') || submit).focus();
  return { element, shut, submit };
}

/** A dialog that brings its own form: sheet({ title, body(shut) }). */
export function sheet({ title, body, foot }) {
  const heading = newId('dialog');
  const shut = () => element.close();
  const element = h('dialog', { class: 'dialog', 'aria-labelledby': heading },
    h('div', { class: 'dialog-head' }, h('h2', { id: heading }, title), iconButton(t('close'), 'close', shut)),
    h('div', { class: 'dialog-body' }, body(shut)), foot && h('div', { class: 'dialog-actions' }, foot(shut)));
  open(element);
  const first = element.querySelector('.dialog-body input');
  if (first) first.focus();
  return { element, shut };
}

/** Something to look at or copy, with one button to close. */
export const tell = ({ title, body, done = t('done') }) =>
  sheet({ title, body: () => body, foot: (shut) => button(done, shut, { kind: 'primary' }) });

function open(element) {
  element.addEventListener('close', () => element.remove());
  document.body.append(element);
  element.showModal();
}
