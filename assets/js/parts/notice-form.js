// The question where notices shall go. Each way asks for what it needs and no more.

import { h } from '../dom.js';
import { post } from '../api.js';
import { lang } from '../prefs.js';
import { utcOffset } from '../utc-offset.js';
import { t } from '../words.js';
import { copyBox } from './copy.js';
import { ask, tell } from './dialog.js';
import { allGood, checkField, field, secretField, selectField } from './form.js';
import { box, fieldProblem } from './notice.js';
import { toast } from './toast.js';

const CHANNELS = ['whatsapp', 'telegram', 'ntfy', 'email', 'webhook'];
/** What each asks for beside the address; `secret` is asked for by all but one. */
const WITH = { whatsapp: [], telegram: ['secret'], ntfy: ['secret'], email: ['server', 'login', 'secret', 'from'], webhook: ['secret'] };
const NEEDED = { telegram: ['secret'], email: ['server'] };

/** The fields of one way, those that it does not ask for left out. */
function fieldsOf(channel) {
  const optional = (one) => !(NEEDED[channel] || []).includes(one);
  const made = { address: field({ label: t(`to.${channel}`), hint: t(`to.${channel}.hint`), required: true }) };
  for (const one of WITH[channel]) {
    const word = one === 'secret' ? `secret.${channel}` : `mail.${one}`;
    const text = { label: t(word), hint: t(`${word}.hint`), optional: optional(one) };
    made[one] = one === 'secret' ? secretField({ ...text, autocomplete: 'off' }) : field(text);
  }
  return made;
}

/** Asks for a new target; `again` shows the list anew. */
export function addTarget(session, again) {
  const way = selectField({ label: t('notices.by'), choices: CHANNELS.map((one) => [one, t(`by.${one}`)]), value: CHANNELS[0] });
  const all = session.role !== 'owner' && checkField(t('notices.all.check'), t('notices.all.hint'));
  const quiet = field({ label: t('notices.quiet'), hint: t('notices.quiet.hint'), optional: true, placeholder: '22:00-07:00' });
  const place = h('div', { class: 'form' });
  let fields = {};
  const draw = () => {
    fields = fieldsOf(way.value);
    place.replaceChildren(...Object.values(fields).map((one) => one.node));
  };
  way.input.addEventListener('change', draw);
  draw();
  ask({
    title: t('notices.add'), body: [way.node, place, all && all.node, quiet.node], confirm: t('notices.add.do'),
    async run() {
      const missing = (one) => (fields[one].input.required || (NEEDED[way.value] || []).includes(one)) && !fields[one].value;
      if (!allGood(...Object.keys(fields).map((one) => [fields[one], missing(one) ? t('field.needed') : '']))) return false;
      const given = Object.fromEntries(Object.entries(fields).map(([one, { value }]) => [one, value]).filter(([, value]) => value));
      const made = await post('/api/notices', {
        channel: way.value, ...given, all: Boolean(all && all.value), language: lang() === 'en' ? 'en' : 'pt-BR', utcOffset: utcOffset(),
        ...(quiet.value ? { quietHours: quiet.value } : {}),
      });
      again();
      toast(t('notices.added'));
      if (made.signingKey && !given.secret) tell({ title: t('notices.key'), body: [box('warn', null, h('p', {}, t('notices.key.once'))), copyBox(made.signingKey, t('notices.key'))], done: t('token.kept') });
      return true;
    },
    failed(error) {
      const at = error.field === 'quietHours' ? quiet : fields[error.field];
      const word = { address: `to.${way.value}`, quietHours: 'quietHours' }[error.field] || `mail.${error.field}`;
      if (at) allGood([at, fieldProblem(error, word)]);
      return Boolean(at);
    },
  });
}
