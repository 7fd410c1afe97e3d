// What was put back of what people had set of an instance, and what was not, over the answers of several calls. Pure.

export const NOTHING_SET = { restored: [], notRestored: [] };

/** What is known with one more answer; of a kind that both name, the answer counts. */
export function restorationWith(known, { restored, notRestored }) {
  const news = new Set([...restored, ...notRestored.map(({ kind }) => kind)]);
  return {
    restored: [...known.restored.filter((kind) => !news.has(kind)), ...restored],
    notRestored: [...known.notRestored.filter(({ kind }) => !news.has(kind)), ...notRestored],
  };
}

/** "webhook, proxy (refused)", as the history has it → [{ kind, reason }…] */
export const readKinds = (detail) => (detail || '').split(', ').filter(Boolean).map((text) => {
  const [, kind, reason = ''] = text.match(/^(\S+)(?: \((\S+)\))?$/) || [null, text];
  return { kind, reason };
});
