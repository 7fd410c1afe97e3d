// One number: how it is, why, what can be done about it, and what happened before.

import { h, fillWith, setText } from '../dom.js';
import { get, instancePath, post } from '../api.js';
import { calledName, when } from '../format.js';
import { mayManage } from '../may.js';
import { phone } from '../phone.js';
import { poll } from '../poll.js';
import { backToList, entitle } from '../router.js';
import { reasonText, t, tx } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { describeDialog } from '../parts/describe.js';
import { ask } from '../parts/dialog.js';
import { notice } from '../parts/notice.js';
import { facts, page, section, skeleton } from '../parts/page.js';
import { lastKnown, shownStatus, sinceLine, statusBadge } from '../parts/status.js';
import { toast } from '../parts/toast.js';
import { history } from '../parts/history.js';
import { linkedAs, linkedNotice } from '../parts/linked.js';
import { links } from '../parts/links.js';
import { leftNotice, moveDialog } from '../parts/move.js';
import { removeDialog } from '../parts/remove.js';
import { scanHelp } from '../parts/scan-help.js';
import { tags } from '../parts/tags.js';
import { testMessageDialog } from '../parts/test-message.js';
import { uptime } from '../parts/uptime.js';

function restart(name, called) {
  ask({
    title: t('restart.title', { name: called }), body: h('p', {}, t('restart.text')), confirm: t('restart.do'),
    run: async () => { await post(instancePath(name, '/restart')); toast(t('restart.done')); },
  });
}

function logout(name, called, digits, again) {
  ask({
    title: t('logout.title'), danger: true, confirm: t('logout.do'),
    body: [h('p', {}, tx('logout.text', { name: h('strong', {}, called), phone: h('strong', {}, phone(digits)) })), h('p', {}, t('logout.after'))],
    run: async () => { await post(instancePath(name, '/logout')); toast(t('logout.done')); again(); },
  });
}

/** The card on top: the status, large, and the one thing to do about it. `acts` are what its buttons do. */
function statusCard(name, acts) {
  const badge = statusBadge();
  const since = sinceLine();
  const word = h('span', { class: 'since-word' });
  const before = h('p', { class: 'hint' });
  const why = h('p', { class: 'why' });
  const actions = h('div', { class: 'actions' });
  const kiosk = linkButton(t('kiosk.open'), `#/vitrine/${encodeURIComponent(name)}`, { icon: 'phones' });
  let offered = '';

  function offer(status, manages) {
    if (`${status} ${manages}` === offered) return;
    offered = `${status} ${manages}`;
    if (status === 'connected' || status === 'other') {
      fillWith(actions, button(t('restart.do'), acts.restart, { icon: 'again' }),
        manages && button(t('test.open'), acts.test, { icon: 'share' }),
        manages && button(t('logout.open'), acts.logout, { icon: 'power' }), kiosk);
    } else if (status === 'fighting') { // Neither a code nor a restart ends it.
      fillWith(actions, manages && button(t('remove.open'), acts.remove, { kind: 'danger-quiet', icon: 'trash' }),
        h('a', { href: '#/ajuda/fighting' }, t('notice.more')));
    } else {
      fillWith(actions, linkButton(t('instance.connect'), `#/conectar/${encodeURIComponent(name)}`, { kind: 'primary', icon: 'scan' }), kiosk);
    }
  }

  return {
    node: h('section', { class: 'card status-card', 'aria-label': t('instance.status') },
      h('div', { class: 'status-line' }, badge.node, h('span', { class: 'hint' }, word, ' ', since.node)), before, why, actions),
    update(instance, manages) {
      badge.update(instance);
      setText(word, instance.unknownSince ? t('instance.silent') : '');
      since.update(instance);
      setText(before, lastKnown(instance) ? lastKnown(instance).join('') : '');
      before.hidden = !before.textContent;
      setText(why, reasonText(instance.reason, instance.reasonText));
      why.hidden = !why.textContent;
      offer(shownStatus(instance), manages);
    },
  };
}

