// What is odd about an answer that is none the less a success, in the page's words by its code.

import { h } from '../dom.js';
import { has, t } from '../words.js';
import { numberTwice } from './linked.js';
import { box } from './notice.js';

/** A notice, or nothing; another number than expected is said by a notice of its own. */
export function warningNote(data) {
  const { code, message } = data.warning || {};
  if (!code || code === 'other_number') return null;
  if (code === 'number_linked_twice') return numberTwice(data);
  const own = has(`warning.${code}`);
  return box('warn', own && t(`warning.${code}`), h('p', {}, own ? t(`warning.${code}.text`) : message));
}
