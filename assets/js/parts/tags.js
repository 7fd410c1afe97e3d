// The labels of a number, each a link to the list of those that have it.

import { h } from '../dom.js';
import { EVERYTHING, listAddress } from '../filter.js';
import { t } from '../words.js';

const tag = (label) => h('a', { class: 'tag', href: listAddress({ ...EVERYTHING, label }), title: t('list.label', { label }) }, label);

/** At most so many of them, and how many more there are. */
export const tags = (labels, most = labels.length) =>
  labels.length > 0 && h('span', { class: 'tags' }, h('span', { class: 'visually-hidden' }, `${t('describe.labels')}: `),
    labels.slice(0, most).map(tag),
    labels.length > most && h('span', { class: 'tags-more', title: labels.slice(most).join(', ') }, `+${labels.length - most}`));
