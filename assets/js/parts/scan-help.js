// Codes were shown and no phone got in: what the phone says tells the causes apart, each with its own cure. When to
// ask, the server decides; the words are the page's.

import { h, fillWith } from '../dom.js';
import { has, t } from '../words.js';
import { button } from './button.js';
import { icon } from './icons.js';
import { box } from './notice.js';

/** The server's releases, as far as it named them: what whoever mends it needs to know. */
const releases = ({ evolutionVersion, whatsappWebVersion }) =>
  [evolutionVersion && `Evolution ${evolutionVersion}`, whatsappWebVersion && `WhatsApp Web ${whatsappWebVersion}`].filter(Boolean).join(', ');

/** What the phone says, and behind it why and what to do; a cause that the page has no words for in the server's. */
function cause({ code, phoneSays, cause: why, cure }, guest) {
  const words = (part, told) => (has(`scan.${code}.${part}`) ? t(`scan.${code}.${part}`) : told);
  return h('details', {}, h('summary', {}, h('span', {}, words('says', phoneSays)), icon('next')),
    !guest && h('p', {}, words('cause', why)),
    h('p', {}, h('strong', {}, t('notice.todo')), ' ', words(guest ? 'guest' : 'cure', cure)));
}

/**
 * { node, link, update(scanHelp) }: `link` leads to `node`, from beside a code that is far above it. For a guest, who
 * has no server, the cure is whom to tell. Drawn anew only if it differs.
 */
export function scanHelp({ guest = false } = {}) {
  const node = h('div', { tabindex: '-1', class: 'scan-help' });
  const link = button(t('scan.title'), () => { node.scrollIntoView({ block: 'center' }); node.focus({ preventScroll: true }); }, { kind: 'quiet' });
  let shown = 'null';
  link.hidden = true;
  return {
    node, link,
    update(help) {
      const key = JSON.stringify(help ?? null);
      if (key === shown) return;
      shown = key;
      link.hidden = !help;
      const server = help && releases(help);
      fillWith(node, help && box('warn', t('scan.title'), h('p', {}, t('scan.text')),
        h('div', { class: 'scan-causes' }, help.causes.map((one) => cause(one, guest))),
        h('p', { class: 'small' }, t('scan.first')),
        server && h('p', { class: 'small' }, t(guest ? 'scan.releases.guest' : 'scan.releases', { server }))));
    },
  };
}
