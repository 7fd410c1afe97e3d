// Bars of availability, and what they say in words: a colour alone says nothing to many people.

import { h, s, fillWith } from '../dom.js';
import { get } from '../api.js';
import { clockTime, duration, percentage } from '../format.js';
import { latest } from '../latest.js';
import { level } from '../uptime.js';
import { t, tn } from '../words.js';
import { button } from './button.js';
import { notice } from './notice.js';
import { tabs } from './tabs.js';

const WINDOWS = ['24h', '7d', '30d', '90d'];
const WIDTH = 1000;
const HEIGHT = 40;
/** What was down for a moment is seen all the same. */
const LEAST = 2.5;

const at = (iso) => clockTime(Date.parse(iso));

const bar = (label, width, rects) =>
  s('svg', { class: 'uptime-bar', viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label }, rects);

/** How high each is drawn, for whoever tells the colours apart with difficulty. */
const HEIGHTS = { up: 30, down: 40, unknown: 9, good: 40, fair: 30, bad: 20, none: 9 };

const rect = (state, x, width, title) =>
  s('rect', { class: state, x, width, y: HEIGHT - HEIGHTS[state], height: HEIGHTS[state] }, s('title', {}, title));

/** What was down is drawn last, so that nothing covers it. */
function segmentRects({ from, to, segments }) {
  const begin = Date.parse(from);
  const scale = WIDTH / (Date.parse(to) - begin);
  const rects = segments.map((one) => {
    const width = (Date.parse(one.to) - Date.parse(one.from)) * scale;
    const x = (Date.parse(one.from) - begin) * scale;
    const title = `${t(`uptime.${one.state}`)}: ${at(one.from)} – ${at(one.to)}`;
    return one.state === 'down' ? rect('down', Math.min(x, WIDTH - LEAST), Math.max(width, LEAST), title) : rect(one.state, x, width, title);
  });
  const isDown = (one) => one.getAttribute('class') === 'down';
  return [...rects.filter((one) => !isDown(one)), ...rects.filter(isDown)];
}

/** "99,98 %", or that nothing is known. */
export const share = ({ percent }) => (percent === null ? t('uptime.none') : percentage(percent));

/** "2 quedas · 1 h fora · 3 h sem dados" */
export const sums = ({ downSeconds, unknownSeconds, drops }) => [
  drops > 0 && tn('uptime.drops', drops), downSeconds > 0 && t('uptime.away', { time: duration(downSeconds) }),
  unknownSeconds > 0 && t('uptime.blank', { time: duration(unknownSeconds) })].filter(Boolean).join(' · ');

/** The days of a month, each a bar. */
export function dayBar(days) {
  const said = days.map((percent, day) => `${day + 1}: ${share({ percent })}`);
  return bar(t('uptime.days'), days.length * 10, days.map((percent, day) => rect(level(percent), day * 10 + 1, 8, said[day])));
}

const legend = () => h('p', { class: 'uptime-legend hint', 'aria-hidden': 'true' },
  ['up', 'down', 'unknown'].map((state) => h('span', { class: state }, t(`uptime.${state}`))));

function drawn(answer) {
  const said = [share(answer), sums(answer)].filter(Boolean).join(' · ');
  return [
    h('p', { class: 'uptime-share' }, h('strong', { class: level(answer.percent) }, share(answer)), ' ', h('span', { class: 'hint' }, sums(answer))),
    bar(said, WIDTH, segmentRects(answer)),
    h('div', { class: 'uptime-ends hint' }, h('span', {}, at(answer.from)), h('span', {}, t('uptime.now'))), legend()];
}

/** The last hours or days of what that path is about: { node, load() }. */
export function uptime(path, signal) {
  const panels = Object.fromEntries(WINDOWS.map((one) => [one, h('div', { class: 'uptime-panel' })]));
  const newest = latest(signal);
  let chosen = '30d';
  const load = () => newest((asking) => get(`${path}?window=${chosen}`, { signal: asking }),
    (answer) => { fillWith(panels[chosen], drawn(answer)); },
    (error) => { fillWith(panels[chosen], notice(error, { short: true, actions: [button(t('again'), load)] })); });
  const choices = WINDOWS.map((key) => ({ key, label: t(`uptime.${key}`), panel: panels[key] }));
  const changed = (key) => { chosen = key; load(); };
  return { node: tabs(t('uptime.windows'), choices, { chosen, changed, look: 'small windows' }).node, load };
}
