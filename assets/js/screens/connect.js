// "Conectar número", first half: which name and which phone. The second half is pair.js.

import { h, setText, fillWith } from '../dom.js';
import { connect, connectAgain, findInstance } from '../api.js';
import { nameFits, proposeName } from '../format.js';
import { phone } from '../phone.js';
import { backToList } from '../router.js';
import { t, tx } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { allGood, field, form } from '../parts/form.js';
import { noServer, serverMissing } from '../parts/no-server.js';
import { notice } from '../parts/notice.js';
import { page } from '../parts/page.js';
import { phoneField } from '../parts/phone-field.js';
import { handOver } from './pair.js';

function nameField() {
  const one = field({ label: t('connect.name'), hint: t('connect.name.hint'), required: true, maxlength: 80, placeholder: t('connect.name.example') });
  const preview = h('p', { class: 'preview', 'aria-live': 'polite' }, t('connect.name.rule'));
  const draw = () => {
    const typed = one.value;
    const name = proposeName(typed);
    if (!typed) setText(preview, t('connect.name.rule'));
    else if (!nameFits(name)) setText(preview, t('connect.name.wrong'));
    else fillWith(preview, tx(name === typed ? 'connect.name.fits' : 'connect.name.becomes', { name: h('code', {}, name) }));
  };
  one.input.addEventListener('input', draw);
  one.node.append(preview);
  return { node: one.node, input: one.input, error: one.error, get value() { return one.value; }, get name() { return proposeName(one.value); } };
}

const nameProblem = (name) => (nameFits(name) ? '' : t('connect.name.needed'));

const taken = (row) => [
  `${t('connect.name.taken', { phone: phone(row.channelPhoneOrId) })} `,
  h('a', { href: `#/instancia/${encodeURIComponent(row.channelInstanceId)}` }, t('connect.name.open')),
];

export function connectScreen({ signal, go, session }) {
  const name = nameField();
  const number = phoneField(t('connect.phone'), t('connect.phone.hint'));
  const problem = h('div', { class: 'problem' });
  const submit = button(t('connect.go'), null, { kind: 'primary wide', type: 'submit', icon: 'scan' });

  async function send() {
    problem.replaceChildren();
    if (!allGood([name, nameProblem(name.name)], [number, number.problem])) return;
    const digits = number.number;
    const row = await findInstance(name.name, signal);
    if (row && row.channelPhoneOrId !== digits) {
      allGood([name, taken(row)]);
      return;
    }
    // What was typed is what people call it, where the technical name had to differ.
    const displayName = name.value === name.name ? null : name.value;
    const answer = row ? await connectAgain(name.name, {}, signal) : await connect(name.name, digits, displayName, signal);
    handOver(answer, digits);
    go(`#/conectar/${encodeURIComponent(name.name)}`);
  }

  function failed(error) {
    if (error.field === 'channelInstanceId') allGood([name, t('connect.name.needed')]);
    else if (error.field === 'channelPhoneOrId') allGood([number, t('phone.world')]);
    else {
      const fix = error.code === 'no_active_credential' && session.admin;
      fillWith(problem, notice(error, { actions: [fix && linkButton(t('servers.open'), '#/servidores', { kind: 'primary' })] }));
    }
  }

  const card = h('div', { class: 'card narrow' }, form([name.node, number.node, problem, submit], submit, send, failed));
  const place = h('div', {}, card);
  serverMissing(session, signal).then((missing) => {
    if (missing && !signal.aborted && !name.value) fillWith(place, noServer()); // Nothing typed is taken away.
  });
  return page(t('connect.title'), { lead: t('connect.lead'), back: [t('nav.numbers'), backToList()] }, place);
}
