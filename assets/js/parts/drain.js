// Which numbers a server is given, and how it is emptied: when they are connected next, or at once with a link each.

import { h, fillWith, setText } from '../dom.js';
import { call, instancePath, listPath, patch, post } from '../api.js';
import { t, tn } from '../words.js';
import { button } from './button.js';
import { copyBox } from './copy.js';
import { ask, sheet } from './dialog.js';
import { allGood, field, radioField } from './form.js';
import { box, errorTitle } from './notice.js';

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

async function namesAt(server, signal) {
  const names = [];
  for (let at = 1; ; at += 1) {
    const { data, total } = await call('GET', listPath({ server: server.id, page: at, perPage: AT_ONCE }), { signal });
    names.push(...data.map((one) => one.channelInstanceId));
    if (!data.length || names.length >= total) return names;
  }
}

/** Moves every number of the server, one after the other, each with a link for whoever has its phone. */
function moveAll(server, title, again) {
  const stop = new AbortController();
  const progress = h('p', { role: 'status' }, t('loading'));
  const place = h('div', {});
  const end = button(t('drain.halt'), () => stop.abort(), { icon: 'off' });
  const opened = sheet({ title: t('drain.title', { name: title }), body: () => [progress, end, place] });
  opened.element.addEventListener('close', () => { stop.abort(); again(); });

  async function run() {
    const names = await namesAt(server, stop.signal);
    const lines = [];
    const failed = [];
    const draw = () => {
      setText(progress, t('drain.progress', { n: lines.length + failed.length, all: names.length }));
      fillWith(place,
        lines.length > 0 && [h('p', { class: 'hint' }, t('drain.links')), copyBox(lines.join('\n'), t('drain.links'))],
        failed.length > 0 && box('warn', tn('drain.failed', failed.length), h('ul', { class: 'plain-list' }, failed.map((line) => h('li', {}, line)))));
    };
    for (const name of names) {
      if (stop.signal.aborted) break;
      try {
        await post(instancePath(name, '/move'));
        const link = await post(instancePath(name, '/link'), { minutes: 1440 });
        lines.push(`${name}: ${link.url}`);
      } catch (error) {
        failed.push(`${name}: ${errorTitle(error)}`);
      }
      draw();
    }
    draw();
    end.remove();
  }
  run().catch((error) => { if (!stop.signal.aborted) setText(progress, errorTitle(error)); });
}

/** Asks how the server is to be emptied. */
export function drainDialog(server, title, again) {
  const how = radioField(t('drain.how'), [['next', t('drain.next'), t('drain.next.hint')], ['now', t('drain.now'), t('drain.now.hint')]]);
  ask({
    title: t('drain.title', { name: title }), confirm: t('drain.do'), body: [h('p', {}, t('drain.text')), how.node],
    async run() {
      await patch(path(server), { intake: 'draining' });
      if (how.value === 'now') moveAll(server, title, again);
      again();
    },
  });
}
