// A field for a phone: writes it the Brazilian way while it is typed, takes a whole number that is
// pasted, and says what is wrong in the words of its reason. The rules are those of ../phone.js.

import { pasted, phone, readPhone, whileTyped } from '../phone.js';
import { t } from '../words.js';
import { field } from './form.js';

const START = '+55 ';

/** What is wrong with what was typed, and the form it should have, where that can be told. */
function problem({ refused, form }) {
  if (!refused) return '';
  return form ? `${t(`phone.${refused}`)} ${t('phone.form', { phone: phone(form) })}` : t(`phone.${refused}`);
}

/** Where the caret goes so that as many digits stand before it as did. */
function behindDigit(text, count) {
  let seen = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (/\d/.test(text[i])) seen += 1;
    if (seen === count) return i + 1;
  }
  return text.length;
}

function writeAsTyped(input, erasing) {
  // Typed in front of the country: meant behind it.
  if (/^\d+\+/.test(input.value)) input.value = input.value.replace(/^(\d+)(\+.*)$/, '$2$1');
  if (erasing) return; // Whoever corrects is not fought with.
  const atEnd = input.selectionStart === input.value.length;
  const before = input.value.slice(0, input.selectionStart).replace(/\D/g, '').length;
  input.value = whileTyped(input.value);
  if (!atEnd) { const at = behindDigit(input.value, before); input.setSelectionRange(at, at); }
}

/** { node, input, error, number, problem }: `number` is what is meant, or undefined; then `problem` says why. */
export function phoneField(label, hint) {
  const one = field({ label, hint, type: 'tel', inputmode: 'tel', autocomplete: 'tel', value: START, required: true });
  const { input } = one;
  input.addEventListener('input', (event) => writeAsTyped(input, (event.inputType || '').startsWith('delete')));
  input.addEventListener('paste', (event) => {
    const number = pasted(event.clipboardData.getData('text'));
    if (!number) return;
    event.preventDefault();
    input.value = phone(number);
    one.error(null);
  });
  // Coming by keyboard selects everything, and the country would be typed over. A whole number may be.
  const toEnd = () => { if (input.selectionStart === 0 && !readPhone(input.value).number) input.setSelectionRange(99, 99); };
  input.addEventListener('focus', () => { toEnd(); setTimeout(toEnd); });
  input.addEventListener('blur', () => {
    const { number, refused } = readPhone(input.value);
    if (number) input.value = phone(number);
    else if (refused === 'empty') input.value = START;
  });
  return {
    node: one.node, input, error: one.error,
    get number() { return readPhone(input.value).number; },
    get problem() { return problem(readPhone(input.value)); },
  };
}
