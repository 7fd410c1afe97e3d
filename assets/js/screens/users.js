// Who may use pareia, people with a password and programs with a token.

import { h, fillWith } from '../dom.js';
import { get, patch, post, remove } from '../api.js';
import { nameFits, when } from '../format.js';
import { latest } from '../latest.js';
import { t, tn, tx } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { copyBox } from '../parts/copy.js';
import { ask, tell } from '../parts/dialog.js';
import { allGood, field, passwordProblem, radioField, secretField, selectField } from '../parts/form.js';
import { box, fieldProblem, notice } from '../parts/notice.js';
import { badge, empty, page, section, skeleton } from '../parts/page.js';
import { recipeTabs } from '../parts/recipe-tabs.js';
import { toast } from '../parts/toast.js';

const USERS = '/api/admin/users';
const TOKENS = '/api/admin/tokens';
const userPath = (name, rest = '') => `${USERS}/${encodeURIComponent(name)}${rest}`;

const newPassword = (hint, optional) =>
  secretField({ label: t('user.password'), hint, optional, autocomplete: 'new-password' });

/** What a user may do; whoever has the least comes first. */
const roleField = (role) =>
  radioField(t('role.label'), ['owner', 'operator', 'administrator'].map((one) => [one, t(`role.${one}`), t(`role.${one}.hint`)]), undefined, role);

function addUser(again) {
  const name = field({ label: t('user.name'), hint: t('user.name.hint'), required: true });
  const password = newPassword(t('user.password.hint'), true);
  const role = roleField();
  ask({
    title: t('user.add'), body: [name.node, password.node, role.node], confirm: t('user.add.do'),
    async run() {
      const wanted = name.value;
      const weak = password.value ? passwordProblem(password.value, wanted) : '';
      if (!allGood([name, nameFits(wanted) ? '' : t('field.userName')], [password, weak])) return false;
      await post(USERS, { name: wanted, role: role.value, ...(password.value ? { password: password.value } : {}) });
      toast(t('user.added', { name: wanted }));
      again();
      return true;
    },
    failed(error) {
      const at = { name, password }[error.field];
      if (at) allGood([at, fieldProblem(error, error.field === 'name' ? 'userName' : error.field)]);
      return Boolean(at);
    },
  });
}

function setPassword(user, again) {
  const password = newPassword(t('setup.password.hint'));
  ask({
    title: t('user.password.title', { name: user.name }), confirm: t('user.password.do'),
    body: [password.node, h('p', { class: 'hint' }, t('user.password.ends'))],
    async run() {
      if (!allGood([password, passwordProblem(password.value, user.name)])) return false;
      await post(userPath(user.name, '/password'), { password: password.value });
      toast(t('user.password.set'));
      again();
      return true;
    },
  });
}

function changeRole(user, again) {
  const role = roleField(user.role);
  ask({
    title: t('role.title', { name: user.name }), body: role.node, confirm: t('role.change'),
    async run() {
      await patch(userPath(user.name), { role: role.value });
      toast(t('role.changed', { name: user.name, role: t(`role.${role.value}`) }));
      again();
    },
  });
}

function removeUser(user, users, again) {
  const heirs = users.filter((one) => one.name !== user.name).map((one) => [one.name, one.name]);
  const heir = user.instances > 0 && heirs.length > 0 && selectField({ label: t('user.heir'), hint: t('user.heir.hint'), choices: heirs });
  ask({
    title: t('user.remove.title', { name: user.name }), danger: true, confirm: t('user.remove.do', { name: user.name }),
    body: [h('p', {}, t('user.remove.text')),
      user.tokens > 0 && box('warn', null, h('p', {}, tn('user.remove.tokens', user.tokens))),
      user.instances > 0 && h('p', {}, tn('user.remove.numbers', user.instances)), heir && heir.node],
    run: async () => {
      await remove(userPath(user.name, heir ? `?instancesTo=${encodeURIComponent(heir.value)}` : ''));
      toast(t('user.removed', { name: user.name }));
      again();
    },
  });
}

/** "ensure · cred_a · loja-…": what narrows a token, or nothing where nothing does. */
const limitsOf = (token) => [
  token.scope !== 'admin' && t(`scope.${token.scope}`), token.server && tx('token.server.only', { server: token.server }),
  token.namePrefix && tx('token.prefix.only', { prefix: token.namePrefix }),
].filter(Boolean);

