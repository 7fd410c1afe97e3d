// The call in several languages, a tab each, to copy or, for n8n, to keep as a file.

import { h } from '../dom.js';
import { recipes } from '../recipes.js';
import { t } from '../words.js';
import { button } from './button.js';
import { copyBox } from './copy.js';
import { tabs } from './tabs.js';

/** The address of this pareia, without a slash at the end: every page of it is at its top. */
export const ownBase = () => new URL('.', location.href).href.replace(/\/$/, '');

function keep(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** `prefix`: how the names begin that the token may call. */
export function recipeTabs(token, prefix) {
  const items = recipes(ownBase(), token, prefix).map(({ key, label, text, file }) => ({
    key, label,
    panel: [
      file && h('p', { class: 'hint' }, t('recipe.import')),
      copyBox(text, label),
      file && h('div', { class: 'actions' }, button(t('recipe.keep'), () => keep(text, file))),
    ],
  }));
  return tabs(t('recipe.label'), items, { look: 'small wrap' }).node;
}
