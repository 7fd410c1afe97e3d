// By what else the list can be narrowed, and its order: servers, owners and labels, as far as there are several.

import { h, fillWith } from '../dom.js';
import { get } from '../api.js';
import { latest } from '../latest.js';
import { ORDERS } from '../filter.js';
import { t } from '../words.js';
import { selectField } from './form.js';
import { icon } from './icons.js';

/** What is chosen among, with its word and whether one of a kind is choice enough. */
const KINDS = [['server', 'servers', 2], ['user', 'users', 2], ['label', 'labels', 1]];

/** narrow(changed, signal) → { node, show(wanted) }; `changed` hears what is chosen. The choices are asked for when it is opened. */
export function narrow(changed, signal) {
  const place = h('div', { class: 'narrow-fields' });
  const mark = h('span', { class: 'count' });
  const node = h('details', { class: 'narrow-list' }, h('summary', { class: 'chip' }, icon('filter'), h('span', {}, t('narrow.title')), mark), place);
  const newest = latest(signal);
  let wanted = null;
  let facets = null;
  let drawn = '';

  function field(name, label, choices) {
    const one = selectField({ label, value: wanted[name], choices });
    one.input.addEventListener('change', () => changed({ [name]: one.value }));
    return one.node;
  }

  function choices(name, kind) {
    const known = facets[kind].map((one) => [one.name, `${one.name} (${one.count})`]);
    const isKnown = !wanted[name] || facets[kind].some((one) => one.name === wanted[name]);
    return [['', t('narrow.any')], ...known, ...(isKnown ? [] : [[wanted[name], wanted[name]]])];
  }

  function draw() {
    const chosen = KINDS.filter(([name]) => wanted[name]).length + (wanted.sort !== ORDERS[0] ? 1 : 0);
    mark.textContent = chosen || '';
    const key = JSON.stringify([facets, wanted.server, wanted.user, wanted.label, wanted.sort]);
    if (!node.open || key === drawn) return;
    drawn = key;
    const kinds = facets ? KINDS.filter(([name, kind, least]) => facets[kind].length >= least || wanted[name]) : [];
    const focused = document.activeElement?.closest('.narrow-fields select') && [...place.querySelectorAll('select')].indexOf(document.activeElement);
    fillWith(place, field('sort', t('narrow.sort'), ORDERS.map((order) => [order, t(`sort.${order}`)])),
      kinds.map(([name, kind]) => field(name, t(`narrow.${name}`), choices(name, kind))));
    if (typeof focused === 'number' && focused >= 0) place.querySelectorAll('select')[focused]?.focus();
  }

  const load = () => newest((asking) => get('/api/messaging/facets', { signal: asking }), (found) => { facets = found; draw(); }, () => {});
  node.addEventListener('toggle', () => { if (node.open) { draw(); load(); } });
  return { node, show(now) { wanted = now; draw(); } };
}
