// Removing a number: the dialog names exactly what will be lost, as the server says it.

import { h, fillWith } from '../dom.js';
import { instancePath, remove } from '../api.js';
import { latest } from '../latest.js';
import { t } from '../words.js';
import { button } from './button.js';
import { ask } from './dialog.js';
import { radioField } from './form.js';
import { icon } from './icons.js';
import { box, notice } from './notice.js';
import { toast } from './toast.js';

const query = (how, dry) => {
  const wanted = new URLSearchParams();
  if (how === 'row') wanted.set('keepUpstream', 'true');
  if (how === 'erase') wanted.set('erase', 'true');
  if (dry) wanted.set('dryRun', 'true');
  const text = wanted.toString();
  return text ? `?${text}` : '';
};

/** What is lost by that choice, in words. */
const losses = (plan) => [
  h('p', { class: 'losses-title' }, t('remove.losses')),
  h('ul', {}, plan.removes.map((what) => h('li', {}, icon('trash'), h('span', {}, t(`remove.what.${what}`))))),
  plan.removes.includes('audit') && h('p', { class: 'hint' }, t('remove.erase.backups')),
  plan.staysOn && box('warn', null, h('p', {}, t('remove.elsewhere', { servers: plan.staysOn.join(', ') }))),
  plan.message && !plan.staysOn && h('p', { class: 'hint' }, t('remove.stranger')),
];

/** Asks about the number of that technical name; `called`: how people know it. */
export function removeDialog(name, called, removed) {
  const list = h('div', { class: 'losses', 'aria-live': 'polite' });
  const newest = latest();
  const choice = radioField(t('remove.how'), [
    ['all', t('remove.all'), t('remove.all.hint')],
    ['row', t('remove.row'), t('remove.row.hint')],
    ['erase', t('remove.erase'), t('remove.erase.hint')],
  ], () => look());
  const call = (dry, options) => remove(instancePath(name, query(choice.value, dry)), options);

  /** The button is off until the losses of the present choice are read. */
  function look() {
    dialog.submit.disabled = true;
    fillWith(list, h('p', { class: 'hint' }, t('loading')));
    return newest((signal) => call(true, { signal }), (plan) => {
      fillWith(list, losses(plan));
      dialog.submit.disabled = false;
    }, (error) => { fillWith(list, notice(error, { short: true, actions: [button(t('again'), look)] })); });
  }

  const dialog = ask({
    title: t('remove.title', { name: called }), danger: true, confirm: t('remove.do', { name: called }),
    body: [choice.node, list],
    async run() {
      choice.node.disabled = true; // What is removed is what was chosen when the button was pressed.
      try {
        await call(false);
      } finally {
        choice.node.disabled = false;
      }
      toast(t('remove.done', { name: called }));
      removed();
    },
  });
  look();
  return dialog;
}
