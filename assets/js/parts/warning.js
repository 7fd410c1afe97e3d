// What is odd about an answer that is none the less a success, in the page's words by its code, and what came back.

import { h, fillWith } from '../dom.js';
import { NOTHING_SET, restorationWith } from '../restoration.js';
import { has, t } from '../words.js';
import { nameTwice, numberTwice } from './linked.js';
import { box } from './notice.js';
import { restorationNotice } from './restoration.js';

/** Codes that are drawn from the answer's own fields; another number than expected has a notice of its own. */
const DRAWN = { other_number: () => null, number_linked_twice: numberTwice, found_on_several: nameTwice };

function note({ code, message }, data) {
  if (Object.hasOwn(DRAWN, code)) return DRAWN[code](data);
  const own = has(`warning.${code}`);
  return box('warn', own && t(`warning.${code}`), h('p', {}, own ? t(`warning.${code}.text`) : message));
}

export const warningNotes = (data) => data.warnings.map((one) => note(one, data));

/**
 * { node, restored, update(data) }: what is odd about an answer, and what its call put back of what people had set. What
 * was said stays when later answers have nothing to say: only the call that finds it may.
 */
export function warningPlace() {
  const odd = h('div', { class: 'warnings' });
  const back = h('div', { class: 'warnings' });
  let restoration = NOTHING_SET;
  let shown = '[]';
  return {
    node: odd,
    restored: back,
    update(data) {
      const key = JSON.stringify(data.warnings);
      if (key !== '[]' && key !== shown) fillWith(odd, warningNotes(data));
      if (key !== '[]') shown = key;
      if (!data.restored.length && !data.notRestored.length) return;
      restoration = restorationWith(restoration, data);
      fillWith(back, restorationNotice(restoration));
    },
  };
}
