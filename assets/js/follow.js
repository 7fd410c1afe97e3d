// Follows one pairing: asks for the code that is valid now, again and again, until a phone is connected.
// Knows no screen; tells a view what it learns. The same for the page and for connect links.

import { poll } from './poll.js';
import { unscannedCodes } from './unscanned.js';

/** Pause between two calls. With SLOW it makes the second in which a scan must be seen to be noticed. */
const PAUSE = 650;
/** Longer than this beyond the usual, and a call is waiting for WhatsApp: somebody may have scanned. */
const SLOW = 300;
/** No network is so slow that a longer wait would be usual. */
const SLOWEST_USUAL = 1_000;
/** After this long without a code that is one too many, the page asks whether anybody is there as well. */
const UNATTENDED = 10 * 60_000;
/** What asking again cannot change. */
const FINAL = ['invalid_field', 'invalid_channel', 'owned_by_other_user', 'forbidden', 'unauthorized', 'not_found', 'link_expired'];

/**
 * ask({ pairingCode, restart }, signal) → data of the answer.
 * view: { checking(bool), answer(data), failed(error, final), idle(), connected(data) }
 */
export function follow({ ask, view, signal, pairingCode = false, first = null }) {
  const seen = { since: performance.now(), usual: 0 };
  const codes = unscannedCodes();
  const attend = () => { seen.since = performance.now(); codes.renew(); };
  let wantsCode = pairingCode;
  let restart = false;
  let given = first;

  async function measured(asking) {
    const begun = performance.now();
    const slow = setTimeout(() => view.checking(true), SLOW + 2 * seen.usual);
    const options = { pairingCode: wantsCode, restart };
    restart = false;
    try {
      const data = await ask(options, asking);
      const took = performance.now() - begun;
      // A slow network is not a scan.
      seen.usual = Math.min(SLOWEST_USUAL, seen.usual ? seen.usual * 0.7 + took * 0.3 : took);
      return data;
    } catch (error) {
      restart ||= options.restart && error.retryAfter > 0; // Whoever is asked to wait was not served.
      throw error;
    } finally {
      clearTimeout(slow);
      if (!asking.aborted) view.checking(false);
    }
  }

  async function round(asking) {
    if (performance.now() - seen.since > UNATTENDED) { view.idle(); return false; }
    const data = given || (await measured(asking));
    given = null;
    if (asking.aborted) return true;
    if (data.status === 'connected') { view.connected(data); return false; }
    if (!codes.seen(data.qrCode)) { view.idle(); return false; }
    view.answer(data);
    return true;
  }

  const loop = poll(round, {
    every: PAUSE, signal,
    failed(error) {
      const final = FINAL.includes(error.code);
      view.failed(error, final);
      return !final;
    },
  });

  return {
    /** Whether the 8 characters are wanted too. */
    wantCode(yes) { if (wantsCode !== yes) { wantsCode = yes; loop.now(); } },
    /** Drops the socket that waits without a code to type, and opens one that has it. */
    restart() { wantsCode = true; restart = true; attend(); loop.now(); },
    again() { attend(); loop.now(); },
  };
}
