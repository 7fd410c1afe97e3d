// First run, two short steps: who you are, and where Evolution is. Then the first number.

import { h, fillWith } from '../dom.js';
import { call, listPath, post } from '../api.js';
import { nameFits } from '../format.js';
import { t } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { copyBox } from '../parts/copy.js';
import { allGood, field, form, passwordProblem, secretField } from '../parts/form.js';
import { fieldProblem, notice } from '../parts/notice.js';
import { page } from '../parts/page.js';
import { serverForm } from '../parts/server-form.js';
import { storedWords, tellStored } from '../parts/stored.js';

const NEW_LINK = 'pareia setup-link';
const NEW_PASSWORD = 'pareia user add ana --admin\npareia user password ana';

const progress = (at) => h('p', { class: 'progress' }, t('setup.step', { at, of: 2 }),
  h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i', { class: 'on' }), h('i', { class: at > 1 ? 'on' : '' })));

/** Somebody came without the one-time link. */
function withoutToken() {
  return page(t('setup.title'), { lead: t('setup.link.lead') },
    h('div', { class: 'card' }, h('p', {}, t('setup.link.where')), h('p', { class: 'link-text' }, h('code', {}, '…/#/setup/…')),
      h('h2', {}, t('setup.link.new')), h('p', {}, t('setup.link.restart')), copyBox(NEW_LINK, t('command')),
      h('p', { class: 'or' }, t('setup.link.cli')), copyBox(NEW_PASSWORD, t('command'))));
}

function accountStep(token, done) {
  const name = field({ label: t('setup.name'), hint: t('setup.name.hint'), autocomplete: 'username', name: 'username', required: true });
  const password = secretField({ label: t('setup.password'), hint: t('setup.password.hint'), autocomplete: 'new-password', name: 'password', required: true });
  const problem = h('div', { class: 'problem' });
  const submit = button(t('continue'), null, { kind: 'primary wide', type: 'submit' });

  async function send() {
    problem.replaceChildren();
    const wanted = name.value;
    if (!allGood([name, nameFits(wanted) ? '' : t('field.userName')], [password, passwordProblem(password.value, wanted)])) return;
    await done(await post('/api/setup', { token, name: wanted, password: password.value }, { quiet: true }));
  }

  const failed = (error) => {
    if (error.field === 'name') allGood([name, fieldProblem(error, 'userName')]);
    else if (error.field === 'password') allGood([password, fieldProblem(error)]);
    else {
      fillWith(problem, notice(error, { short: true }));
      if (error.code === 'setup_expired') problem.append(h('p', {}, t('setup.link.restart')), copyBox(NEW_LINK, t('command')));
    }
  };
  return page(t('setup.title'), { lead: t('setup.lead') }, progress(1),
    h('div', { class: 'card' }, form([problem, name.node, password.node, submit], submit, send, failed)));
}

function serverStep(finish) {
  const one = serverForm({ submitLabel: t('setup.test'), wide: true, saved: (server) => tellStored(server, storedWords(server), finish) });
  return page(t('setup.server.title'), { lead: t('setup.server.lead') }, progress(2),
    h('div', { class: 'card' }, one.node, h('div', { class: 'skip-row' }, button(t('setup.skip'), finish, { kind: 'quiet' }))));
}

/** Straight to the first number; whoever has some already sees them. */
async function whereTo() {
  try {
    const answer = await call('GET', listPath({ perPage: 1 }));
    return answer.total ? '#/' : '#/conectar';
  } catch {
    return '#/';
  }
}

export function setupScreen({ params, entered, go, show }) {
  const [token] = params;
  if (!token) return withoutToken();
  const finish = async () => go(await whereTo());
  return accountStep(token, (session) => {
    entered(session, { stay: true });
    show(serverStep(finish));
  });
}

export const setupNeeded = () => withoutToken();
export const setupDone = () =>
  page(t('setup.done.title'), { lead: t('setup.done.lead') }, h('div', { class: 'card' }, linkButton(t('login.do'), '#/entrar', { kind: 'primary' })));