async function addToken(users, me, again) {
  const servers = await get('/api/admin/credentials');
  const user = selectField({ label: t('token.user'), hint: t('token.user.hint'), value: me, choices: users.map((one) => [one.name, one.name]) });
  const name = field({ label: t('token.name'), hint: t('token.name.hint'), optional: true });
  const days = selectField({ label: t('token.expires'), value: '', choices: [['', t('token.never')], ...[30, 90, 365].map((n) => [String(n), tn('days', n)])] });
  const scope = radioField(t('scope.label'), ['admin', 'read', 'ensure'].map((one) => [one, t(`scope.${one}`), t(`scope.${one}.hint`)]));
  const prefix = field({ label: t('token.prefix'), hint: t('token.prefix.hint'), optional: true });
  const server = selectField({ label: t('token.server'), value: '', choices: [['', t('token.server.all')], ...servers.map((one) => [one.id, one.name])] });
  ask({
    title: t('token.add'), body: [user.node, name.node, scope.node, servers.length > 1 && server.node, prefix.node, days.node], confirm: t('token.add.do'),
    async run() {
      const made = await post(TOKENS, {
        user: user.value, scope: scope.value, ...(server.value ? { server: server.value } : {}), ...(prefix.value ? { namePrefix: prefix.value } : {}),
        ...(name.value ? { name: name.value } : {}), ...(days.value ? { expiresDays: Number(days.value) } : {}),
      });
      again();
      tell({ title: t('token.made'), body: [box('warn', null, h('p', {}, t('token.once'))), copyBox(made.token, t('token.label')), scope.value !== 'read' && [h('h3', {}, t('token.call')), recipeTabs(made.token, prefix.value)]], done: t('token.kept') });
    },
    failed(error) {
      const at = { name, namePrefix: prefix }[error.field];
      if (at) allGood([at, fieldProblem(error)]);
      return Boolean(at);
    },
  });
}

function revokeToken(token, again) {
  ask({
    title: t('token.revoke.title'), danger: true, confirm: t('token.revoke'),
    body: h('p', {}, tx('token.revoke.text', { name: h('strong', {}, token.name || token.id), user: h('strong', {}, token.user) })),
    run: async () => { await remove(`${TOKENS}/${encodeURIComponent(token.id)}`); toast(t('token.revoked')); again(); },
  });
}

const userRow = (user, users, me, again) =>
  h('li', { class: 'row' },
    h('div', { class: 'row-text' },
      h('p', { class: 'row-title' }, user.name, badge(t(`role.${user.role}`), user.admin ? 'accent' : ''), user.name === me && badge(t('user.you'))),
      h('p', { class: 'hint' }, [tn('n.numbers', user.instances), tn('n.tokens', user.tokens), t(user.hasPassword ? 'user.haspassword' : 'user.nopassword')].join(' · '))),
    h('div', { class: 'row-actions' },
      user.name !== me && button(t('role.change'), () => changeRole(user, again), { name: t('role.title', { name: user.name }) }),
      button(t('user.password.do'), () => setPassword(user, again), { name: t('user.password.title', { name: user.name }) }),
      user.name !== me && button(t('remove.short'), () => removeUser(user, users, again), { kind: 'danger-quiet', name: t('user.remove.do', { name: user.name }) })));

const tokenRow = (token, again) =>
  h('li', { class: 'row' },
    h('div', { class: 'row-text' },
      h('p', { class: 'row-title' }, token.name || t('token.unnamed'), badge(token.user), limitsOf(token).map((limit) => badge(limit))),
      h('p', { class: 'hint' },
        tx('token.made.at', { time: when(token.createdAt) }), ' · ',
        token.lastUsedAt ? tx('token.used.at', { time: when(token.lastUsedAt) }) : t('token.unused'), ' · ',
        token.expiresAt ? tx('token.until', { time: when(token.expiresAt) }) : t('token.forever'))),
    h('div', { class: 'row-actions' }, button(t('token.revoke'), () => revokeToken(token, again), { kind: 'danger-quiet', name: `${t('token.revoke')}: ${token.name || token.id}` })));

export function usersScreen({ signal, session }) {
  const place = h('div', { class: 'stack' }, skeleton(4));

  function show(users, tokens) {
    fillWith(place,
      section(t('user.people'), { lead: t('user.people.lead'), actions: button(t('user.add'), () => addUser(load), { kind: 'primary', icon: 'plus' }) },
        h('ul', { class: 'rows' }, users.map((user) => userRow(user, users, session.user, load)))),
      section(t('token.title'), { lead: t('token.lead'), actions: [linkButton(t('token.docs'), 'api-docs'), button(t('token.add'), () => addToken(users, session.user, load), { icon: 'plus' })] },
        tokens.length ? h('ul', { class: 'rows' }, tokens.map((token) => tokenRow(token, load)))
          : empty('key', t('token.empty'), t('token.empty.text'))));
  }

  const newest = latest(signal);
  const load = () => newest((asking) => Promise.all([get(USERS, { signal: asking }), get(TOKENS, { signal: asking })]),
    ([users, tokens]) => show(users, tokens),
    (error) => { fillWith(place, notice(error, { actions: [button(t('again'), load, { kind: 'primary', icon: 'again' })] })); });

  load();
  return page(t('nav.users'), { lead: t('user.lead'), actions: linkButton(t('audit.open'), '#/usuarios/auditoria') }, place);
}
