// Both languages say the same things, in words for people.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import helpEn from '../../assets/js/words/help-en.js';
import helpPt from '../../assets/js/words/help-pt.js';
import en from '../../assets/js/words/en.js';
import pt from '../../assets/js/words/pt.js';

const { reasons } = JSON.parse(readFileSync(new URL('../cases/phones.json', import.meta.url)));

/** What the API and the commands call a thing that the page has a word for. */
const TECHNICAL = /baseUrl|apiToken|channelInstanceId|channelPhoneOrId|keepUpstream|credencia|credential/i;
const filled = (text) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

test('the languages have the same words, with the same values to fill in', () => {
  assert.deepEqual(Object.keys(en), Object.keys(pt));
  for (const key of Object.keys(pt)) assert.deepEqual(filled(en[key]), filled(pt[key]), key);
});

test('the languages help with the same codes: what happened, why, what to do', () => {
  assert.deepEqual(Object.keys(helpEn), Object.keys(helpPt));
  for (const [code, parts] of [...Object.entries(helpPt), ...Object.entries(helpEn)]) {
    assert.equal(parts.filter((part) => /[.\p{L}\d]$/u.test(part)).length, 3, code);
  }
});

test('no word is one of the API', () => {
  for (const words of [pt, en, helpPt, helpEn]) {
    for (const [key, text] of Object.entries(words)) assert.doesNotMatch([text].flat().join(' '), TECHNICAL, key);
  }
});

test('every reason to refuse a phone has its words', () => {
  for (const reason of Object.keys(reasons)) assert.ok(pt[`phone.${reason}`], reason);
});
