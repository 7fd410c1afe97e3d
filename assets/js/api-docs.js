// The description of the API as a page: every path with what it takes, what it answers, and the codes of what it refuses.

import { h, fillWith } from './dom.js';
import { latest } from './latest.js';
import { lang, onLang } from './prefs.js';
import { loadWords, t } from './words.js';
import { icon } from './parts/icons.js';
import { badge, page, section } from './parts/page.js';
import { ownBase, recipeTabs } from './parts/recipe-tabs.js';
import { prefsBar } from './parts/prefs-bar.js';
import { toastPlaces } from './parts/toast.js';

const METHODS = ['get', 'post', 'patch', 'delete'];
const last = (reference) => reference.split('/').pop();

let description = null;
const resolved = (schema) => (schema.$ref ? description.components.schemas[last(schema.$ref)] : schema);
const alternatives = (schema) => schema.oneOf || schema.anyOf;
const isNull = (schema) => schema.type === 'null';

/** 'texto', 'lista de Instance', 'Status ou null' */
function kind(schema) {
  if (schema.$ref) return last(schema.$ref);
  if (alternatives(schema)) return alternatives(schema).map(kind).join(` ${t('api.or')} `);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.filter((value) => value !== '').map((value) => JSON.stringify(value)).join(' | ');
  const types = [schema.type || 'any'].flat();
  return types.map((type) => (type === 'array' && schema.items ? `array<${kind(schema.items)}>` : type)).join(` ${t('api.or')} `);
}

function bounds({ minLength, maxLength, minimum, maximum, maxItems, pattern }) {
  const range = (low, high) => (high === undefined ? '' : `${low ?? 0}–${high}`);
  return [range(minLength, maxLength), range(minimum, maximum), range(undefined, maxItems), pattern].filter(Boolean).join(' ');
}

function field(name, schema, required, marks) {
  const inside = alternatives(schema)?.find((one) => !isNull(one)) || schema;
  return h('li', { class: 'api-field' },
    h('p', {}, h('code', {}, name), ' ', h('span', { class: 'hint' }, kind(schema), ' ', bounds(inside)), required && marks && badge(t('api.required'))),
    schema.description && h('p', { class: 'hint' }, schema.description),
    members(resolved(inside), marks));
}

/** The members of an object, and of the objects in a list. `marks`: of what is sent, it is said what must be there. */
function members(schema, marks) {
  const object = schema.type === 'array' ? resolved(schema.items) : schema;
  if (!object.properties) return null;
  const required = object.required || [];
  const shared = (object.allOf || []).map((one) => resolved(one).properties);
  return h('ul', { class: 'api-fields' }, Object.entries(Object.assign({}, ...shared, object.properties)).map(([name, one]) => field(name, one, required.includes(name), marks)));
}

const part = (title, ...children) => [h('h3', {}, title), children];

function parameters(list) {
  return list.length > 0 && part(t('api.parameters'), h('ul', { class: 'api-fields' },
    list.map((one) => field(one.in === 'path' ? `{${one.name}}` : `?${one.name}=`, { ...one.schema, description: one.description }, one.required, true))));
}

function answered([status, answer]) {
  const { description: text, content = {} } = answer.$ref ? description.components.responses[last(answer.$ref)] : answer;
  const [[mime, { schema }] = ['', {}]] = Object.entries(content);
  const codes = schema?.allOf?.[1].properties.code.enum;
  const shape = !codes && schema && (alternatives(schema)?.[0] || schema);
  return h('li', { class: 'api-field' },
    h('p', {}, h('code', {}, status), ' ', text, !codes && mime && h('span', { class: 'hint' }, ` ${mime}`)),
    codes && h('p', { class: 'hint api-codes' }, codes.map((code) => h('a', { href: `${ownBase()}/#/ajuda/${code}` }, h('code', {}, code)))),
    shape && members(resolved(shape), false));
}

function authorized(operation) {
  const ways = operation.security || description.security;
  return ways.length ? ways.flatMap((way) => Object.keys(way)).map((way) => badge(t(`api.auth.${way}`))) : badge(t('api.auth.none'));
}

function topic(path, method, operation, shared) {
  const body = operation.requestBody && Object.values(operation.requestBody.content)[0].schema;
  const all = [...(shared || []), ...(operation.parameters || [])].map((one) => (one.$ref ? description.components.parameters[last(one.$ref)] : one));
  return h('details', { class: 'topic', id: operation.operationId },
    h('summary', {}, h('h3', {}, operation.summary), h('code', {}, `${method.toUpperCase()} ${path}`), icon('next')),
    h('div', { class: 'topic-text' },
      h('p', {}, authorized(operation)),
      operation.description && h('p', {}, operation.description),
      parameters(all),
      body?.properties && part(t('api.body'), members(body, true)),
      part(t('api.answers'), h('ul', { class: 'api-fields' }, Object.entries(operation.responses).map(answered)))));
}

function group({ name, description: text }) {
  const topics = Object.entries(description.paths).flatMap(([path, item]) => METHODS
    .filter((method) => item[method]?.tags.includes(name))
    .map((method) => topic(path, method, item[method], item.parameters)));
  return [h('h2', { class: 'api-group' }, text), h('div', { class: 'topics' }, topics)];
}

function draw() {
  const lead = [description.info.description, ' ', h('a', { href: `${ownBase()}/openapi.json` }, 'openapi.json')];
  const made = page(t('api.title'), { lead, look: 'wide' },
    section(t('api.begin'), { lead: t('api.begin.lead') }, recipeTabs('TOKEN')),
    description.tags.map(group));
  fillWith(document.getElementById('app'),
    h('header', { class: 'top' }, h('a', { class: 'brand', href: `${ownBase()}/` }, h('span', { class: 'brand-mark' }, icon('logo')), 'pareia'), prefsBar()),
    h('div', { class: 'content' }, h('main', { id: 'main', tabindex: '-1' }, made)), toastPlaces());
  document.title = `${t('api.title')} · pareia`;
  const wanted = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (wanted) { wanted.open = true; wanted.scrollIntoView(); }
}

/** The description in the language that the page is in. */
async function load(signal) {
  const asked = fetch(`${ownBase()}/openapi.json`, { headers: { 'Accept-Language': lang() }, signal });
  const [answer] = await Promise.all([asked, loadWords()]);
  return answer.json();
}

const newest = latest();
const show = () => newest(load, (answer) => { description = answer; draw(); }, (error) => { throw error; });

onLang(show);
show();
