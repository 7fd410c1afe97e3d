// The list of numbers: which work, which do not, since when. Live without flicker: rows are kept by
// key and only what differs is written.

import { h, fillWith, keyed, setText } from '../dom.js';
import { call, listPath } from '../api.js';
import { EVERYTHING, filterQuery, isFiltered, listAddress, readFilter } from '../filter.js';
import { calledName } from '../format.js';
import { phone } from '../phone.js';
import { keepInAddress, query } from '../router.js';
import { visible } from '../typed.js';
import { poll } from '../poll.js';
import { t, tn } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { filters, sum } from '../parts/filters.js';
import { icon } from '../parts/icons.js';
import { noServer, serverMissing } from '../parts/no-server.js';
import { notice } from '../parts/notice.js';
import { empty, page, skeleton } from '../parts/page.js';
import { lastKnown, sinceLine, statusBadge } from '../parts/status.js';
import { tags } from '../parts/tags.js';
import { heard } from '../shell.js';

const PER_PAGE = 50;
/** Labels of a number that are shown here; its own page has all. */
const LABELS = 3;
/** Rows that a tall window shows: they are drawn first, and the others in the frame after. */
const IN_SIGHT = 16;
const TYPING = 200; // Milliseconds of silence before a search is asked for.
function row(session) {
  return (instance) => {
    const name = instance.channelInstanceId;
    const badge = statusBadge();
    const since = sinceLine();
    const before = h('span', { class: 'before' });
    const link = h('a', { href: `#/instancia/${encodeURIComponent(name)}` });
    const technical = h('span', { class: 'technical', title: name }, name);
    const number = h('span', {});
    const labels = h('div', {});
    const server = h('span', {});
    let shownLabels = '[]';
    const cell = (label, kind, ...children) =>
      h('td', { class: kind, role: 'cell' }, h('span', { class: 'cell-label', 'aria-hidden': 'true' }, label), children);
    const node = h('tr', { role: 'row' },
      h('th', { class: 'c-name', role: 'rowheader', scope: 'row' }, link, technical),
      cell(t('col.number'), 'c-number', number, labels),
      cell(t('col.status'), 'c-status', badge.node, before),
      cell(t('col.since'), 'c-since', since.node),
      cell(t('col.server'), 'c-server', server));
    return {
      node,
      update(now) {
        setText(link, calledName(now));
        link.title = calledName(now); // Two lines of it are shown.
        technical.hidden = !now.displayName;
        badge.update(now);
        since.update(now);
        setText(before, lastKnown(now) ? lastKnown(now).join('') : '');
        setText(number, phone(now.channelPhoneOrId));
        const key = JSON.stringify(now.labels);
        if (key !== shownLabels) fillWith(labels, tags(now.labels, LABELS));
        shownLabels = key;
        setText(server, [now.server || '–', session.role !== 'owner' && now.user].filter(Boolean).join(' · '));
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
  const all = sum(counts);
  const down = (counts.disconnected || 0) + (counts.lost || 0) + (counts.error || 0);
  if (!all) return '\u00a0';
  if (silent) return t('list.silent');
  if (down) return tn('list.down', down);
  if (others) return tn('list.other', others);
  return counts.connected === all ? tn('list.good', all) : tn('list.connected', counts.connected || 0, { all });
}

const noneFound = (clear) => empty('search', t('list.nothing'), t('list.nothing.text'), button(t('list.clear'), clear));
const noneYet = () => empty('phone', t('list.empty'), t('list.empty.text'), linkButton(t('list.first'), '#/conectar', { kind: 'primary', icon: 'plus' }));

export function instancesScreen({ signal, session }) {
  let wanted = readFilter(query());
  const lead = h('span', {}, '\u00a0');
  const place = h('div', { class: 'list-place' }, skeleton(4));
  const problem = h('div', { class: 'problem' });
  const rows = table(session);
  const pages = pager((by) => { change({ page: wanted.page + by }); scrollTo(0, 0); });
  const chips = filters((what) => change({ ...what, page: 1 }));
  const search = h('input', { type: 'search', value: wanted.search, placeholder: t('list.search'), maxlength: 64, 'aria-label': t('list.search'), autocomplete: 'off', spellcheck: 'false' });
  const tools = h('div', { class: 'list-tools waiting' }, h('div', { class: 'search' }, icon('search'), search), chips.node);
  const month = h('a', { href: '#/disponibilidade', hidden: true }, t('uptime.title'));
  const add = linkButton(t('connect.title'), '#/conectar', { kind: 'primary', icon: 'plus' });
  let showing = null;
  let newest = null;
  keepInAddress(listAddress(wanted));

  function change(what) {
    wanted = { ...wanted, ...what };
    keepInAddress(listAddress(wanted));
    loop.now();
  }
  const clear = () => { search.value = ''; change(EVERYTHING); };
  let typing = 0;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => { if (!signal.aborted) change({ search: visible(search.value), page: 1 }); }, TYPING);
  });

  function showRows(answer) {
    newest = answer;
    if (showing !== null || answer.data.length <= IN_SIGHT) { rows.show(answer.data); return; }
    rows.show(answer.data.slice(0, IN_SIGHT));
    requestAnimationFrame(() => setTimeout(() => { if (newest === answer) rows.show(answer.data); }));
  }

  function show(answer, lacking) {
    const filtered = isFiltered(wanted);
    const kind = answer.data.length ? 'rows' : `none ${lacking ? 'lacking' : ''} ${filtered ? 'filtered' : ''}`;
    setText(lead, summary(answer.counts, answer.data.some((one) => one.unknownSince), answer.otherNumber));
    chips.show(wanted, answer);
    tools.classList.remove('waiting'); // Its place was kept until now, so that nothing jumps.
    tools.hidden = !sum(answer.counts) && !filtered;
    month.hidden = tools.hidden;
    add.hidden = tools.hidden; // With nothing in the list, the list's place says what to do.
    showRows(answer);
    pages.show(answer);
    if (kind !== showing) fillWith(place, answer.data.length ? rows.node : (lacking && noServer()) || (filtered ? noneFound(clear) : noneYet()));
    showing = kind;
  }

  const loop = poll(async (asking) => {
    const answer = await call('GET', listPath({ page: 1, perPage: PER_PAGE, ...filterQuery(wanted) }), { signal: asking });
    const nothing = !sum(answer.counts) && !isFiltered(wanted);
    const lacking = nothing && await serverMissing(session, asking);
    if (asking.aborted) return;
    problem.replaceChildren();
    heard(answer.troubles);
    if (!answer.data.length && wanted.page > 1) { change({ page: 1 }); return; }
    show(answer, lacking);
  }, {
    every: 2_000, signal,
    // That nothing answers is said by the banner; anything else is said here.
    failed: (error) => { if (error.status) fillWith(problem, notice(error)); },
  });

  return page(t('list.title'), { lead: [lead, ' ', month], actions: add },
    problem, tools, place, pages.node);
}
