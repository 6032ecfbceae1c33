/**
 * What the page of a profile does in the browser: it draws the call tree of PageData (page-data.ts) and fills the tables.
 *
 * It is a text and not a function of ours that is printed, because loaders of TypeScript change functions. All data reaches
 * the page as text, never as markup: names and output are the program's own.
 */
export const PAGE_SCRIPT = String.raw`
'use strict';
const ROW_HEIGHT = 22;
// In pixels: narrower bars are not drawn, or have no text.
const SMALLEST_WIDTH = 1.2;
const SMALLEST_TEXT = 24;
const element = (id) => document.getElementById(id);
const data = JSON.parse(element('data').textContent);
const { parent, names, self } = data;
const count = parent.length;

const number = (value) => value.toLocaleString('en-US');
const share = (part, whole) =>
  whole === 0 ? '' : ((100 * part) / whole).toFixed(part * 1000 < whole && part > 0 ? 2 : 1) + ' %';
const css = (fraction) => Number((100 * fraction).toFixed(4)) + '%';
const nameOf = (node) => names[data.function[node]];

// Cycles with callees; children with the most cycles first; where each node begins, counted in cycles.
const total = self.slice();
const children = parent.map(() => []);
for (let node = count - 1; node > 0; node--) {
  total[parent[node]] += total[node];
  children[parent[node]].push(node);
}
const start = new Array(count).fill(0);
const depth = new Array(count).fill(0);
for (let node = 0; node < count; node++) {
  let at = start[node];
  children[node].sort((a, b) => total[b] - total[a] || a - b);
  for (const child of children[node]) {
    start[child] = at;
    depth[child] = depth[node] + 1;
    at += total[child];
  }
}

let zoom = 0;
let query = '';
const matches = (name) => query !== '' && name.toLowerCase().includes(query);
const describe = (node) =>
  nameOf(node) + ': ' + number(total[node]) + ' cycles (' + share(total[node], data.cycles) + '), ' +
  number(self[node]) + ' of them its own, ' + number(data.calls[node]) + (data.calls[node] === 1 ? ' call' : ' calls') +
  ' on this path';

// One hue for a crate, so that what belongs together looks alike.
const hueOf = (name) => {
  let hash = 7;
  for (const character of name.replace(/^[<&*\s]+/, '').split('::')[0]) {
    hash = (hash * 31 + character.codePointAt(0)) % 360;
  }
  return hash;
};

const bar = (node, left, width, hasText) => {
  const made = document.createElement('div');
  const name = nameOf(node);
  made.className = 'bar' + (hasText ? ' named' : '') + (matches(name) ? ' match' : '') + (node === zoom && node !== 0 ? ' zoomed' : '');
  made.textContent = hasText ? name : '';
  made.title = describe(node);
  made.setAttribute('role', 'button');
  made.setAttribute('tabindex', '0');
  made.setAttribute('aria-label', made.title);
  made.style.setProperty('left', css(left));
  made.style.setProperty('width', css(width));
  made.style.setProperty('top', depth[node] * ROW_HEIGHT + 'px');
  made.style.setProperty('--hue', String(hueOf(name)));
  const show = () => {
    element('details').textContent = describe(node);
  };
  const choose = () => {
    zoom = node;
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
};

// Draws what is at least a pixel wide when the chosen bar fills the width.
function draw() {
  const flame = element('flame');
  const pixels = flame.clientWidth || 1000;
  const whole = Math.max(1, total[zoom]);
  const bars = [];
  let deepest = 0;
  const waiting = [0];
  while (waiting.length > 0) {
    const node = waiting.pop();
    const left = Math.max(0, (start[node] - start[zoom]) / whole);
    const right = Math.min(1, (start[node] + total[node] - start[zoom]) / whole);
    if ((right - left) * pixels < SMALLEST_WIDTH && node !== 0) continue;
    bars.push(bar(node, left, right - left, (right - left) * pixels > SMALLEST_TEXT));
    deepest = Math.max(deepest, depth[node]);
    for (let i = children[node].length - 1; i >= 0; i--) waiting.push(children[node][i]);
  }
  flame.style.setProperty('height', (deepest + 1) * ROW_HEIGHT + 'px');
  flame.replaceChildren(...bars);
  element('reset').hidden = zoom === 0;
}

// Cycles under matching functions; one inside another counts once.
function matchedCycles() {
  let sum = 0;
  const waiting = [0];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (matches(nameOf(node))) sum += total[node];
    else waiting.push(...children[node]);
  }
  return sum;
}

const row = (cells) => {
  const made = document.createElement('tr');
  cells.forEach((text, i) => {
    const cell = document.createElement('td');
    cell.className = i === 0 ? 'name' : 'number';
    cell.textContent = text;
    made.append(cell);
  });
  return made;
};

// Fills a table; its section is not shown when there is nothing in it.
function fill(id, rows) {
  element(id + '-section').hidden = rows.length === 0;
  element(id).replaceChildren(...rows.map(row));
}

function fillFunctions() {
  const shown = data.functions.filter(({ name }) => query === '' || matches(name)).slice(0, 50);
  element('functions').replaceChildren(
    ...shown.map((one) =>
      row([
        one.name, number(one.self), share(one.self, data.cycles), number(one.total), share(one.total, data.cycles),
        number(one.calls),
      ]),
    ),
  );
}

function search() {
  query = element('search').value.trim().toLowerCase();
  draw();
  fillFunctions();
  const cycles = matchedCycles();
  element('found').textContent = query === '' ? '' : number(cycles) + ' cycles, ' + share(cycles, data.cycles);
}

function reset() {
  zoom = 0;
  draw();
}

const counted = (rows) => {
  const whole = rows.reduce((sum, [, amount]) => sum + amount, 0);
  return rows.map(([name, amount]) => [name, number(amount), share(amount, whole)]);
};
fill(
  'spans',
  data.spans.map(({ name, calls, cycles, depth: level }) => [
    '\u2003'.repeat(Math.min(level, 10)) + name, number(cycles), share(cycles, data.cycles), number(calls),
  ]),
);
fill('instructions', counted(data.instructions));
fill('syscalls', counted(data.syscalls));
element('search').addEventListener('input', search);
element('reset').addEventListener('click', reset);
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') reset();
});
addEventListener('resize', draw);
draw();
fillFunctions();
`;
