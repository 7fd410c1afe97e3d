// Numbers out of a table: first what would happen with each line, then doing it.

import { h, fillWith, setText } from '../dom.js';
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

/** What is sent of a text, of the lines that are wanted: pieces of a table, or of an export in JSON. */
function parts(text, wanted) {
  if (!/^\s*[{[]/.test(text)) return pieces(text.trim(), wanted).map(({ text: some, ...place }) => ({ body: new Blob([some], { type: 'text/csv' }), ...place }));
  let read;
  try { read = JSON.parse(text); } catch { return []; }
  const rows = Array.isArray(read) ? read : read.rows || read.data;
  return Array.isArray(rows) ? rowPieces(rows, wanted).map(({ rows: some, ...place }) => ({ body: { rows: some }, ...place })) : [];
}

/** One piece after another. `told` hears how many lines are done, of how many. */
async function send(sent, dry, signal, told) {
  const all = sent.reduce((sum, one) => sum + one.numbers.length, 0);
  const answers = [];
  let done = 0;
  for (const { body, numbers, firstHere } of sent) {
    const { data } = await call('POST', `${PATH}${dry ? '?dryRun=true' : ''}`, { body, signal });
    answers.push({ numbers, firstHere, lines: data.lines });
    told(done += numbers.length, all);
  }
  return joined(answers);
}

const countOf = (lines, outcome) => lines.filter((one) => one.outcome === outcome).length;

function report(lines, words) {
  // What is not written comes first: it is what somebody has to look at.
  const sorted = [...lines].sort((a, b) => Boolean(b.reason) - Boolean(a.reason));
  return [
    h('ul', { class: 'import-counts' }, OUTCOMES.map((outcome) => [outcome, countOf(lines, outcome)]).filter(([, n]) => n > 0)
      .map(([outcome, n]) => h('li', {}, t(`${words}.${outcome}`), ': ', badge(String(n), LOOK[outcome] || '')))),
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
  const said = h('p', { class: 'visually-hidden', role: 'status' });
  const result = h('div', { class: 'stack' });

  const told = (n, all) => { setText(said, t('bulk.of', { n, all })); fillWith(result, h('p', { class: 'hint' }, said.textContent)); };
  const failed = (error) => { if (!signal.aborted) fillWith(result, error.field === 'csv' || error.field === 'rows' ? box('bad', t('import.unread'), h('p', {}, t('import.unread.text'))) : notice(error)); };

  /** Shows what became of the lines, or would; a screen reader says how many of each. */
  function show(title, lines, words, head, action) {
    setText(said, [title, ...OUTCOMES.filter((outcome) => countOf(lines, outcome) > 0).map((outcome) => `${t(`${words}.${outcome}`)}: ${countOf(lines, outcome)}`)].join('. '));
    fillWith(result, section(title, head, report(lines, words), h('div', { class: 'actions' }, action)));
    result.querySelector('ul').scrollIntoView({ block: 'center' });
  }

  function over(lines) {
    const written = countOf(lines, 'new') + countOf(lines, 'change');
    show(tn('import.done', written), lines, 'import.were', {}, linkButton(t('import.see'), '#/?view=never_connected', { kind: 'primary' }));
    result.querySelector('a').focus(); // The button that had the focus is gone.
  }

  function planned(text, lines) {
    const writes = new Set(lines.filter(({ outcome }) => ['new', 'change'].includes(outcome)).map(({ line }) => line));
    // Only what was seen to be written is sent; what somebody else wrote meanwhile, the server finds.
    const go = async () => {
      const done = await send(parts(text, (number) => writes.has(number)), false, signal, told);
      const now = new Map(done.map((one) => [one.line, one]));
      over(lines.map((one) => now.get(one.line) || one));
    };
    show(t('import.plan'), lines, 'import.would', { lead: t('import.plan.lead') },
      writes.size > 0 && button(tn('import.do', writes.size), go, { kind: 'primary', onError: failed }));
  }

  async function look() {
    const [chosen] = file.input.files;
    if (chosen && chosen.size > LARGEST) { fillWith(result, box('bad', t('import.large'))); return; }
    const text = chosen ? decoded(new Uint8Array(await chosen.arrayBuffer())) : pasted.value;
    const sent = parts(text);
    if (sent.length === 0) { fillWith(result, box('bad', t('import.unread'), h('p', {}, t('import.unread.text')))); return; }
    planned(text, await send(sent, true, signal, told));
  }

  const examine = button(t('import.look'), look, { kind: 'primary', onError: failed });
  return page(t('import.title'), { lead: t('import.lead'), back: [t('nav.numbers'), backToList()] },
    said, h('div', { class: 'stack' }, section(t('import.table'), { lead: t('import.table.lead') }, h('pre', { class: 'link-text', tabindex: '0', role: 'group', 'aria-label': t('import.table') }, h('code', {}, t('import.example'))),
      h('div', { class: 'form' }, file.node, pasted.node, examine)), result));
}
