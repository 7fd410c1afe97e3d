// What was put back of an instance, over several answers and as the history has it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NOTHING_SET, readKinds, restorationWith } from '../../assets/js/restoration.js';

const refused = (kind) => ({ kind, reason: 'refused' });

const ANSWERS = [
  ['nothing', [NOTHING_SET], NOTHING_SET],
  ['an answer without news takes nothing back', [{ restored: ['webhook'], notRestored: [refused('proxy')] }, NOTHING_SET], { restored: ['webhook'], notRestored: [refused('proxy')] }],
  ['what comes later is put back then', [{ restored: ['webhook'], notRestored: [refused('proxy')] }, { restored: ['proxy'], notRestored: [] }], { restored: ['webhook', 'proxy'], notRestored: [] }],
  ['what another call made anew is lost then', [{ restored: ['proxy'], notRestored: [] }, { restored: [], notRestored: [refused('proxy')] }], { restored: [], notRestored: [refused('proxy')] }],
];
for (const [what, answers, known] of ANSWERS) {
  test(what, () => assert.deepEqual(answers.reduce(restorationWith, NOTHING_SET), known));
}

const DETAILS = [
  [null, []],
  ['webhook, settings', [{ kind: 'webhook', reason: '' }, { kind: 'settings', reason: '' }]],
  ['proxy (refused), nats (evolution_timeout)', [refused('proxy'), { kind: 'nats', reason: 'evolution_timeout' }]],
  ['of a later release', [{ kind: 'of a later release', reason: '' }]],
];
for (const [detail, kinds] of DETAILS) {
  test(`"${detail}" is read`, () => assert.deepEqual(readKinds(detail), kinds));
}
