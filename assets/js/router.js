// Screens by the address behind the #. One screen at a time; leaving it ends all it had under way.

import { entitle as titled } from './tab-mark.js';

/** '#/instancia/loja%20x' → ['instancia', 'loja x'] */
export function place() {
  return location.hash.split('?')[0].replace(/^#\/?/, '').split('/').filter(Boolean).map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
}

/** '#/?label=vip' → 'label=vip' */
export const query = () => location.hash.split('?').slice(1).join('?');

/** Where the list was left, so that "back" returns to the same rows. */
let leftAt = '#/';
export const backToList = () => leftAt;

/** Says in the address what is shown, without a new entry in the browser's history. */
export function sayInAddress(hash) {
  if ((location.hash || '#/') !== hash) history.replaceState(null, '', hash);
}

/** The same for the list. */
export function keepInAddress(hash) {
  sayInAddress(hash);
  leftAt = hash;
}

export function go(hash) {
  if (location.hash === hash) dispatchEvent(new HashChangeEvent('hashchange'));
  else location.hash = hash;
}

let leaving = new AbortController();

/** Ends the screen before, and gives the next its signal. */
export function nextSignal() {
  leaving.abort();
  leaving = new AbortController();
  document.querySelectorAll('dialog[open]').forEach((one) => one.close()); // No question outlives its screen.
  return leaving.signal;
}

/** Says in the window's title what the screen's heading says, which may change while it is shown. */
export function entitle(heading = document.querySelector('main h1')) {
  titled(heading && heading.textContent);
}

/** Puts a screen in its place. The focus goes to its heading, so that a screen reader says where one is. */
export function put(main, node, { focus = true } = {}) {
  if (!node.isConnected) main.replaceChildren(node);
  const heading = node.querySelector('h1');
  entitle(heading);
  scrollTo(0, Number(node.dataset?.top) || 0);
  if (focus && heading) heading.focus({ preventScroll: true });
}
