// Evolution's address and key: tested by the server before it is kept. What is wrong is said beside
// the field that is wrong; whoever knows better may keep it all the same.

import { h, fillWith } from '../dom.js';
import { post } from '../api.js';
import { unspaced } from '../typed.js';
import { has, t } from '../words.js';
import { button } from './button.js';
import { allGood, field, form, secretField, textField } from './form.js';
import { errorTitle, fieldProblem, notice, sentence } from './notice.js';

const OF_ADDRESS = ['evolution_unreachable', 'evolution_timeout', 'evolution_error', 'evolution_not_loaded', 'evolution_tls', 'evolution_proxy'];
/** What a certificate of one's own authority mends. */
const OF_AUTHORITY = ['unknown_authority', 'authority_as_server'];
const OF_KEY = ['evolution_rejected_key', 'instance_token'];

/** Said beside a field, to somebody who has the address and the key at hand. */
export function serverProblem(error) {
  if (error.cause && has(`cause.${error.cause}`)) return sentence(error);
  return has(`server.wrong.${error.code}`) ? t(`server.wrong.${error.code}`) : `${errorTitle(error)}. ${sentence(error)}`;
}

/** What an address is called in a list: its host and port. */
const hostOf = (address) => address.replace(/^[a-z]+:\/\//i, '').replace(/[/?#].*/, '');

/** serverForm({ submitLabel, saved(credential), wide, named, cancel }) → { node } */
export function serverForm({ submitLabel, saved, wide, named, cancel }) {
  const name = named && field({ label: t('server.name'), hint: t('server.name.hint'), optional: true });
  const url = field({ label: t('server.url'), hint: t('server.url.hint'), type: 'url', inputmode: 'url', value: 'http://localhost:8080', required: true });
  const key = secretField({ label: t('server.key'), hint: t('server.key.hint'), autocomplete: 'off', required: true });
  const authority = textField({ label: t('server.ca'), hint: t('server.ca.hint'), optional: true, rows: 3, placeholder: '-----BEGIN CERTIFICATE-----' });
  // Plain http shows no certificate.
  const showAuthority = () => { authority.node.hidden = !/^https:/i.test(unspaced(url.value)); };
  url.input.addEventListener('input', showAuthority);
  showAuthority();
  const problem = h('div', { class: 'problem' });
  const submit = button(submitLabel, null, { kind: wide ? 'primary wide' : 'primary', type: 'submit' });

  const body = (force) => ({
    baseUrl: unspaced(url.value), apiToken: unspaced(key.value),
    ...(!authority.node.hidden && authority.value ? { caCertificate: authority.value } : {}),
    // Without a name the server would be called by its id.
    name: (name && name.value) || hostOf(unspaced(url.value)), ...(force ? { force: true } : {}),
  });

  async function send() {
    problem.replaceChildren();
    if (!allGood([url, unspaced(url.value) ? '' : t('field.baseUrl')], [key, unspaced(key.value) ? '' : t('server.key.needed')])) return;
    await saved(await post('/api/admin/credentials', body(false)));
  }

  const keep = () => button(t('server.force'), async () => { await saved(await post('/api/admin/credentials', body(true))); }, { onError: failed });

  function failed(error) {
    const words = serverProblem(error);
    if (error.field === 'baseUrl') allGood([url, fieldProblem(error)]);
    else if (error.field === 'apiToken') allGood([key, fieldProblem(error)]);
    else if (error.field === 'caCertificate') allGood([authority, fieldProblem(error)]);
    else if (OF_AUTHORITY.includes(error.cause) && !authority.node.hidden) allGood([authority, words]);
    else if (name && error.field === 'name') allGood([name, fieldProblem(error)]);
    else if (OF_ADDRESS.includes(error.code)) allGood([url, words]);
    else if (OF_KEY.includes(error.code)) allGood([key, words]);
    else fillWith(problem, notice(error, { short: true }));
    const mayBeKept = error.code && error.code.startsWith('evolution_') && error.status >= 500;
    if (mayBeKept) problem.append(h('p', { class: 'hint' }, t('server.force.hint')), keep());
  }

  const row = cancel ? h('div', { class: 'dialog-actions' }, cancel, submit) : submit;
  return { node: form([name && name.node, url.node, key.node, authority.node, problem, row], submit, send, failed) };
}
