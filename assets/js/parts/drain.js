// Which numbers a server is given, and how it is emptied: when they are connected next, or at once with a link each.

import { h } from '../dom.js';
import { call, instancePath, listPath, patch, post } from '../api.js';
import { t } from '../words.js';
import { copyButton } from './copy.js';
import { ask } from './dialog.js';
import { allGood, field, radioField } from './form.js';
import { progress } from './progress.js';

/** Numbers of one page of the list, which is all that one call gives. */
const AT_ONCE = 200;

const path = (server) => `/api/admin/credentials/${encodeURIComponent(server.id)}`;
const whole = (text, least, most) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

/** Which numbers the server is given: how many, with what weight, and whether new ones. */
export function placementDialog(server, title, again) {
  const capacity = field({ label: t('place.capacity'), hint: t('place.capacity.hint'), optional: true, inputmode: 'numeric', value: server.capacity ?? '' });
  const weight = field({ label: t('place.weight'), hint: t('place.weight.hint'), inputmode: 'numeric', value: String(server.weight), required: true });
  const intake = radioField(t('place.intake'), ['open', 'closed', 'draining'].map((word) => [word, t(`place.${word}`), t(`place.${word}.hint`)]), undefined, server.intake);
  ask({
    title: t('place.title', { name: title }), confirm: t('save'), body: [intake.node, capacity.node, weight.node],
    async run() {
      const fine = allGood([capacity, !capacity.value || whole(capacity.value, 0, 1_000_000) ? '' : t('place.capacity.wrong')],
        [weight, whole(weight.value, 1, 100) ? '' : t('place.weight.wrong')]);
      if (!fine) return false;
      await patch(path(server), { capacity: capacity.value ? Number(capacity.value) : null, weight: Number(weight.value), intake: intake.value });
      again();
      return true;
    },
  });
}

async function rowsAt(server) {
  const rows = [];
  for (let at = 1; ; at += 1) {
    const { data, total } = await call('GET', listPath({ server: server.id, page: at, perPage: AT_ONCE }));
    rows.push(...data);
    if (!data.length || rows.length >= total) return rows;
  }
}

/** Moves every number of the server, each with a link for whoever has its phone. */
async function moveAll(server, title, again) {
  const rows = await rowsAt(server);
  // What has moved is not at the server any more: whoever lacks only the link is not moved once more.
  const moved = new Set();
  setTimeout(() => progress({
    title: t('drain.title', { name: title }), rows, closed: again,
    async work({ channelInstanceId: name }) {
      if (!moved.has(name)) await post(instancePath(name, '/move'));
      moved.add(name);
      return post(instancePath(name, '/link'), { minutes: 1440 });
    },
    detail: (row, link) => h('div', { class: 'actions' }, copyButton(link.url, t('copy.link'))),
    after: (done) => done.length > 0 && [
      copyButton(done.map(([row, link]) => `${row.channelInstanceId}: ${link.url}`).join('\n'), t('bulk.copy.all'), 'primary'),
      h('span', { class: 'hint' }, t('drain.links'))],
  }));
}

/** Asks how the server is to be emptied. */
export function drainDialog(server, title, again) {
  const how = radioField(t('drain.how'), [['next', t('drain.next'), t('drain.next.hint')], ['now', t('drain.now'), t('drain.now.hint')]]);
  ask({
    title: t('drain.title', { name: title }), confirm: t('drain.do'), body: [h('p', {}, t('drain.text')), how.node],
    async run() {
      await patch(path(server), { intake: 'draining' });
      again();
      if (how.value === 'now') await moveAll(server, title, again);
    },
  });
}
