// Buttons that cannot be pressed twice: while what they began is under way they are off and say so.

import { h } from '../dom.js';
import { icon } from './icons.js';
import { toastError } from './toast.js';

/** Runs `work` with the button off; an error ends as a toast unless `onError` takes it. */
export async function whileBusy(button, work, onError = toastError) {
  if (button.disabled) return;
  const hadFocus = document.activeElement === button;
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  try {
    await work();
  } catch (error) {
    if (error.name !== 'AbortError') onError(error);
  } finally {
    button.disabled = false;
    button.removeAttribute('aria-busy');
    // A button that is switched off drops the focus, and the keyboard would start over.
    if (hadFocus && document.activeElement === document.body && button.isConnected) button.focus();
  }
}

function inside(label, options) {
  return [options.icon && icon(options.icon), h('span', { class: 'label' }, label), h('span', { class: 'spinner' })];
}

/** button('Testar', run, { kind: 'primary' | 'plain' | 'quiet' | 'danger', icon, type, onError }) */
export function button(label, run, options = {}) {
  const element = h('button', {
    type: options.type || 'button', class: `button ${options.kind || 'plain'}`,
    'aria-label': options.name, 'data-test': options.test, title: options.title,
  }, inside(label, options));
  if (run) element.addEventListener('click', () => whileBusy(element, async () => run(element), options.onError));
  return element;
}

/** A link that looks like a button. */
export const linkButton = (label, href, options = {}) =>
  h('a', { href, class: `button ${options.kind || 'plain'}`, target: options.target, rel: options.target && 'noopener' },
    options.icon && icon(options.icon), h('span', { class: 'label' }, label));

/** A square button with a drawing only; the name is what a screen reader says. */
export const iconButton = (name, drawing, run) =>
  h('button', { type: 'button', class: 'icon-button', 'aria-label': name, title: name, onclick: run }, icon(drawing));
