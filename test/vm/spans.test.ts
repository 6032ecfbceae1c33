import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Execution } from '../../prover/machines/execute.ts';
import { OUTPUT_LIMIT } from '../../prover/vm/syscalls/syscalls.ts';
import { SPAN_COUNT_LIMIT, SPAN_NAME_LIMIT, SpanCounter } from '../../prover/vm/syscalls/spans.ts';
import { TrackerLines } from '../../prover/vm/syscalls/tracker-lines.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence, writeSequence } from '../support/guest.ts';
import { run } from './run.ts';

const SPAN = 0x7a01;
/** Instructions of `mark`: from its ecall to the next one's ecall is this many and what lies between. */
const MARK = 7;

/** A program of pieces; strings that begin with + or - are span marks, strings in <> are printed, the rest is assembly. */
function programOf(pieces: readonly string[]): Execution {
  const data: string[] = [];
  const lines = pieces.map((piece, i) => {
    const isMark = /^[+-]/.test(piece);
    const text = isMark ? piece : /^<(.*)>$/s.exec(piece)?.[1];
    if (text === undefined) return piece;
    data.push(`text${i}: .ascii ${JSON.stringify(text)}`);
    return writeSequence(isMark ? SPAN : 1, `text${i}`, new TextEncoder().encode(text).length);
  });
  const result = run(assemble(`${lines.join('\n')}\n${haltSequence(0)}\n.data\n${data.join('\n')}`));
  assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 0 });
  return result;
}

const nops = (count: number): string => Array.from({ length: count }, () => 'nop').join('\n');

describe('spans', () => {
  it('count the instructions from the start mark to the end mark', () => {
    const { spans, warnings, syscalls } = programOf(['+a', nops(5), '-a', nops(9), '+b', '-b', '+a', '-a']);
    assert.deepEqual(spans, [
      { name: 'a', calls: 2, cycles: MARK + 5 + MARK, depth: 0 },
      { name: 'b', calls: 1, cycles: MARK, depth: 0 },
    ]);
    assert.deepEqual(warnings, []);
    assert.equal(syscalls['WRITE span'], 6);
  });

  it('nest, and count what is inside', () => {
    const { spans } = programOf([
      '+outer',
      nops(1),
      '+inner',
      nops(2),
      '-inner',
      '+inner',
      '-inner',
      nops(4),
      '-outer',
    ]);
    assert.deepEqual(spans, [
      { name: 'outer', calls: 1, cycles: 5 * MARK + 7, depth: 0 },
      { name: 'inner', calls: 2, cycles: 2 * MARK + 2, depth: 1 },
    ]);
  });

  it('of one name within itself count once', () => {
    const { spans } = programOf(['+f', '+f', nops(3), '-f', '+g', '+f', '-f', '-g', '-f', nops(10)]);
    assert.deepEqual(spans, [
      { name: 'f', calls: 3, cycles: 7 * MARK + 3, depth: 0 },
      { name: 'g', calls: 1, cycles: 3 * MARK, depth: 1 },
    ]);
  });

  it('may overlap', () => {
    const { spans, warnings } = programOf(['+a', '+b', '-a', nops(6), '-b', '+c', '-c']);
    assert.deepEqual(spans, [
      { name: 'a', calls: 1, cycles: 2 * MARK, depth: 0 },
      { name: 'b', calls: 1, cycles: 2 * MARK + 6, depth: 1 },
      { name: 'c', calls: 1, cycles: MARK, depth: 0 },
    ]);
    assert.deepEqual(warnings, []);
  });

  it('that are open at the end end there', () => {
    const { spans, warnings, cycles } = programOf([nops(3), '+open']);
    // Before the mark's own ecall there are nine instructions.
    assert.deepEqual(spans, [{ name: 'open', calls: 1, cycles: cycles - 9, depth: 0 }]);
    assert.deepEqual(warnings, []);
  });

  it('that end without a start are warnings', () => {
    const { spans, warnings } = programOf(['-never', '+a', '-a', '-a', '-never', '-"\u001b[31m']);
    assert.deepEqual(spans, [{ name: 'a', calls: 1, cycles: MARK, depth: 0 }]);
    assert.deepEqual(warnings, [
      'the span "never" ended without having started',
      'the span "a" ended without having started',
      'the span "\\"\\u001b[31m" ended without having started',
    ]);
  });

  it('have names of any text, the empty one too', () => {
    const { spans } = programOf(['+', '-', '+é €', '-é €', '+__proto__', '-__proto__']);
    assert.deepEqual(
      spans.map(({ name, calls }) => [name, calls]),
      [
        ['', 1],
        ['é €', 1],
        ['__proto__', 1],
      ],
    );
  });

  it('have names of a limited length', () => {
    const [longest, tooLong] = ['x'.repeat(SPAN_NAME_LIMIT), 'y'.repeat(SPAN_NAME_LIMIT + 1)];
    const { spans, warnings } = programOf([`+${longest}`, `-${longest}`, `+${tooLong}`, `-${tooLong}`]);
    assert.deepEqual(spans, [{ name: longest, calls: 1, cycles: MARK, depth: 0 }]);
    assert.deepEqual(warnings, ['a span name was longer than 256 bytes: the span was not counted']);
  });

  it('report marks that are none', () => {
    const source = `${writeSequence(SPAN, 'd', 2)}\n${writeSequence(SPAN, 'd', 0)}\n${haltSequence(0)}\n.data\nd: .ascii "ab"`;
    assert.deepEqual(run(assemble(source)).warnings, ['a span mark began with neither + nor -: it was ignored']);
  });

  it('are limited in number', () => {
    const warnings = new Set<string>();
    const counter = new SpanCounter((text) => warnings.add(text));
    for (let i = 0; i < SPAN_COUNT_LIMIT + 2; i++) {
      counter.start(`name ${i}`, i);
      counter.end(`name ${i}`, i + 1);
    }
    assert.equal(counter.list(0).length, SPAN_COUNT_LIMIT);
    assert.deepEqual([...warnings], ['there are more than 4096 span names: the others were not counted']);
    counter.start('name 7', 100);
    counter.end('name 7', 105);
    assert.deepEqual(counter.list(0)[7], { name: 'name 7', calls: 2, cycles: 6, depth: 0 });
  });

  it('must lie in mapped memory', () => {
    const { outcome } = run(assemble(`li t0, 2\nli a0, ${SPAN}\nli a1, 0\nli a2, 2\necall`));
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'unmapped-memory');
  });

  it('leave warnings in limited number', () => {
    const pieces = Array.from({ length: 120 }, (_, i) => `-${i}`);
    const { warnings } = programOf(pieces);
    assert.equal(warnings.length, 101);
    assert.equal(warnings.at(-1), 'there were more warnings: they are not shown');
  });
});

