// One number's live code, large, for a screen in a shop: nothing else is on it, and it shows by itself when the phone is
// connected and when it drops.

import { h, fillWith, setText } from '../dom.js';
import { connectAgain, get, instancePath } from '../api.js';
import { follow } from '../follow.js';
import { calledName } from '../format.js';
import { phone } from '../phone.js';
import { poll } from '../poll.js';
import { t } from '../words.js';
import { button } from '../parts/button.js';
import { icon } from '../parts/icons.js';
import { notice } from '../parts/notice.js';
import { qrCard } from '../parts/qr.js';
import { steps } from '../parts/steps.js';

/** Milliseconds between two looks at a number that is connected. */
const LOOK = 5_000;

/** Keeps the screen on, where the browser lets a page do that, for as long as it is shown. */
function stayOn(signal) {
  const hold = () => { if (!document.hidden && navigator.wakeLock) navigator.wakeLock.request('screen').then((lock) => signal.addEventListener('abort', () => lock.release()), () => {}); };
  document.addEventListener('visibilitychange', hold, { signal });
  hold();
}

export function kioskScreen({ params, signal, go }) {
  const [name] = params;
  const title = h('span', {}, name);
  const number = h('p', { class: 'kiosk-number' });
  const place = h('div', { class: 'kiosk-place' });
  let shown = new AbortController();

  document.body.classList.add('kiosk');
  signal.addEventListener('abort', () => { shown.abort(); document.body.classList.remove('kiosk'); });
  stayOn(signal);

  /** Ends what is shown, and gives its successor a signal. */
  function next() {
    shown.abort();
    shown = new AbortController();
    return shown.signal;
  }

  function connected(data) {
    const now = next();
    fillWith(place, h('div', { class: 'kiosk-done', role: 'status' }, h('span', { class: 'success-icon' }, icon('tick')), h('h2', {}, t('done.title'))));
    setText(number, phone(data.linkedNumber ? `+${data.linkedNumber}` : data.channelPhoneOrId || number.textContent));
    poll(async (asking) => {
      const row = await get(instancePath(name), { signal: asking });
      if (row.status === 'connected' || row.reason === 'dropped') return true;
      waiting();
      return false;
    }, { every: LOOK, signal: now });
  }

  function waiting() {
    const now = next();
    const qr = qrCard(name, now);
    const problem = h('div', { class: 'problem' });
    fillWith(place, problem, h('div', { class: 'kiosk-code' }, qr.node, steps('qr')));
    const following = follow({
      signal: now, ask: (wanted, asking) => connectAgain(name, wanted, asking),
      view: {
        checking: (yes) => qr.checking(yes),
        answer(data) { problem.replaceChildren(); qr.show(data); },
        failed(error) { fillWith(problem, notice(error, { short: true, actions: [button(t('again'), () => following.again(), { icon: 'again' })] })); },
        idle: () => qr.idle(() => following.again()),
        connected,
      },
    });
  }

  poll(async (asking) => {
    const row = await get(instancePath(name), { signal: asking });
    setText(title, calledName(row));
    setText(number, phone(row.channelPhoneOrId));
    if (row.status === 'connected') connected(row);
    else waiting();
    return false;
  }, { every: LOOK, signal, failed: (error) => { fillWith(place, notice(error)); return error.code !== 'not_found'; } });

  return h('div', { class: 'page kiosk-page' },
    h('div', { class: 'kiosk-head' }, h('h1', { tabindex: '-1' }, title), number), place,
    h('div', { class: 'kiosk-foot' },
      document.fullscreenEnabled && button(t('kiosk.full'), () => document.documentElement.requestFullscreen(), { kind: 'quiet' }),
      button(t('kiosk.leave'), async () => { if (document.fullscreenElement) await document.exitFullscreen(); go(`#/instancia/${encodeURIComponent(name)}`); }, { kind: 'quiet' })));
}
