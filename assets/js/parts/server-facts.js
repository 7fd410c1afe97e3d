// What is known of a server: its health, licence, numbers and load, alone or side by side with the others.

import { h, fillWith } from '../dom.js';
import { t } from '../words.js';
import { icon } from './icons.js';
import { errorTitle } from './notice.js';
import { section } from './page.js';

/** Made in a terminal without a name, it is called by its id, which says nothing to anybody. */
export const isNamed = (server) => Boolean(server.name) && server.name !== server.id;
export const serverTitle = (server) => (isNamed(server) ? server.name : server.baseUrl);

export const serverHealth = (server) => {
  if (!server.active) return h('span', { class: 'status pending' }, icon('circle'), h('span', {}, t('server.off')));
  if (server.trouble) return h('span', { class: 'status error' }, icon('alert'), h('span', {}, errorTitle(server.trouble)));
  return h('span', { class: 'status connected' }, icon('check'), h('span', {}, t('server.on')));
};

/** How many numbers it has of how many, how many of them are connected, and how many that moved have left something there. */
const numbers = (server) => [t(server.capacity === null ? 'server.numbers.free' : 'server.numbers.of',
  { n: server.instances, most: server.capacity, connected: server.connected }),
server.leaving && t('server.numbers.leaving', { n: server.leaving })].filter(Boolean).join(' · ');
const load = (server) => (server.listMs === null ? '–' : t('server.load.ms', { ms: server.listMs, n: server.listed }));
const outside = (server) => (server.unmanaged ? h('a', { href: '#/servidores/fora-do-pareia' }, String(server.unmanaged)) : '0');

/** Name and value of each. */
export const serverFacts = (server) => [
  [t('server.numbers'), numbers(server)],
  [t('server.intake'), t(`place.${server.intake}`)],
  [t('place.weight'), String(server.weight)],
  [t('server.version'), server.version || '–'],
  [t('server.licence'), t(`server.licence.${server.licence || 'unknown'}`)],
  [t('server.load'), load(server)],
  [t('server.unmanaged'), outside(server)],
];

/** { node, show(servers) }: a table of two servers and more; drawn anew only when it differs. */
export function sideBySide() {
  const place = h('div', { class: 'wide-table', tabindex: '0', role: 'group', 'aria-label': t('server.side') });
  const node = section(t('server.side'), {}, place);
  let shown = '';
  return {
    node,
    show(servers) {
      node.hidden = servers.length < 2;
      const key = JSON.stringify(servers);
      if (node.hidden || key === shown) return;
      shown = key;
      const head = [t('col.server'), t('col.status'), ...serverFacts(servers[0]).map(([name]) => name)];
      fillWith(place, h('table', {},
        h('thead', {}, h('tr', {}, head.map((name) => h('th', { scope: 'col' }, name)))),
        h('tbody', {}, servers.map((server) => h('tr', {}, h('th', { scope: 'row' }, serverTitle(server)),
          h('td', {}, serverHealth(server)), serverFacts(server).map(([, value]) => h('td', {}, value)))))));
    },
  };
}
