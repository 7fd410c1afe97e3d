// What can be done with many numbers at once. Each is done number by number, by the routes that one number has.

import { h, fillWith } from '../dom.js';
import { get, instancePath, patch, post, remove } from '../api.js';
import { runAll } from '../bulk.js';
import { labelsFit, labelsIn } from '../description.js';
import { calledName } from '../format.js';
import { latest } from '../latest.js';
import { t, tn } from '../words.js';
import { button } from './button.js';
import { ask } from './dialog.js';
import { allGood, radioField, selectField, textField } from './form.js';
import { icon } from './icons.js';
import { linkFields } from './links-of-many.js';
import { box, errorTitle } from './notice.js';
import { progress } from './progress.js';

/** Says that some are left out, where any are. */
const leftOut = (key, n) => n > 0 && box('info', tn(key, n));

/** How many have each of these. */
function counted(all) {
  const counts = new Map();
  for (const one of all) counts.set(one, (counts.get(one) || 0) + 1);
  return [...counts];
}

/** Says of how many nothing could be read, and why. */
function unread(key, results, ...actions) {
  const errors = results.filter((one) => one.state === 'failed').map((one) => one.error);
  return errors.length > 0 && box('warn', tn(key, errors.length),
    h('ul', {}, counted(errors.map(errorTitle)).map(([why, n]) => h('li', {}, `${why}: ${tn('n.numbers', n)}`))), actions);
}

/** Links for those that no phone is connected to. */
function links(rows, { changed }) {
  const open = rows.filter((row) => row.status !== 'connected' || row.unknownSince);
  const fields = linkFields();
  ask({
    title: t('bulk.links'), confirm: tn('bulk.links.do', open.length),
    body: [leftOut('bulk.links.connected', rows.length - open.length), fields.node],
    run() {
      if (!fields.good()) return false;
      if (open.length > 0) setTimeout(() => progress({ title: t('bulk.links'), rows: open, closed: changed, ...fields.steps() }));
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
      const wanted = labelsIn(texts.value);
      const fit = rows.every((row) => labelsFit(relabelled(row, wanted, how.value === 'add')));
      if (!allGood([texts, wanted.length === 0 ? t('field.needed') : fit ? '' : t('field.labels')])) return false;
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
      const isAlone = (one) => one.error?.code === 'no_other_server';
      alone = new Set([...results].filter(([, one]) => isAlone(one)).map(([row]) => row));
      fillWith(place, plans.length > 0 && [
        h('p', { class: 'losses-title' }, tn('bulk.move.scan', plans.filter((plan) => plan.needsScan).length)), h('p', { class: 'hint' }, t('bulk.move.links'))],
        leftOut('bulk.move.there', staying()), leftOut('bulk.move.only', alone.size),
        unread('bulk.move.unplanned', found.filter((one) => !isAlone(one))));
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
  const removed = plans.flatMap((plan) => plan.removes);
  const servers = [...new Set(plans.flatMap(({ staysOn }) => staysOn || []))];
  return [h('p', { class: 'losses-title' }, t('remove.losses')),
    h('ul', {}, counted(removed).map(([what, n]) => h('li', {}, icon('trash'), h('span', {}, `${t(`remove.what.${what}`)}: ${tn('n.numbers', n)}`)))),
    servers.length > 0 && box('warn', null, h('p', {}, t('remove.elsewhere', { servers: servers.join(', ') })))];
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
      fillWith(list, losses(plans), unread('bulk.remove.unread', found, button(t('again'), look, { icon: 'again' })));
      dialog.submit.disabled = plans.length < found.length;
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
