// Talks to pareia: one function, one kind of error. Knows whether pareia answers at all.

import { learn } from './clock.js';
import { lang } from './prefs.js';

/** An answer that is no success. Its sentences are for programs; what people read goes by `code`, `cause` and `field`. */
export class ApiError extends Error {
  constructor(status, body, retryAfter = 0) {
    super(body.error || body.code);
    this.status = status;
    this.code = body.code;
    this.cause = body.cause || '';
    this.field = body.field || '';
    this.requestId = body.requestId || '';
    /** Seconds after which it may be asked again; 0: it did not say. */
    this.retryAfter = retryAfter;
  }
}

/** Says 'lost' and 'found'; `lostAt` is when the first unanswered call was made. */
export const contact = Object.assign(new EventTarget(), { lostAt: null });
/** Says 'ended' when the server no longer knows who is asking. */
export const session = new EventTarget();

function lost() {
  if (contact.lostAt === null) {
    contact.lostAt = Date.now();
    contact.dispatchEvent(new Event('lost'));
  }
  return new ApiError(0, { code: 'no_contact' });
}

function found() {
  if (contact.lostAt === null) return;
  contact.lostAt = null;
  contact.dispatchEvent(new Event('found'));
}

/** What the page asks for first came with it, by the path of the question: true for a moment, and until anything newer came. */
const given = new Map(Object.entries(parse(document.getElementById('given')?.textContent) || {}));
const FRESH = 3_000;

function takeGiven(method, path) {
  const body = method === 'GET' && performance.now() < FRESH && given.get(path);
  if (!body) return null;
  given.delete(path);
  learn(given.get('date'));
  return body;
}

const TIMEOUT = 130_000; // A call for a code may take 120 s; beyond that nobody answers.

async function send(method, path, { body, token, signal } = {}) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT);
  const stop = () => limit.abort();
  if (signal) signal.addEventListener('abort', stop);
  try {
    const headers = { 'Accept-Language': lang() };
    const isRaw = body instanceof Blob;
    if (body !== undefined) headers['Content-Type'] = isRaw ? body.type || 'application/octet-stream' : 'application/json';
    if (token) headers.Authorization = `Bearer ${token}`;
    // Below wherever the page is: behind a proxy that may be a path of its own.
    const answer = await fetch(`.${path}`, {
      method, headers, signal: limit.signal, cache: 'no-store', credentials: 'same-origin',
      body: body === undefined || isRaw ? body : JSON.stringify(body),
    });
    return { answer, text: await answer.text() };
  } finally {
    clearTimeout(timer);
    if (signal) signal.removeEventListener('abort', stop);
  }
}

function parse(text) {
  try { return JSON.parse(text); } catch { return null; }
}

/** Makes a call and gives the whole body of a success. */
export async function call(method, path, options = {}) {
  const known = takeGiven(method, path);
  if (known) return known;
  let sent;
  try {
    sent = await send(method, path, options);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw lost();
  }
  const body = parse(sent.text);
  if (!body) throw lost(); // A proxy's page: whoever answered, it was not pareia.
  learn(sent.answer.headers.get('Date'));
  found();
  given.clear();
  if (sent.answer.ok && body.success !== false) return body;
  const error = new ApiError(sent.answer.status, body, Number(sent.answer.headers.get('Retry-After')) || 0);
  if (error.status === 401 && error.code === 'unauthorized' && !options.quiet) session.dispatchEvent(new Event('ended'));
  throw error;
}

export const get = async (path, options) => (await call('GET', path, options)).data;
export const post = async (path, body = {}, options) => (await call('POST', path, { body, ...options })).data;
export const patch = async (path, body) => (await call('PATCH', path, { body })).data;
export const remove = async (path, options) => (await call('DELETE', path, options)).data;

/** Asks for a file, which may take as long as it is large. */
export async function download(path, body) {
  let answer;
  try {
    answer = await fetch(`.${path}`, {
      method: 'POST', cache: 'no-store', credentials: 'same-origin', body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', 'Accept-Language': lang() },
    });
  } catch {
    throw lost();
  }
  if (answer.ok) return answer.blob();
  const said = parse(await answer.text());
  throw said ? new ApiError(answer.status, said) : lost();
}

const INSTANCES = '/api/messaging/instance';
/** The path of one instance, by its name. */
export const instancePath = (name, rest = '') => `${INSTANCES}/${encodeURIComponent(name)}${rest}`;
export const listPath = (query) => `${INSTANCES}?${new URLSearchParams(query)}`;

/** The call of the whole product: makes or finds the instance, answers with the code that is valid now. */
export const connect = (name, phone, displayName, signal) =>
  post(INSTANCES, { channel: 'whatsapp_evolution', channelInstanceId: name, channelPhoneOrId: phone, displayName }, { signal });
/** The same for a number that is there, whoever owns it; `wanted` is what follow() asks for. */
export const connectAgain = (name, wanted, signal) => post(instancePath(name, '/connect'), wanted, { signal });

/** The row of that name among those the caller sees, or none. */
export async function findInstance(name, signal) {
  try {
    const row = await get(instancePath(name), { signal });
    return row.channelInstanceId === name ? row : null; // The path takes ids as well.
  } catch (error) {
    if (error.code === 'not_found') return null;
    throw error;
  }
}
