// Every screen but the two that pareia opens with, which js/app.js has itself: one file, fetched after the first is shown.

import { accountScreen } from './account.js';
import { auditScreen } from './audit.js';
import { backupScreen } from './backup.js';
import { connectScreen } from './connect.js';
import { helpScreen } from './help.js';
import { instanceScreen } from './instance.js';
import { adminOnlyScreen, missingScreen } from './missing.js';
import { noticesScreen } from './notices.js';
import { pairScreen } from './pair.js';
import { serversScreen } from './servers.js';
import { setupDone, setupNeeded, setupScreen } from './setup.js';
import { unmanagedScreen } from './unmanaged.js';
import { uptimeScreen } from './uptime.js';
import { usersScreen } from './users.js';

export const screens = {
  accountScreen, adminOnlyScreen, auditScreen, backupScreen, connectScreen, helpScreen,
  instanceScreen, missingScreen, noticesScreen, pairScreen, serversScreen,
  setupDone, setupNeeded, setupScreen, unmanagedScreen, uptimeScreen, usersScreen,
};
