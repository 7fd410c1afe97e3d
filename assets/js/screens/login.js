// Logging in. The name first, the password that can be shown, one button.

import { h, fillWith } from '../dom.js';
import { post } from '../api.js';
import { t } from '../words.js';
import { button } from '../parts/button.js';
import { allGood, codeField, field, form, secretField } from '../parts/form.js';
import { box, notice } from '../parts/notice.js';
import { page } from '../parts/page.js';

export function loginScreen({ entered, ended }) {
  const name = field({ label: t('login.name'), autocomplete: 'username', name: 'username', required: true });
  const password = secretField({ label: t('login.password'), autocomplete: 'current-password', name: 'password', required: true });
  const code = codeField(t('login.code.hint'));
  code.node.hidden = true; // Until a login needs one.
  name.input.addEventListener('input', () => { code.node.hidden = true; });
  const problem = h('div', { class: 'problem' }, ended && box('info', null, h('p', {}, t('login.ended'))));
  const submit = button(t('login.do'), null, { kind: 'primary wide', type: 'submit' });

  async function send() {
    problem.replaceChildren();
    if (!allGood([name, name.value ? '' : t('login.name.needed')], [password, password.value ? '' : t('login.password.needed')])) return;
    if (!code.node.hidden && !allGood([code, code.value ? '' : t('factor.code.needed')])) return;
    const shown = code.node.hidden ? {} : { code: code.value };
    entered(await post('/api/session', { name: name.value, password: password.value, ...shown }, { quiet: true }));
  }

  const failed = (error) => {
    if (error.code === 'code_needed') {
      code.node.hidden = false;
      code.input.focus();
      return;
    }
    if (error.code === 'wrong_code') {
      allGood([code, t('factor.wrong')]);
      code.input.select();
      return;
    }
    if (error.code !== 'wrong_password') { fillWith(problem, notice(error, { short: true })); return; }
    allGood([password, t('login.wrong')]);
    password.input.select();
  };
  // After the router has put the screen in its place. Where a finger points, a keyboard would pop up.
  if (matchMedia('(pointer: fine)').matches) setTimeout(() => { if (!name.value && !password.value) name.input.focus(); });
  return page(t('login.title'), { lead: t('login.lead') },
    h('div', { class: 'card' }, form([problem, name.node, password.node, code.node, submit], submit, send, failed)),
    h('p', { class: 'below' }, h('a', { href: '#/ajuda/how_password' }, t('login.forgot'))));
}
