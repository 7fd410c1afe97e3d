// The 8 characters that are typed on the phone itself: large, in two groups of four.

import { h, fillWith, setText } from '../dom.js';
import { t } from '../words.js';
import { button } from './button.js';
import { copyButton } from './copy.js';
import { box } from './notice.js';

const GROUP = 4;

/** { node, show(data), renew() }; `generate` drops the waiting socket and opens one with a code. */
export function codeCard(generate) {
  const first = h('span', {}, '····');
  const second = h('span', {}, '····');
  const spoken = h('span', { class: 'visually-hidden' }, t('code.preparing'));
  const digits = h('p', { class: 'pairing-code empty', 'data-test': 'pairing-code' },
    h('span', { 'aria-hidden': 'true' }, first, h('span', { class: 'dash' }, '–'), second), spoken);
  const state = h('p', { class: 'code-state', role: 'status' }, t('code.preparing'));
  let current = '';
  const copy = copyButton(() => current, t('code.copy'), 'primary');
  const stuck = h('div', {});
  copy.disabled = true;

  function showStuck(message) {
    if (Boolean(stuck.firstChild) === Boolean(message)) return;
    if (!message) { stuck.replaceChildren(); return; }
    fillWith(stuck, box('info', t('code.stuck'), h('p', {}, t('code.stuck.why')),
      h('div', { class: 'actions' }, button(t('code.generate'), renew, { kind: 'primary', icon: 'again' }))));
  }

  function show(data) {
    current = data.pairingCode || '';
    digits.classList.toggle('empty', !current);
    setText(first, current ? current.slice(0, GROUP) : '····');
    setText(second, current ? current.slice(GROUP) : '····');
    // Letter by letter, or a screen reader makes a word of it.
    setText(spoken, current ? current.split('').join(' ') : t('code.preparing'));
    const stays = !current && Boolean(data.pairingCodeMessage);
    for (const part of [digits, state, copy]) part.hidden = stays;
    setText(state, current ? t('code.changes') : t('code.preparing'));
    if (copy.getAttribute('aria-busy') !== 'true') copy.disabled = !current;
    showStuck(stays);
  }

  /** Says that a code is on its way from the moment it is asked for. */
  function renew() {
    show({});
    generate();
  }

  return { node: h('div', { class: 'code-card' }, digits, state, copy, stuck), show, renew };
}
