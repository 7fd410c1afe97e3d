// The second factor of one's own logins: turned on with an app's code, off with the password and a code.

import { h, fillWith } from '../dom.js';
import { get, post, remove } from '../api.js';
import { latest } from '../latest.js';
import { t, tn } from '../words.js';
import { button } from './button.js';
import { copyBox } from './copy.js';
import { ask, tell } from './dialog.js';
import { allGood, codeField, secretField } from './form.js';
import { box, notice } from './notice.js';
import { section } from './page.js';
import { toast } from './toast.js';

const PATH = '/api/second-factor';

/** Asks for the password, and for a code where one is wanted, and then does that. */
function withPassword({ title, text, confirm, danger, wantsCode, act }) {
  const password = secretField({ label: t('account.current'), autocomplete: 'current-password', required: true });
  const code = wantsCode && codeField(t('login.code.hint'));
  ask({
    title, danger, confirm, body: [h('p', {}, text), password.node, code && code.node],
    async run() {
      const checks = [[password, password.value ? '' : t('login.password.needed')]];
      if (code) checks.push([code, code.value ? '' : t('factor.code.needed')]);
      if (!allGood(...checks)) return false;
      await act({ password: password.value, ...(code && { code: code.value }) });
      return true;
    },
    failed(error) {
      if (error.code === 'wrong_password') return !allGood([password, t('account.wrong')]);
      if (code && error.code === 'wrong_code') return !allGood([code, t('factor.wrong')]);
      return false;
    },
  });
}

function scan(made, done) {
  const code = codeField(t('factor.code.hint'));
  ask({
    title: t('factor.scan'), confirm: t('factor.on.do'),
    body: [h('p', {}, t('factor.scan.text')),
      h('img', { class: 'factor-code', src: made.qrCode, alt: t('factor.scan.alt'), width: 220, height: 220 }),
      h('p', { class: 'hint' }, t('factor.type')), copyBox(made.secret, t('factor.secret')), code.node],
    async run() {
      if (!allGood([code, code.value ? '' : t('factor.code.needed')])) return false;
      const { recoveryCodes } = await post(`${PATH}/confirm`, { code: code.value });
      done();
      tell({
        title: t('factor.recovery'), done: t('token.kept'),
        body: [box('warn', null, h('p', {}, t('factor.recovery.text'))), copyBox(recoveryCodes.join('\n'), t('factor.recovery'))],
      });
      return true;
    },
    failed(error) {
      if (error.code === 'wrong_code') allGood([code, t('factor.wrong')]);
      return error.code === 'wrong_code';
    },
  });
}

const turnOn = (done) => withPassword({
  title: t('factor.on'), text: t('factor.on.text'), confirm: t('factor.next'),
  act: async (body) => scan(await post(PATH, body), done),
});

const turnOff = (done) => withPassword({
  title: t('factor.off'), text: t('factor.off.text'), confirm: t('factor.off'), danger: true, wantsCode: true,
  async act(body) {
    await remove(PATH, { body });
    toast(t('factor.off.done'));
    done();
  },
});

export function secondFactor(signal) {
  const place = h('div', {});
  const newest = latest(signal);
  const load = () => newest((asking) => get(PATH, { signal: asking }),
    ({ on, recoveryCodes }) => fillWith(place, h('div', { class: 'actions' },
      on ? button(t('factor.off'), () => turnOff(load), { kind: 'danger-quiet' }) : button(t('factor.on'), () => turnOn(load), {}),
      on && h('span', { class: 'hint' }, tn('factor.left', recoveryCodes)))),
    (error) => { fillWith(place, notice(error, { short: true, actions: [button(t('again'), load)] })); });
  load();
  return section(t('factor.title'), { lead: t('factor.lead') }, place);
}
