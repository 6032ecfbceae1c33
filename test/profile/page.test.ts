import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { PageData } from '../../plugin/internal/profile/page-data.ts';
import { profilePage, type Page } from '../../plugin/internal/profile/page.ts';
import { openPage, type StubElement } from './stub-dom.ts';

/** entry > main > { hash 60, parse 30 > hash 10 }, and start-up code of one cycle a thousand times narrower. */
const data: PageData = {
  cycles: 10_000,
  names: ['_start', 'app::main', 'sha2::compress', 'app::parse', 'tiny'],
  parent: [-1, 0, 1, 1, 3, 0],
  function: [0, 1, 2, 3, 2, 4],
  self: [499, 500, 5000, 3000, 1000, 1],
  calls: [1, 1, 20, 5, 5, 1],
  functions: [
    { name: 'sha2::compress', calls: 25, self: 6000, total: 6000 },
    { name: 'app::parse', calls: 5, self: 3000, total: 4000 },
  ],
  spans: [
    { name: 'outer', calls: 1, cycles: 9000, depth: 0 },
    { name: 'inner', calls: 3, cycles: 45, depth: 1 },
  ],
  instructions: [
    ['AddImm', 7500],
    ['Branch', 2500],
  ],
  syscalls: [],
};
const page: Page = {
  title: 'demo',
  sentences: ['It ran.'],
  facts: [['Cycles', '10,000']],
  stdout: '',
  stderr: '',
  data,
};

const bars = (flame: StubElement): string[] =>
  flame.children.map(
    ({ textContent, styles }) => `${textContent} ${styles['left']} ${styles['width']} ${styles['top']}`,
  );

test('the page draws the call tree, most cycles first', () => {
  const { element } = openPage(profilePage(page));
  assert.deepEqual(bars(element('flame')), [
    '_start 0% 100% 0px',
    'app::main 0% 95% 22px',
    'sha2::compress 0% 50% 44px',
    'app::parse 50% 40% 44px',
    'sha2::compress 50% 10% 66px',
  ]);
  assert.equal(element('flame').styles['height'], '88px');
  assert.equal(
    element('flame').children[3]?.title,
    'app::parse: 4,000 cycles (40.0 %), 3,000 of them its own, 5 calls on this path',
  );
});

test('a click looks closer, and Escape or the button go back', () => {
  const { element, window } = openPage(profilePage(page));
  const flame = element('flame');
  assert.equal(element('reset').hidden, true);
  flame.children[3]?.fire('click');
  assert.deepEqual(bars(flame), [
    '_start 0% 100% 0px',
    'app::main 0% 100% 22px',
    'app::parse 0% 100% 44px',
    'sha2::compress 0% 25% 66px',
  ]);
  assert.match(element('details').textContent, /^app::parse: 4,000 cycles/);
  assert.equal(element('reset').hidden, false);
  element('reset').fire('click');
  assert.equal(flame.children.length, 5);
  flame.children[2]?.fire('keydown', { key: 'Enter' });
  assert.equal(flame.children.length, 3);
  window.fire('keydown', { key: 'Escape' });
  assert.equal(flame.children.length, 5);
});

test('search marks functions, counts their cycles once and filters the table', () => {
  const { element } = openPage(profilePage(page));
  element('search').value = ' COMPRESS ';
  element('search').fire('input');
  const marked = element('flame').children.filter(({ className }) => className.includes('match'));
  assert.deepEqual(
    marked.map(({ textContent }) => textContent),
    ['sha2::compress', 'sha2::compress'],
  );
  assert.equal(element('found').textContent, '6,000 cycles, 60.0 %');
  assert.deepEqual(element('functions').rows, [['sha2::compress', '6,000', '60.0 %', '6,000', '60.0 %', '25']]);
  element('search').value = 'app';
  element('search').fire('input');
  assert.equal(element('found').textContent, '9,500 cycles, 95.0 %');
});

test('tables have every row, and a section without rows is not shown', () => {
  const { element } = openPage(profilePage(page));
  assert.deepEqual(element('spans').rows, [
    ['outer', '9,000', '90.0 %', '1'],
    ['\u2003inner', '45', '0.5 %', '3'],
  ]);
  assert.deepEqual(element('instructions').rows, [
    ['AddImm', '7,500', '75.0 %'],
    ['Branch', '2,500', '25.0 %'],
  ]);
  assert.equal(element('instructions-section').hidden, false);
  assert.equal(element('syscalls-section').hidden, true);
});

test('a narrow page draws fewer bars, and draws again when the width changes', () => {
  const { element, window } = openPage(profilePage(page));
  element('flame').clientWidth = 11;
  window.fire('resize');
  assert.deepEqual(
    element('flame').children.map(({ textContent }) => textContent),
    ['', '', '', ''],
  );
});

test('hostile names and output stay text', () => {
  const evil = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'&\u2028${x}`';
  const html = profilePage({
    ...page,
    title: evil,
    sentences: [evil],
    facts: [[evil, evil]],
    stdout: evil,
    stderr: evil,
    data: { ...data, names: data.names.map(() => evil), functions: [{ name: evil, calls: 1, self: 1, total: 1 }] },
  });
  assert.equal(html.match(/<script/g)?.length, 2);
  assert.equal(html.match(/<\/script>/g)?.length, 2);
  assert.doesNotMatch(html, /<img/);
  const { element } = openPage(html);
  assert.equal(element('flame').children[0]?.textContent, evil);
  assert.equal(element('functions').rows[0]?.[0], evil);
});

test('the page loads nothing, and its policy lets its own script and style run and no other', () => {
  const html = profilePage(page);
  assert.doesNotMatch(html, /https?:|src=|url\(|@import|<link/);
  const hash = (tag: string): string => {
    const texts = [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))];
    assert.equal(texts.length, 1);
    return `&#39;sha256-${createHash('sha256')
      .update(texts[0]?.[1] ?? '')
      .digest('base64')}&#39;`;
  };
  assert.ok(html.includes(`default-src &#39;none&#39;; script-src ${hash('script')}; style-src ${hash('style')};`));
  assert.match(html, /prefers-color-scheme: dark/);
  assert.match(html, /name="viewport"/);
});

test('an execution of no cycles has a page', () => {
  const empty: PageData = {
    ...data,
    cycles: 0,
    names: ['_start'],
    parent: [-1],
    function: [0],
    self: [0],
    calls: [1],
    functions: [],
    spans: [],
    instructions: [],
  };
  assert.deepEqual(bars(openPage(profilePage({ ...page, data: empty })).element('flame')), [' 0% 0% 0px']);
});
