// Fields with their label, hint and error tied together, and forms that send once.

import { h, fillWith, newId, setText } from '../dom.js';
import { visible } from '../typed.js';
import { t } from '../words.js';
import { icon } from './icons.js';
import { whileBusy } from './button.js';

/** What the frame of a field does, whoever made it: { node, input, error(text or nodes) }. */
function framedBy(node) {
  const input = node.querySelector('input, select, textarea');
  const errorNode = node.querySelector('.field-error');
  const error = (content) => {
    errorNode.hidden = !content;
    if (content) {
      fillWith(errorNode, icon('alert'), h('span', {}, content));
      input.setAttribute('aria-invalid', 'true');
    } else input.removeAttribute('aria-invalid');
  };
  input.addEventListener('input', () => error(null));
  return { node, input, error };
}

/** The frame all fields share. */
function framed(input, { label, hint, after, optional }) {
  const id = newId('field');
  const hintNode = hint && h('p', { class: 'hint', id: `${id}-hint` }, hint);
  const errorNode = h('p', { class: 'field-error', id: `${id}-error`, hidden: true });
  input.id = id;
  const described = [hintNode && hintNode.id, errorNode.id].filter(Boolean).join(' ');
  input.setAttribute('aria-describedby', described);
  return framedBy(h('div', { class: 'field' },
    h('label', { for: id }, label, optional && h('span', { class: 'optional' }, ` ${t('optional')}`)),
    hintNode, after ? h('div', { class: 'with-button' }, input, after) : input, errorNode));
}

/** field({ label, hint, value, type, autocomplete, inputmode, required, … }); `value` is what can be seen of it. */
export function field({ label, hint, optional, ...attributes }) {
  const input = h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', ...attributes });
  return { ...framed(input, { label, hint, optional }), get value() { return visible(input.value); } };
}

/** The same for a field that stands in the document. */
export function standingField(node) {
  const framed = framedBy(node);
  return { ...framed, get value() { return visible(framed.input.value); } };
}

/** The button beside a secret, which shows it. */
function reveals(toggle, input) {
  const show = (yes) => {
    input.type = yes ? 'text' : 'password';
    toggle.setAttribute('aria-pressed', String(yes));
    setText(toggle.firstElementChild, yes ? t('hide') : t('show'));
  };
  toggle.addEventListener('click', () => show(input.type === 'password'));
  return { hide: () => show(false) };
}

/** A secret, letter for letter, with a button that shows it: typing it twice is a nuisance. */
export function secretField({ label, hint, optional, ...attributes }) {
  const input = h('input', { type: 'password', spellcheck: 'false', autocapitalize: 'off', ...attributes });
  const toggle = h('button', { type: 'button', class: 'reveal', 'aria-pressed': 'false', 'aria-label': t('show.secret', { label }) }, h('span', {}, t('show')));
  reveals(toggle, input);
  return { ...framed(input, { label, hint, optional, after: toggle }), get value() { return input.value; } };
}

/** The same for one that stands in the document. */
export function standingSecret(node) {
  const framed = framedBy(node);
  const { hide } = reveals(node.querySelector('.reveal'), framed.input);
  return { ...framed, hide, get value() { return framed.input.value; } };
}

/** A code of a second factor, of the app or for recovery. */
export const codeField = (hint) => field({ label: t('factor.code'), hint, autocomplete: 'one-time-code', inputmode: 'numeric', required: true });

/** A text of many lines, kept line by line. */
export function textField({ label, hint, optional, ...attributes }) {
  const input = h('textarea', { autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', ...attributes });
  return { ...framed(input, { label, hint, optional }), get value() { return input.value.trim(); } };
}

/** choices: [[value, label]…] */
export function selectField({ label, hint, choices, value }) {
  const input = h('select', { value }, choices.map(([option, text]) => h('option', { value: option }, text)));
  return { ...framed(input, { label, hint }), get value() { return input.value; } };
}

export function checkField(label, hint) {
  const id = newId('check');
  const input = h('input', { type: 'checkbox', id, 'aria-describedby': hint && `${id}-hint` });
  return {
    input, get value() { return input.checked; },
    node: h('div', { class: 'check-field' }, input, h('div', {}, h('label', { for: id }, label), hint && h('p', { class: 'hint', id: `${id}-hint` }, hint))),
  };
}

/** radios: [[value, label, hint]…]; the first is chosen unless another is named. */
export function radioField(legend, choices, changed = () => {}, chosen = choices[0][0]) {
  const name = newId('radio');
  const node = h('fieldset', { class: 'radios' }, h('legend', {}, legend), choices.map(([value, label, hint], i) => {
    const id = `${name}-${i}`;
    return h('div', { class: 'check-field' },
      h('input', { type: 'radio', name, id, value, checked: value === chosen, 'aria-describedby': hint && `${id}-hint`, onchange: () => changed(value) }),
      h('div', {}, h('label', { for: id }, label), hint && h('p', { class: 'hint', id: `${id}-hint` }, hint)));
  }));
  return { node, get value() { return node.querySelector('input:checked').value; } };
}

/** Makes the submit button of a form go off while `send` runs. Errors go to `failed`. */
export function sends(element, submit, send, failed) {
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    whileBusy(submit, send, failed);
  });
}

/** A form that does. */
export function form(children, submit, send, failed) {
  const element = h('form', { class: 'form', novalidate: true }, children);
  sends(element, submit, send, failed);
  return element;
}

/** Puts the focus on the first field that is wrong. True if there was none. */
export function allGood(...checks) {
  let first = null;
  for (const [one, wrong] of checks) {
    one.error(wrong || null);
    if (wrong && !first) first = one.input;
  }
  if (first) first.focus();
  return !first;
}

const PASSWORD = { least: 8, most: 128 };

/** What is wrong with a new password, in words, or ''. */
export function passwordProblem(password, name) {
  if (password.length < PASSWORD.least) return t('password.short');
  if (password.length > PASSWORD.most) return t('password.long');
  return password === name ? t('password.name') : '';
}
