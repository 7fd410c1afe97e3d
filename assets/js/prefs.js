// Language and theme: what the person chose, kept in this browser only.

const THEMES = ['auto', 'light', 'dark'];
const changed = new EventTarget();
const system = matchMedia('(prefers-color-scheme: dark)');

function read(key) {
  try { return localStorage.getItem(key); } catch { return null; } // Storage may be switched off.
}

function write(key, value) {
  try { localStorage.setItem(key, value); } catch { /* Then the choice lasts as long as the page. */ }
}

let chosenTheme = THEMES.includes(read('pareia.theme')) ? read('pareia.theme') : 'auto';

export const theme = () => chosenTheme;
export const lang = () => (document.documentElement.lang === 'en' ? 'en' : 'pt');
/** What Intl wants to hear. */
export const locale = () => (lang() === 'en' ? 'en-GB' : 'pt-BR');

function applyTheme() {
  const shown = chosenTheme === 'auto' ? (system.matches ? 'dark' : 'light') : chosenTheme;
  document.documentElement.dataset.theme = shown;
}

export function setTheme(next) {
  chosenTheme = next;
  write('pareia.theme', next);
  applyTheme();
  changed.dispatchEvent(new Event('theme'));
}

/** Whether this browser is to show notifications. */
export const alerts = () => read('pareia.alerts') === 'on';
export const setAlerts = (on) => write('pareia.alerts', on ? 'on' : 'off');

export const nextTheme = () => THEMES[(THEMES.indexOf(chosenTheme) + 1) % THEMES.length];

export function setLang(next) {
  if (next === lang()) return;
  write('pareia.lang', next);
  document.documentElement.lang = next === 'en' ? 'en' : 'pt-BR';
  changed.dispatchEvent(new Event('lang'));
}

export const onLang = (listener) => changed.addEventListener('lang', listener);
export const onTheme = (listener) => changed.addEventListener('theme', listener);

system.addEventListener('change', applyTheme);
