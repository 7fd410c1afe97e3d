// Screens by the address behind the #. One screen at a time; leaving it ends all it had under way.

import { t } from './words.js';

/** '#/instancia/loja%20x' → ['instancia', 'loja x'] */
export function place() {
  return location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
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

/** Puts a screen in its place. The focus goes to its heading, so that a screen reader says where one is. */
export function put(main, node, { focus = true } = {}) {
  main.replaceChildren(node);
  const heading = node.querySelector('h1');
  document.title = heading ? `${heading.textContent} · pareia` : t('brand');
  scrollTo(0, 0);
  if (focus && heading) heading.focus({ preventScroll: true });
}
