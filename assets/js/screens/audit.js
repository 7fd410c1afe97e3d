// Who did what: the audit trail, newest first, for administrators.

import { h, fillWith, keyed } from '../dom.js';
import { call, get } from '../api.js';
import { when } from '../format.js';
import { latest } from '../latest.js';
import { sayInAddress, query } from '../router.js';
import { has, help, t } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { field, selectField } from '../parts/form.js';
import { notice } from '../parts/notice.js';
import { badge, page, section, skeleton } from '../parts/page.js';
import { serverTitle } from '../parts/server-facts.js';

const AUDIT = '/api/admin/audit';
const ADDRESS = '#/usuarios/auditoria';
const PAGE = 50;
const GROUPS = ['user', 'token', 'session', 'setup', 'instance', 'link', 'credential', 'notice', 'backup', 'audit'];

/** What differs from the whole trail, of { user, action, from, to }. */
const given = (filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value));

/** The same as the API takes it: days are those of whoever looks. */
function asked({ from, to, ...rest }) {
  const midnight = (day, after) => {
    const date = new Date(`${day}T00:00`);
    date.setDate(date.getDate() + after);
    return Number.isNaN(date.getTime()) ? '' : date.toISOString();
  };
  return new URLSearchParams(given({ ...rest, from: from && midnight(from, 0), to: to && midnight(to, 1) }));
}

/** What of it: a role, the fields of a number, a name. `servers` are the servers' names, by the ids that are written. */
function detail({ action, detail: text }, servers) {
  if (!text) return '';
  if (action === 'user.role' || action === 'user.add') return has(`role.${text}`) ? t(`role.${text}`) : text;
  if (action === 'instance.change') return text.split(' ').map((one) => (has(`did.field.${one}`) ? t(`did.field.${one}`) : one)).join(', ');
  if (servers.has(text)) return servers.get(text);
  const [word, ...others] = action === 'credential.placement' ? text.split(' ') : [text];
  return [has(`did.detail.${word}`) ? t(`did.detail.${word}`) : word, ...others].join(', ');
}

const who = ({ actor, via }) => [actor, (via !== 'session' || !actor) && t(`via.${via}`)].filter(Boolean).join(', ');

function line(entry, servers) {
  const refused = entry.result !== 'done';
  const title = has(`did.${entry.action}`) ? t(`did.${entry.action}`) : entry.action;
  const node = h('li', { class: 'row' },
    h('div', { class: 'row-text' },
      h('p', { class: 'row-title' }, title, entry.subject && entry.subject !== entry.actor && badge(entry.subject), refused && badge(t('audit.refused'), 'bad')),
      h('p', { class: 'hint' }, [who(entry), entry.address, detail(entry, servers)].filter(Boolean).join(' · '), ' · ', when(entry.at)),
      refused && h('p', { class: 'hint' }, (help(entry.result) || [entry.result])[0])));
  return { node, update() {} };
}

/** The fields of the filter; `changed` hears all of their values. */
function filterForm(users, filter, changed) {
  const choices = (key, words) => [['', t(key)], ...words];
  const fields = {
    user: selectField({ label: t('audit.user'), value: filter.user, choices: choices('list.all', users.map(({ name }) => [name, name])) }),
    action: selectField({ label: t('audit.action'), value: filter.action, choices: choices('audit.everything', GROUPS.map((group) => [group, t(`did.${group}`)])) }),
    from: field({ label: t('audit.from'), type: 'date', value: filter.from }),
    to: field({ label: t('audit.to'), type: 'date', value: filter.to }),
  };
  const values = () => Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.input.value]));
  return h('div', { class: 'filter-fields', onchange: () => changed(values()) }, Object.values(fields).map((one) => one.node));
}

export function auditScreen({ signal }) {
  const typed = new URLSearchParams(query());
  let filter = Object.fromEntries(['user', 'action', 'from', 'to'].map((name) => [name, typed.get(name) || '']));
  let entries = [];
  let next = null;
  let servers = new Map();
  const tools = h('div', {}, skeleton(1));
  const list = h('ul', { class: 'rows' });
  const show = keyed(list, (entry) => entry.id, (entry) => line(entry, servers));
  const foot = h('div', {}, skeleton(4));
  const files = h('div', { class: 'actions' });

  const ask = (asking, before) => {
    const wanted = asked(filter);
    wanted.set('limit', PAGE);
    if (before) wanted.set('before', before);
    return call('GET', `${AUDIT}?${wanted}`, { signal: asking });
  };
  const address = (format) => `.${AUDIT}/export?${new URLSearchParams([...asked(filter), ['format', format]])}`;

  function draw() {
    show(entries);
    fillWith(foot, !entries.length && h('p', { class: 'hint' }, t('audit.none')), next !== null && button(t('history.more'), older));
    fillWith(files, linkButton(t('audit.csv'), address('csv')), linkButton(t('audit.json'), address('json')));
  }

  async function older() {
    const answer = await ask(signal, next);
    entries = [...entries, ...answer.data];
    next = answer.next;
    draw();
  }

  // Without the names there are ids.
  const named = get('/api/admin/credentials', { signal }).catch(() => []);
  const newest = latest(signal);
  const load = () => newest((asking) => Promise.all([ask(asking), named]), ([answer, known]) => {
    servers = new Map(known.map((server) => [server.id, serverTitle(server)]));
    entries = answer.data;
    next = answer.next;
    draw();
  }, (error) => { fillWith(foot, notice(error, { short: true, actions: [button(t('again'), load)] })); });

  function change(to) {
    filter = to;
    const text = new URLSearchParams(given(filter)).toString();
    sayInAddress(text ? `${ADDRESS}?${text}` : ADDRESS);
    load();
  }

  // Without the names the rest of the filter is there.
  get('/api/admin/users', { signal }).catch(() => []).then((users) => { if (!signal.aborted) fillWith(tools, filterForm(users, filter, change)); });
  load();
  return page(t('audit.title'), { lead: t('audit.lead'), back: [t('nav.users'), '#/usuarios'] },
    h('div', { class: 'stack' }, tools, section(t('audit.list'), { actions: files }, list, foot)));
}
