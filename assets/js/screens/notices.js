// Where notices go: who is told of numbers that drop and come back, and what became of each message.

import { h, fillWith } from '../dom.js';
import { get, post, remove } from '../api.js';
import { when } from '../format.js';
import { latest } from '../latest.js';
import { has, t, tx } from '../words.js';
import { addTarget } from '../parts/notice-form.js';
import { button } from '../parts/button.js';
import { ask, tell } from '../parts/dialog.js';
import { notice } from '../parts/notice.js';
import { badge, empty, page, section, skeleton } from '../parts/page.js';
import { toast } from '../parts/toast.js';

const TARGETS = '/api/notices';
const LOG = `${TARGETS}/log?limit=20`;
const targetPath = (target, rest = '') => `${TARGETS}/${encodeURIComponent(target.id)}${rest}`;

/** Why a message was not delivered, in words. */
function deliveryProblem(code) {
  const kind = [code, code.replace(/_\d+$/, ''), code.split('_')[0]].find((one) => has(`sent.${one}`));
  return kind ? t(`sent.${kind}`) : t('sent.unexpected');
}

const name = (target) => `${t(`by.${target.channel}`)}: ${target.address}`;

async function test(target, again) {
  const { ok, code } = await post(targetPath(target, '/test'));
  again();
  if (ok) toast(t('notices.tested'));
  else tell({ title: t('notices.untested'), body: h('p', {}, deliveryProblem(code)) });
}

function removeTarget(target, again) {
  ask({
    title: t('notices.remove.title'), danger: true, confirm: t('remove.short'),
    body: h('p', {}, tx('notices.remove.text', { name: h('strong', {}, name(target)) })),
    run: async () => { await remove(targetPath(target)); toast(t('notices.removed')); again(); },
  });
}

async function setActive(target, active, again) {
  await post(targetPath(target, active ? '/enable' : '/disable'));
  toast(t(active ? 'notices.enabled' : 'notices.disabled'));
  again();
}

const targetRow = (target, session, again) =>
  h('li', { class: 'row' },
    h('div', { class: 'row-text' },
      h('p', { class: 'row-title' }, t(`by.${target.channel}`), !target.active && badge(t('notices.off')), target.user !== session.user && badge(target.user)),
      h('p', { class: 'hint' }, [target.address, t(target.all ? 'notices.all' : 'notices.own'),
        target.quietHours && t('notices.quiet.at', { hours: target.quietHours })].filter(Boolean).join(' · '))),
    h('div', { class: 'row-actions' },
      button(t('notices.test'), () => test(target, again), { name: `${t('notices.test')}: ${name(target)}` }),
      button(t(target.active ? 'notices.disable' : 'notices.enable'), () => setActive(target, !target.active, again), { name: `${t(target.active ? 'notices.disable' : 'notices.enable')}: ${name(target)}` }),
      button(t('remove.short'), () => removeTarget(target, again), { kind: 'danger-quiet', name: `${t('remove.short')}: ${name(target)}` })));

const messageRow = (message) =>
  h('li', { class: 'row' },
    h('div', { class: 'row-text' },
      h('p', { class: 'row-title' }, t(`told.${message.kind}`), badge(t(`outcome.${message.outcome}`))),
      h('p', { class: 'hint' }, message.kind !== 'test' && `${message.names.join(', ')} · `, name(message), ' · ', when(message.createdAt)),
      message.error && h('p', { class: 'hint' }, deliveryProblem(message.error))));

export function noticesScreen({ signal, session }) {
  const place = h('div', { class: 'stack' }, skeleton(4));

  function show(targets, log) {
    fillWith(place,
      section(t('notices.targets'), { lead: t('notices.targets.lead'), actions: button(t('notices.add'), () => addTarget(session, load), { kind: 'primary', icon: 'plus' }) },
        targets.length ? h('ul', { class: 'rows' }, targets.map((target) => targetRow(target, session, load)))
          : empty('alert', t('notices.empty'), t('notices.empty.text'))),
      section(t('notices.log'), { lead: t('notices.log.lead') },
        log.length ? h('ul', { class: 'rows' }, log.map(messageRow)) : h('p', { class: 'hint' }, t('notices.log.empty'))));
  }

  const newest = latest(signal);
  const load = () => newest((asking) => Promise.all([get(TARGETS, { signal: asking }), get(LOG, { signal: asking })]),
    ([targets, log]) => show(targets, log),
    (error) => { fillWith(place, notice(error, { actions: [button(t('again'), load, { kind: 'primary', icon: 'again' })] })); });

  load();
  return page(t('notices.title'), { lead: t('notices.lead'), back: [t('nav.account'), '#/conta'] }, place);
}
