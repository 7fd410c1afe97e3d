// What happened to one number, newest first, a page at a time.

import { h, fillWith, keyed } from '../dom.js';
import { call, instancePath } from '../api.js';
import { when } from '../format.js';
import { latest } from '../latest.js';
import { readKinds } from '../restoration.js';
import { reasonText, t } from '../words.js';
import { button } from './button.js';
import { notice } from './notice.js';
import { section } from './page.js';
import { settingsText } from './restoration.js';
import { plainStatus, statusFor } from './status.js';

const PAGE = 20;

function line(event) {
  const why = reasonText(event.reason, event.reasonText);
  const status = statusFor(event.to, event.reason);
  const node = h('li', { class: `event ${status}` },
    h('div', { class: 'event-head' }, plainStatus(status), h('span', { class: 'hint' }, when(event.at))),
    why && h('p', {}, why), event.reason?.startsWith('settings_') && h('p', { class: 'hint' }, settingsText(readKinds(event.detail))));
  return { node, update() {} };
}

/** { node, load() }; load asks for the newest and keeps what is shown already. */
export function history(name, signal) {
  const list = h('ol', { class: 'events' });
  const show = keyed(list, (event) => event.id, line);
  const foot = h('div', {});
  let events = [];
  let next = null;

  const ask = (asking, before) => {
    const query = new URLSearchParams(before ? { limit: PAGE, before } : { limit: PAGE });
    return call('GET', instancePath(name, `/events?${query}`), { signal: asking });
  };

  function draw() {
    show(events);
    const more = next !== null && button(t('history.more'), older, { kind: 'plain' });
    fillWith(foot, !events.length && h('p', { class: 'hint' }, t('history.none')), more);
  }

  async function older() {
    const answer = await ask(signal, next);
    events = [...events, ...answer.data];
    next = answer.next;
    draw();
  }

  function take(answer) {
    const known = new Set(answer.data.map((event) => event.id));
    const kept = events.filter((event) => !known.has(event.id));
    if (!kept.length) next = answer.next;
    events = [...answer.data, ...kept];
    draw();
  }

  const newest = latest(signal);
  const load = () => newest(ask, take,
    (error) => { fillWith(foot, notice(error, { short: true, actions: [button(t('again'), load)] })); });

  return { node: section(t('history.title'), { lead: t('history.lead') }, list, foot), load };
}
