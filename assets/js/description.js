// What people write of a number, as the form has it and as the API takes it. Pure.

/** Characters that the server takes. */
export const MOST = { displayName: 80, note: 500 };
const MOST_LABELS = 20;
const LONGEST_LABEL = 40;

/** Labels, one a line: any other character may be in one. */
export const labelsIn = (text) => [...new Set(text.split('\n').map((line) => line.trim()).filter(Boolean))];

/** Whether the server takes them all of one number. */
export const labelsFit = (labels) => labels.length <= MOST_LABELS && labels.every((one) => [...one].length <= LONGEST_LABEL);

/** What the form changes of an instance: null clears a text. Nothing else is sent, so that nothing else is overwritten. */
export function changesOf(instance, { displayName, note, labels }) {
  const texts = { displayName: displayName.trim() || null, note: note.trim() || null, labels: labelsIn(labels) };
  const differs = ([name, value]) => JSON.stringify(value) !== JSON.stringify(instance[name]);
  return Object.fromEntries(Object.entries(texts).filter(differs));
}
