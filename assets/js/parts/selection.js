// The numbers that are selected, on whichever page they are, and the bar with what can be done with them.

import { h, fillWith, setText } from '../dom.js';
import { t, tn } from '../words.js';
import { button } from './button.js';

/**
 * selection({ acts, all, changed }) → { node, clear(), drop(rows), has(name), share, pick(row, on), pickShown(on), show(rows, total) }. `acts` are [label,
 * run(rows), options]; `all()` gives every row of the list.
 */
export function selection({ acts, all, changed }) {
  const picked = new Map();
  let shown = [];
  let total = 0;
  const count = h('strong', {});
  const every = button('', async () => { for (const row of await all()) picked.set(row.channelInstanceId, row); draw(); }, { kind: 'quiet' });
  const node = h('div', { class: 'selection', role: 'region', 'aria-label': t('pick.label'), hidden: true },
    h('div', { class: 'selection-what', role: 'status' }, count), every, button(t('pick.clear'), () => clear(), { kind: 'quiet' }),
    h('div', { class: 'selection-acts' }, acts.map(([label, run, options]) => button(label, () => run([...picked.values()]), options))));

  function draw() {
    node.hidden = picked.size === 0;
    setText(count, tn('pick.count', picked.size));
    const isWhole = shown.length > 0 && shown.every((row) => picked.has(row.channelInstanceId));
    every.hidden = !(isWhole && picked.size < total);
    setText(every.querySelector('.label'), t('pick.all', { n: total }));
    changed();
  }
  function clear() { picked.clear(); draw(); }

  return {
    node, clear,
    /** These rows are there no longer. */
    drop(rows) { for (const row of rows) picked.delete(row.channelInstanceId); draw(); },
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
    pickShown(on) {
      for (const row of shown) if (on) picked.set(row.channelInstanceId, row); else picked.delete(row.channelInstanceId);
      draw();
    },
    /** What the list shows now: what is selected of it is known as it is now. */
    show(rows, all) {
      shown = rows;
      total = all;
      for (const row of rows) if (picked.has(row.channelInstanceId)) picked.set(row.channelInstanceId, row);
      draw();
    },
  };
}
