// Language and theme: what the person chose. Both are kept in cookies of this browser, since the document is written in the
// one and brings the colours of the other: nothing flashes.

/** Themes, and on which screens each uses the dark colours. */
const THEMES = { auto: '(prefers-color-scheme: dark)', light: 'not all', dark: 'all' };
const NAMES = Object.keys(THEMES);
const YEAR = 31_536_000; // In seconds.
const changed = new EventTarget();
const dark = document.querySelector('link[media]');

function read(key) {
  try { return localStorage.getItem(key); } catch { return null; } // Storage may be switched off.
}

function write(key, value) {
  try { localStorage.setItem(key, value); } catch { /* Then the choice lasts as long as the page. */ }
}

/** For the paths of the page alone, which is what a cookie is for where it names no path. */
function keep(name, value) {
  document.cookie = `pareia_${name}=${value}; Max-Age=${YEAR}; SameSite=Lax`;
}

export const theme = () => NAMES.find((name) => THEMES[name] === dark.media);
export const lang = () => (document.documentElement.lang === 'en' ? 'en' : 'pt');
/** What Intl wants to hear. */
export const locale = () => (lang() === 'en' ? 'en-GB' : 'pt-BR');

export function setTheme(next) {
  keep('theme', next);
  dark.media = THEMES[next];
  changed.dispatchEvent(new Event('theme'));
}

/** Whether this browser is to show notifications. */
export const alerts = () => read('pareia.alerts') === 'on';
export const setAlerts = (on) => write('pareia.alerts', on ? 'on' : 'off');

export const nextTheme = () => NAMES[(NAMES.indexOf(theme()) + 1) % NAMES.length];

export function setLang(next) {
  if (next === lang()) return;
  keep('lang', next);
  document.documentElement.lang = next === 'en' ? 'en' : 'pt-BR';
  changed.dispatchEvent(new Event('lang'));
}

export const onLang = (listener) => changed.addEventListener('lang', listener);
export const onTheme = (listener) => changed.addEventListener('theme', listener);
