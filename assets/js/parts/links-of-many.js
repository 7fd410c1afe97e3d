// A connect link for each of many numbers: a text with it, to copy or to send to that very number.

import { h } from '../dom.js';
import { instancePath, post } from '../api.js';
import { calledName, when } from '../format.js';
import { t, tx } from '../words.js';
import { linkButton } from './button.js';
import { copyButton } from './copy.js';
import { allGood, selectField, textField } from './form.js';
import { LINK_MINUTES } from './links.js';
import { localNote } from './local-note.js';

/** The message for one number, as its sender wrote it for all. */
const filled = (text, row, link) => text.replace(/{(nome|name|link)}/g, (_, what) => (what === 'link' ? link.url : calledName(row)));

/** How long the links are valid, and what is sent with them: { node, good(), steps() }; the steps are those of progress(). */
export function linkFields() {
  const called = `{${t('bulk.name')}}`;
  const minutes = selectField({ label: t('link.valid'), value: '1440', choices: LINK_MINUTES.map((n) => [String(n), t(`link.minutes.${n}`)]) });
  const message = textField({ label: t('bulk.links.text'), hint: t('bulk.links.hint', { name: called, link: '{link}' }), rows: 3, maxlength: 500 });
  message.input.value = t('bulk.links.message', { name: called, link: '{link}' });
  return {
    node: h('div', { class: 'form' }, minutes.node, message.node),
    good: () => allGood([message, message.value.includes('{link}') ? '' : t('bulk.links.needed', { link: '{link}' })]),
    steps: () => linkSteps(message.value, Number(minutes.value)),
  };
}

function linkSteps(text, minutes) {
  return {
    work: (row) => post(instancePath(row.channelInstanceId, '/link'), { minutes }),
    detail: (row, link) => h('div', { class: 'actions' },
      copyButton(filled(text, row, link), t('bulk.copy')),
      linkButton(t('bulk.send'), `https://wa.me/${row.channelPhoneOrId}?text=${encodeURIComponent(filled(text, row, link))}`, { icon: 'share', target: '_blank' })),
    after: (done) => done.length > 0 && [
      localNote(done[0][1].url, 'bulk.links.local'),
      copyButton(done.map(([row, link]) => filled(text, row, link)).join('\n\n'), t('bulk.copy.all'), 'primary'),
      h('span', { class: 'hint' }, tx('link.until', { time: when(done[0][1].expiresAt) }))],
  };
}
