// One number: how it is, why, what can be done about it, and what happened before.

import { h, fillWith, setText } from '../dom.js';
import { get, instancePath, post } from '../api.js';
import { when } from '../format.js';
import { phone } from '../phone.js';
import { poll } from '../poll.js';
import { reasonText, t, tx } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { ask } from '../parts/dialog.js';
import { notice } from '../parts/notice.js';
import { facts, page, section, skeleton } from '../parts/page.js';
import { lastKnown, shownStatus, sinceLine, statusBadge } from '../parts/status.js';
import { toast } from '../parts/toast.js';
import { history } from '../parts/history.js';
import { linkedAs, linkedNotice } from '../parts/linked.js';
import { links } from '../parts/links.js';
import { removeDialog } from '../parts/remove.js';

function restart(name) {
  ask({
    title: t('restart.title', { name }), body: h('p', {}, t('restart.text')), confirm: t('restart.do'),
    run: async () => { await post(instancePath(name, '/restart')); toast(t('restart.done')); },
  });
}

function logout(name, digits, again) {
  ask({
    title: t('logout.title'), danger: true, confirm: t('logout.do'),
    body: [h('p', {}, tx('logout.text', { name: h('strong', {}, name), phone: h('strong', {}, phone(digits)) })), h('p', {}, t('logout.after'))],
    run: async () => { await post(instancePath(name, '/logout')); toast(t('logout.done')); again(); },
  });
}

/** The card on top: the status, large, and the one thing to do about it. */
function statusCard(name, again) {
  const badge = statusBadge();
  const since = sinceLine();
  const word = h('span', { class: 'since-word' });
  const before = h('p', { class: 'hint' });
  const why = h('p', { class: 'why' });
  const actions = h('div', { class: 'actions' });
  let offered = '';
  let digits = '';

  function offer(status) {
    const up = status === 'connected' || status === 'other';
    const key = `${up} ${status === 'unknown'}`;
    if (key === offered) return;
    offered = key;
    if (up) {
      fillWith(actions, button(t('restart.do'), () => restart(name), { icon: 'again' }),
        button(t('logout.open'), () => logout(name, digits, again), { icon: 'power' }));
    } else {
      fillWith(actions, linkButton(t('instance.connect'), `#/conectar/${encodeURIComponent(name)}`, { kind: 'primary', icon: 'scan' }));
    }
  }

  return {
    node: h('section', { class: 'card status-card', 'aria-label': t('instance.status') },
      h('div', { class: 'status-line' }, badge.node, h('span', { class: 'hint' }, word, ' ', since.node)), before, why, actions),
    update(instance) {
      digits = instance.channelPhoneOrId;
      badge.update(instance);
      setText(word, instance.unknownSince ? t('instance.silent') : '');
      since.update(instance);
      setText(before, lastKnown(instance) ? lastKnown(instance).join('') : '');
      before.hidden = !before.textContent;
      setText(why, reasonText(instance.reason, instance.reasonText));
      why.hidden = !why.textContent;
      offer(shownStatus(instance));
    },
  };
}

/** What is written down about it; drawn anew only when it differs. */
function factsCard() {
  const place = h('div', {});
  let shown = '';
  return {
    node: section(t('instance.facts'), {}, place),
    update(instance) {
      const linked = linkedAs(instance);
      const key = [instance.channelPhoneOrId, linked, instance.server, instance.user, instance.createdAt].join();
      if (key === shown) return;
      shown = key;
      fillWith(place, facts(
        [t('col.number'), phone(instance.channelPhoneOrId)],
        ...(linked ? [[t('linked.is'), linked]] : []),
        [t('col.server'), instance.server || t('instance.noserver')],
        [t('col.owner'), instance.user],
        [t('col.created'), when(instance.createdAt)]));
    },
  };
}

export function instanceScreen({ params, signal, go }) {
  const [name] = params;
  const place = h('div', { class: 'stack' }, skeleton(3));
  const problem = h('div', { class: 'problem' });
  const again = () => loop.now();
  const status = statusCard(name, again);
  const about = factsCard();
  let digits = '';
  const linked = linkedNotice(name, { again, logout: () => logout(name, digits, again) });
  const past = history(name, signal);
  const shared = links(name, signal);
  const removal = section(t('remove.section'), { lead: t('remove.lead'), name: 'quiet-card' },
    h('div', { class: 'actions' }, button(t('remove.open'), () => removeDialog(name, () => go('#/')), { kind: 'danger-quiet', icon: 'trash' })));
  let begun = false;
  let last = '';

  function show(instance) {
    problem.replaceChildren();
    digits = instance.linkedNumber || instance.channelPhoneOrId;
    linked.update(instance);
    status.update(instance);
    about.update(instance);
    shared.node.hidden = instance.status === 'connected';
    if (!begun) fillWith(place, linked.node, status.node, shared.node, about.node, past.node, removal);
    begun = true;
    const mark = `${instance.status} ${instance.statusSince}`;
    if (mark !== last) past.load();
    last = mark;
  }

  const loop = poll(async (asking) => show(await get(instancePath(name), { signal: asking })), {
    every: 2_000, signal,
    failed(error) {
      if (!error.status) return true;
      fillWith(problem, notice(error, { actions: [linkButton(t('done.list'), '#/', {}), button(t('again'), again, { icon: 'again' })] }));
      if (error.code === 'not_found') place.replaceChildren();
      return error.code !== 'not_found';
    },
  });

  return page(name, { back: [t('nav.numbers'), '#/'] }, problem, place);
}
