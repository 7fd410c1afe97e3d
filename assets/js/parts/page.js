// What all screens share: the head with its h1, sections, empty states, and placeholders that only
// appear when loading takes long enough to be noticed (the 150 ms are in css/parts.css).

import { h } from '../dom.js';
import { icon } from './icons.js';

/** page(title, { lead, actions, back: [label, href] }, children) */
export function page(title, { lead, actions, back, look = '' } = {}, ...children) {
  return h('div', { class: `page ${look}`.trim() },
    back && h('a', { class: 'back', href: back[1] }, icon('back'), back[0]),
    h('div', { class: 'page-head' },
      h('div', {}, h('h1', { tabindex: '-1' }, title), lead && h('p', { class: 'lead' }, lead)),
      actions && h('div', { class: 'page-actions' }, actions)),
    children);
}

/** A titled card. */
export const section = (title, { lead, actions, name } = {}, ...children) =>
  h('section', { class: `card ${name || ''}`.trim() },
    h('div', { class: 'card-head' },
      h('div', {}, h('h2', {}, title), lead && h('p', { class: 'card-lead' }, lead)),
      actions && h('div', { class: 'card-actions' }, actions)),
    children);

export const empty = (drawing, title, text, ...actions) =>
  h('div', { class: 'empty' }, h('span', { class: 'empty-icon' }, icon(drawing)), h('h2', {}, title), h('p', {}, text),
    h('div', { class: 'actions' }, actions));

export const skeleton = (rows) =>
  h('div', { class: 'skeleton', 'aria-hidden': 'true' }, Array.from({ length: rows }, () => h('div', { class: 'bone' })));

/** A list of name and value. */
export const facts = (...pairs) =>
  h('dl', { class: 'facts' }, pairs.filter(Boolean).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));

export const badge = (text, kind = '') => h('span', { class: `badge ${kind}` }, text);
