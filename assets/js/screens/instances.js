// The list of numbers: which work, which do not, since when. Live without flicker: rows are kept by
// key and only what differs is written.

import { h, fillWith, keyed, setText } from '../dom.js';
import { call, listPath } from '../api.js';
import { phone } from '../phone.js';
import { visible } from '../typed.js';
import { poll } from '../poll.js';
import { t, tn } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { noServer, serverMissing } from '../parts/no-server.js';
import { notice } from '../parts/notice.js';
import { empty, page, skeleton } from '../parts/page.js';
import { lastKnown, plainStatus, sinceLine, statusBadge, statusWord, STATUSES } from '../parts/status.js';
import { icon } from '../parts/icons.js';
import { heard } from '../shell.js';

const PER_PAGE = 50;
const TYPING = 200; // Milliseconds of silence before a search is asked for.
/** Kept while the tab lives, so that "back" returns to the same list. */
const wanted = { search: '', status: '', page: 1 };

function row(session) {
  return (instance) => {
    const name = instance.channelInstanceId;
    const badge = statusBadge();
    const since = sinceLine();
    const before = h('span', { class: 'before' });
    const number = h('span', {});
    const server = h('span', {});
    const cell = (label, kind, ...children) =>
      h('td', { class: kind, role: 'cell' }, h('span', { class: 'cell-label', 'aria-hidden': 'true' }, label), children);
    const node = h('tr', { role: 'row' },
      h('th', { class: 'c-name', role: 'rowheader', scope: 'row' }, h('a', { href: `#/instancia/${encodeURIComponent(name)}`, title: name }, name)),
      cell(t('col.number'), 'c-number', number),
      cell(t('col.status'), 'c-status', badge.node, before),
      cell(t('col.since'), 'c-since', since.node),
      cell(t('col.server'), 'c-server', server));
    return {
      node,
      update(now) {
        badge.update(now);
        since.update(now);
        setText(before, lastKnown(now) ? lastKnown(now).join('') : '');
        setText(number, phone(now.channelPhoneOrId));
        setText(server, [now.server || '–', session.admin && now.user].filter(Boolean).join(' · '));
        server.title = server.textContent;
      },
    };
  };
}

function table(session) {
  const head = (key, kind) => h('th', { role: 'columnheader', scope: 'col', class: kind }, t(key));
  const body = h('tbody', { role: 'rowgroup' });
  const node = h('table', { class: 'numbers', role: 'table' },
    h('caption', { class: 'visually-hidden' }, t('list.caption')),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' },
      head('col.name', 'c-name'), head('col.number', 'c-number'), head('col.status', 'c-status'), head('col.since', 'c-since'), head('col.server', 'c-server'))),
    body);
  return { node, show: keyed(body, (one) => one.id, row(session)) };
}

/** The statuses with their counts; those with none are left out, but for the one that is chosen. */
function filters(changed) {
  // Behind the chips, where `keyed` leaves it alone.
  const note = h('span', { class: 'chips-note', hidden: true }, plainStatus('unknown'));
  const node = h('div', { class: 'chips', role: 'group', 'aria-label': t('list.filter') }, note);
  const show = keyed(node, (one) => one.status, ({ status }) => {
    const count = h('span', { class: 'count' });
    const label = status ? statusWord(status) : t('list.all');
    const chip = h('button', { type: 'button', class: 'chip', onclick: () => changed(status) }, status && plainStatus(status), status ? null : label, count);
    return { node: chip, update: (one) => { setText(count, String(one.count)); chip.setAttribute('aria-pressed', String(wanted.status === status)); } };
  });
  return {
    node,
    /** `unsure`: a server is failing, so the counts are what was known last. */
    show(counts, unsure) {
      node.classList.toggle('unsure', unsure);
      note.hidden = !unsure;
      const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
      const some = STATUSES.filter((status) => counts[status] > 0 || wanted.status === status);
      show([{ status: '', count: all }, ...some.map((status) => ({ status, count: counts[status] || 0 }))]);
    },
  };
}

