// What can be done with many numbers at once. Each is done number by number, by the routes that one number has.

import { h, fillWith } from '../dom.js';
import { get, instancePath, patch, post, remove } from '../api.js';
import { runAll } from '../bulk.js';
import { calledName, when } from '../format.js';
import { latest } from '../latest.js';
import { t, tn, tx } from '../words.js';
import { button, linkButton } from './button.js';
import { copyButton } from './copy.js';
import { ask } from './dialog.js';
import { allGood, radioField, selectField, textField } from './form.js';
import { icon } from './icons.js';
import { LINK_MINUTES } from './links.js';
import { box } from './notice.js';
import { progress } from './progress.js';

/** Says that some are left out, where any are. */
const leftOut = (key, n) => n > 0 && box('info', tn(key, n));

/** The message for one number, as its sender wrote it for all. */
const filled = (text, row, link) => text.replace(/{(nome|name|link)}/g, (_, what) => (what === 'link' ? link.url : calledName(row)));

/** Links for those that no phone is connected to: a text for each, to copy or to send to that very number. */
function links(rows, { changed }) {
  const open = rows.filter((row) => row.status !== 'connected' || row.unknownSince);
  const minutes = selectField({ label: t('link.valid'), value: '1440', choices: LINK_MINUTES.map((n) => [String(n), t(`link.minutes.${n}`)]) });
  const message = textField({ label: t('bulk.links.text'), hint: t('bulk.links.hint', { name: `{${t('bulk.name')}}`, link: '{link}' }), rows: 3, maxlength: 500 });
  const called = `{${t('bulk.name')}}`;
  message.input.value = t('bulk.links.message', { name: called, link: '{link}' });
  ask({
    title: t('bulk.links'), confirm: tn('bulk.links.do', open.length),
    body: [leftOut('bulk.links.connected', rows.length - open.length), minutes.node, message.node],
    run() {
      const text = message.value;
      if (!allGood([message, text.includes('{link}') ? '' : t('bulk.links.needed', { link: '{link}' })])) return false;
      if (open.length === 0) return true;
      setTimeout(() => progress({
        title: t('bulk.links'), rows: open, closed: changed,
        work: (row) => post(instancePath(row.channelInstanceId, '/link'), { minutes: Number(minutes.value) }),
        detail: (row, link) => h('div', { class: 'actions' },
          copyButton(filled(text, row, link), t('bulk.copy')),
          linkButton(t('bulk.send'), `https://wa.me/${row.channelPhoneOrId}?text=${encodeURIComponent(filled(text, row, link))}`, { icon: 'share', target: '_blank' })),
        after: (done) => done.length > 0 && [
          copyButton(done.map(([row, link]) => filled(text, row, link)).join('\n\n'), t('bulk.copy.all'), 'primary'),
          h('span', { class: 'hint' }, tx('link.until', { time: when(done[0][1].expiresAt) }))],
      }));
      return true;
    },
  });
}

function restart(rows, { changed }) {
  const up = rows.filter((row) => ['connected', 'connecting'].includes(row.status));
  ask({
    title: tn('bulk.restart', up.length), confirm: t('restart.do'),
    body: [leftOut('bulk.restart.down', rows.length - up.length), h('p', {}, t('bulk.restart.text'))],
    run() {
      if (up.length > 0) setTimeout(() => progress({ title: tn('bulk.restart', up.length), rows: up, closed: changed, work: (row) => post(instancePath(row.channelInstanceId, '/restart')) }));
    },
  });
}

/** The labels that a row has after these are added or taken away. */
const relabelled = (row, texts, adds) => (adds ? [...new Set([...row.labels, ...texts])] : row.labels.filter((one) => !texts.includes(one)));

function label(rows, { changed, others }) {
  const how = radioField(t('bulk.label.how'), [['add', t('bulk.label.add')], ['take', t('bulk.label.take')]]);
  const texts = textField({ label: t('describe.labels'), hint: t('describe.labels.hint'), rows: 2 });
  const known = [...new Set(rows.flatMap((row) => row.labels))].sort();
  const add = (one) => { texts.input.value = [texts.value, one].filter(Boolean).join('\n'); texts.input.focus(); };
  ask({
    title: tn('bulk.label', rows.length), confirm: t('save'),
    body: [leftOut('bulk.others', others), how.node, texts.node, known.length > 0 && h('div', { class: 'actions' }, h('span', { class: 'hint' }, t('bulk.label.known')),
      known.slice(0, 12).map((one) => button(one, () => add(one), { kind: 'quiet' })))],
    run() {
      const wanted = texts.value.split('\n').map((one) => one.trim()).filter(Boolean);
      if (!allGood([texts, wanted.length > 0 ? '' : t('field.needed')])) return false;
      setTimeout(() => progress({
        title: tn('bulk.label', rows.length), rows, closed: changed,
        // What it has now: somebody else may have labelled it meanwhile.
        async work(row) {
          const now = await get(instancePath(row.channelInstanceId));
          return patch(instancePath(row.channelInstanceId), { labels: relabelled(now, wanted, how.value === 'add') });
        },
      }));
      return true;
    },
  });
}

