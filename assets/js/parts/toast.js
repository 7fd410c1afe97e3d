// Short messages in the frame's own bar, where they cover nothing of a screen; read out by screen readers.

import { h } from '../dom.js';
import { help, t } from '../words.js';
import { icon } from './icons.js';
import { errorTitle } from './notice.js';

const SHOWN = { good: 4_000, bad: 10_000 };
const polite = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
const loud = h('div', { class: 'toasts', role: 'alert' });

/** The places toasts appear in; part of the document from the start, or nobody would hear the first. */
export const toastPlaces = () => h('div', { class: 'toast-edge' }, polite, loud);

function show(place, kind, ...text) {
  const gone = () => element.remove();
  const element = h('div', { class: `toast ${kind}` },
    icon(kind === 'good' ? 'tick' : 'alert'),
    h('p', {}, text),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': t('close'), onclick: gone }, icon('close')));
  for (const one of [polite, loud]) one.replaceChildren(); // The latest takes the place of the one before.
  place.append(element);
  setTimeout(gone, SHOWN[kind]);
}

export const toast = (text) => show(polite, 'good', text);
export const toastError = (error) => {
  if (error.code) show(loud, 'bad', errorTitle(error), help(error.code) && ['. ', h('a', { href: `./#/ajuda/${error.code}` }, t('notice.more'))]);
  else { console.error(error); show(loud, 'bad', t('error.unexpected')); }
};