describe('printed span marks', () => {
  it('of both kinds are counted and stay in the output', () => {
    const start = '<cycle-tracker-start: a\n>';
    const report = '<cycle-tracker-report-start:b \ncycle-tracker-report-end: b\n>';
    const { spans, warnings, stdout } = programOf([start, nops(4), report, '<cycle-tracker-end: a\n>']);
    // The second line of a WRITE has the same time as the first. WRITE to descriptor 1 is one instruction less.
    const write = MARK - 1;
    assert.deepEqual(spans, [
      { name: 'a', calls: 1, cycles: 2 * write + 4, depth: 0 },
      { name: 'b', calls: 1, cycles: 0, depth: 1 },
    ]);
    assert.deepEqual(warnings, []);
    assert.match(new TextDecoder().decode(stdout), /^cycle-tracker-start: a\ncycle-tracker-report-start:b \n/);
  });

  it('may arrive in pieces, and count at their newline', () => {
    const { spans } = programOf([
      '<cycle-tr>',
      '<acker-start>',
      '<: in pieces>',
      nops(50),
      '<\nx>',
      nops(2),
      '-in pieces',
    ]);
    assert.deepEqual(spans, [{ name: 'in pieces', calls: 1, cycles: MARK + 2, depth: 0 }]);
  });

  it('are whole lines without anything before them', () => {
    const { spans, warnings } = programOf([
      '< cycle-tracker-start: a\n>',
      '<cycle-tracker-start\n\ncycle-tracker-begin: a\ncycle-tracker-start: never finished>',
    ]);
    assert.deepEqual([spans, warnings], [[], []]);
  });

  it('have names of a limited length, in lines of any length', () => {
    const prefix = 'cycle-tracker-start: ';
    const longest = 'x'.repeat(SPAN_NAME_LIMIT);
    const { spans, warnings } = programOf([
      `<${prefix}${longest}\n>`,
      `<${'long line '.repeat(200)}\n>`,
      `<${prefix}b\n>`,
      `<${prefix}${longest}y\n>`,
      `<${prefix}${longest}${longest}>`,
      `<${longest}\n>`,
      `<${prefix}c\n>`,
    ]);
    assert.deepEqual(
      spans.map(({ name }) => name),
      [longest, 'b', 'c'],
    );
    assert.deepEqual(warnings, ['a span name was longer than 256 bytes: the span was not counted']);
  });

  it('are found in whatever pieces the text comes', () => {
    const text = 'noise\ncycle-tracker-start: x\n\ncycle\ncycle-tracker-end: x\ncycle-tracker-start: y\n';
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 7, 16, bytes.length]) {
      const spans = new SpanCounter((warning) => assert.fail(warning));
      const lines = new TrackerLines(spans);
      for (let at = 0; at < bytes.length; at += size) lines.feed(bytes.subarray(at, at + size), 0);
      const found = spans.list(9);
      assert.deepEqual(
        found.map(({ name, cycles }) => [name, cycles]),
        [
          ['x', 0],
          ['y', 9],
        ],
        `pieces of ${size}`,
      );
    }
  });

  it('are still seen in short writes when stdout is full', () => {
    const fill = `li t0, 2\nli a0, 1\nlui a1, 0x10000\nli a2, ${OUTPUT_LIMIT}\necall\necall`;
    const { spans, outputTruncated } = programOf([fill, '<\ncycle-tracker-start: late\n>', nops(3), '-late']);
    assert.equal(outputTruncated, true);
    assert.deepEqual(spans, [{ name: 'late', calls: 1, cycles: MARK + 3, depth: 0 }]);
  });
});
