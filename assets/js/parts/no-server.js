// An administrator without a server: whatever they fill in would end in an error, so this is said first.

import { get } from '../api.js';
import { t } from '../words.js';
import { linkButton } from './button.js';
import { empty } from './page.js';

/** Only administrators may ask, and only they can do something about it. */
export async function serverMissing(session, signal) {
  if (!session.admin) return false;
  try {
    return (await get('/api/admin/credentials', { signal })).length === 0;
  } catch {
    return false; // Not known: then the screen goes on as if there were one.
  }
}

export const noServer = () =>
  empty('servers', t('noserver.title'), t('noserver.text'), linkButton(t('servers.open'), '#/servidores', { kind: 'primary' }));
