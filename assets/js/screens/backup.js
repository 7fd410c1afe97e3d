// Backups: made, fetched, uploaded, restored. What gives data away or takes them back asks for the password once more.

import { h, fillWith, setText } from '../dom.js';
import { call, download, get, post, remove } from '../api.js';
import { size, span, when } from '../format.js';
import { latest } from '../latest.js';
import { has, t, tn, tx } from '../words.js';
import { button } from '../parts/button.js';
import { ask } from '../parts/dialog.js';
import { allGood, field, secretField } from '../parts/form.js';
import { box, errorTitle, nextStep, notice } from '../parts/notice.js';
import { badge, empty, facts, page, section, skeleton } from '../parts/page.js';
import { toast } from '../parts/toast.js';

const BACKUPS = '/api/admin/backups';
/** What one request may carry, about. */
const PIECE = 60_000;
const LOOK_AGAIN = 500;

const path = (name, rest = '') => `${BACKUPS}/${encodeURIComponent(name)}${rest}`;

/** A question that takes the password; `run(password)`. */
function askPassword({ run, body, ...rest }) {
  const password = secretField({ label: t('account.current'), autocomplete: 'current-password', required: true });
  return ask({
    ...rest, body: [body, password.node],
    run: () => (allGood([password, password.value ? '' : t('login.password.needed')]) ? run(password.value) : false),
    failed: (error) => error.code === 'wrong_password' && !allGood([password, t('account.wrong')]),
  });
}

/** Hands a file to the browser, which keeps it under that name. */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

const fetchOne = ({ name }, key) => askPassword({
  title: t(key ? 'backup.fetch.key' : 'backup.fetch'), confirm: t('backup.fetch.do'), body: h('p', {}, t(key ? 'backup.fetch.key.text' : 'backup.fetch.text')),
  run: async (password) => { save(await download(path(name, '/download'), { password, key }), key ? name.replace(/db$/, 'key') : name); },
});

const removeOne = ({ name, at }, again) => askPassword({
  title: t('backup.remove.title'), confirm: t('backup.remove.do'), danger: true, body: h('p', {}, tx('backup.remove.text', { time: when(at) })),
  run: async (password) => { await remove(path(name), { body: { password } }); toast(t('backup.removed')); again(); },
});

/** Waits until pareia has started anew, which the page has to do as well: the data are others, maybe its session too. */
function waitForRestart(place, before) {
  fillWith(place, box('info', t('backup.restarting'), h('p', {}, t('backup.restarting.text'))));
  const look = async () => {
    try {
      const { restored } = await get(BACKUPS, { quiet: true });
      if (restored && restored.at !== before) { location.reload(); return; }
    } catch (error) {
      if (error.status) { location.reload(); return; }
    }
    setTimeout(look, LOOK_AGAIN);
  };
  setTimeout(look, LOOK_AGAIN);
}

/** Sends a file piece by piece; `sent(percent)`. */
async function upload(file, sent) {
  let id = '';
  for (let offset = 0; ; offset += PIECE) {
    const body = file.slice(offset, offset + PIECE);
    const { data } = await call('POST', `${BACKUPS}/upload?${new URLSearchParams({ upload: id, offset, total: file.size })}`, { body });
    id = data.upload;
    sent(Math.floor((100 * Math.min(offset + PIECE, file.size)) / file.size));
    if (data.name || offset + PIECE >= file.size) return data.name;
  }
}

function uploadDialog(again) {
  const file = field({ label: t('backup.upload.file'), type: 'file', accept: '.db', required: true });
  const key = field({ label: t('backup.upload.key'), hint: t('backup.upload.key.hint'), type: 'file', accept: '.key', optional: true });
  const progress = h('p', { class: 'hint', role: 'status' });
  ask({
    title: t('backup.upload'), confirm: t('backup.upload.do'), body: [h('p', {}, t('backup.upload.text')), file.node, key.node, progress],
    async run() {
      const [chosen, chosenKey] = [file.input.files[0], key.input.files[0]];
      if (!allGood([file, chosen && chosen.size ? '' : t('backup.upload.needed')])) return false;
      const name = await upload(chosen, (percent) => setText(progress, t('backup.upload.sent', { percent })));
      if (chosenKey) await post(path(name, '/key'), { key: await chosenKey.text() });
      toast(t('backup.uploaded'));
      return true;
    },
    failed() { setText(progress, ''); again(); return false; },
  }).element.addEventListener('close', again);
}