/** Where to: what does not go with them is read first, of each. */
async function moveAll(rows, { changed }) {
  const servers = (await get('/api/admin/credentials')).filter((one) => one.active);
  const place = h('div', { class: 'losses', 'aria-live': 'polite' });
  const newest = latest();
  const where = selectField({ label: t('move.to'), choices: [['', t('move.any')], ...servers.map((one) => [one.id, one.name])] });
  const staying = () => rows.filter((row) => where.value && row.credentialId === where.value).length;
  /** Those that only the server they are on would take. */
  let alone = new Set();
  const moving = () => rows.filter((row) => (where.value ? row.credentialId !== where.value : !alone.has(row)));
  const call = (row, to, dry, options) => post(instancePath(row.channelInstanceId, dry ? '/move?dryRun=true' : '/move'), to ? { to } : {}, options);

  function look() {
    const to = where.value;
    alone = new Set();
    dialog.submit.disabled = true;
    fillWith(place, h('p', { class: 'hint' }, t('loading')));
    return newest((signal) => runAll(moving(), (row) => call(row, to, true, { signal }), { signal }), (results) => {
      const found = [...results.values()];
      const plans = found.filter((one) => one.state === 'done').map((one) => one.data);
      alone = new Set([...results].filter(([, one]) => one.error?.code === 'no_other_server').map(([row]) => row));
      fillWith(place, h('p', { class: 'losses-title' }, tn('bulk.move.scan', plans.filter((plan) => plan.needsScan).length)), h('p', { class: 'hint' }, t('bulk.move.links')),
        leftOut('bulk.move.there', staying()), leftOut('bulk.move.only', alone.size),
        leftOut('bulk.move.unplanned', found.length - plans.length - alone.size));
      dialog.submit.disabled = plans.length === 0;
    }, () => {});
  }

  const dialog = ask({
    title: tn('bulk.move', rows.length), confirm: t('move.do'), body: [where.node, place],
    run() {
      const [to, some] = [where.value, moving()];
      setTimeout(() => progress({ title: tn('bulk.move', some.length), rows: some, closed: changed, work: (row) => call(row, to, false) }));
    },
  });
  where.input.addEventListener('change', look);
  look();
}

const lossQuery = (keep, dry) => `?${new URLSearchParams({ ...(keep && { keepUpstream: true }), ...(dry && { dryRun: true }) })}`;

/** What all of them lose, with how many lose it. */
function losses(plans) {
  const counts = new Map();
  for (const { removes } of plans) for (const what of removes) counts.set(what, (counts.get(what) || 0) + 1);
  return [h('p', { class: 'losses-title' }, t('remove.losses')),
    h('ul', {}, [...counts].map(([what, n]) => h('li', {}, icon('trash'), h('span', {}, `${t(`remove.what.${what}`)}: ${tn('n.numbers', n)}`))))];
}

/** Nothing is removed before what is lost of all was read: the button is off until then. */
function removeAll(rows, { changed, gone, others }) {
  const list = h('div', { class: 'losses', 'aria-live': 'polite' });
  const newest = latest();
  const choice = radioField(t('remove.how'), [['all', t('remove.all'), t('remove.all.hint')], ['row', t('remove.row'), t('remove.row.hint')]], () => look());
  const isRowOnly = () => choice.value === 'row';
  const call = (row, dry, keep, options) => remove(instancePath(row.channelInstanceId, lossQuery(keep, dry)), options);

  function look() {
    const keep = isRowOnly();
    let read = 0;
    dialog.submit.disabled = true;
    fillWith(list, h('p', { class: 'hint' }, t('loading')));
    return newest((signal) => runAll(rows, (row) => call(row, true, keep, { signal }), {
      signal,
      told: (row, { state }) => { if (state === 'done') { read += 1; fillWith(list, h('p', { class: 'hint' }, t('bulk.remove.reading', { n: read, all: rows.length }))); } },
    }), (results) => {
      const found = [...results.values()];
      const plans = found.filter((one) => one.state === 'done').map((one) => one.data);
      const unread = found.length - plans.length;
      fillWith(list, losses(plans), unread > 0 && box('warn', tn('bulk.remove.unread', unread), button(t('again'), look, { icon: 'again' })));
      dialog.submit.disabled = unread > 0;
    }, () => {});
  }

  const dialog = ask({
    title: tn('bulk.remove', rows.length), danger: true, confirm: tn('bulk.remove.do', rows.length),
    body: [leftOut('bulk.others', others), h('p', { class: 'hint names' }, rows.slice(0, 12).map(calledName).join(', '), rows.length > 12 && ` +${rows.length - 12}`), choice.node, list],
    run() {
      const keep = isRowOnly();
      setTimeout(() => progress({ title: tn('bulk.remove', rows.length), rows, closed: (done) => { gone(done); changed(); }, work: (row) => call(row, false, keep) }));
    },
  });
  look();
}

/** By the names under which the list offers them. */
export const bulkActs = { links, restart, label, move: moveAll, remove: removeAll };
