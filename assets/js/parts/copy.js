// Copying and sharing.

import { h } from '../dom.js';
import { t } from '../words.js';
import { button, linkButton } from './button.js';
import { toast } from './toast.js';

/** The clipboard needs a secure page; over plain HTTP in a shop's network there is only the old way. */
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = h('textarea', { class: 'off-screen', 'aria-hidden': 'true' }, text);
  (document.querySelector('dialog[open]') || document.body).append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

/** A button that copies and says so on itself. */
export function copyButton(text, label = t('copy'), kind = 'plain') {
  return button(label, async (self) => {
    await copy(typeof text === 'function' ? text() : text);
    const word = self.querySelector('.label');
    word.textContent = t('copied');
    toast(t('copied.toast'));
    setTimeout(() => { word.textContent = label; }, 2_500);
  }, { icon: 'copy', kind });
}

/** A text in a box that can be selected, with its button. */
export const copyBox = (text, label) =>
  h('div', { class: 'copy-box' },
    h('pre', { tabindex: '0', role: 'group', 'aria-label': label }, h('code', {}, text)), copyButton(text));

/** The system's own share sheet where there is one, and WhatsApp for everybody. */
export function shareButtons(url, text) {
  const message = `${text} ${url}`;
  return [
    copyButton(url, t('copy.link'), 'primary'),
    navigator.share && button(t('share'), () => navigator.share({ text, url }).catch(() => {}), { icon: 'share' }),
    linkButton(t('share.whatsapp'), `https://wa.me/?text=${encodeURIComponent(message)}`, { icon: 'share', target: '_blank' }),
  ];
}
