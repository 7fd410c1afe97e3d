// The page: finds out who is there, and shows the screen the address asks for.

import { ApiError, get, session as sessionEvents } from './api.js';
import { poll } from './poll.js';
import { onLang } from './prefs.js';
import { go, nextSignal, place, put } from './router.js';
import { drawShell, firstNews, main, mountShell, watchTroubles } from './shell.js';
import { toast, toastError } from './parts/toast.js';
import { instancesScreen } from './screens/instances.js';
import { loginScreen } from './screens/login.js';
import { loadWords, t } from './words.js';

/** The screens that pareia opens with come with the page; the others follow in one file. */
const login = () => loginScreen;
const numbers = () => instancesScreen;
const screen = (name) => async () => (await import('./screens/rest.js')).screens[name];
const setup = screen('setupScreen');
const setupNeeded = screen('setupNeeded');
const setupDone = screen('setupDone');
const connect = screen('connectScreen');
const pair = screen('pairScreen');
const missing = screen('missingScreen');
const adminOnly = screen('adminOnlyScreen');

/** Who sees what: `open` to everybody, `admin` to administrators, the rest to whoever is logged in. */
const SCREENS = {
  '': { load: numbers },
  conectar: { load: connect, loadOne: pair },
  importar: { load: screen('importScreen') },
  vitrine: { load: screen('kioskScreen'), needs: 1 },
  instancia: { load: screen('instanceScreen'), needs: 1 },
  servidores: { load: screen('serversScreen'), loadOne: screen('unmanagedScreen'), admin: true },
  usuarios: { load: screen('usersScreen'), loadOne: screen('auditScreen'), admin: true },
  backup: { load: screen('backupScreen'), admin: true },
  conta: { load: screen('accountScreen'), loadOne: screen('noticesScreen') },
  disponibilidade: { load: screen('uptimeScreen') },
  ajuda: { load: screen('helpScreen'), open: true },
};

/** Fetches what is left, so that the next click waits for nothing. */
const fetchRest = () => connect().catch(() => {}); // Or it is fetched when it is wanted.

const state = { session: null, setup: false, ended: false, after: '', first: true };
const REST_AFTER = 1_000;
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
  if (first === 'setup') return { load: state.setup ? setup : setupDone, params };
  const wanted = Object.hasOwn(SCREENS, first) && SCREENS[first];
  if (wanted && wanted.open) return { load: wanted.load, params };
  if (state.setup) return { load: setupNeeded, params };
  if (!session) {
    if (first !== 'entrar' && !state.after) state.after = location.hash;
    return { load: login, params };
  }
  if (first === 'entrar') return { load: numbers, params: [] }; // Logged in already.
  if (!wanted || params.length < (wanted.needs || 0)) return { load: missing, params };
  if (wanted.admin && !session.admin) return { load: adminOnly, params };
  return { load: (params.length && wanted.loadOne) || wanted.load, params };
}

/** Whoever is in has no use for the set-up link: a bookmark, or a reload between its two steps. */
function leaveSetup() {
  if (!state.session || place()[0] !== 'setup') return;
  history.replaceState(null, '', '#/');
  toast(t('setup.done.already'));
}

/** A file is not there. Where pareia answers, it was updated after this page was opened, and has another page. */
async function missed() {
  try {
    await get('/api/setup', { quiet: true });
    if (!state.first) location.reload();
  } catch {
    toastError(new ApiError(0, { code: 'no_contact' }));
  }
}

async function route() {
  leaveSetup();
  const parts = place();
  const { load, params } = choose(parts);
  const signal = nextSignal();
  let show;
  try {
    show = await load();
  } catch {
    await missed();
    return;
  }
  if (signal.aborted) return; // Somebody went on meanwhile.
  drawShell(state.session, parts[0] || '');
  const context = { params, signal, go, session: state.session, entered, left: () => left(false), ended: state.ended, show: (node) => put(main, node) };
  const made = show(context); // It asks for what it needs meanwhile.
  if (state.session) await firstNews();
  if (signal.aborted) return;
  put(main, made, { focus: !state.first });
  if (state.first) setTimeout(fetchRest, REST_AFTER);
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
async function start() {
  await loadWords();
  const ready = new AbortController();
  mountShell();
  poll(async () => {
    await whoIsThere();
    ready.abort();
    if (state.session || state.setup) main.replaceChildren(); // The login stands there.
    addEventListener('hashchange', route);
    onLang(() => loadWords().then(route, missed));
    sessionEvents.addEventListener('ended', () => left(true));
    if (state.session && place()[0] === 'entrar') history.replaceState(null, '', '#/');
    route();
  }, { every: 1_000, signal: ready.signal });
}

start();
