// Removing a number: the dialog names exactly what will be lost, as the server says it.

import { h, fillWith } from '../dom.js';
import { instancePath, remove } from '../api.js';
import { t } from '../words.js';
import { ask } from './dialog.js';
import { radioField } from './form.js';
import { icon } from './icons.js';
import { notice } from './notice.js';
import { toast } from './toast.js';

const query = (keep, dry) => {
  const wanted = new URLSearchParams();
  if (keep) wanted.set('keepUpstream', 'true');
  if (dry) wanted.set('dryRun', 'true');
  const text = wanted.toString();
  return text ? `?${text}` : '';
};

export function removeDialog(name, removed) {
  const list = h('div', { class: 'losses', 'aria-live': 'polite' }, h('p', { class: 'hint' }, t('loading')));
  const choice = radioField(t('remove.how'), [
    ['all', t('remove.all'), t('remove.all.hint')],
    ['row', t('remove.row'), t('remove.row.hint')],
  ], () => look());

  async function look() {
    try {
      const plan = await remove(instancePath(name, query(choice.value === 'row', true)));
      fillWith(list, h('p', { class: 'losses-title' }, t('remove.losses')), h('ul', {}, plan.removes.map((what) =>
        h('li', {}, icon('trash'), h('span', {}, t(`remove.what.${what}`))))),
      plan.message && h('p', { class: 'hint' }, t('remove.stranger')));
    } catch (error) {
      fillWith(list, notice(error, { short: true }));
    }
  }

  look();
  return ask({
    title: t('remove.title', { name }), danger: true, confirm: t('remove.do', { name }),
    body: [choice.node, list],
    run: async () => {
      await remove(instancePath(name, query(choice.value === 'row', false)));
      toast(t('remove.done', { name }));
      removed();
    },
  });
}
