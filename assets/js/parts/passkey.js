// The hint for numbers that WhatsApp asks for a passkey: the code is scanned, and nothing happens.

import { h } from '../dom.js';
import { t } from '../words.js';
import { box } from './notice.js';

/** From then on it is likely: codes have been shown that nobody could use. */
const MANY_CODES = 3;
const LONG_WAIT = 150_000;

/** { node, update({ renewed, waited }) }; once shown, it stays. */
export function passkeyHint() {
  const node = h('div', {});
  return {
    node,
    update({ renewed, waited }) {
      const due = renewed >= MANY_CODES || waited > LONG_WAIT;
      if (!due || node.firstChild) return;
      node.append(box('info', t('passkey.title'), h('p', {}, t('passkey.text')),
        h('div', { class: 'actions' }, h('a', { href: '/#/ajuda/passkey' }, t('notice.more')))));
    },
  };
}
