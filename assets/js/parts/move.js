// Moving a number to another server: the dialog says first what does not go with it, as the server plans it. And what a
// number left behind until its phone is connected anew.

import { h, fillWith } from '../dom.js';
import { get, instancePath, post } from '../api.js';
import { latest } from '../latest.js';
import { t } from '../words.js';
import { button } from './button.js';
import { ask } from './dialog.js';
import { checkField, selectField } from './form.js';
import { box, notice } from './notice.js';
import { settingsText } from './restoration.js';
import { toast } from './toast.js';

const move = (name, body, dry, options) => post(instancePath(name, dry ? '/move?dryRun=true' : '/move'), body, options);

/** What does not go with it, and what does. */
const planned = ({ needsScan, hasPhone, carries, to }) => [
  h('p', { class: 'losses-title' }, t(!needsScan ? 'move.session.there' : hasPhone ? 'move.session' : 'move.session.new')),
  h('p', {}, t(!needsScan ? 'move.stays' : hasPhone ? 'move.until' : 'move.scan', { server: to.name })),
  h('p', { class: 'hint' }, carries.length ? t('move.carries', { kinds: settingsText(carries.map((kind) => ({ kind }))) }) : t('move.bare')),
];

/** Asks where the number of that technical name moves to; `called`: how people know it. */
export async function moveDialog(instance, called, again) {
  const servers = (await get('/api/admin/credentials')).filter((one) => one.active && one.id !== instance.credentialId);
  const place = h('div', { class: 'losses', 'aria-live': 'polite' });
  const newest = latest();
  const where = selectField({ label: t('move.to'), choices: [['', t('move.any')], ...servers.map((one) => [one.id, one.name])] });
  const now = checkField(t('move.now'), t('move.now.hint'));
  const body = () => ({ ...(where.value ? { to: where.value } : {}), ...(now.value ? { removeOldNow: true } : {}) });

  function look() {
    dialog.submit.disabled = true;
    fillWith(place, h('p', { class: 'hint' }, t('loading')));
    return newest((signal) => move(instance.channelInstanceId, body(), true, { signal }), (plan) => {
      fillWith(place, planned(plan));
      now.node.hidden = !plan.hasPhone;
      dialog.submit.disabled = false;
    }, (error) => { fillWith(place, notice(error, { short: true, actions: [button(t('again'), look)] })); });
  }

  const dialog = ask({
    title: t('move.title', { name: called }), confirm: t('move.do'), body: [where.node, place, now.node],
    async run() {
      const done = await move(instance.channelInstanceId, body(), false);
      toast(t(`move.done.${done.old === 'not_removed' ? 'left' : 'fine'}`, { server: done.to.name }));
      again();
    },
  });
  where.input.addEventListener('change', look);
  look();
}

/** { node, update(instance) }: where a number that moved still has its old phone. */
export function leftNotice() {
  const node = h('div', {});
  let shown = '';
  return {
    node,
    update({ leftOn, server, status }) {
      const key = JSON.stringify([leftOn, server, status]);
      if (key === shown) return;
      shown = key;
      fillWith(node, leftOn.length > 0 && box('warn', t('left.title', { server: server || '–' }),
        h('p', {}, t(status === 'connected' ? 'left.removing' : 'left.waiting', { servers: leftOn.join(', ') }))));
    },
  };
}
