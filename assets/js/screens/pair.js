// "Conectar número", second half: the code, live, until a phone is connected. Three ways, one at a
// time: scan, type a code on the phone, send a link to whoever has the phone.

import { h, fillWith, setText } from '../dom.js';
import { connectAgain, get, instancePath, post } from '../api.js';
import { follow } from '../follow.js';
import { latest } from '../latest.js';
import { calledName, when } from '../format.js';
import { phone } from '../phone.js';
import { backToList, entitle } from '../router.js';
import { entitle as titled } from '../tab-mark.js';
import { t, tx } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { codeCard } from '../parts/code.js';
import { shareButtons } from '../parts/copy.js';
import { icon } from '../parts/icons.js';
import { localNote } from '../parts/local-note.js';
import { notice } from '../parts/notice.js';
import { page } from '../parts/page.js';
import { linkedAs, otherNumber } from '../parts/linked.js';
import { qrCard } from '../parts/qr.js';
import { scanHelp } from '../parts/scan-help.js';
import { steps } from '../parts/steps.js';
import { tabs } from '../parts/tabs.js';
import { warningPlace } from '../parts/warning.js';

/** What the form learned, so that its answer is shown at once and not asked for again. */
let handed = null;
export function handOver(answer, digits) { handed = { answer, digits }; }

function linkPanel(name) {
  const place = h('div', {});
  const make = async () => {
    const link = await post(instancePath(name, '/link'));
    fillWith(place, h('p', { class: 'link-text' }, h('code', {}, link.url)),
      h('p', { class: 'hint' }, tx('link.until', { time: when(link.expiresAt) })),
      h('div', { class: 'actions' }, shareButtons(link.url, t('link.message'))),
      localNote(link.url, 'link.local'));
  };
  fillWith(place, button(t('link.make'), make, { kind: 'primary', icon: 'link' }));
  return h('div', { class: 'way' }, h('p', { class: 'way-lead' }, t('link.lead')), place);
}

function successPanel(digits, data) {
  const heading = h('h2', { tabindex: '-1' }, t('done.title'));
  const node = h('div', { class: 'card success', role: 'status' },
    h('span', { class: 'success-icon' }, icon('tick')), heading,
    h('p', { class: 'success-phone' }, linkedAs(data) || phone(digits)), h('p', {}, t('done.text', { name: calledName(data) })));
  return { node, heading };
}

/** The live part, for a name whose phone is known. */
function livePanel(name, digits, { first, scans }, signal) {
  const place = h('div', { class: 'live' });
  const problem = h('div', { class: 'problem' });
  const odd = warningPlace();
  const help = scanHelp();
  const qr = qrCard(name, signal);
  const code = codeCard(() => following.restart());
  let answered = false;
  const again = () => { problem.replaceChildren(); card.hidden = false; following.again(); };

  const view = {
    checking: (yes) => qr.checking(yes),
    answer(data) {
      problem.replaceChildren();
      card.hidden = false;
      answered = true;
      qr.show(data);
      code.show(data);
      help.update(data.scanHelp);
      odd.update(data);
    },
    failed(error, final) {
      const retry = button(t('again'), again, { icon: 'again', kind: final ? 'primary' : 'plain' });
      fillWith(problem, notice(error, { actions: [retry] }));
      card.hidden = !answered; // Nothing to scan yet: only the reason and what to do.
      if (!final) problem.firstChild.append(h('span', { class: 'visually-hidden' }, t('notice.retrying')));
    },
    idle: () => qr.idle(again),
    connected(data) {
      odd.update(data);
      const done = successPanel(digits, data);
      done.node.append(h('div', { class: 'actions' },
        linkButton(t('done.list'), '#/', { kind: 'primary' }), linkButton(t('done.another'), '#/conectar', { icon: 'plus' })));
      const see = linkButton(t('linked.see'), `#/instancia/${encodeURIComponent(name)}`, { kind: 'primary' });
      fillWith(place, data.numberMatches === false && otherNumber(phone(digits), linkedAs(data), [see]), odd.node, done.node, odd.restored);
      titled(t('done.title'));
      done.heading.focus();
    },
  };

  const following = follow({
    signal, view, first,
    ask: (wanted, asking) => connectAgain(name, wanted, asking),
  });

  const ways = tabs(t('ways.label'), [
    { key: 'qr', label: t('ways.qr'), icon: 'scan', panel: h('div', { class: 'way split' }, h('div', { class: 'way-code' }, qr.node, help.link), steps('qr')) },
    { key: 'code', label: t('ways.code'), icon: 'phone', panel: h('div', { class: 'way' }, h('h2', {}, t('ways.code.title')), h('div', { class: 'split' }, code.node, steps('code'))) },
    { key: 'link', label: t('ways.link'), icon: 'link', panel: linkPanel(name) },
  ], { changed: (key) => following.wantCode(key === 'code') });
  const card = h('div', { class: 'card' }, ways.node);
  help.update(scans);
  return fillWith(place, problem, odd.node, card, odd.restored, help.node);
}

export function pairScreen({ params, signal }) {
  const [name] = params;
  const place = h('div', { class: 'live-place' });
  const lead = h('span', {}, '\u00a0');
  const title = h('span', {}, t('pair.title', { name }));
  const start = (row, digits, first) => {
    setText(title, t('pair.title', { name: calledName(row) }));
    entitle();
    lead.textContent = phone(digits);
    fillWith(place, livePanel(name, digits, { first, scans: row.scanHelp }, signal));
  };

  const newest = latest(signal);
  const load = () => newest((asking) => get(instancePath(name), { signal: asking }),
    (row) => start(row, row.channelPhoneOrId, null),
    (error) => { fillWith(place, notice(error, { actions: [button(t('again'), load, { icon: 'again', kind: 'primary' })] })); });

  if (handed && handed.answer.channelInstanceId === name) start(handed.answer, handed.digits, handed.answer);
  else load();
  handed = null;
  return page(title, { lead, back: [t('nav.numbers'), backToList()] }, place);
}
