// Which numbers a server is given, and how it is emptied: when they are connected next, or at once with a link each. And
// how that ends.

import { h } from '../dom.js';
import { call, instancePath, listPath, patch, post } from '../api.js';
import { t } from '../words.js';
import { ask } from './dialog.js';
import { allGood, field, radioField } from './form.js';
import { linkFields } from './links-of-many.js';
import { progress } from './progress.js';
import { toast } from './toast.js';

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
async function moveAll(server, title, again, links) {
  const rows = await rowsAt(server);
  // What has moved is not at the server any more: whoever lacks only the link is not moved once more.
  const moved = new Set();
  setTimeout(() => progress({
    title: t('drain.title', { name: title }), rows, closed: again, ...links,
    async work(row) {
      if (!moved.has(row)) await post(instancePath(row.channelInstanceId, '/move'));
      moved.add(row);
      return links.work(row);
    },
  }));
}

/** Asks how the server is to be emptied. */
export function drainDialog(server, title, again) {
  const links = linkFields();
  links.node.hidden = true;
  const how = radioField(t('drain.how'), [['next', t('drain.next'), t('drain.next.hint')], ['now', t('drain.now'), t('drain.now.hint')]], (word) => { links.node.hidden = word !== 'now'; });
  ask({
    title: t('drain.title', { name: title }), confirm: t('drain.do'), body: [h('p', {}, t('drain.text')), how.node, links.node],
    async run() {
      const isNow = how.value === 'now';
      if (isNow && !links.good()) return false;
      await patch(path(server), { intake: 'draining' });
      again();
      if (isNow) await moveAll(server, title, again, links.steps());
      return true;
    },
  });
}

/** The numbers that it still has stay, and it is given new ones again. */
export async function stopDraining(server, title, again) {
  await patch(path(server), { intake: 'open' });
  toast(t('drain.stopped', { name: title }));
  again();
}
