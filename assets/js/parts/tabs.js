// Tabs by the book: arrows move, one panel is shown, the rest are hidden.

import { h, newId } from '../dom.js';
import { icon } from './icons.js';

/** tabs(label, [{ key, label, icon, panel }], { chosen, changed, look }) → { node, choose(key) } */
export function tabs(label, items, { chosen = items[0].key, changed = () => {}, look = '' } = {}) {
  const parts = items.map((item) => {
    const id = newId('tab');
    const tab = h('button', { type: 'button', role: 'tab', id, 'aria-controls': `${id}-panel` }, item.icon && icon(item.icon), h('span', {}, item.label));
    const panel = h('div', { role: 'tabpanel', id: `${id}-panel`, 'aria-labelledby': id, class: 'panel' }, item.panel);
    return { ...item, tab, panel };
  });

  function choose(key, focus = false) {
    for (const part of parts) {
      const on = part.key === key;
      part.tab.setAttribute('aria-selected', String(on));
      part.tab.tabIndex = on ? 0 : -1;
      part.panel.hidden = !on;
      if (on && focus) part.tab.focus();
    }
    changed(key);
  }

  const list = h('div', { class: `tabs ${look}`, role: 'tablist', 'aria-label': label }, parts.map((part) => part.tab));
  list.addEventListener('click', (event) => {
    const part = parts.find((one) => one.tab.contains(event.target));
    if (part) choose(part.key);
  });
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = parts.findIndex((one) => one.tab === document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    choose(parts[(at + step + parts.length) % parts.length].key, true);
  });
  choose(chosen);
  return { node: h('div', { class: 'tabbed' }, list, parts.map((part) => part.panel)), choose };
}
