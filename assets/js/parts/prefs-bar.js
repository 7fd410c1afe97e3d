// The switches for language and theme.

import { h, fillWith } from '../dom.js';
import { lang, nextTheme, onTheme, setLang, setTheme, theme } from '../prefs.js';
import { t } from '../words.js';
import { icon } from './icons.js';

const DRAWING = { auto: 'auto', light: 'sun', dark: 'moon' };

function themeButton() {
  const element = h('button', { type: 'button', class: 'icon-button', 'data-test': 'theme', onclick: () => setTheme(nextTheme()) });
  const draw = () => {
    const name = t('theme.now', { theme: t(`theme.${theme()}`) });
    element.setAttribute('aria-label', name);
    element.title = name;
    fillWith(element, icon(DRAWING[theme()]));
  };
  draw();
  onTheme(draw);
  return element;
}

const langButton = (key, short, name) =>
  h('button', { type: 'button', lang: key === 'pt' ? 'pt-BR' : 'en', 'aria-pressed': String(lang() === key), title: name, onclick: () => setLang(key) },
    short, h('span', { class: 'visually-hidden' }, ` ${name}`));

export const prefsBar = () =>
  h('div', { class: 'prefs-bar' },
    h('div', { class: 'segmented', role: 'group', 'aria-label': t('lang.label') },
      langButton('pt', 'PT', 'Português'), langButton('en', 'EN', 'English')),
    themeButton());
