// Optional notifications of this browser: that more numbers need somebody than before, while nobody looks at the page.

import { call, listPath } from './api.js';
import { calledName } from './format.js';
import { alerts } from './prefs.js';
import { t, tn } from './words.js';

/** Numbers that one notification names. */
const NAMED = 3;
let known = null;

/** Whether this browser can show any: only where the page came over HTTPS, or from this very computer. */
export const canAlert = () => window.isSecureContext && 'Notification' in window && Notification.permission !== 'denied';

/** Asks the person, once; whether they are shown from now on. */
export const allowAlerts = async () => canAlert() && (await Notification.requestPermission()) === 'granted';

/** Told by every answer of the whole list how many need somebody. */
export async function noteDown(count) {
  const before = known;
  known = count;
  if (before === null || count <= before || !document.hidden || !alerts() || !canAlert()) return;
  const { data } = await call('GET', listPath({ view: 'action_needed', sort: 'newest', perPage: NAMED }), { quiet: true });
  try {
    const shown = new Notification(tn('list.down', count), { body: data.map(calledName).join(', '), tag: 'pareia', icon: './assets/icon-192.png' });
    shown.onclick = () => { focus(); location.hash = '#/?view=action_needed&sort=newest'; shown.close(); };
  } catch { /* Some telephones show none that a page makes. */ }
}
