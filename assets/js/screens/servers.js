// The Evolution servers: do they answer, with which key, how many numbers are on each.

import { h, fillWith, keyed, setText } from '../dom.js';
import { get, post, remove } from '../api.js';
import { poll } from '../poll.js';
import { when } from '../format.js';
import { unspaced } from '../typed.js';
import { t, tn } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { copyBox } from '../parts/copy.js';
import { drainDialog, placementDialog, stopDraining } from '../parts/drain.js';
import { ask, sheet, tell } from '../parts/dialog.js';
import { allGood, secretField, textField } from '../parts/form.js';
import { localNote } from '../parts/local-note.js';
import { box, fieldProblem, notice, sentence } from '../parts/notice.js';
import { badge, empty, facts, page, section, skeleton } from '../parts/page.js';
import { isNamed, serverFacts, serverHealth, serverTitle, sideBySide } from '../parts/server-facts.js';
import { serverForm, serverProblem } from '../parts/server-form.js';
import { storedWords, tellStored, tested } from '../parts/stored.js';
import { toast } from '../parts/toast.js';
import { uptime } from '../parts/uptime.js';

const path = (server, rest = '') => `/api/admin/credentials/${encodeURIComponent(server.id)}${rest}`;

function add(again) {
  sheet({
    title: t('server.add'),
    body: (shut) => serverForm({
      submitLabel: t('server.add.do'), named: true, cancel: button(t('cancel'), shut),
      saved: (server) => { shut(); tellStored(server, storedWords(server), again); },
    }).node,
  });
}

/**
 * Asks for what opens a server, which is tested before it is kept. The second press keeps it all the same, and the
 * button says so. `words` is the first part of their keys, `wrong` what is wrong with the field before it is sent.
 */
function replace(server, again, { words, input, rest, body, wrong = () => '' }) {
  let force = false;
  const confirm = t(`${words}.do`);
  const label = (text) => setText(dialog.submit.querySelector('.label'), text);
  const dialog = ask({
    title: t(words), body: [h('p', {}, t(`${words}.text`, { name: serverTitle(server) })), input.node], confirm,
    async run() {
      if (!allGood([input, wrong()])) return false;
      const stored = await post(path(server, rest), { ...body(), ...(force ? { force: true } : {}) });
      dialog.shut();
      tellStored(stored, t(`${words}.done`), again);
      return true;
    },
    failed(error) {
      allGood([input, error.field ? fieldProblem(error) : serverProblem(error)]);
      force = error.status >= 500;
      if (force) label(t('server.force'));
      return true;
    },
  });
  input.input.addEventListener('input', () => { force = false; label(confirm); });
}

function rotate(server, again) {
  const key = secretField({ label: t('server.key.new'), hint: t('server.key.hint'), autocomplete: 'off', required: true });
  replace(server, again, {
    words: 'server.rotate', input: key, rest: '/rotate', body: () => ({ apiToken: unspaced(key.value) }),
    wrong: () => (unspaced(key.value) ? '' : t('server.key.needed')),
  });
}

function setAuthority(server, again) {
  const authority = textField({ label: t('server.ca'), hint: t('server.ca.hint'), optional: true, rows: 6 });
  replace(server, again, {
    words: 'server.authority', input: authority, rest: '/ca', body: () => ({ caCertificate: authority.value || null }),
  });
}

async function webhook(server) {
  const { url, environment } = await get(path(server, '/webhook'));
  tell({
    title: t('webhook.title'),
    body: [h('p', {}, t('webhook.text')), h('ol', { class: 'steps' },
      h('li', {}, h('span', {}, t('webhook.step1'))), h('li', {}, h('span', {}, t('webhook.step2')))),
    copyBox(environment, t('webhook.lines')), h('p', { class: 'hint' }, t('webhook.address')), copyBox(url, t('webhook.address')),
    localNote(url, 'webhook.local'),
    h('p', { class: 'hint' }, t('webhook.optional'))],
  });
}

function drop(server, again) {
  const used = server.instances > 0;
  const leaving = server.leaving > 0;
  ask({
    title: t('server.remove.title', { name: serverTitle(server) }), danger: true, confirm: t('server.remove.do'),
    body: [h('p', {}, t('server.remove.text')),
      used && box('warn', tn('server.remove.used', server.instances), h('p', {}, t('server.remove.used.text'))),
      leaving && box('warn', tn('server.remove.leaving', server.leaving), h('p', {}, t('server.remove.leaving.text')))],
    run: async () => { await remove(path(server, used || leaving ? '?force=true' : '')); toast(t('server.removed')); again(); },
  });
}

