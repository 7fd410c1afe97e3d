// What a browser's tab says of the page: the screen's title, and in front of it and on the icon how many numbers need
// somebody.

import { t } from './words.js';

let count = 0;
let title = '';

/** More than the icon has room for. */
const MOST = 99;

const draw = () => { document.title = count > 0 ? `(${count}) ${title}` : title; };

/** The page's icon with a number on it. */
function marked(n) {
  const text = n > MOST ? `${MOST}+` : String(n);
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#a9281d"/><text x="16" y="23" font-family="system-ui,sans-serif" font-size="${text.length > 2 ? 14 : 19}" font-weight="700" text-anchor="middle" fill="#fff">${text}</text></svg>`)}`;
}

/** Says in the window's title what the screen is called, which may change while it is shown. */
export function entitle(heading) {
  title = heading ? `${heading} · pareia` : t('brand');
  draw();
}

/** Says how many numbers need somebody. */
export function markTab(n) {
  if (n === count) return;
  count = n;
  draw();
  const icon = document.querySelector('link[rel=icon]');
  if (!icon) return;
  icon.dataset.plain ||= icon.getAttribute('href');
  icon.href = n > 0 ? marked(n) : icon.dataset.plain;
}
