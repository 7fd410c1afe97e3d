// Which phone is connected, where that is another one than was expected: both numbers, and the two ways out. And
// what is in two places: a phone under two names, a name on two servers.

import { h, fillWith } from '../dom.js';
import { instancePath, patch } from '../api.js';
import { phone } from '../phone.js';
import { t, tx } from '../words.js';
import { button } from './button.js';
import { box } from './notice.js';
import { toast } from './toast.js';

/** A number, and the name that its account goes by, where that is known. */
export const linkedAs = ({ linkedNumber, profileName }) =>
  [linkedNumber && phone(`+${linkedNumber}`), profileName && `(${profileName})`].filter(Boolean).join(' ');

/** Said loudly: somebody scanned with another phone. `actions` are buttons. */
export const otherNumber = (expected, linked, actions) =>
  box('bad', t('linked.other'),
    h('p', {}, tx('linked.both', { expected: h('strong', {}, expected), linked: h('strong', {}, linked) })),
    h('div', { class: 'actions' }, actions));

/** One phone under two names, or nothing. */
export const numberTwice = ({ sameNumberAs, sameNumberElsewhere }) =>
  (sameNumberAs.length > 0 || sameNumberElsewhere) && box('warn', t('linked.twice'),
    h('p', {}, sameNumberAs.length > 0 ? t('linked.twice.as', { names: sameNumberAs.join(', ') }) : t('linked.twice.elsewhere')));

/** One name on two servers, or nothing: said to owners without the other's name. */
export const nameTwice = ({ alsoOn, alsoElsewhere }) =>
  (alsoOn.length > 0 || alsoElsewhere) && box('warn', t('linked.several'),
    h('p', {}, alsoOn.length > 0 ? t('linked.several.on', { servers: alsoOn.join(', ') }) : t('linked.several.elsewhere')),
    h('p', {}, t('linked.several.todo')));

/** { node, update(instance, mayManage) }; drawn anew only when it differs. */
export function linkedNotice(name, { logout, again }) {
  const node = h('div', {});
  let shown = '';
  const accept = async (instance) => {
    await patch(instancePath(name), { channelPhoneOrId: `+${instance.linkedNumber}` });
    toast(t('linked.accepted'));
    again();
  };
  return {
    node,
    update(instance, mayManage) {
      const { channelPhoneOrId, numberMatches, sameNumberAs, sameNumberElsewhere, alsoOn, alsoElsewhere } = instance;
      const key = JSON.stringify([mayManage, channelPhoneOrId, linkedAs(instance), numberMatches, sameNumberAs, sameNumberElsewhere, alsoOn, alsoElsewhere]);
      if (key === shown) return;
      shown = key;
      fillWith(node,
        numberMatches === false && otherNumber(phone(channelPhoneOrId), linkedAs(instance), mayManage && [
          button(t('linked.accept'), () => accept(instance), { icon: 'tick', kind: 'primary' }),
          button(t('logout.do'), logout, { icon: 'power' })]),
        numberTwice(instance), nameTwice(instance));
    },
  };
}
