// Whether anybody is there: codes that nobody scans are not renewed for ever. Pure.

/** Codes that are shown before somebody has to say that they are still there. */
const MOST = 3;

/** { seen(code), renew() }: `seen` is false from the first code on that is one too many. */
export function unscannedCodes() {
  let shown = new Set();
  return {
    seen(code) {
      if (code) shown.add(code);
      return shown.size <= MOST;
    },
    renew() { shown = new Set(); },
  };
}
