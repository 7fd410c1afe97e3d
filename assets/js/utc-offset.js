// How far a browser's own time is ahead of UTC, as the API takes it. Pure.

/** At that moment, as +HH:MM. */
export function utcOffset(date = new Date()) {
  const ahead = -date.getTimezoneOffset();
  const two = (number) => String(number).padStart(2, '0');
  return `${ahead < 0 ? '-' : '+'}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
}
