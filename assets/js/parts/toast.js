// Short messages at the edge of the screen, read out by screen readers.

import { h } from '../dom.js';
import { t } from '../words.js';
import { icon } from './icons.js';
import { sentence } from './notice.js';

const SHOWN = { good: 4_000, bad: 10_000 };
const polite = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
const loud = h('div', { class: 'toasts', role: 'alert' });

/** The places toasts appear in; part of the document from the start, or nobody would hear the first. */
export const toastPlaces = () => h('div', { class: 'toast-edge' }, polite, loud);

function show(place, kind, text) {
  const gone = () => element.remove();
  const element = h('div', { class: `toast ${kind}` },
    icon(kind === 'good' ? 'tick' : 'alert'),
    h('p', {}, text),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': t('close'), onclick: gone }, icon('close')));
  place.replaceChildren(element);
  setTimeout(gone, SHOWN[kind]);
}

export const toast = (text) => show(polite, 'good', text);
export const toastError = (error) => {
  if (error.code) show(loud, 'bad', sentence(error));
  else { console.error(error); show(loud, 'bad', t('error.unexpected')); }
};
