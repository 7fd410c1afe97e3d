// A server or a key that was stored: what its test found, and what of it is used otherwise than it was pasted.

import { h } from '../dom.js';
import { has, t } from '../words.js';
import { tell } from './dialog.js';
import { toast } from './toast.js';

export const tested = ({ version, latencyMs }) =>
  t(version ? 'server.tested' : 'server.tested.unnamed', { version, ms: latencyMs });

const noteText = ({ code, message }, { baseUrl }) => (has(`server.note.${code}`) ? t(`server.note.${code}`, { url: baseUrl }) : message);

/** The words for a server that passed its test, or was spared it. */
export const storedWords = (server) => ((server.latencyMs ?? null) === null ? t('server.added') : tested(server));

/** Says it, and goes on with `then()`: at once, or where there is something to read, when it is read. */
export function tellStored(server, words, then) {
  if (!server.notes.length) {
    toast(words);
    then();
    return;
  }
  const { element } = tell({ title: words, body: server.notes.map((note) => h('p', {}, noteText(note, server))) });
  element.addEventListener('close', then);
}
