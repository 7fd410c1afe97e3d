// Addresses that lead nowhere, or not for whoever is asking. Both say so, and both lead on.

import { h } from '../dom.js';
import { t } from '../words.js';
import { linkButton } from '../parts/button.js';
import { page } from '../parts/page.js';

const deadEnd = (title, lead) =>
  page(t(title), { lead: t(lead) }, h('div', { class: 'actions' }, linkButton(t('done.list'), '#/', { kind: 'primary' })));

export const missingScreen = () => deadEnd('missing.title', 'missing.lead');
export const adminOnlyScreen = () => deadEnd('missing.admin', 'missing.admin.lead');
