// The chips above the list: the label that is asked for, the statuses with their counts, and the numbers that
// another phone is connected to.

import { h, keyed, setText } from '../dom.js';
import { OTHER, STATUSES } from '../filter.js';
import { t } from '../words.js';
import { icon } from './icons.js';
import { plainStatus } from './status.js';

export const sum = (counts) => Object.values(counts).reduce((all, n) => all + n, 0);

/** { key, words(), name, count, pressed, change }; statuses with none are left out, but for the one that is chosen. */
function chips(wanted, counts, others) {
  const shown = STATUSES.filter((status) => counts[status] > 0 || wanted.status === status);
  const label = wanted.label && {
    key: `label ${wanted.label}`, words: () => [h('span', { class: 'chip-label' }, t('list.label', wanted)), icon('close')],
    name: t('list.label.clear', wanted), pressed: true, change: { label: '' },
  };
  const all = { key: 'all', words: () => t('list.all'), count: sum(counts), pressed: !wanted.status, change: { status: '' } };
  const statuses = shown.map((status) => ({
    key: status, words: () => plainStatus(status), count: counts[status] || 0, pressed: wanted.status === status, change: { status },
  }));
  const other = (wanted.number || others > 0) && {
    key: OTHER, words: () => plainStatus(OTHER), count: others, pressed: Boolean(wanted.number), change: { number: wanted.number ? '' : OTHER },
  };
  return [label, all, ...statuses, other].filter(Boolean);
}

function chip(changed) {
  return ({ words, name }) => {
    const count = h('span', { class: 'count' });
    let change = {};
    const node = h('button', { type: 'button', class: 'chip', 'aria-label': name, onclick: () => changed(change) }, words(), count);
    return {
      node,
      update(one) {
        change = one.change;
        setText(count, String(one.count ?? ''));
        node.setAttribute('aria-pressed', String(one.pressed));
      },
    };
  };
}

/** filters(changed) → { node, show(wanted, answer) }; `changed` hears what a chip changes of the filter. */
export function filters(changed) {
  // Behind the chips, where `keyed` leaves it alone.
  const note = h('span', { class: 'chips-note', hidden: true }, plainStatus('unknown'));
  const node = h('div', { class: 'chips', role: 'group', 'aria-label': t('list.filter') }, note);
  const show = keyed(node, (one) => one.key, chip(changed));
  return {
    node,
    show(wanted, { counts, otherNumber, troubles }) {
      // A server is failing, so the counts are what was known last.
      const unsure = (troubles || []).length > 0;
      node.classList.toggle('unsure', unsure);
      note.hidden = !unsure;
      show(chips(wanted, counts, otherNumber));
    },
  };
}