function pager(changed) {
  const range = h('span', { class: 'range' });
  const back = button(t('pager.back'), () => changed(-1), { kind: 'plain', icon: 'back' });
  const next = button(t('pager.next'), () => changed(1), { kind: 'plain' });
  const node = h('nav', { class: 'pager', 'aria-label': t('pager.label'), hidden: true }, back, range, next);
  return {
    node,
    show({ page: at, perPage, total }) {
      node.hidden = total <= perPage;
      setText(range, t('pager.range', { from: Math.min(total, (at - 1) * perPage + 1), to: Math.min(total, at * perPage), total }));
      back.disabled = at <= 1;
      next.disabled = at * perPage >= total;
    },
  };
}

/** How things are, in one sentence. */
function summary(counts, silent, others) {
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const down = (counts.disconnected || 0) + (counts.lost || 0) + (counts.error || 0);
  if (!all) return '\u00a0';
  if (silent) return t('list.silent');
  if (down) return tn('list.down', down);
  if (others) return tn('list.other', others);
  return counts.connected === all ? tn('list.good', all) : tn('list.connected', counts.connected || 0, { all });
}

const none = () =>
  wanted.search || wanted.status
    ? empty('search', t('list.nothing'), t('list.nothing.text'), button(t('list.clear'), () => clearAll()))
    : empty('phone', t('list.empty'), t('list.empty.text'), linkButton(t('list.first'), '#/conectar', { kind: 'primary', icon: 'plus' }));
let clearAll = () => {};

export function instancesScreen({ signal, session }) {
  const lead = h('span', {}, '\u00a0');
  const place = h('div', { class: 'list-place' }, skeleton(4));
  const problem = h('div', { class: 'problem' });
  const rows = table(session);
  const turn = (by) => { wanted.page += by; loop.now(); scrollTo(0, 0); };
  const pages = pager(turn);
  const chips = filters((status) => change({ status }));
  const search = h('input', { type: 'search', value: wanted.search, placeholder: t('list.search'), maxlength: 64, 'aria-label': t('list.search'), autocomplete: 'off', spellcheck: 'false' });
  const tools = h('div', { class: 'list-tools waiting' }, h('div', { class: 'search' }, icon('search'), search), chips.node);
  const add = linkButton(t('connect.title'), '#/conectar', { kind: 'primary', icon: 'plus' });
  let showing = null;

  function change(what) {
    Object.assign(wanted, what, { page: 1 });
    loop.now();
  }
  clearAll = () => { search.value = ''; change({ search: '', status: '' }); };
  let typing = 0;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ search: visible(search.value) }), TYPING);
  });

  function show(answer, lacking) {
    const all = Object.values(answer.counts).reduce((sum, n) => sum + n, 0);
    const filtered = wanted.search || wanted.status;
    const kind = answer.data.length ? 'rows' : `none ${lacking ? 'lacking' : ''} ${filtered ? 'filtered' : ''}`;
    const others = answer.data.filter((one) => one.numberMatches === false).length;
    setText(lead, summary(answer.counts, answer.data.some((one) => one.unknownSince), others));
    chips.show(answer.counts, (answer.troubles || []).length > 0);
    tools.classList.remove('waiting'); // Its place was kept until now, so that nothing jumps.
    tools.hidden = !all && !wanted.search && !wanted.status;
    add.hidden = tools.hidden; // With nothing in the list, the list's place says what to do.
    rows.show(answer.data);
    pages.show(answer);
    if (kind !== showing) fillWith(place, answer.data.length ? rows.node : (lacking && noServer()) || none());
    showing = kind;
  }

  const loop = poll(async (asking) => {
    const query = { page: wanted.page, perPage: PER_PAGE };
    if (wanted.search) query.search = wanted.search;
    if (wanted.status) query.status = wanted.status;
    const answer = await call('GET', listPath(query), { signal: asking });
    const nothing = !Object.values(answer.counts).some(Boolean) && !wanted.search && !wanted.status;
    const lacking = nothing && await serverMissing(session, asking);
    if (asking.aborted) return;
    problem.replaceChildren();
    heard(answer.troubles);
    if (!answer.data.length && wanted.page > 1) { wanted.page = 1; loop.now(); return; }
    show(answer, lacking);
  }, {
    every: 2_000, signal,
    // That nothing answers is said by the banner; anything else is said here.
    failed: (error) => { if (error.status) fillWith(problem, notice(error)); },
  });

  return page(t('list.title'), { lead, actions: add },
    problem, tools, place, pages.node);
}
