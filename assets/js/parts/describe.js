// The form for what people write of a number: its display name, a note, labels.

import { instancePath, patch } from '../api.js';
import { changesOf, MOST } from '../description.js';
import { t } from '../words.js';
import { ask } from './dialog.js';
import { allGood, field, textField } from './form.js';
import { fieldProblem } from './notice.js';
import { toast } from './toast.js';

/** Asks, writes what differs, and says `changed()`. */
export function describeDialog(instance, changed) {
  const displayName = field({ label: t('describe.name'), hint: t('describe.name.hint'), optional: true, maxlength: MOST.displayName, autocapitalize: 'sentences', value: instance.displayName || '' });
  const note = textField({ label: t('describe.note'), optional: true, rows: 3, maxlength: MOST.note, autocapitalize: 'sentences', value: instance.note || '' });
  const labels = textField({ label: t('describe.labels'), hint: t('describe.labels.hint'), optional: true, rows: 3, value: instance.labels.join('\n') });
  const fields = { displayName, note, labels };
  ask({
    title: t('describe.title'), body: [displayName.node, note.node, labels.node], confirm: t('save'),
    async run() {
      const typed = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.input.value]));
      const changes = changesOf(instance, typed);
      if (Object.keys(changes).length === 0) return;
      await patch(instancePath(instance.channelInstanceId), changes);
      toast(t('describe.saved'));
      changed();
    },
    failed(error) {
      const at = fields[error.field];
      if (at) allGood([at, fieldProblem(error)]);
      return Boolean(at);
    },
  });
}
