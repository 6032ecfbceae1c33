/**
 * What the page of a profile does in the browser: it draws the call tree of PageData (page-data.ts) and fills the tables.
 *
 * The file goes into the page as it is. All data reaches the page as text, never as markup: names and output are the
 * program's own.
 */
'use strict';
const ROW_HEIGHT = 22;
// In pixels: narrower bars are not drawn, or have no text.
const SMALLEST_WIDTH = 1.2;
const SMALLEST_TEXT = 24;

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found;
}
const searchField = /** @type {HTMLInputElement} */ (element('search'));
const data = /** @type {import('../page-data.ts').PageData} */ (JSON.parse(element('data').textContent ?? ''));

/** @param {number} value */
const number = (value) => value.toLocaleString('en-US');
/** @param {number} part @param {number} whole */
const share = (part, whole) =>
  whole === 0 ? '' : `${((100 * part) / whole).toFixed(part * 1000 < whole && part > 0 ? 2 : 1)} %`;
/** @param {number} fraction */
const css = (fraction) => `${Number((100 * fraction).toFixed(4))}%`;

/**
 * A call path. `total` are its cycles with callees, `start` where it begins, counted in cycles.
 * @typedef {{ name: string, self: number, calls: number, total: number, start: number, depth: number, index: number, children: Path[] }} Path
 */

/** The paths; a parent comes before its children. */
const paths = data.parent.map((_parent, index) => {
  const [name, self, calls] = [
    data.names[data.function[index] ?? 0] ?? '',
    data.self[index] ?? 0,
    data.calls[index] ?? 0,
  ];
  return /** @type {Path} */ ({ name, self, calls, total: self, start: 0, depth: 0, index, children: [] });
});
const root = /** @type {Path} */ (paths[0]);
for (const path of paths.toReversed()) {
  const parent = paths[data.parent[path.index] ?? -1];
  if (parent === undefined) continue;
  parent.total += path.total;
  parent.children.push(path);
}
for (const path of paths) {
  let at = path.start;
  // Most cycles first.
  path.children.sort((a, b) => b.total - a.total || a.index - b.index);
  for (const child of path.children) {
    child.start = at;
    child.depth = path.depth + 1;
    at += child.total;
  }
}

let zoom = root;
let query = '';
/** @param {string} name */
const matches = (name) => query !== '' && name.toLowerCase().includes(query);
/** @param {Path} path */
const describe = ({ name, total, self, calls }) =>
  `${name}: ${number(total)} cycles (${share(total, data.cycles)}), ${number(self)} of them its own, ` +
  `${number(calls)} ${calls === 1 ? 'call' : 'calls'} on this path`;

/**
 * One hue for a crate, so that what belongs together looks alike.
 * @param {string} name
 */
function hueOf(name) {
  let hash = 7;
  for (const character of name.replace(/^[<&*\s]+/, '').split('::')[0] ?? '') {
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  }
  return hash;
}

/** @param {Path} path @param {number} left @param {number} width @param {boolean} hasText */
function bar(path, left, width, hasText) {
  const made = document.createElement('div');
  const { name, depth } = path;
  const marks = [hasText && 'named', matches(name) && 'match', path === zoom && path !== root && 'zoomed'];
  made.className = ['bar', ...marks.filter((mark) => mark !== false)].join(' ');
  made.textContent = hasText ? name : '';
  made.title = describe(path);
  made.setAttribute('role', 'button');
  made.setAttribute('tabindex', '0');
  made.setAttribute('aria-label', made.title);
  made.style.setProperty('left', css(left));
  made.style.setProperty('width', css(width));
  made.style.setProperty('top', `${depth * ROW_HEIGHT}px`);
  made.style.setProperty('--hue', String(hueOf(name)));
  const show = () => {
    element('details').textContent = describe(path);
  };
  const choose = () => {
    zoom = path;
    draw();
    show();
  };
  made.addEventListener('pointerenter', show);
  made.addEventListener('focus', show);
  made.addEventListener('click', choose);
  made.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') choose();
  });
  return made;
}

/** Draws what is at least a pixel wide when the chosen bar fills the width. */
function draw() {
  const flame = element('flame');
  const pixels = flame.clientWidth || 1000;
  const whole = Math.max(1, zoom.total);
  const bars = [];
  let deepest = 0;
  const waiting = [root];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const left = Math.max(0, (path.start - zoom.start) / whole);
    const right = Math.min(1, (path.start + path.total - zoom.start) / whole);
    if ((right - left) * pixels < SMALLEST_WIDTH && path !== root) continue;
    bars.push(bar(path, left, right - left, (right - left) * pixels > SMALLEST_TEXT));
    deepest = Math.max(deepest, path.depth);
    waiting.push(...path.children.toReversed());
  }
  flame.style.setProperty('height', `${(deepest + 1) * ROW_HEIGHT}px`);
  flame.replaceChildren(...bars);
  element('reset').hidden = zoom === root;
}

/** Cycles under matching functions; one inside another counts once. */
function matchedCycles() {
  let sum = 0;
  const waiting = [root];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (matches(path.name)) sum += path.total;
    else waiting.push(...path.children);
  }
  return sum;
}

/** @param {string[]} cells */
function row(cells) {
  const made = document.createElement('tr');
  for (const [i, text] of cells.entries()) {
    const cell = document.createElement('td');
    cell.className = i === 0 ? 'name' : 'number';
    cell.textContent = text;
    made.append(cell);
  }
  return made;
}

/**
 * Fills a table; its section is not shown when there is nothing in it.
 * @param {string} id @param {string[][]} rows
 */
function fill(id, rows) {
  element(`${id}-section`).hidden = rows.length === 0;
  element(id).replaceChildren(...rows.map(row));
}

function fillFunctions() {
  const shown = data.functions.filter(({ name }) => query === '' || matches(name)).slice(0, 50);
  const rows = shown.map(({ name, self, total, calls }) => [
    name,
    ...[number(self), share(self, data.cycles), number(total), share(total, data.cycles), number(calls)],
  ]);
  element('functions').replaceChildren(...rows.map(row));
}

function search() {
  query = searchField.value.trim().toLowerCase();
  draw();
  fillFunctions();
  const cycles = matchedCycles();
  element('found').textContent = query === '' ? '' : `${number(cycles)} cycles, ${share(cycles, data.cycles)}`;
}

function reset() {
  zoom = root;
  draw();
}

/** @param {import('../page-data.ts').PageData['instructions']} rows */
function counted(rows) {
  const whole = rows.reduce((sum, [, amount]) => sum + amount, 0);
  return rows.map(([name, amount]) => [name, number(amount), share(amount, whole)]);
}

fill(
  'spans',
  data.spans.map(({ name, calls, cycles, depth }) => [
    '\u2003'.repeat(Math.min(depth, 10)) + name,
    ...[number(cycles), share(cycles, data.cycles), number(calls)],
  ]),
);
fill('instructions', counted(data.instructions));
fill('syscalls', counted(data.syscalls));
searchField.addEventListener('input', search);
element('reset').addEventListener('click', reset);
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') reset();
});
addEventListener('resize', draw);
draw();
fillFunctions();
