// Warns of an address that means "this computer": true here, and of no use to anybody else.

import { h } from '../dom.js';
import { tx } from '../words.js';
import { box } from './notice.js';

const LOCAL = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/;

function isLocal(url) {
  try { return LOCAL.test(new URL(url).hostname); } catch { return false; }
}

/** The notice in the words of `key`, or nothing if others reach the address. */
export const localNote = (url, key) =>
  isLocal(url) && box('warn', null, h('p', {}, tx(key, { option: h('code', {}, '--public-url') })));
