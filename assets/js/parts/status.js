// A status is a drawing and a word, never a colour alone.

import { h, fillWith } from '../dom.js';
import { t, tx } from '../words.js';
import { retime, when } from '../format.js';
import { icon } from './icons.js';

const DRAWING = { pending: 'circle', connecting: 'scan', connected: 'check', disconnected: 'off', lost: 'lost', error: 'alert', moved: 'scan', unknown: 'lost', returning: 'again', other: 'alert', fighting: 'alert' };

/** What a status is called with its reason: a phone that comes back by itself waits for nobody, and a fight of two sockets ends by one of them. */
export function statusFor(status, reason) {
  if (status === 'connecting' && reason === 'dropped') return 'returning';
  return status === 'error' && reason === 'fighting' ? 'fighting' : status;
}

/** What to show of an instance: an old truth is none, a phone that nobody expected is no tick, and a move that somebody asked for is no drop. */
export function shownStatus(instance) {
  if (instance.unknownSince) return 'unknown';
  if (instance.numberMatches === false) return 'other';
  if (instance.status === 'disconnected' && instance.reason === 'moved') return 'moved';
  return statusFor(instance.status, instance.reason);
}

export const statusWord = (status) => t(`status.${status}`);

/** { node, update(instance) } */
export function statusBadge() {
  const node = h('span', { class: 'status' });
  let shown = '';
  return {
    node,
    update(instance) {
      const status = shownStatus(instance);
      const key = `${status} ${document.documentElement.lang}`;
      if (key === shown) return;
      shown = key;
      node.className = `status ${status}`;
      fillWith(node, icon(DRAWING[status]), h('span', {}, statusWord(status)));
    },
  };
}

export const plainStatus = (status) =>
  h('span', { class: `status ${status}` }, icon(DRAWING[status]), h('span', {}, statusWord(status)));

/** "há 2 horas", or since when nothing is known: { node, update(instance) }. */
export function sinceLine() {
  const node = h('span', { class: 'since' });
  let kind = null;
  return {
    node,
    update(instance) {
      const iso = instance.unknownSince || instance.statusSince || instance.updatedAt;
      const next = instance.unknownSince ? `unknown ${instance.status}` : 'known';
      const time = node.querySelector('time');
      if (kind === next && time) { retime(time, iso); return; }
      kind = next;
      fillWith(node, when(iso));
    },
  };
}

/** What was true before the server fell silent. */
export const lastKnown = (instance) =>
  instance.unknownSince ? tx('status.before', { status: statusWord(instance.status) }) : null;
