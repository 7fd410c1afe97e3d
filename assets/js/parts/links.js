// Connect links of one number: make one, see which are open, close them all.

import { h, fillWith } from '../dom.js';
import { get, instancePath, post, remove } from '../api.js';
import { when } from '../format.js';
import { latest } from '../latest.js';
import { t, tn, tx } from '../words.js';
import { button } from './button.js';
import { shareButtons } from './copy.js';
import { tell } from './dialog.js';
import { selectField } from './form.js';
import { localNote } from './local-note.js';
import { section } from './page.js';
import { toast } from './toast.js';

export const LINK_MINUTES = [30, 120, 1440];

function made(link) {
  tell({
    title: t('link.made'),
    body: [h('p', {}, t('link.once')), h('p', { class: 'link-text' }, h('code', {}, link.url)),
      h('p', { class: 'hint' }, tx('link.until', { time: when(link.expiresAt) })),
      h('div', { class: 'actions' }, shareButtons(link.url, t('link.message'))),
      localNote(link.url, 'link.local')],
  });
}

export function links(name, signal) {
  const path = instancePath(name, '/link');
  const open = h('div', {});
  const length = selectField({ label: t('link.valid'), value: '30', choices: LINK_MINUTES.map((n) => [String(n), t(`link.minutes.${n}`)]) });

  const show = (active) => {
    fillWith(open, active.length > 0 && [
      h('h3', {}, tn('link.active', active.length)),
      h('ul', { class: 'rows' }, active.map((link, i) => h('li', { class: 'row' },
        h('p', { class: 'row-text' }, tx('link.row', { made: when(link.createdAt), until: when(link.expiresAt) })),
        h('div', { class: 'row-actions' }, button(t('link.revoke.one'), () => end(link), { kind: 'danger-quiet', name: `${t('link.revoke.one')} (${i + 1})` }))))),
      active.length > 1 && h('div', { class: 'actions' }, button(t('link.revoke'), async () => { await remove(path); toast(t('link.revoked')); await load(); }, { icon: 'off' })),
    ]);
  };
  const end = async (link) => { await remove(`${path}?id=${encodeURIComponent(link.id)}`); toast(t('link.revoked.one')); await load(); };
  const newest = latest(signal);
  // The list is an extra; making a link says what is wrong.
  const load = () => newest((asking) => get(path, { signal: asking }), show, () => {});

  const make = async () => {
    made(await post(path, { minutes: Number(length.value) }));
    await load();
  };
  load();
  return {
    node: section(t('link.title'), { lead: t('link.lead') },
      h('div', { class: 'inline-form' }, length.node, button(t('link.make'), make, { icon: 'link' })), open),
  };
}
