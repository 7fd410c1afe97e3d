// The page behind a connect link. Whoever opens it knows nothing of servers: it says which number,
// asks on a phone where WhatsApp is, and shows one thing to do until "Conectado".

import { h, fillWith } from './dom.js';
import { contact, post } from './api.js';
import { follow } from './follow.js';
import { calledName, clockTime, when } from './format.js';
import { phone } from './phone.js';
import { onLang } from './prefs.js';
import { has, loadWords, t, tx } from './words.js';
import { button } from './parts/button.js';
import { codeCard } from './parts/code.js';
import { icon } from './parts/icons.js';
import { box } from './parts/notice.js';
import { prefsBar } from './parts/prefs-bar.js';
import { qrCard } from './parts/qr.js';
import { scanHelp } from './parts/scan-help.js';
import { steps } from './parts/steps.js';
import { toastPlaces } from './parts/toast.js';

const onPhone = /Android|iPhone|iPad|iPod|Mobile/i.test(navigator.userAgent);
/** Stays in the address, so that reloading works; it is sent in a header only. */
const token = () => location.hash.slice(1);

let leaving = new AbortController();
/** Where WhatsApp is: 'other' (a code to scan), 'here' (a code to type), null (not asked yet). */
let where = onPhone ? null : 'other';

const app = document.getElementById('app');

function whose(data) {
  return h('div', { class: 'whose' },
    h('p', { class: 'whose-label' }, t('guest.number')),
    h('p', { class: 'whose-phone', 'data-test': 'phone' }, data ? phone(data.phone) : '\u00a0'),
    h('p', { class: 'whose-name' }, data ? calledName(data) : '\u00a0'));
}

/** A screen that ends the story. */
function ending(kind, drawing, title, ...text) {
  const heading = h('h1', { tabindex: '-1' }, title);
  fillWith(main, h('div', { class: `card ending ${kind}`, role: 'status' }, h('span', { class: `ending-icon ${kind}` }, icon(drawing)), heading, text));
  document.title = title;
  heading.focus();
}

/** What guests can understand of an error: they have no server, only somebody who sent the link. */
function told(error) {
  if (!error.status) return t('contact.guest', { time: clockTime(contact.lostAt || Date.now()) });
  return has(`guest.error.${error.code}`) ? t(`guest.error.${error.code}`) : t('guest.error');
}

const expired = () => ending('calm', 'wait', t('guest.expired'), h('p', {}, t('guest.expired.text')), h('p', { class: 'hint' }, t('guest.expired.why')));

function question(chosen) {
  const choice = (key, drawing) => h('button', { type: 'button', class: 'choice', onclick: () => chosen(key) },
    h('span', { class: 'choice-icon' }, icon(drawing)),
    h('span', { class: 'choice-text' }, h('strong', {}, t(`guest.${key}`)), h('span', {}, t(`guest.${key}.hint`))), icon('next'));
  return h('div', { class: 'question' }, h('h2', {}, t('guest.where')), choice('other', 'phones'), choice('here', 'phone'));
}

/** The screens while the number is not connected. */
function waiting(signal) {
  const problem = h('div', { class: 'problem' });
  const help = scanHelp({ guest: true });
  const owner = h('div', {}, whose(null));
  const until = h('p', { class: 'guest-until hint' }, '\u00a0');
  const place = h('div', { class: 'guest-place' });
  const qr = qrCard('WhatsApp', signal);
  const code = codeCard(() => following.restart());
  let last = null;
  let restarted = false;

  function show() {
    following.wantCode(where === 'here' || where === null);
    const back = onPhone && where !== null && h('p', { class: 'guest-back' },
      button(t('guest.change'), () => { where = null; show(); }, { kind: 'quiet', icon: 'back' }));
    if (where === null) fillWith(place, question((key) => { where = key; show(); }));
    else if (where === 'other') fillWith(place, h('h2', {}, t(onPhone ? 'guest.scan' : 'guest.scan.desk')), h('div', { class: 'split' }, h('div', { class: 'way-code' }, qr.node, help.link), steps('qr')), back);
    else fillWith(place, h('h2', {}, t('guest.type')), h('div', { class: 'split' }, code.node, steps('code')), back);
    const heading = place.querySelector('h2');
    heading.tabIndex = -1;
    if (last) heading.focus({ preventScroll: true });
    offerCode();
  }

  /** The socket was opened without a code to type: whoever chose this phone wants one, once. */
  function offerCode() {
    if (where !== 'here' || restarted || !last || last.pairingCode || !last.pairingCodeMessage) return;
    restarted = true;
    code.renew();
  }

  const view = {
    checking: (yes) => qr.checking(yes),
    answer(data) {
      problem.replaceChildren();
      place.hidden = false;
      owner.hidden = false;
      if (!last) {
        fillWith(owner, whose(data));
        if (data.linkExpiresAt) fillWith(until, tx('guest.until', { time: when(data.linkExpiresAt) }));
      }
      last = data;
      qr.show(data);
      code.show(data);
      help.update(data.scanHelp);
      offerCode();
    },
    failed(error, final) {
      if (error.code === 'link_expired' || final) { expired(); return; }
      place.hidden = !last;
      owner.hidden = !last; // Nothing is known of the number yet.
      fillWith(problem, box('bad', null, h('p', {}, told(error)), h('p', {}, t('guest.retrying')),
        h('div', { class: 'actions' }, button(t('again'), () => following.again(), { icon: 'again' }))));
    },
    idle: () => { where = where || 'other'; show(); qr.idle(() => following.again()); },
    connected: (data) => (data.numberMatches === false
      ? ending('bad', 'alert', t('linked.other'), h('p', {}, t('linked.guest', { digits: data.linkedNumber.slice(-4) })))
      : ending('good', 'tick', t('done.title'), h('p', { class: 'success-phone' }, phone(data.phone)), h('p', {}, t('guest.done')))),
  };

  const following = follow({
    signal, view, pairingCode: where !== 'other',
    ask: ({ pairingCode, restart }, asking) => post('/api/connect', {
      ...(pairingCode ? { pairingCode: true } : {}), ...(restart ? { restart: true } : {}),
    }, { token: token(), signal: asking, quiet: true }),
  });
  const screen = h('div', { class: 'guest-screen' }, h('h1', {}, t('guest.title')), owner, problem, place, help.node, until);
  show();
  return screen;
}

const main = h('main', { id: 'main', tabindex: '-1' });

async function start() {
  await loadWords();
  leaving.abort();
  leaving = new AbortController();
  document.title = t('guest.title');
  fillWith(app, h('header', { class: 'guest-top' }, h('span', { class: 'brand' }, h('span', { class: 'brand-mark' }, icon('logo')), 'pareia'), prefsBar()), main, toastPlaces());
  if (!token()) { expired(); return; }
  fillWith(main, waiting(leaving.signal));
}

onLang(start);
addEventListener('hashchange', start);
start();