const state = ({ verified, problem }) => {
  if (verified) return badge(t('backup.whole'), 'accent');
  return verified === false ? badge(errorTitle({ code: problem }), 'bad') : badge(t('backup.unread'));
};

const origin = (one) => (has(`backup.origin.${one.origin}`) ? t(`backup.origin.${one.origin}`) : one.origin);

const row = (one, actions) => h('li', { class: 'row' },
  h('div', { class: 'row-text' },
    h('p', { class: 'row-title' }, when(one.at), state(one)),
    h('p', { class: 'hint' }, [size(one.bytes), one.instances !== null && tn('backup.numbers', one.instances), origin(one),
      t(one.hasKey ? 'backup.key' : 'backup.keyless')].filter(Boolean).join(' · ')),
    h('p', { class: 'hint' }, h('code', {}, one.name))),
  h('div', { class: 'row-actions' }, actions(one)));

const last = ({ failed, restored }) => [
  failed && box('bad', t('backup.failed'), h('p', {}, errorTitle(failed), '. ', nextStep(failed)), h('p', { class: 'small' }, tx('backup.failed.since', { time: when(failed.since) }))),
  restored && (restored.code
    ? box('bad', t('backup.restore.failed'), h('p', {}, errorTitle(restored), '. ', nextStep(restored)))
    : box('good', t('backup.restored'), h('p', {}, tx('backup.restored.text', { time: when(restored.at), kept: h('code', {}, restored.kept || '–') })))),
];

const plan = ({ everySeconds, keep, folder }) => facts(
  [t('backup.plan'), everySeconds ? t('backup.plan.every', { time: span(everySeconds), n: keep }) : t('backup.plan.none')], [t('backup.folder'), h('code', {}, folder)]);

export function backupScreen({ signal }) {
  const place = h('div', { class: 'stack' }, skeleton(3));
  const newest = latest(signal);

  const restore = (one, before) => askPassword({
    title: t('backup.restore.title'), confirm: t('backup.restore.do'), danger: true,
    body: [h('p', {}, tx('backup.restore.text', { time: when(one.at) })), h('p', {}, t('backup.restore.kept'))],
    run: async (password) => { await post(path(one.name, '/restore'), { password }); waitForRestart(place, before); },
  });

  function show(found) {
    const before = found.restored && found.restored.at;
    const actions = (one) => [
      button(t('backup.fetch.do'), () => fetchOne(one, false), { name: `${t('backup.fetch.do')}: ${one.name}` }),
      one.hasKey && button(t('backup.fetch.key.do'), () => fetchOne(one, true), { name: `${t('backup.fetch.key.do')}: ${one.name}` }),
      one.verified && found.canRestore && button(t('backup.restore.do'), () => restore(one, before), { kind: 'danger-quiet', name: `${t('backup.restore.do')}: ${one.name}` }),
      button(t('backup.remove.do'), () => removeOne(one, load), { kind: 'danger-quiet', name: `${t('backup.remove.do')}: ${one.name}` })];
    fillWith(place, last(found), section(t('backup.how'), {}, plan(found)), found.backups.length
      ? section(t('backup.list'), {}, h('ul', { class: 'rows' }, found.backups.map((one) => row(one, actions))))
      : empty('copy', t('backup.empty'), t('backup.empty.text')));
  }

  const load = () => newest((asking) => get(BACKUPS, { signal: asking }), show,
    (error) => { fillWith(place, notice(error, { actions: [button(t('again'), load)] })); });
  const make = async () => {
    try {
      await post(BACKUPS);
      toast(t('backup.made'));
    } finally { load(); }
  };

  load();
  return page(t('backup.title'), {
    lead: t('backup.lead'), back: [t('nav.account'), '#/conta'],
    actions: [button(t('backup.make'), make, { kind: 'primary', icon: 'plus' }), button(t('backup.upload'), () => uploadDialog(load))],
  }, place);
}
