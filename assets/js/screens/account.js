// One's own account: how the page looks, the password, where one is logged in, the way out.

import { h, fillWith } from '../dom.js';
import { get, post, remove } from '../api.js';
import { allowAlerts, canAlert } from '../browser-alerts.js';
import { when } from '../format.js';
import { latest } from '../latest.js';
import { alerts, lang, setAlerts, setLang, setTheme, theme } from '../prefs.js';
import { t, tx } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { allGood, checkField, form, passwordProblem, radioField, secretField } from '../parts/form.js';
import { fieldProblem, notice } from '../parts/notice.js';
import { badge, page, section, skeleton } from '../parts/page.js';
import { secondFactor } from '../parts/second-factor.js';
import { toast } from '../parts/toast.js';

function choice(legend, choices, current, changed) {
  const one = radioField(legend, choices, changed, current);
  one.node.classList.add('in-line');
  return one.node;
}

const backups = () =>
  section(t('backup.title'), { lead: t('backup.lead'), name: 'quiet-card' }, h('div', { class: 'actions' }, linkButton(t('backup.open'), '#/backup')));

const looks = () =>
  section(t('account.look'), {},
    choice(t('lang.label'), [['pt', 'Português'], ['en', 'English']], lang(), setLang),
    choice(t('theme.label'), ['auto', 'light', 'dark'].map((key) => [key, t(`theme.${key}`)]), theme(), setTheme));

/** Notifications of this browser, where it can show any. */
function browserAlerts() {
  const one = checkField(t('alerts.check'), t(canAlert() ? 'alerts.hint' : 'alerts.none'));
  one.input.checked = alerts() && canAlert();
  one.input.disabled = !canAlert();
  one.input.addEventListener('change', async () => {
    one.input.checked = one.input.checked && await allowAlerts();
    setAlerts(one.input.checked);
  });
  return section(t('alerts.title'), {}, one.node);
}

function passwordForm(session, changed) {
  const current = secretField({ label: t('account.current'), autocomplete: 'current-password', required: true });
  const password = secretField({ label: t('account.new'), hint: t('setup.password.hint'), autocomplete: 'new-password', required: true });
  const user = h('input', { type: 'text', class: 'visually-hidden', autocomplete: 'username', value: session.user, tabindex: '-1', 'aria-hidden': 'true', readonly: true });
  const problem = h('div', { class: 'problem' });
  const submit = button(t('account.change'), null, { type: 'submit', kind: 'primary' });

  async function send() {
    problem.replaceChildren();
    if (!allGood([current, current.value ? '' : t('login.password.needed')], [password, passwordProblem(password.value, session.user)])) return;
    await post('/api/password', { current: current.value, password: password.value }, { quiet: true });
    current.input.value = '';
    password.input.value = '';
    toast(t('account.changed'));
    changed();
  }

  const failed = (error) => {
    if (error.code === 'wrong_password') allGood([current, t('account.wrong')]);
    else if (error.field === 'password') allGood([password, fieldProblem(error)]);
    else fillWith(problem, notice(error, { short: true }));
  };
  return section(t('account.password'), { lead: t('account.password.lead') },
    form([user, current.node, password.node, problem, submit], submit, send, failed));
}

/** "Chrome, Windows" out of what a browser calls itself; all of it on hover. */
function browser(client) {
  const find = (list) => (list.find(([pattern]) => pattern.test(client)) || [])[1];
  const name = find([[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/SamsungBrowser/, 'Samsung Internet'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = find([[/Android/, 'Android'], [/iPhone|iPad/, 'iPhone'], [/Windows/, 'Windows'], [/Mac OS/, 'Mac'], [/Linux/, 'Linux']]);
  return [name, system].filter(Boolean).join(', ') || client || t('session.unknown');
}

const sessionRow = (one, end) =>
  h('li', { class: 'row' },
    h('div', { class: 'row-text' },
      h('p', { class: 'row-title', title: one.client }, browser(one.client), one.current && badge(t('session.this'), 'accent')),
      h('p', { class: 'hint' }, one.address, ' · ', tx('session.seen', { time: when(one.lastSeenAt) }))),
    !one.current && h('div', { class: 'row-actions' }, button(t('session.end'), () => end(one), { kind: 'danger-quiet', name: `${t('session.end')}: ${browser(one.client)}` })));

function sessionList(signal) {
  const place = h('div', {}, skeleton(2));
  const newest = latest(signal);
  const load = () => newest((asking) => get('/api/sessions', { signal: asking }),
    (sessions) => { fillWith(place, h('ul', { class: 'rows' }, sessions.map((one) => sessionRow(one, end)))); },
    (error) => { fillWith(place, notice(error, { short: true, actions: [button(t('again'), load)] })); });
  async function end(one) {
    await remove(`/api/sessions/${encodeURIComponent(one.id)}`);
    toast(t('session.ended'));
    await load();
  }
  load();
  return { node: section(t('session.title'), { lead: t('session.lead') }, place), load };
}

export function accountScreen({ signal, session, left }) {
  const sessions = sessionList(signal);
  const out = button(t('logout.me'), async () => { await remove('/api/session', { quiet: true }); left(); }, { icon: 'out' });
  return page(t('nav.account'), { lead: tx('account.lead', { name: h('strong', {}, session.user) }), actions: out },
    h('div', { class: 'stack' },
      section(t('notices.title'), { lead: t('notices.lead'), actions: h('a', { class: 'button', href: '#/conta/avisos' }, t('notices.open')) }),
      session.admin && backups(), passwordForm(session, sessions.load), secondFactor(signal), sessions.node, looks(), browserAlerts(),
      h('p', { class: 'hint version' }, `pareia ${session.version}`)));
}
