// Says which of the things that people had set of an instance came back when it was created anew, and which did not.

import { h } from '../dom.js';
import { has, t } from '../words.js';
import { box, errorTitle } from './notice.js';

/** A kind that the page does not know yet has the API's word. */
const kindWord = (kind) => (has(`setting.${kind}`) ? t(`setting.${kind}`) : kind);

const why = (reason) => (has(`unrestored.${reason}`) ? t(`unrestored.${reason}`) : errorTitle({ code: reason }));

/** [{ kind, reason }…] → "webhook, proxy (a Evolution não aceitou)" */
export const settingsText = (kinds) =>
  kinds.map(({ kind, reason }) => (reason ? `${kindWord(kind)} (${why(reason)})` : kindWord(kind))).join(', ');

/** A calm notice, or nothing. */
export function restorationNotice({ restored, notRestored }) {
  if (!restored.length && !notRestored.length) return null;
  const back = restored.length > 0 && h('p', {}, t('restored.text', { kinds: settingsText(restored.map((kind) => ({ kind }))) }));
  if (!notRestored.length) return box('good', t('restored.title'), back);
  return box('warn', t('unrestored.title'), back,
    h('p', {}, t('unrestored.text', { kinds: settingsText(notRestored) })),
    h('p', {}, h('strong', {}, t('notice.todo'), ' '), t('unrestored.todo')));
}
