// What people type and paste, freed of what nobody can see. Pure.

/** Format characters (BOM, zero-width, direction marks) and control characters (CR, LF, tab). */
const INVISIBLE = /[\p{Cf}\p{Cc}]/gu;
const SPACES = /\p{Zs}/gu; // No-break spaces among them.
const HYPHENS = /[\u2010\u2011]/g; // Those that look like the one on the keyboard.

/** A text as it looks, on one line. */
export const visible = (text) => text.replace(INVISIBLE, '').replace(SPACES, ' ').replace(HYPHENS, '-').trim();

/** The same for what has no space inside: an address, a key. */
export const unspaced = (text) => visible(text).replaceAll(' ', '');