/** What is written down about it; drawn anew only when it differs. `describe` changes what people write, for those who may. */
function factsCard(describe) {
  const place = h('div', {});
  const edit = button(t('edit'), describe, { icon: 'edit', name: `${t('edit')}: ${t('describe.title')}` });
  let shown = '';
  return {
    node: section(t('instance.facts'), { actions: edit }, place),
    update(instance, mayDescribe) {
      edit.hidden = !mayDescribe;
      const linked = linkedAs(instance);
      const linkedTitle = t(instance.status === 'connected' ? 'linked.is' : 'linked.last');
      const { channelPhoneOrId, server, user, createdAt, settingsSavedAt, note, labels } = instance;
      const key = JSON.stringify([channelPhoneOrId, linked, linkedTitle, server, user, createdAt, settingsSavedAt, note, labels]);
      if (key === shown) return;
      shown = key;
      fillWith(place, facts(
        [t('col.number'), phone(instance.channelPhoneOrId)],
        linked && [linkedTitle, linked],
        [t('col.server'), instance.server || t('instance.noserver')],
        [t('col.owner'), instance.user],
        [t('col.created'), when(instance.createdAt)],
        settingsSavedAt && [t('instance.saved'), when(settingsSavedAt)],
        labels.length > 0 && [t('describe.labels'), tags(labels)],
        note && [t('describe.note'), h('span', { class: 'note' }, note)]));
    },
  };
}

export function instanceScreen({ params, signal, session, go }) {
  const [name] = params;
  const place = h('div', { class: 'stack' }, skeleton(3));
  const problem = h('div', { class: 'problem' });
  const title = h('span', {}, name);
  const lead = h('span', {}, '\u00a0');
  const again = () => loop.now();
  let current = null;
  const acts = {
    restart: () => restart(name, calledName(current)),
    logout: () => logout(name, calledName(current), current.linkedNumber || current.channelPhoneOrId, again),
    test: () => testMessageDialog(name, phone(current.linkedNumber ? `+${current.linkedNumber}` : current.channelPhoneOrId)),
    remove: () => removeDialog(name, calledName(current), () => go(backToList())),
  };
  const status = statusCard(name, acts);
  const about = factsCard(() => describeDialog(current, again));
  const help = scanHelp();
  const linked = linkedNotice(name, { again, logout: acts.logout });
  const left = leftNotice();
  const relocation = section(t('move.section'), { lead: t('move.lead'), name: 'quiet-card' },
    h('div', { class: 'actions' }, button(t('move.open'), () => moveDialog(current, calledName(current), again), { icon: 'servers' })));
  relocation.hidden = !session.admin;
  const past = history(name, signal);
  const available = uptime(instancePath(name, '/uptime'), signal);
  const availability = section(t('uptime.title'), { actions: linkButton(t('uptime.open'), '#/disponibilidade', { icon: 'chart' }) }, available.node);
  const shared = links(name, signal);
  const removal = section(t('remove.section'), { lead: t('remove.lead'), name: 'quiet-card' },
    h('div', { class: 'actions' }, linkButton(t('export.open'), `.${instancePath(name, '/export')}`), button(t('remove.open'), acts.remove, { kind: 'danger-quiet', icon: 'trash' })));
  let begun = false;
  let last = '';

  function show(instance) {
    problem.replaceChildren();
    current = instance;
    setText(title, calledName(instance));
    setText(lead, [phone(instance.channelPhoneOrId), instance.displayName && name].filter(Boolean).join(' · '));
    entitle();
    const manages = mayManage(session, instance);
    linked.update(instance, manages);
    left.update(instance);
    status.update(instance, manages);
    help.update(instance.scanHelp);
    about.update(instance, manages);
    removal.hidden = !manages;
    shared.node.hidden = instance.status === 'connected' || shownStatus(instance) === 'fighting';
    if (!begun) fillWith(place, linked.node, left.node, status.node, help.node, shared.node, about.node, availability, past.node, relocation, removal);
    begun = true;
    const mark = `${instance.status} ${instance.statusSince}`;
    if (mark !== last) past.load();
    if (last && mark !== last) available.load();
    last = mark;
  }

  const loop = poll(async (asking) => show(await get(instancePath(name), { signal: asking })), {
    every: 2_000, signal,
    failed(error) {
      if (!error.status) return true;
      fillWith(problem, notice(error, { actions: [linkButton(t('done.list'), backToList(), {}), button(t('again'), again, { icon: 'again' })] }));
      if (error.code === 'not_found') place.replaceChildren();
      return error.code !== 'not_found';
    },
  });

  return page(title, { lead, back: [t('nav.numbers'), backToList()] }, problem, place);
}
