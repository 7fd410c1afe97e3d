// Numbers out of a table: first what would happen with each line, then doing it.

import { h, fillWith } from '../dom.js';
import { call } from '../api.js';
import { phone } from '../phone.js';
import { backToList } from '../router.js';
import { decoded, joined, pieces, rowPieces } from '../table-file.js';
import { t, tn } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { field, textField } from '../parts/form.js';
import { icon } from '../parts/icons.js';
import { box, notice } from '../parts/notice.js';
import { badge, page, section } from '../parts/page.js';

const PATH = '/api/messaging/import';
/** What is read of a file: a hundred thousand lines. */
const LARGEST = 16_000_000;
/** Lines that are shown; more than these nobody reads. */
const SHOWN = 500;
const OUTCOMES = ['new', 'change', 'same', 'conflict', 'invalid'];
const LOOK = { new: 'accent', conflict: 'bad', invalid: 'bad' };

/** What is sent of a text: pieces of a table, or of an export in JSON. */
function parts(text) {
  if (!/^\s*[{[]/.test(text)) return pieces(text.trim()).map((one) => ({ body: new Blob([one.text], { type: 'text/csv' }), first: one.first, firstHere: one.firstHere, lines: one.lines }));
  let read;
  try { read = JSON.parse(text); } catch { return []; }
  const rows = Array.isArray(read) ? read : read.rows || read.data;
  return Array.isArray(rows) ? rowPieces(rows).map(({ rows: some, first }) => ({ body: { rows: some }, first, firstHere: 1, lines: some.length })) : [];
}

/** One piece after another: what comes twice is found by what was written before. `told` hears how many lines are done. */
async function send(sent, dry, signal, told) {
  const answers = [];
  let done = 0;
  for (const { body, first, firstHere, lines } of sent) {
    const { data } = await call('POST', `${PATH}${dry ? '?dryRun=true' : ''}`, { body, signal });
    answers.push({ first, firstHere, lines: data.lines });
    told(done += lines);
  }
  return joined(answers);
}

const countOf = (lines, outcome) => lines.filter((one) => one.outcome === outcome).length;

function report(lines, words) {
  // What is not written comes first: it is what somebody has to look at.
  const sorted = [...lines].sort((a, b) => Boolean(b.reason) - Boolean(a.reason));
  return [
    h('ul', { class: 'import-counts' }, OUTCOMES.map((outcome) => [outcome, countOf(lines, outcome)]).filter(([, n]) => n > 0)
      .map(([outcome, n]) => h('li', {}, badge(String(n), LOOK[outcome] || ''), ' ', t(`${words}.${outcome}`)))),
    h('ul', { class: 'plan progress-list', tabindex: '0', 'aria-label': t('import.lines') }, sorted.slice(0, SHOWN).map((one) => h('li', {},
      h('span', { class: 'row-title' }, one.name || t('import.nameless'), h('span', { class: 'hint' }, [t('import.line', { n: one.line }), one.phone && phone(`+${one.phone}`)].filter(Boolean).join(' · '))),
      h('span', { class: `progress-state ${one.reason ? 'failed' : 'done'}` }, icon(one.reason ? 'alert' : 'tick'),
        h('span', {}, one.reason ? t(`import.why.${one.reason}`) : t(`import.is.${one.outcome}`)))))),
    lines.length > SHOWN && h('p', { class: 'hint' }, t('import.more', { n: lines.length - SHOWN })),
  ];
}

export function importScreen({ signal }) {
  const file = field({ label: t('import.file'), type: 'file', accept: '.csv,.txt,.tsv,.json,text/csv,application/json' });
  const pasted = textField({ label: t('import.paste'), optional: true, rows: 4 });
  const result = h('div', { class: 'stack', 'aria-live': 'polite' });

  const told = (all) => (n) => fillWith(result, h('p', { class: 'hint' }, t('bulk.of', { n, all })));
  const failed = (error) => { if (!signal.aborted) fillWith(result, error.field === 'csv' || error.field === 'rows' ? box('bad', t('import.unread'), h('p', {}, t('import.unread.text'))) : notice(error)); };

  function over(lines) {
    const written = countOf(lines, 'new') + countOf(lines, 'change');
    fillWith(result, section(tn('import.done', written), {}, report(lines, 'import.were'),
      h('div', { class: 'actions' }, linkButton(t('import.see'), '#/?view=never_connected', { kind: 'primary' }))));
  }

  function planned(sent, lines) {
    const writes = countOf(lines, 'new') + countOf(lines, 'change');
    const all = sent.reduce((sum, one) => sum + one.lines, 0);
    const go = async () => over(await send(sent, false, signal, told(all)));
    fillWith(result, section(t('import.plan'), { lead: t('import.plan.lead') }, report(lines, 'import.would'),
      h('div', { class: 'actions' }, writes > 0 && button(tn('import.do', writes), go, { kind: 'primary', onError: failed }))));
  }

  async function look() {
    const [chosen] = file.input.files;
    if (chosen && chosen.size > LARGEST) { fillWith(result, box('bad', t('import.large'))); return; }
    const text = chosen ? decoded(new Uint8Array(await chosen.arrayBuffer())) : pasted.value;
    const sent = parts(text);
    if (sent.length === 0) { fillWith(result, box('bad', t('import.unread'), h('p', {}, t('import.unread.text')))); return; }
    planned(sent, await send(sent, true, signal, told(sent.reduce((sum, one) => sum + one.lines, 0))));
  }

  const examine = button(t('import.look'), look, { kind: 'primary', onError: failed });
  return page(t('import.title'), { lead: t('import.lead'), back: [t('nav.numbers'), backToList()] },
    section(t('import.table'), { lead: t('import.table.lead') }, h('pre', { class: 'link-text' }, h('code', {}, t('import.example'))),
      h('div', { class: 'form' }, file.node, pasted.node, examine)), result);
}
