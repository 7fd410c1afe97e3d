// A test message from a number that is connected, to itself or to a number that is typed.

import { h } from '../dom.js';
import { instancePath, post } from '../api.js';
import { phone } from '../phone.js';
import { t } from '../words.js';
import { ask } from './dialog.js';
import { allGood, radioField } from './form.js';
import { phoneField } from './phone-field.js';
import { toast } from './toast.js';

/** Asks whom it goes to; `own` is the number that is connected, as it is shown. */
export function testMessageDialog(name, own) {
  const other = phoneField(t('test.phone'));
  other.node.hidden = true;
  const choice = radioField(t('test.to'), [['own', t('test.own', { phone: own })], ['other', t('test.other')]],
    (value) => { other.node.hidden = value === 'own'; if (value !== 'own') other.input.focus(); });
  ask({
    title: t('test.title'), confirm: t('test.do'), body: [h('p', {}, t('test.text')), choice.node, other.node],
    async run() {
      const isOwn = choice.value === 'own';
      if (!isOwn && !allGood([other, other.problem])) return false;
      const { sentTo } = await post(instancePath(name, '/test-message'), isOwn ? {} : { to: `+${other.number}` });
      toast(t('test.done', { phone: phone(sentTo) }));
      return true;
    },
  });
}
