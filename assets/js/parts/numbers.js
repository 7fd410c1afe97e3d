// The table of numbers and its pages. Live without flicker: rows are kept by key and only what differs is written.

import { h, fillWith, keyed, setText } from '../dom.js';
import { calledName } from '../format.js';
import { phone } from '../phone.js';
import { t } from '../words.js';
import { button } from './button.js';
import { lastKnown, sinceLine, statusBadge } from './status.js';
import { tags } from './tags.js';

/** Labels of a number that are shown here; its own page has all. */
const LABELS = 3;

function row(session, picks) {
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
    let current = instance;
    const pick = h('input', { type: 'checkbox', onchange: () => picks.pick(current, pick.checked) });
    const node = h('tr', { role: 'row' },
      h('td', { class: 'c-pick', role: 'cell' }, h('label', {}, pick)),
      h('th', { class: 'c-name', role: 'rowheader', scope: 'row' }, link, technical),
      cell(t('col.number'), 'c-number', number, labels),
      cell(t('col.status'), 'c-status', badge.node, before),
      cell(t('col.since'), 'c-since', since.node),
      cell(t('col.server'), 'c-server', server));
    return {
      node,
      update(now) {
        current = now;
        pick.checked = picks.has(name);
        pick.setAttribute('aria-label', t('pick.one', { name: calledName(now) }));
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

/** table(session, picks) → { node, show(rows) }; `picks` knows what is selected, and hears of it. */
export function table(session, picks) {
  const head = (key, kind) => h('th', { role: 'columnheader', scope: 'col', class: kind }, t(key));
  const body = h('tbody', { role: 'rowgroup' });
  const whole = h('input', { type: 'checkbox', 'aria-label': t('pick.page'), onchange: () => picks.pickShown(whole.checked) });
  const node = h('table', { class: 'numbers', role: 'table' },
    h('caption', { class: 'visually-hidden' }, t('list.caption')),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' },
      h('th', { class: 'c-pick', role: 'columnheader', scope: 'col' }, h('label', {}, whole)), head('col.name', 'c-name'), head('col.number', 'c-number'), head('col.status', 'c-status'), head('col.since', 'c-since'), head('col.server', 'c-server'))),
    body);
  const fill = keyed(body, (one) => one.id, row(session, picks));
  return {
    node,
    show(rows) {
      fill(rows);
      const share = picks.share;
      whole.checked = share === 'all';
      whole.indeterminate = share === 'some';
    },
  };
}

/** pager(changed) → { node, show(answer) }; `changed` hears by how many pages to go. */
export function pager(changed) {
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
