// The frame round every screen: brand, navigation, switches, and the banners that say on every screen
// that a server is failing or that pareia itself does not answer.

import { h, fillWith } from './dom.js';
import { call, contact, listPath } from './api.js';
import { noteDown } from './browser-alerts.js';
import { clockTime, when } from './format.js';
import { poll } from './poll.js';
import { markTab } from './tab-mark.js';
import { t } from './words.js';
import { icon } from './parts/icons.js';
import { errorTitle, nextStep } from './parts/notice.js';
import { prefsBar } from './parts/prefs-bar.js';
import { toastPlaces } from './parts/toast.js';

const TROUBLE_EVERY = 10_000;
/** While nobody looks, the tab still says how many numbers need somebody. */
const HIDDEN_EVERY = 30_000;
const LOST_EVERY = 3_000;
/** A screen that is drawn before its banner is pushed down by it; where pareia is slower than this, it may be. */
const NEWS_WITHIN = 2_000;

const troublePlace = h('div', { class: 'banners', role: 'region' });
const contactPlace = h('div', { class: 'banners', role: 'status' });
let admin = false;
let lastHeard = '';
let tellNews = () => {};
let news = Promise.resolve();

/** Settles once it is known whether there are troubles to show, or it takes too long. */
export const firstNews = () => news;

const banner = (kind, ...children) => h('div', { class: `banner ${kind}` }, icon('alert'), h('div', { class: 'banner-text' }, children));

function troubleBanner(one) {
  return banner('bad',
    h('p', { class: 'banner-title' }, t('banner.server', { server: one.server, title: errorTitle(one) }), ', ', when(one.since)),
    h('p', {}, nextStep(one), ' ', h('a', { href: `#/ajuda/${one.code}` }, t('notice.todo.link')),
      admin && [' · ', h('a', { href: '#/servidores' }, t('servers.open'))]));
}

/** Told by every answer of the list: the servers that fail and, where it has all numbers, how many need somebody. Drawn anew only if they differ. */
export function heard({ troubles, actionNeeded }) {
  tellNews();
  if (actionNeeded !== undefined) markTab(actionNeeded);
  const mark = JSON.stringify([troubles, document.documentElement.lang, admin]);
  if (mark === lastHeard) return;
  lastHeard = mark;
  troublePlace.setAttribute('aria-label', t('banner.label'));
  fillWith(troublePlace, (troubles || []).map(troubleBanner));
}

function showContact() {
  const at = contact.lostAt;
  if (at !== null) content.hidden = false;
  fillWith(contactPlace, at !== null && banner('warn',
    h('p', { class: 'banner-title' }, t('contact.lost', { time: clockTime(at) })), h('p', {}, t('contact.todo'))));
}
contact.addEventListener('lost', showContact);
contact.addEventListener('found', showContact);

/** While nothing answers, somebody has to keep asking, whatever the screen does. */
contact.addEventListener('lost', () => {
  const over = new AbortController();
  contact.addEventListener('found', () => over.abort(), { once: true });
  poll(async () => { await call('GET', '/api/setup', { quiet: true }); }, { every: LOST_EVERY, signal: over.signal });
});

/** Keeps the banner true on screens that do not show the list. */
export function watchTroubles(signal) {
  news = new Promise((tell) => { tellNews = tell; setTimeout(tell, NEWS_WITHIN); });
  poll(async (asking) => {
    const answer = await call('GET', listPath({ perPage: 1 }), { signal: asking });
    heard(answer);
    await noteDown(answer.actionNeeded);
  }, { every: TROUBLE_EVERY, hidden: HIDDEN_EVERY, signal });
}

const ITEMS = [
  { href: '#/', key: 'nav.numbers', drawing: 'numbers', at: ['', 'instancia', 'conectar', 'importar', 'disponibilidade'] },
  { href: '#/servidores', key: 'nav.servers', drawing: 'servers', at: ['servidores'], admin: true },
  { href: '#/usuarios', key: 'nav.users', drawing: 'users', at: ['usuarios'], admin: true },
  { href: '#/conta', key: 'nav.account', drawing: 'account', at: ['conta', 'backup'] },
  { href: '#/ajuda', key: 'nav.help', drawing: 'help', at: ['ajuda'] },
];

function navigation(session, first) {
  const items = ITEMS.filter((item) => !item.admin || session.admin);
  return h('nav', { class: 'nav', 'aria-label': t('nav.label') }, h('ul', {}, items.map((item) =>
    h('li', {}, h('a', { href: item.href, 'aria-current': item.at.includes(first) ? 'page' : undefined }, icon(item.drawing), h('span', {}, t(item.key)))))));
}

const brand = () => h('a', { class: 'brand', href: '#/' }, h('span', { class: 'brand-mark' }, icon('logo')), 'pareia');

export const main = document.getElementById('main');
/** Shown once it is known where it stands, which depends on who is there; by the document itself where nobody is. */
const content = main.parentNode;
const head = document.querySelector('.top');
const navPlace = h('div', { class: 'nav-place' });
const skip = h('a', { class: 'skip', href: '#main' });
skip.addEventListener('click', (event) => { event.preventDefault(); main.focus(); }); // The # belongs to the router.

/** Completes the frame once, and moves nothing that stands in the document; `drawShell` fills it for who is logged in and where. */
export function mountShell() {
  head.before(skip);
  head.after(navPlace);
  content.prepend(contactPlace, troublePlace);
  content.after(toastPlaces());
}

let drawn = '';
export function drawShell(session, first) {
  admin = Boolean(session && session.admin);
  document.body.classList.toggle('bare', !session);
  content.hidden = false;
  const mark = `${session && session.user} ${document.documentElement.lang}`;
  if (mark !== drawn) {
    drawn = mark;
    fillWith(skip, t('skip'));
    fillWith(head, brand(), prefsBar());
    if (!session) heard({ troubles: [], actionNeeded: 0 });
    showContact();
  }
  fillWith(navPlace, session && navigation(session, first));
}
