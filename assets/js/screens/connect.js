// "Conectar número", first half: which name and which phone. The second half is pair.js.

import { h, setText, fillWith } from '../dom.js';
import { connect, connectAgain, findInstance } from '../api.js';
import { nameFits, phone, phoneDigits, phoneFits, phoneMost, proposeName } from '../format.js';
import { t, tx } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { allGood, field, form } from '../parts/form.js';
import { noServer, serverMissing } from '../parts/no-server.js';
import { notice } from '../parts/notice.js';
import { page } from '../parts/page.js';
import { handOver } from './pair.js';

/** A field that writes a phone the Brazilian way while it is typed. */
function phoneField(label, hint) {
  const one = field({ label, hint, type: 'tel', inputmode: 'tel', autocomplete: 'tel', value: '+55 ', required: true });
  const fits = fitter();
  one.input.addEventListener('input', (event) => {
    const { input } = one;
    const erasing = (event.inputType || '').startsWith('delete');
    // Typed in front of the country: meant behind it.
    if (/^\d+\+/.test(input.value)) input.value = input.value.replace(/^(\d+)(\+.*)$/, '$2$1');
    const before = input.value.slice(0, input.selectionStart).replace(/\D/g, '').length;
    const atEnd = input.selectionStart === input.value.length;
    if (erasing && !atEnd) return; // Whoever corrects in the middle is not fought with.
    if (erasing) return;
    input.value = phone(fits(input.value)) || input.value;
    if (!atEnd) input.setSelectionRange(...behindDigit(input.value, before));
  });
  // Coming by keyboard selects everything, and the country would be typed over. A whole number may be.
  const toEnd = () => { if (one.input.selectionStart === 0 && !phoneFits(phoneDigits(one.input.value))) one.input.setSelectionRange(99, 99); };
  one.input.addEventListener('focus', () => { toEnd(); setTimeout(toEnd); });
  one.input.addEventListener('blur', () => { one.input.value = phone(fits(one.input.value)) || '+55 '; });
  return one;
}

/**
 * What is too much behind a full number is left out, as a slip of the finger; once it is a whole number
 * itself, it takes the place of the first.
 */
function fitter() {
  let full = '';
  let spare = '';
  return (text) => {
    const raw = text.replace(/\D/g, '');
    let digits = phoneDigits(text);
    if (full && raw.length > full.length && raw.startsWith(full) && digits.length >= full.length) {
      spare += raw.slice(full.length);
      const next = phoneDigits(spare);
      digits = phoneFits(next) ? next : full;
      if (digits === next) spare = '';
    } else spare = ''; // A slip that was corrected, or left behind with the field.
    full = digits.length >= phoneMost(digits) ? digits : '';
    return digits;
  };
}

/** Where the caret goes so that as many digits stand before it as did. */
function behindDigit(text, count) {
  let seen = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (/\d/.test(text[i])) seen += 1;
    if (seen === count) return [i + 1, i + 1];
  }
  return [text.length, text.length];
}

function nameField() {
  const one = field({ label: t('connect.name'), hint: t('connect.name.hint'), required: true, maxlength: 100, placeholder: t('connect.name.example') });
  const preview = h('p', { class: 'preview', 'aria-live': 'polite' }, t('connect.name.rule'));
  const draw = () => {
    const typed = one.value.trim();
    const name = proposeName(typed);
    if (!typed) setText(preview, t('connect.name.rule'));
    else if (!nameFits(name)) setText(preview, t('connect.name.wrong'));
    else fillWith(preview, tx(name === typed ? 'connect.name.fits' : 'connect.name.becomes', { name: h('code', {}, name) }));
  };
  one.input.addEventListener('input', draw);
  one.node.append(preview);
  return { ...one, get name() { return proposeName(one.value); } };
}

const nameProblem = (name) => (nameFits(name) ? '' : t('connect.name.needed'));

function phoneProblem(digits) {
  if (phoneFits(digits)) return '';
  return digits.startsWith('55') ? t('connect.phone.brazil') : t('connect.phone.wrong');
}

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
    const digits = phoneDigits(number.value);
    if (!allGood([name, nameProblem(name.name)], [number, phoneProblem(digits)])) return;
    const row = await findInstance(name.name, signal);
    if (row && row.channelPhoneOrId !== digits) {
      allGood([name, taken(row)]);
      return;
    }
    const answer = row ? await connectAgain(name.name, {}, signal) : await connect(name.name, digits, signal);
    handOver(name.name, digits, answer);
    go(`#/conectar/${encodeURIComponent(name.name)}`);
  }

  function failed(error) {
    if (error.field === 'channelInstanceId') allGood([name, error.error]);
    else if (error.field === 'channelPhoneOrId') allGood([number, error.error]);
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
  return page(t('connect.title'), { lead: t('connect.lead'), back: [t('nav.numbers'), '#/'] }, place);
}
