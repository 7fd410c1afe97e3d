// What to tap in WhatsApp, in WhatsApp's own words, for Android and iPhone.

import { h } from '../dom.js';
import { t, tx } from '../words.js';
import { tabs } from './tabs.js';

const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent);
const word = (key) => h('strong', {}, t(key));

/** The way to "Conectar dispositivo" on each system; the last step differs for a code to type. */
function list(system, last) {
  const open = system === 'android'
    ? tx('steps.android', { menu: word('wa.android.menu'), devices: word('wa.android.devices') })
    : tx('steps.iphone', { menu: word('wa.iphone.menu'), devices: word('wa.iphone.devices') });
  const steps = [
    tx('steps.open', { app: word('wa.app') }),
    open,
    tx('steps.link', { link: word(`wa.${system}.link`) }),
    ...last,
  ];
  return h('ol', { class: 'steps' }, steps.map((step) => h('li', {}, h('span', {}, step))));
}

/** kind: 'qr' or 'code' */
export function steps(kind) {
  const last = kind === 'qr'
    ? () => [tx('steps.scan', {})]
    : () => [tx('steps.number', { number: word('wa.number') }), tx('steps.type', {})];
  return tabs(t('steps.label'), [
    { key: 'android', label: 'Android', panel: list('android', last()) },
    { key: 'iphone', label: 'iPhone', panel: list('iphone', last()) },
  ], { chosen: isApple ? 'iphone' : 'android', look: 'small' }).node;
}
