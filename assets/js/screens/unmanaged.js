// What the servers have and pareia has not. Read once and on demand: each look asks every server for its whole list.

import { h, fillWith } from '../dom.js';
import { get } from '../api.js';
import { latest } from '../latest.js';
import { phone } from '../phone.js';
import { byWhatCanBeDone } from '../unmanaged.js';
import { t, tn, tx } from '../words.js';
import { adoptDialog, obstacleText } from '../parts/adopt.js';
import { button } from '../parts/button.js';
import { box, errorTitle, notice } from '../parts/notice.js';
import { empty, page, section, skeleton } from '../parts/page.js';

const row = (one, take) => h('li', { class: 'row' },
  h('div', { class: 'row-text' },
    h('p', { class: 'row-title' }, one.name),
    h('p', { class: 'hint' }, [one.channelPhoneOrId && phone(one.channelPhoneOrId), one.profileName, one.server,
      t(one.paired ? 'unmanaged.paired' : 'unmanaged.unpaired')].filter(Boolean).join(' · ')),
    one.channelInstanceId && h('p', { class: 'hint' }, tx('unmanaged.becomes', { name: h('code', {}, one.channelInstanceId) })),
    one.obstacle && h('p', {}, obstacleText(one))),
  take && h('div', { class: 'row-actions' }, button(t('unmanaged.take'), () => take(one), { name: t('unmanaged.take.name', one) })));

const group = (key, instances, take, actions) => instances.length > 0 &&
  section(t(`unmanaged.${key}`), { lead: t(`unmanaged.${key}.lead`), actions }, h('ul', { class: 'rows' }, instances.map((one) => row(one, take))));

/** The servers that could not be asked, each with why. */
const silent = (servers) => servers.length > 0 && box('warn', tn('unmanaged.silent', servers.length),
  h('ul', {}, servers.map((one) => h('li', {}, h('strong', {}, one.server), `: ${errorTitle(one)}. `, h('a', { href: `#/ajuda/${one.code}` }, t('notice.more'))))),
  h('p', {}, t('unmanaged.silent.text')));

export function unmanagedScreen({ signal, session }) {
  const place = h('div', { class: 'stack' });
  const newest = latest(signal);

  function show({ instances, notAsked }, users) {
    const owners = [session.user, ...users.map(({ name }) => name).filter((name) => name !== session.user)];
    const take = (one) => adoptDialog(one, owners, load);
    const { ready, numberless, stuck } = byWhatCanBeDone(instances);
    const all = ready.length > 1 && button(t('unmanaged.all', { n: ready.length }), () => take(null), { kind: 'primary' });
    fillWith(place, silent(notAsked),
      !instances.length && empty('check', t('unmanaged.none'), t(notAsked.length ? 'unmanaged.none.unsure' : 'unmanaged.none.text')),
      group('ready', ready, take, all), group('numberless', numberless, take), group('stuck', stuck));
  }

  function load() {
    fillWith(place, h('p', { class: 'hint', role: 'status' }, t('unmanaged.asking')), skeleton(3));
    return newest((asking) => Promise.all([get('/api/admin/unmanaged', { signal: asking }), get('/api/admin/users', { signal: asking })]),
      ([found, users]) => show(found, users),
      (error) => { fillWith(place, notice(error, { actions: [button(t('again'), load, { kind: 'primary', icon: 'again' })] })); });
  }

  load();
  return page(t('unmanaged.title'), {
    lead: t('unmanaged.lead'), back: [t('nav.servers'), '#/servidores'], actions: button(t('unmanaged.again'), load, { icon: 'again' }),
  }, place);
}
