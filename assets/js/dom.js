// The only place that makes elements. Data becomes text nodes and attributes, never markup.

const SVG = 'http://www.w3.org/2000/svg';

function put(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'value') element.value = value;
  else element.setAttribute(name, value === true ? '' : value);
}

function fill(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** h('p', { class: 'lead' }, 'text', node, [more], null) */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  fill(element, children);
  // After the children: a <select> takes its value only once it has options.
  for (const [name, value] of Object.entries(props || {})) put(element, name, value);
  return element;
}

/** The same for drawings. */
export function s(tag, props, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props || {})) put(element, name, value);
  return fill(element, children);
}

/** Puts new children in the place of the old ones. */
export function fillWith(parent, ...children) {
  parent.replaceChildren();
  return fill(parent, children);
}

/** Changes a text only if it differs: untouched nodes keep selections and do not flicker. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Makes `parent` show `items`, keeping the element of each key, so that focus, scrolling and
 * hovering survive an update. `make(item)` returns { node, update(item) }.
 */
export function keyed(parent, keyOf, make) {
  let shown = new Map();
  return (items) => {
    const keys = new Set(items.map(keyOf));
    // First what goes: a node that is moved loses its focus, so nothing may move that need not.
    for (const [key, row] of shown) if (!keys.has(key)) row.node.remove();
    const next = new Map();
    let at = parent.firstElementChild;
    for (const item of items) {
      const row = shown.get(keyOf(item)) || make(item);
      row.update(item);
      next.set(keyOf(item), row);
      if (row.node === at) at = at.nextElementSibling;
      else parent.insertBefore(row.node, at);
    }
    shown = next;
  };
}

/** A new id for labels and descriptions. */
let ids = 0;
export const newId = (name) => `${name}-${(ids += 1)}`;
