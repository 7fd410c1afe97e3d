// The numbers that are selected, on whichever page of one list they are, and the bar with what can be done with them.

import { h, fillWith, setText } from '../dom.js';
import { latest } from '../latest.js';
import { t, tn } from '../words.js';
import { button } from './button.js';

/**
 * selection({ acts, all, changed, signal }) → { node, clear(), drop(rows), has(name), share, pick(row, on), pickShown(on), show(rows, total) }. `acts` are
 * { label, run(rows, others), options, may(row) }: `run` is given those that it may be done with, and how many others are selected. `all(signal)` gives every
 * row of the list.
 */
export function selection({ acts, all, changed, signal }) {
  const picked = new Map();
  let shown = [];
  let total = 0;
  const count = h('strong', {});
  const newest = latest(signal);
  const every = button('', () => newest(all, add, (error) => { throw error; }), { kind: 'quiet' });
  // On a phone the table has no head, where a desk selects them all.
  const page = h('span', { class: 'selection-page' }, button(t('pick.page'), () => pickShown(true), { kind: 'quiet' }));
  const offered = acts.map(({ label, run, options, may = () => true }) => ({
    node: button(label, () => { const able = rows().filter(may); return run(able, picked.size - able.length); }, options), may,
  }));
  const node = h('div', { class: 'selection', role: 'region', 'aria-label': t('pick.label'), hidden: true },
    h('div', { class: 'selection-what', role: 'status' }, count), button(t('pick.clear'), () => clear(), { kind: 'quiet' }), page, every,
    h('div', { class: 'selection-acts' }, offered.map((one) => one.node)));

  const rows = () => [...picked.values()];

  function draw() {
    node.hidden = picked.size === 0;
    setText(count, tn('pick.count', picked.size));
    const isWhole = shown.length > 0 && shown.every((row) => picked.has(row.channelInstanceId));
    page.hidden = isWhole;
    every.hidden = !(isWhole && picked.size < total);
    for (const one of offered) one.node.hidden = !rows().some(one.may);
    setText(every.querySelector('.label'), t('pick.all', { n: total }));
    changed();
  }
  function add(some) {
    for (const row of some) picked.set(row.channelInstanceId, row);
    draw();
  }
  function clear() { newest.drop(); picked.clear(); draw(); }
  function pickShown(on) {
    if (!on) for (const row of shown) picked.delete(row.channelInstanceId);
    add(on ? shown : []);
  }

  return {
    node, clear, pickShown,
    /** These rows are there no longer. */
    drop(gone) { for (const row of gone) picked.delete(row.channelInstanceId); draw(); },
    has: (name) => picked.has(name),
    /** How much of what is shown is selected: 'none', 'some' or 'all'. */
    get share() {
      const of = shown.filter((row) => picked.has(row.channelInstanceId)).length;
      return of === 0 ? 'none' : of === shown.length ? 'all' : 'some';
    },
    pick(row, on) {
      if (on) picked.set(row.channelInstanceId, row);
      else picked.delete(row.channelInstanceId);
      draw();
    },
    /** What the list shows now: what is selected of it is known as it is now. */
    show(some, whole) {
      shown = some;
      total = whole;
      for (const row of some) if (picked.has(row.channelInstanceId)) picked.set(row.channelInstanceId, row);
      draw();
    },
  };
}
