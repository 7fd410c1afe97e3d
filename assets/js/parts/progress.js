// What becomes of many, one by one: how many are done, what failed and why, and a way to stop.

import { h, fillWith, setText } from '../dom.js';
import { calledName } from '../format.js';
import { runAll } from '../bulk.js';
import { t, tn } from '../words.js';
import { button } from './button.js';
import { sheet } from './dialog.js';
import { icon } from './icons.js';
import { errorTitle, fieldProblem } from './notice.js';

const DRAWING = { waiting: 'wait', running: 'again', done: 'tick', failed: 'alert', stopped: 'off' };

/** Why one failed: that a field is wrong says nothing without what is. */
const reason = (error) => (error.field ? fieldProblem(error) : errorTitle(error));

/** The line of one of them. */
function line(row) {
  const state = h('span', { class: 'progress-state' });
  const more = h('div', { class: 'progress-more' });
  const node = h('li', {}, h('span', { class: 'row-title' }, calledName(row)), state, more);
  return {
    node,
    show(result, detail) {
      state.className = `progress-state ${result.state}`;
      const why = result.state === 'failed' ? reason(result.error) : t(`bulk.${result.state}`);
      fillWith(state, icon(DRAWING[result.state]), h('span', {}, why));
      fillWith(more, result.state === 'done' && detail && detail(row, result.data));
    },
  };
}

/**
 * progress({ title, rows, work, detail, after }): does `work(row)` for all, and shows it. `detail(row, data)` is what is
 * shown of one that is done, `after(done)` of all of them, once it is over; `closed(rows)` hears which are done.
 */
export async function progress({ title, rows, work, detail, after = () => [], closed = () => {} }) {
  const stopper = new AbortController();
  const bar = h('progress', { max: rows.length, value: 0, 'aria-label': title });
  const said = h('p', { class: 'progress-said', role: 'status' });
  const lines = new Map(rows.map((row) => [row, line(row)]));
  const place = h('div', {});
  const counts = { done: 0, failed: 0 };
  const finished = [];
  let over = false;
  const say = () => {
    bar.value = counts.done + counts.failed;
    setText(said, [t('bulk.of', { n: counts.done + counts.failed, all: rows.length }), counts.failed > 0 && tn('bulk.failures', counts.failed)].filter(Boolean).join(' · '));
  };
  const stop = button(t('bulk.stop'), () => { stopper.abort(); stop.disabled = true; }, { icon: 'off' });
  const done = button(t('done'), () => dialog.shut(), { kind: 'primary' });
  const dialog = sheet({
    title, body: () => [bar, said, place, h('ul', { class: 'plan progress-list', tabindex: '0', 'aria-label': title }, [...lines.values()].map((one) => one.node))], foot: () => [stop, done],
  });
  // What has left cannot be called back: it goes on being shown until it has answered.
  dialog.element.addEventListener('cancel', (event) => { if (!over) { event.preventDefault(); stopper.abort(); } });
  dialog.element.addEventListener('close', () => { stopper.abort(); closed(finished.map(([row]) => row)); });

  async function run(some) {
    over = false;
    done.hidden = true;
    stop.hidden = false;
    stop.disabled = false;
    place.replaceChildren();
    for (const row of some) lines.get(row).show({ state: 'waiting' });
    say();
    const results = await runAll(some, work, {
      signal: stopper.signal,
      told(row, result) {
        lines.get(row).show(result, detail);
        if (result.state in counts) { counts[result.state] += 1; say(); }
      },
    });
    over = true;
    stop.hidden = true;
    done.hidden = false;
    const failed = some.filter((row) => results.get(row).state === 'failed');
    for (const row of some) if (results.get(row).state === 'done') finished.push([row, results.get(row).data]);
    fillWith(place, h('div', { class: 'actions' }, after(finished),
      failed.length > 0 && !stopper.signal.aborted && button(tn('bulk.again', failed.length), () => { counts.failed = 0; return run(failed); }, { icon: 'again' })));
    if (dialog.element.open) done.focus();
  }
  await run(rows);
}
