// The list of numbers, where whoever looks after them works: what needs somebody comes first, what it shows is in the
// address, and many can be done at once.

import { h, fillWith, setText } from '../dom.js';
import { call, listPath } from '../api.js';
import { EVERYTHING, countsAll, isActionView, isFiltered, listAddress, listQuery, listsTheSame, narrowing, readFilter } from '../filter.js';
import { mayManage } from '../may.js';
import { lang } from '../prefs.js';
import { keepInAddress, query } from '../router.js';
import { visible } from '../typed.js';
import { poll } from '../poll.js';
import { t, tn } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { filters, sum } from '../parts/filters.js';
import { icon } from '../parts/icons.js';
import { narrow } from '../parts/narrow.js';
import { noServer, serverMissing } from '../parts/no-server.js';
import { notice } from '../parts/notice.js';
import { pager, table } from '../parts/numbers.js';
import { empty, page, skeleton } from '../parts/page.js';
import { selection } from '../parts/selection.js';
import { heard } from '../shell.js';

/** Rows that a tall window shows: they are drawn first, and the others in the frame after. */
const IN_SIGHT = 16;
const TYPING = 200; // Milliseconds of silence before a search is asked for.
const SCROLLING = 150; // Milliseconds of rest before the address says how far down the list is.
const EXPORT = '/api/messaging/export';
/** Lines of one answer, when all are asked for. */
const AT_ONCE = 200;

/** How things are, in one sentence. */
function summary({ counts, actionNeeded, otherNumber: others }, silent) {
  const all = sum(counts);
  if (!all) return '\u00a0';
  if (silent) return t('list.silent');
  if (others && others === actionNeeded) return tn('list.other', others);
  if (actionNeeded) return tn('list.down', actionNeeded);
  return counts.connected === all ? tn('list.good', all) : tn('list.connected', counts.connected || 0, { all });
}

const noneFound = (clear) => empty('search', t('list.nothing'), t('list.nothing.text'), button(t('list.clear'), clear));
const noneInNeed = (clear) => empty('check', t('list.calm'), t('list.calm.text'), button(t('list.calm.all'), clear));
/** Every row of the list, whatever page is shown. */
async function allRows(wanted, signal) {
  const rows = [];
  for (let at = 1, total = 1; rows.length < total; at += 1) {
    const { data, total: now } = await call('GET', listPath({ ...narrowing(wanted), page: at, perPage: AT_ONCE }), { signal });
    if (!data.length) break;
    total = now;
    rows.push(...data);
  }
  return rows;
}

/** What is done with many is fetched when it is wanted. */
const act = (name, again, gone) => async (rows, others) => (await import('./rest.js')).acts[name](rows, { changed: again, gone, others });

/** The address follows the list as it is scrolled; `returned()` goes where it was left, once the rows are there. */
function followScroll({ signal, node, left, moved }) {
  let timer = 0;
  let follows = false;
  addEventListener('scroll', () => {
    clearTimeout(timer);
    if (follows) timer = setTimeout(() => { if (!signal.aborted) moved(Math.round(scrollY)); }, SCROLLING);
  }, { signal, passive: true });
  return function returned() {
    if (follows) return;
    node.dataset.top = left; // Where the rows are there before the screen is.
    if (node.isConnected) scrollTo(0, left);
    follows = true;
  };
}

const noneYet = () => empty('phone', t('list.empty'), t('list.empty.text'), linkButton(t('list.first'), '#/conectar', { kind: 'primary', icon: 'plus' }), linkButton(t('import.open'), '#/importar', {}));

