// Whatever the page asks for lies below its own path, which may be any, behind a proxy.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../../assets/js/', import.meta.url);
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'));

test('every request begins at the path of the page', () => {
  const asked = files.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/\bfetch\((.{0,14})/g)].map(([, what]) => `${name} ${what}`));
  // What programs are told to run has the whole address.
  const own = asked.filter((line) => !line.startsWith('recipes.js '));
  assert.ok(own.length >= 3, 'the requests of the page');
  for (const line of own) assert.match(line, /^\S+ `(\.\$\{|\$\{ownBase\(\)\})/);
});
