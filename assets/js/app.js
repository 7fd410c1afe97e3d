// The page: finds out who is there, and shows the screen the address asks for.

import { get, session as sessionEvents } from './api.js';
import { poll } from './poll.js';
import { onLang } from './prefs.js';
import { go, nextSignal, place, put } from './router.js';
import { drawShell, main, mountShell, watchTroubles } from './shell.js';
import { accountScreen } from './screens/account.js';
import { connectScreen } from './screens/connect.js';
import { helpScreen } from './screens/help.js';
import { instanceScreen } from './screens/instance.js';
import { instancesScreen } from './screens/instances.js';
import { loginScreen } from './screens/login.js';
import { pairScreen } from './screens/pair.js';
import { serversScreen } from './screens/servers.js';
import { setupDone, setupNeeded, setupScreen } from './screens/setup.js';
import { usersScreen } from './screens/users.js';

/** Who sees what: `open` to everybody, `admin` to administrators, the rest to whoever is logged in. */
const SCREENS = {
  '': { show: instancesScreen },
  conectar: { show: (context) => (context.params.length ? pairScreen(context) : connectScreen(context)) },
  instancia: { show: instanceScreen, needs: 1 },
  servidores: { show: serversScreen, admin: true },
  usuarios: { show: usersScreen, admin: true },
  conta: { show: accountScreen },
  ajuda: { show: helpScreen, open: true },
};

const state = { session: null, setup: false, ended: false, after: '', first: true };
let watching = new AbortController();

function entered(session, { stay = false } = {}) {
  Object.assign(state, { session, setup: false, ended: false });
  watching.abort();
  watching = new AbortController();
  watchTroubles(watching.signal);
  if (!stay) go(state.after || '#/');
  state.after = '';
}

function left(ended) {
  if (!state.session) return;
  watching.abort();
  Object.assign(state, { session: null, ended, after: ended ? location.hash : '' });
  go('#/entrar');
}

/** Which screen an address means for whoever is there. */
function choose([first = '', ...params]) {
  const { session } = state;
  if (first === 'setup') return state.setup ? { show: setupScreen, params } : { show: setupDone, params };
  const screen = SCREENS[first];
  if (screen && screen.open) return { ...screen, params };
  if (state.setup) return { show: setupNeeded, params };
  if (!session) {
    if (first !== 'entrar' && !state.after) state.after = location.hash;
    return { show: loginScreen, params };
  }
  const allowed = screen && (!screen.admin || session.admin) && params.length >= (screen.needs || 0);
  return allowed ? { ...screen, params } : { show: instancesScreen, params: [] };
}

function route() {
  const parts = place();
  const { show, params } = choose(parts);
  const signal = nextSignal();
  drawShell(state.session, parts[0] || '');
  const context = { params, signal, go, session: state.session, entered, left: () => left(false), ended: state.ended, show: (node) => put(main, node) };
  put(main, show(context), { focus: !state.first });
  state.first = false;
}

async function whoIsThere() {
  const { needed, session } = await get('/api/setup', { quiet: true });
  state.setup = needed;
  if (session) {
    state.session = session;
    watchTroubles(watching.signal);
  }
}

/** Nothing can be shown before pareia has answered once; the banner says so meanwhile. */
function start() {
  const ready = new AbortController();
  mountShell();
  poll(async () => {
    await whoIsThere();
    ready.abort();
    addEventListener('hashchange', route);
    onLang(route);
    sessionEvents.addEventListener('ended', () => left(true));
    if (state.session && place()[0] === 'entrar') history.replaceState(null, '', '#/');
    route();
  }, { every: 1_000, signal: ready.signal });
}

start();
