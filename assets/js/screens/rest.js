// Every screen but the two that pareia opens with, which js/app.js has itself: one file, fetched after the first is shown.

import { bulkActs } from '../parts/bulk-acts.js';
import { accountScreen } from './account.js';
import { auditScreen } from './audit.js';
import { backupScreen } from './backup.js';
import { connectScreen } from './connect.js';
import { helpScreen } from './help.js';
import { importScreen } from './import.js';
import { instanceScreen } from './instance.js';
import { kioskScreen } from './kiosk.js';
import { adminOnlyScreen, missingScreen } from './missing.js';
import { noticesScreen } from './notices.js';
import { pairScreen } from './pair.js';
import { serversScreen } from './servers.js';
import { setupDone, setupNeeded, setupScreen } from './setup.js';
import { unmanagedScreen } from './unmanaged.js';
import { uptimeScreen } from './uptime.js';
import { usersScreen } from './users.js';

export const screens = {
  accountScreen, adminOnlyScreen, auditScreen, backupScreen, connectScreen, helpScreen, importScreen, kioskScreen,
  instanceScreen, missingScreen, noticesScreen, pairScreen, serversScreen,
  setupDone, setupNeeded, setupScreen, unmanagedScreen, uptimeScreen, usersScreen,
};

/** What the list does with many numbers. */
export const acts = bulkActs;
