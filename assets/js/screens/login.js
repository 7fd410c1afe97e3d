// Logging in. The name first, the password that can be shown, one button. It stands in the document, so that it is there
// before any script is: what was typed by then stays.

import { h, fillWith, setText } from '../dom.js';
import { post } from '../api.js';
import { t } from '../words.js';
import { allGood, sends, standingField, standingSecret } from '../parts/form.js';
import { box, notice } from '../parts/notice.js';

const node = document.getElementById('login');
const part = (name) => node.querySelector(`[data-part=${name}]`);
const name = standingField(part('name'));
const password = standingSecret(part('password'));
const code = standingField(part('code'));
const problem = node.querySelector('.problem');
let entered = () => {};

async function send() {
  problem.replaceChildren();
  if (!allGood([name, name.value ? '' : t('login.name.needed')], [password, password.value ? '' : t('login.password.needed')])) return;
  if (!code.node.hidden && !allGood([code, code.value ? '' : t('factor.code.needed')])) return;
  const shown = code.node.hidden ? {} : { code: code.value };
  entered(await post('/api/session', { name: name.value, password: password.value, ...shown }, { quiet: true }));
}

function failed(error) {
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
}

name.input.addEventListener('input', () => { code.node.hidden = true; }); // Until a login needs one.
sends(node.querySelector('form'), node.querySelector('[type=submit]'), send, failed);

/** Nothing of who was here before. */
function clear() {
  for (const field of [name, password, code]) {
    field.input.value = '';
    field.error(null);
  }
  code.node.hidden = true;
}

export function loginScreen(context) {
  entered = context.entered;
  if (!node.isConnected) clear();
  for (const one of node.querySelectorAll('[data-word]')) setText(one, t(one.dataset.word));
  password.hide(); // Whoever is next may be somebody else, and its button has been worded anew.
  node.querySelector('.reveal').setAttribute('aria-label', t('show.secret', { label: t('login.password') }));
  fillWith(problem, context.ended && box('info', null, h('p', {}, t('login.ended'))));
  // After the router has put the screen in its place. Where a finger points, a keyboard would pop up.
  if (matchMedia('(pointer: fine)').matches) setTimeout(() => { if (document.activeElement === document.body && !name.value && !password.value) name.input.focus(); });
  return node;
}
