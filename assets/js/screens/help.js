// Every error code in words: what happened and what to do. Searchable; each has its own address.

import { h } from '../dom.js';
import { help, helpCodes, t } from '../words.js';
import { icon } from '../parts/icons.js';
import { empty, page } from '../parts/page.js';

const plain = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

/** Questions rather than errors: their key means nothing to anybody. */
const HOW_TO = 'how_';

function entry(code, open) {
  const [title, cause, cure] = help(code);
  const howTo = code.startsWith(HOW_TO);
  const node = h('details', { class: 'topic', id: `ajuda-${code}`, open },
    h('summary', {}, h('h2', {}, title), !howTo && h('code', {}, code), icon('next')),
    h('div', { class: 'topic-text' },
      h('p', {}, cause),
      h('p', { class: 'cure' }, h('strong', {}, t('notice.todo')), ' ', cure)));
  return { node, words: plain(`${code} ${code.replace(/_/g, ' ')} ${title} ${cause} ${cure}`) };
}

export function helpScreen({ params }) {
  const [wanted] = params;
  const entries = helpCodes().map((code) => entry(code, code === wanted));
  const nothing = empty('search', t('help.nothing'), t('help.nothing.text'));
  nothing.hidden = true;
  const search = h('input', { type: 'search', placeholder: t('help.search'), 'aria-label': t('help.search'), autocomplete: 'off' });
  search.addEventListener('input', () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of entries) {
      one.node.hidden = !words.every((word) => one.words.includes(word));
      if (!one.node.hidden) shown += 1;
    }
    nothing.hidden = shown > 0;
  });
  const found = entries.find((one) => one.node.open);
  // After the router has put the screen in its place.
  if (found) setTimeout(() => { found.node.scrollIntoView({ block: 'center' }); found.node.querySelector('summary').focus({ preventScroll: true }); });
  return page(t('help.title'), { lead: t('help.lead'), look: 'wide' },
    h('div', { class: 'search' }, icon('search'), search), nothing,
    h('div', { class: 'topics' }, entries.map((one) => one.node)));
}
