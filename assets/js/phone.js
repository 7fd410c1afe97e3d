// Phones as people type them: read where it is certain what they mean, refused where it is not. Pure.
// The rules are those of tests/cases/phones.json, which the server's own reader keeps as well.

import { visible } from './typed.js';

const BRAZIL = '55';
/** Area codes (DDD) that Anatel has given out. */
export const AREAS = new Set(('11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55 '
  + '61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98 99').split(' '));
/** E.164: with the country code. Without a plus, fewer than 10 may be a number without its area. */
const LEAST = 8;
const LEAST_WITHOUT_PLUS = 10;
const MOST = 15;
/** Digits behind +55: the area and 8 or 9 more. */
const LANDLINE = 10;
const MOBILE = 11;
/** What is written between digits: spaces, dots, brackets, and dashes of every length. */
const DECORATION = /[\s.()[\]\p{Pd}]/gu;

const hasArea = (national) => AREAS.has(national.slice(0, 2));
const fits = (national) => hasArea(national) && (national.length === LANDLINE || national.length === MOBILE);

/** Whether digits without a country code can be nothing but Brazilian: mobiles begin with 9, none with 0 or 1. */
const isWhole = (national) => fits(national) && (national.length === MOBILE ? national[2] === '9' : national[2] > '1');

const brazilian = (national) => ({ number: BRAZIL + national });
const refuse = (refused, national) => (national ? { refused, form: BRAZIL + national } : { refused });

/** What a 0 in front says: the trunk prefix, or that of a carrier (0 15 11 …), which might be a slip as well. */
function behindZero(digits) {
  const national = digits.slice(1);
  if (isWhole(national)) return brazilian(national);
  return isWhole(national.slice(2)) ? refuse('carrier', national.slice(2)) : refuse('zero');
}

/** What stands behind 55. */
function behindCountry(national) {
  if (national.startsWith('0')) return national.startsWith(`00${BRAZIL}`) ? behindZeros(national) : behindZero(national);
  if (fits(national)) return brazilian(national);
  if (national.length > MOBILE) return tooLong(national);
  return refuse(national.length >= LANDLINE ? 'area' : 'brazil');
}

/** Behind 55 are more digits than Brazil has: the country code may stand there twice. */
function tooLong(national) {
  const rest = national.slice(BRAZIL.length);
  if (!national.startsWith(BRAZIL) || !isWhole(rest)) return refuse('long');
  // Unless it is a whole number of the area 55 already, and a slip behind it.
  return isWhole(national.slice(0, MOBILE)) ? refuse('long', rest) : brazilian(rest);
}

/** 00 calls abroad. In Brazil a carrier may follow, so that only its own country is certain. */
function behindZeros(digits) {
  const national = digits.slice(2 + BRAZIL.length);
  return digits.startsWith(`00${BRAZIL}`) && isWhole(national) ? brazilian(national) : refuse('zeros');
}

function withoutPlus(digits) {
  return digits.length < LEAST_WITHOUT_PLUS ? refuse('short') : world(digits);
}

function world(digits) {
  if (digits.length < LEAST) return refuse('short');
  return digits.length > MOST ? refuse('long') : { number: digits };
}

/** Without decoration. A number with a plus of its own, behind the +55 that stood in the field, is that number. */
const written = (text) => visible(text).replace(DECORATION, '').replace(/^\+55\+/, '+');

/** Addresses of WhatsApp that are a phone's (behind a colon or a line: which of its devices), links to a chat or a call. */
const HOLDERS = [
  /^([^@:_]*)(?:[:_][^@]*)?@(?:s\.whatsapp\.net|c\.us)$/i,
  /^(?:https?:\/\/)?wa\.me\/([^/?#]*)/i,
  /^(?:https?:\/\/)?(?:api\.whatsapp\.com|web\.whatsapp\.com|whatsapp:\/)\/send[^#]*?[?&]phone=(?:%2B)*([^&#]*)/i,
  /^(?:tel|whatsapp):([^;]*)/i,
  /^(["'])(.*)\1$/,
];
/** A whole number that a table wrote with decimals. */
const OF_A_TABLE = /^\d+\.0$/;

/** The number that an address, a link or quotes hold; any other text as it is. */
function unlinked(text) {
  const held = HOLDERS.map((holder) => holder.exec(text)).find(Boolean);
  return held ? held.at(-1) : text;
}

/**
 * What a text means: { number } in digits, the country code first, or { refused, form }, where `form` is
 * the number that it may have been meant to be.
 */
export function readPhone(text) {
  const held = unlinked(visible(text));
  const bare = written(held);
  const plus = bare.startsWith('+');
  const digits = plus ? bare.slice(1) : bare;
  if (!digits) return refuse('empty');
  if (!/^\d+$/.test(digits) || OF_A_TABLE.test(held)) return refuse('characters');
  if (digits.startsWith('00')) return behindZeros(digits);
  if (digits.startsWith('0')) return plus ? refuse('zero') : behindZero(digits);
  // Without a country code, or with that of another country: +51 987654321 is a phone in Peru.
  if (!plus && isWhole(digits)) return refuse('country', digits);
  if (digits.startsWith(BRAZIL)) return behindCountry(digits.slice(BRAZIL.length));
  return plus ? world(digits) : withoutPlus(digits);
}

/** 5521991856227 → +55 (21) 99185-6227; masked digits (•) are kept; other countries get a plus. */
export function phone(text) {
  const digits = String(text || '').replace(/[^\d•]/g, '');
  if (!digits.startsWith(BRAZIL) || digits.length > BRAZIL.length + MOBILE) return digits ? `+${digits}` : '';
  const area = digits.slice(2, 4);
  const local = digits.slice(4);
  if (!area) return '+55';
  const split = local.length > 8 ? 5 : 4;
  const rest = local.length > split ? `${local.slice(0, split)}-${local.slice(split)}` : local;
  if (!rest) return `+55 (${area}`;
  return `+55 (${area}) ${rest}`;
}

/** A number as it is shown while it is typed behind +55. What is not on the way to a phone stays as it is. */
export function whileTyped(text) {
  const bare = written(text);
  if (!/^\+?\d+$/.test(bare)) return text;
  const plus = bare.startsWith('+');
  const own = plus ? bare.slice(1) : bare;
  if (own.startsWith('0')) return text;
  const digits = plus || own.length > MOBILE ? own : BRAZIL + own;
  if (!digits.startsWith(BRAZIL)) return phone(digits);
  if (digits[BRAZIL.length] === '0') return text;
  if (digits.length <= BRAZIL.length + MOBILE) return phone(digits);
  return phone(readPhone(`+${digits}`).number) || text;
}

/** The whole number that was pasted into a field that shows +55, or undefined for a part of one. */
export function pasted(text) {
  const { number, refused, form } = readPhone(text);
  return number || (refused === 'country' ? form : undefined);
}