export function instancesScreen({ signal, session }) {
  let wanted = readFilter(query());
  const lead = h('span', {}, '\u00a0');
  const place = h('div', { class: 'list-place' }, skeleton(4));
  const problem = h('div', { class: 'problem' });
  const pages = pager((by) => { change({ page: wanted.page + by }); scrollTo(0, 0); });
  const chips = filters((what) => change({ ...what, page: 1 }));
  const more = narrow((what) => change({ ...what, page: 1 }), signal);
  const again = () => loop.now();
  const manages = (row) => mayManage(session, row);
  const picks = selection({
    signal, all: (asking) => allRows(wanted, asking),
    changed: () => { if (shown) rows.show(shown); },
    acts: [
      { label: t('bulk.links'), run: act('links', again), options: { icon: 'link', kind: 'primary' } },
      { label: t('bulk.label.open'), run: act('label', again), options: { icon: 'tag' }, may: manages },
      { label: t('restart.do'), run: act('restart', again), options: { icon: 'again' } },
      session.admin && { label: t('bulk.move.open'), run: act('move', again), options: { icon: 'servers' } },
      { label: t('bulk.remove.open'), run: act('remove', again, (gone) => picks.drop(gone)), options: { icon: 'trash', kind: 'danger-quiet' }, may: manages },
    ].filter(Boolean),
  });
  const rows = table(session, picks);
  const search = h('input', { type: 'search', value: wanted.search, placeholder: t('list.search'), maxlength: 64, 'aria-label': t('list.search'), autocomplete: 'off', spellcheck: 'false' });
  const tools = h('div', { class: 'list-tools waiting' }, h('div', { class: 'search' }, icon('search'), search), chips.node, more.node);
  const month = h('a', { href: '#/disponibilidade', hidden: true }, t('uptime.title'));
  const add = linkButton(t('connect.title'), '#/conectar', { kind: 'primary', icon: 'plus' });
  const file = (format) => h('a', { download: '' }, t(`export.${format}`));
  const files = { csv: file('csv'), json: file('json') };
  const foot = h('p', { class: 'list-foot hint', hidden: true }, files.csv, ' · ', files.json, ' · ', h('a', { href: '#/importar' }, t('import.open')));
  let showing = null;
  let newest = null;
  let shown = null;
  let listed = wanted;
  keepInAddress(listAddress(wanted));

  function change(what) {
    wanted = { ...wanted, top: 0, ...what };
    keepInAddress(listAddress(wanted));
    loop.now();
  }
  const clear = () => { search.value = ''; change({ ...EVERYTHING, sort: wanted.sort }); };
  let typing = 0;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => { if (!signal.aborted) change({ search: visible(search.value), page: 1 }); }, TYPING);
  });

  function showRows(answer) {
    newest = answer;
    if (!listsTheSame(listed, wanted)) picks.clear(); // Nothing is done with what is neither here nor on another page.
    listed = wanted;
    const isLong = showing === null && wanted.top === 0 && answer.data.length > IN_SIGHT;
    shown = isLong ? answer.data.slice(0, IN_SIGHT) : answer.data;
    picks.show(answer.data, answer.total); // Which shows the rows as well.
    if (isLong) requestAnimationFrame(() => setTimeout(() => { if (newest === answer) { shown = answer.data; rows.show(shown); } }));
  }

  const nothingShown = (filtered) => (isActionView(wanted) ? noneInNeed(clear) : filtered ? noneFound(clear) : noneYet());

  function show(answer, lacking) {
    const filtered = isFiltered(wanted);
    const kind = answer.data.length ? 'rows' : `none ${lacking ? 'lacking' : ''} ${filtered ? 'filtered' : ''} ${isActionView(wanted) ? 'calm' : ''}`;
    setText(lead, summary(answer, answer.data.some((one) => one.unknownSince)));
    chips.show(wanted, answer);
    more.show(wanted);
    tools.classList.remove('waiting'); // Its place was kept until now, so that nothing jumps.
    tools.hidden = !sum(answer.counts) && !filtered;
    month.hidden = tools.hidden;
    foot.hidden = tools.hidden;
    for (const [format, link] of Object.entries(files)) link.href = `.${EXPORT}?${new URLSearchParams({ format, lang: lang(), ...narrowing(wanted) })}`;
    add.hidden = tools.hidden; // With nothing in the list, the list's place says what to do.
    showRows(answer);
    pages.show(answer);
    if (kind !== showing) fillWith(place, answer.data.length ? rows.node : (lacking && noServer()) || nothingShown(filtered));
    showing = kind;
    returned();
  }

  const loop = poll(async (asking) => {
    const answer = await call('GET', listPath(listQuery(wanted)), { signal: asking });
    const nothing = !sum(answer.counts) && !isFiltered(wanted);
    const lacking = nothing && await serverMissing(session, asking);
    if (asking.aborted) return;
    problem.replaceChildren();
    heard({ troubles: answer.troubles, actionNeeded: countsAll(wanted) ? answer.actionNeeded : undefined });
    if (!answer.data.length && wanted.page > 1) { change({ page: 1 }); return; }
    show(answer, lacking);
  }, {
    every: 2_000, signal,
    // That nothing answers is said by the banner; anything else is said here.
    failed: (error) => { if (error.status) fillWith(problem, notice(error)); },
  });

  const node = page(t('list.title'), { lead: [lead, ' ', month], actions: add },
    problem, tools, place, pages.node, foot, picks.node);
  const returned = followScroll({ signal, node, left: wanted.top, moved: (top) => { wanted = { ...wanted, top }; keepInAddress(listAddress(wanted)); } });
  return node;
}
