// Adopting what a server has and pareia has not, one or all: the dialog says first what would become of it, as the
// server plans it, and keeps its button off until that is read.

import { h, fillWith, setText } from '../dom.js';
import { post } from '../api.js';
import { latest } from '../latest.js';
import { phone } from '../phone.js';
import { NUMBER_UNKNOWN, byWhatCanBeDone, selection } from '../unmanaged.js';
import { has, help, t, tn } from '../words.js';
import { button } from './button.js';
import { ask } from './dialog.js';
import { allGood, selectField } from './form.js';
import { box, notice } from './notice.js';
import { facts } from './page.js';
import { phoneField } from './phone-field.js';
import { toast } from './toast.js';

const ADOPT = '/api/admin/unmanaged/adopt';

/** Why one cannot be adopted; what the page does not know yet, as the server says it. */
export const obstacleText = ({ obstacle, obstacleText: fromServer, integration }) =>
  (has(`obstacle.${obstacle}`) ? t(`obstacle.${obstacle}`, { integration }) : fromServer);

/** Why the server refuses: most obstacles are none that the help page knows. */
const refusal = (error, actions) => (has(`obstacle.${error.code}`) && !help(error.code)
  ? box('warn', null, h('p', {}, t(`obstacle.${error.code}`)))
  : notice(error, { short: true, actions }));

/** What would become of one. */
const plan = ({ name, server, channelInstanceId, channelPhoneOrId }) => facts(
  [t('unmanaged.there'), name], [t('unmanaged.here'), h('strong', {}, channelInstanceId)],
  [t('col.number'), phone(channelPhoneOrId)], [t('col.server'), server]);

/** What would become of all of them, and what is not known. */
function plans({ instances, notAsked }) {
  const { ready, numberless, stuck } = byWhatCanBeDone(instances);
  const left = numberless.length + stuck.length;
  return [
    h('p', { class: 'plan-title' }, tn('unmanaged.plan', ready.length)),
    h('ul', { class: 'plan', tabindex: '0', 'aria-label': tn('unmanaged.plan', ready.length) }, ready.map((one) => h('li', {},
      h('strong', {}, one.channelInstanceId), h('span', { class: 'hint' }, [
        one.name !== one.channelInstanceId && t('unmanaged.was', one), phone(one.channelPhoneOrId), one.server].filter(Boolean).join(' · '))))),
    left > 0 && h('p', { class: 'hint' }, tn('unmanaged.left', left)),
    notAsked.length > 0 && h('p', { class: 'hint' }, `${tn('unmanaged.silent', notAsked.length)}. ${t('unmanaged.silent.text')}`),
  ];
}

function told({ adopted }) {
  const [first] = adopted;
  return adopted.length === 1 ? t('unmanaged.done.one', { name: first.channelInstanceId }) : t('unmanaged.done.other', { n: adopted.length });
}

/**
 * Asks about `one` of what was found, or all of it; `owners` are the names of those it can be given to, the caller's
 * first. `done()` follows an adoption.
 */
export function adoptDialog(one, owners, done) {
  const number = one?.obstacle === NUMBER_UNKNOWN && phoneField(t('connect.phone'), t('unmanaged.phone.hint'));
  const owner = owners.length > 1 && selectField({ label: t('unmanaged.owner'), hint: t('unmanaged.owner.hint'), choices: owners.map((name) => [name, name]) });
  const place = h('div', { class: 'adoption', 'aria-live': 'polite' });
  const newest = latest();
  const adoption = (dryRun, options) => post(ADOPT, {
    ...(one ? selection(one) : { all: true }), ...(number ? { phone: number.input.value } : {}), ...(owner ? { user: owner.value } : {}), dryRun,
  }, options);
  let isPlanned = false;

  /** The button is off while the plan is read; where the number has to be said first, it asks for the plan. */
  function planned(yes) {
    isPlanned = yes;
    dialog.submit.disabled = !yes && !number;
    setText(dialog.submit.querySelector('.label'), t(yes || !number ? 'unmanaged.take' : 'continue'));
  }

  function look() {
    planned(false);
    fillWith(place, h('p', { class: 'hint' }, t('unmanaged.asking')));
    return newest((signal) => adoption(true, { signal }), (found) => {
      fillWith(place, one ? plan(found.instances[0]) : plans(found));
      planned(found.instances.some(({ obstacle }) => !obstacle));
    }, (error) => { fillWith(place, refusal(error, [button(t('again'), look)])); });
  }

  const dialog = ask({
    title: one ? t('unmanaged.take.one', one) : t('unmanaged.take.all'), confirm: t('unmanaged.take'),
    body: [h('p', {}, t('unmanaged.harmless')), number && number.node, place, owner && owner.node],
    async run() {
      if (number && !allGood([number, number.problem])) return false;
      if (!isPlanned) {
        await look();
        return false;
      }
      toast(told(await adoption(false)));
      done();
      return true;
    },
    failed(error) { fillWith(place, refusal(error)); return true; },
  });
  if (number) {
    number.input.addEventListener('input', () => { newest.drop(); place.replaceChildren(); planned(false); });
    planned(false);
  } else look();
}
