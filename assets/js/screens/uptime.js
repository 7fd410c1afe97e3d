// A month: how much of it each number was connected, and the numbers of each label together. Made to be printed too.

import { h, fillWith } from '../dom.js';
import { call } from '../api.js';
import { calledName } from '../format.js';
import { latest } from '../latest.js';
import { lang, locale } from '../prefs.js';
import { backToList, query } from '../router.js';
import { firstDay, level, monthAddress, monthQuery, months, readMonth } from '../uptime.js';
import { t, tn } from '../words.js';
import { button, linkButton } from '../parts/button.js';
import { selectField } from '../parts/form.js';
import { icon } from '../parts/icons.js';
import { notice } from '../parts/notice.js';
import { page, section, skeleton } from '../parts/page.js';
import { dayBar, share, sums } from '../parts/uptime.js';

/** A printed page has them all, or as many as the API gives. */
const PER_PAGE = 200;

const monthName = (month) => new Intl.DateTimeFormat(locale(), { month: 'long', year: 'numeric' }).format(firstDay(month));

const row = (title, one, bar) =>
  h('li', { class: 'uptime-row' }, h('span', { class: 'uptime-name' }, title), h('strong', { class: level(one.percent) }, share(one)),
    bar, h('span', { class: 'hint' }, sums(one)));

function labelRows(wanted, { all, data }) {
  const counted = (title, one) => row([title, ' ', h('span', { class: 'hint' }, tn('n.numbers', one.numbers))], one);
  return [counted(t('list.all'), all),
    ...data.map((one) => counted(h('a', { href: monthAddress({ ...wanted, label: one.label, page: 1 }) }, one.label), one))];
}

const numberRow = (one) => row(
  [h('a', { href: `#/instancia/${encodeURIComponent(one.channelInstanceId)}` }, calledName(one)), ' ', h('span', { class: 'hint' }, one.server)],
  one, dayBar(one.days));

function pages(wanted, { page: at, perPage, total }) {
  const to = (by) => monthAddress({ ...wanted, page: at + by });
  return total > perPage && h('nav', { class: 'pager', 'aria-label': t('pager.label') },
    at > 1 ? linkButton(t('pager.back'), to(-1), { icon: 'back' }) : h('span', {}),
    h('span', { class: 'range' }, t('pager.range', { from: (at - 1) * perPage + 1, to: Math.min(total, at * perPage), total })),
    at * perPage < total ? linkButton(t('pager.next'), to(1)) : h('span', {}));
}

export function uptimeScreen({ signal, go }) {
  const wanted = readMonth(query(), new Date());
  const asked = monthQuery(wanted);
  const path = (rest, more = {}) => `/api/messaging/uptime${rest}?${new URLSearchParams({ ...asked, ...more })}`;
  const sheet = (label, by) => linkButton(label, `.${path('.csv', { by, lang: lang() === 'en' ? 'en' : 'pt-BR' })}`, { icon: 'out' });
  const month = selectField({ label: t('uptime.month'), choices: months(new Date()).map((one) => [one, monthName(one)]), value: wanted.month });
  month.input.addEventListener('change', () => go(monthAddress({ ...wanted, month: month.value, page: 1 })));
  const labels = h('div', {}, skeleton(1));
  const numbers = h('div', {}, skeleton(3));

  /** Asks for one half; each is shown when it is there. */
  function half(place, rest, draw) {
    const load = () => latest(signal)((asking) => call('GET', rest, { signal: asking }),
      (answer) => { fillWith(place, draw(answer)); },
      (error) => { fillWith(place, notice(error, { actions: [button(t('again'), load, { icon: 'again' })] })); });
    load();
  }
  half(labels, path('/labels'), (answer) => h('ul', {}, labelRows(wanted, answer)));
  half(numbers, path('', { page: wanted.page, perPage: PER_PAGE }), (answer) => [
    answer.total ? h('ul', {}, answer.data.map(numberRow)) : h('p', { class: 'hint' }, t('list.nothing')), pages(wanted, answer)]);

  return page(t('uptime.title'), {
    lead: [monthName(wanted.month), wanted.label && ` · ${t('list.label', wanted)}`], back: [t('nav.numbers'), backToList()],
  },
  h('div', { class: 'list-tools uptime-tools' }, month.node,
    wanted.label && h('a', { class: 'chip', href: monthAddress({ ...wanted, label: '', page: 1 }), 'aria-label': t('list.label.clear', wanted) },
      h('span', { class: 'chip-label' }, t('list.label', wanted)), icon('close')),
    h('div', { class: 'actions' }, sheet(t('uptime.csv'), 'number'), sheet(t('uptime.csv.labels'), 'label'), button(t('uptime.print'), () => print(), { icon: 'copy' }))),
  h('div', { class: 'stack' }, section(t('uptime.labels'), { lead: t('uptime.explain') }, labels), section(t('uptime.numbers'), {}, numbers)));
}
