// The QR code: large, with the seconds it stays valid, covered while it must not be scanned.

import { h, s, setText } from '../dom.js';
import { now } from '../clock.js';
import { t } from '../words.js';
import { button } from './button.js';

const LIFETIME = 45; // Seconds between two codes, as Evolution changes them.
const ROUND = 2 * Math.PI * 9;

/** { node, show(data), checking(bool), stale(), idle(again), stop } */
export function qrCard(label, signal) {
  const image = h('img', { alt: t('qr.alt', { name: label }), width: 300, height: 300, hidden: true });
  const word = h('span', {}, t('qr.preparing'));
  const resume = h('div', {});
  const cover = h('div', { class: 'qr-cover', role: 'status' }, h('span', { class: 'spinner big' }), word, resume);
  const ring = s('circle', { class: 'ring', cx: 12, cy: 12, r: 9, 'stroke-dasharray': ROUND, 'stroke-dashoffset': 0, pathLength: ROUND });
  const left = h('span', {}, '');
  const countdown = h('p', { class: 'countdown', 'data-test': 'countdown' },
    s('svg', { viewBox: '0 0 24 24', class: 'countdown-ring', 'aria-hidden': 'true' }, s('circle', { class: 'track', cx: 12, cy: 12, r: 9 }), ring), left);
  const node = h('figure', { class: 'qr' }, h('div', { class: 'qr-frame' }, image, cover), countdown);

  let expires = null;
  let isChecking = false;
  let isIdle = false;

  function coverWith(text) {
    cover.classList.toggle('on', text !== null);
    if (text !== null) setText(word, text);
  }

  function draw() {
    const seconds = expires === null ? 0 : Math.ceil((expires - now()) / 1000);
    const valid = !image.hidden && (expires === null || seconds > 0);
    if (isIdle) coverWith(t('qr.idle'));
    else if (image.hidden) coverWith(t('qr.preparing'));
    else if (!valid) coverWith(t('qr.renewing'));
    else coverWith(isChecking ? t('qr.checking') : null);
    countdown.classList.toggle('unseen', !valid || expires === null || isIdle);
    countdown.classList.toggle('hurry', seconds <= 10);
    setText(left, t('qr.valid', { n: Math.max(0, Math.min(seconds, LIFETIME)) }));
    ring.setAttribute('stroke-dashoffset', ROUND * (1 - Math.max(0, Math.min(1, seconds / LIFETIME))));
  }

  const ticking = setInterval(draw, 250);
  signal.addEventListener('abort', () => clearInterval(ticking));
  coverWith(t('qr.preparing'));
  draw();

  return {
    node,
    show(data) {
      isIdle = false;
      cover.classList.remove('idle');
      resume.replaceChildren();
      image.hidden = !data.qrCode;
      if (data.qrCode && image.src !== data.qrCode) image.src = data.qrCode;
      expires = data.qrCodeExpiresAt ? Date.parse(data.qrCodeExpiresAt) : null;
      draw();
    },
    checking(yes) { isChecking = yes; draw(); },
    idle(again) {
      isIdle = true;
      cover.classList.add('idle');
      resume.replaceChildren(button(t('qr.resume'), again, { kind: 'primary' }));
      draw();
    },
  };
}
