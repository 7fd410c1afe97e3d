// The server's time, told from the Date header of its answers: a browser whose clock is wrong still
// counts a code's seconds right.

let offset = null; // Server milliseconds minus performance.now().

/** Learns from one answer. The header has whole seconds, so the largest difference is the truest. */
export function learn(dateHeader) {
  const told = Date.parse(dateHeader || '');
  if (Number.isNaN(told)) return;
  const sample = told - performance.now();
  const jumped = offset !== null && Math.abs(sample - offset) > 3000; // The machine slept, or the server's clock was set.
  if (offset === null || jumped || sample > offset) offset = sample;
}

/** Milliseconds since 1970, by the server's clock as far as it is known. */
export const now = () => (offset === null ? Date.now() : performance.now() + offset);
