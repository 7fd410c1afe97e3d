// The chips above the list: the label that is asked for, what needs somebody, the numbers that another phone is
// connected to, the statuses and what was never connected, with their counts.

import { h, keyed, setText } from '../dom.js';
import { OTHER, STATUSES } from '../filter.js';
import { t } from '../words.js';
import { icon } from './icons.js';
import { plainStatus } from './status.js';

export const sum = (counts) => Object.values(counts).reduce((all, n) => all + n, 0);

/** { key, words(), name, count, pressed, change }; statuses and views with none are left out, but for the one that is chosen. */
function chips(wanted, { counts, otherNumber, actionNeeded, neverConnected }) {
  const label = wanted.label && {
    key: `label ${wanted.label}`, words: () => [h('span', { class: 'chip-label' }, t('list.label', wanted)), icon('close')],
    name: t('list.label.clear', wanted), pressed: true, change: { label: '' },
  };
  const all = { key: 'all', words: () => t('list.all'), count: sum(counts), pressed: !wanted.status && !wanted.view && !wanted.number, change: { status: '', view: '', number: '' } };
  const view = (key, drawing, count) => (wanted.view === key || count > 0) && {
    key, words: () => h('span', { class: `status ${key}` }, icon(drawing), h('span', {}, t(`view.${key}`))),
    count, pressed: wanted.view === key, change: { view: wanted.view === key ? '' : key, status: '' },
  };
  const other = (wanted.number || otherNumber > 0) && {
    key: OTHER, words: () => plainStatus(OTHER), count: otherNumber, pressed: Boolean(wanted.number), change: { number: wanted.number ? '' : OTHER },
  };
  const shown = STATUSES.filter((status) => counts[status] > 0 || wanted.status === status);
  const statuses = shown.map((status) => ({
    key: status, words: () => plainStatus(status), count: counts[status] || 0, pressed: wanted.status === status, change: { status, view: '' },
  }));
  return [label, all, view('action_needed', 'alert', actionNeeded), other, ...statuses, view('never_connected', 'scan', neverConnected)].filter(Boolean);
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
    show(wanted, answer) {
      // A server is failing, so the counts are what was known last.
      const unsure = (answer.troubles || []).length > 0;
      node.classList.toggle('unsure', unsure);
      note.hidden = !unsure;
      show(chips(wanted, answer));
    },
  };
}