function disable(server, again) {
  ask({
    title: t('server.disable.title', { name: serverTitle(server) }), body: h('p', {}, t('server.disable.text')), confirm: t('server.disable'),
    run: async () => { await post(path(server, '/disable')); again(); },
  });
}

const warnings = (server) => [
  server.trouble && server.active && box('bad', null, h('p', {}, sentence(server.trouble)),
    h('p', { class: 'small' }, when(server.trouble.since), ' · ', h('a', { href: `#/ajuda/${server.trouble.code}` }, t('notice.more')))),
  server.publicDefaultKey && box('warn', t('server.default'), h('p', {}, t('server.default.text'))),
];

function card(again, signal) {
  return (first) => {
    const body = h('div', {});
    const result = h('div', { class: 'result', role: 'status' });
    let current = first;
    let shown = '';
    const test = async () => {
      result.replaceChildren();
      try {
        const answer = await post(path(current, '/test'));
        fillWith(result, box('good', null, h('p', {}, tested(answer))));
      } catch (error) {
        fillWith(result, notice(error));
      }
      again();
    };
    const toggle = button('', () => (current.active ? disable(current, again) : post(path(current, '/enable')).then(again)), { icon: 'power' });
    const drain = button('', () => (current.intake === 'draining' ? stopDraining : drainDialog)(current, serverTitle(current), again), { icon: 'out' });
    const actions = h('div', { class: 'actions even' },
      button(t('server.test'), test, { icon: 'again' }),
      button(t('place.button'), () => placementDialog(current, serverTitle(current), again), { icon: 'edit' }),
      drain,
      button(t('server.rotate'), () => rotate(current, again), { icon: 'key' }),
      /^https:/.test(first.baseUrl) && button(t('server.authority'), () => setAuthority(current, again), { icon: 'key' }),
      button(t('webhook.open'), () => webhook(current), { icon: 'webhook' }), toggle,
      button(t('remove.short'), () => drop(current, again), { icon: 'trash', kind: 'danger-quiet' }));
    return {
      node: h('li', { class: 'card' }, body, uptime(path(first, '/uptime'), signal).node, result, actions),
      update(server) {
        const key = JSON.stringify(server);
        if (key === shown) return;
        shown = key;
        current = server;
        setText(toggle.querySelector('.label'), server.active ? t('server.disable') : t('server.enable'));
        setText(drain.querySelector('.label'), t(server.intake === 'draining' ? 'drain.stop' : 'drain.open'));
        fillWith(body,
          h('div', { class: 'card-head' }, h('div', {}, h('h2', {}, serverTitle(server), server.intake === 'draining' && badge(t('place.draining'), 'accent')), isNamed(server) && h('p', { class: 'hint' }, h('code', {}, server.baseUrl))), serverHealth(server)),
          facts(...serverFacts(server),
            [t('server.fingerprint'), h('code', { title: t('server.fingerprint.title') }, server.fingerprint)],
            server.hasCaCertificate && [t('server.authority'), t('server.authority.own')],
            [t('col.created'), when(server.createdAt)]),
          warnings(server));
      },
    };
  };
}

export function serversScreen({ signal }) {
  const again = () => loop.now();
  const list = h('ul', { class: 'cards' });
  const show = keyed(list, (server) => server.id, card(again, signal));
  const place = h('div', { class: 'stack' }, skeleton(3));
  const problem = h('div', { class: 'problem' });
  const nothing = () => empty('servers', t('server.empty'), t('server.empty.text'), button(t('server.add'), () => add(again), { kind: 'primary', icon: 'plus' }));
  const unmanaged = section(t('unmanaged.title'), { lead: t('unmanaged.lead'), name: 'quiet-card' },
    h('div', { class: 'actions' }, linkButton(t('unmanaged.open'), '#/servidores/fora-do-pareia')));
  const side = sideBySide();
  let kind = null;

  const loop = poll(async (asking) => {
    const servers = await get('/api/admin/credentials', { signal: asking });
    problem.replaceChildren();
    show(servers);
    side.show(servers);
    const next = servers.length ? 'some' : 'none';
    if (next !== kind) fillWith(place, servers.length ? [side.node, list, unmanaged] : nothing());
    kind = next;
  }, { every: 5_000, signal, failed: (error) => { if (error.status) fillWith(problem, notice(error, { actions: [button(t('again'), again)] })); } });

  return page(t('nav.servers'), {
    lead: t('server.lead'), actions: button(t('server.add'), () => add(again), { kind: 'primary', icon: 'plus' }),
  }, problem, place);
}
