/** Memory of C programs up to its limits and beyond: heap, frames, and arrays whose length is an input. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { execute, loadProgram, type Program } from '../../prover/index.ts';
import { withStackChecks } from '../../plugin/internal/toolchain/c-stack.ts';
import { buildWith, compilerOrSkip } from '../support/c-compiler.ts';
import { mode, u32 } from '../support/guests.ts';

const MiB = 2 ** 20;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Kinds of arrays in programs/c-selftest/src/limits.c. */
const KINDS = { bytes: 0, signed: 1, words: 2, square: 3, two: 4, rounds: 5, fixed: 6 } as const;

/** Bytes of all arrays of a kind with this length. */
function bytesOf(kind: keyof typeof KINDS, length: number): number {
  return {
    bytes: length,
    signed: length,
    words: 8 * length,
    square: 2 * length * length,
    two: 2 * length,
    rounds: 5 * length,
    fixed: 0,
  }[kind];
}

type Kind = keyof typeof KINDS;

function suite(program: () => Program, kinds: readonly Kind[], lengths: readonly number[]): void {
  const run = (name: string, ...numbers: number[]) =>
    execute(program(), [mode(name), ...numbers.map((number) => u32(number >>> 0))], { cycleLimit: 2 ** 26 });

  for (const kind of kinds) {
    it(`${kind}: an array of any length is in the stack, or traps`, () => {
      for (const length of lengths) {
        for (const levels of [0, 50]) {
          const { outcome, publicValues } = run('stack', KINDS[kind], levels, length, 0);
          const what = `${length}, ${levels} levels: ${JSON.stringify(outcome)}`;
          const fits = bytesOf(kind, length) <= 8 * MiB - 4096 - levels * 1200;
          assert.equal(outcome.kind, fits ? 'halt' : 'trap', what);
          if (outcome.kind === 'trap') assert.ok(outcome.detail.startsWith('stack overflow: store of '), what);
          else assert.equal(publicValues.at(-1), 17, what);
        }
      }
    });
  }

  it('a frame of a constant size, up to a gigabyte, traps where it does not fit', () => {
    for (const which of [0, 1, 2, 3]) {
      for (const levels of [0, 50]) {
        const { outcome, publicValues } = run('stack', KINDS.fixed, levels, which, 0);
        // All arrays are in one frame: the compiler may put the small one where it fits.
        if (which === 0 && outcome.kind === 'halt') assert.equal(publicValues.at(-1), 17);
        else
          assert.ok(outcome.kind === 'trap' && outcome.detail.startsWith('stack overflow: '), JSON.stringify(outcome));
      }
    }
  });

  it('the heap gives all of it in one block and in many, and says what is missing', () => {
    const { stderr } = run('one block', 2 ** 31);
    const [, asked, free = 0, all = 0] =
      /^out of memory: asked for (\d+) bytes, (\d+) of (\d+) are free\n$/.exec(text(stderr))?.map(Number) ?? [];
    assert.equal(asked, 2 ** 31);
    assert.ok(all > 758 * MiB - 65536 && all - free < 256, `${free} of ${all}`);
    assert.equal(text(run('one block', free).stdout), '3\n');
    const beyond = run('one block', free + 1);
    assert.deepEqual(beyond.outcome, { kind: 'halt', exitCode: 1 });
    assert.match(text(beyond.stderr), /^out of memory: /);
    const many = run('many blocks', MiB);
    assert.deepEqual(many.outcome, { kind: 'halt', exitCode: 1 });
    assert.equal(text(many.stdout).trim().split('\n').at(-1), String(Math.floor(free / (MiB + 16))));
    assert.match(text(many.stderr), /^out of memory: asked for 1048576 bytes, \d+ of \d+ are free\n$/);
  });
}

const LENGTHS = [1, 100, 2000, MiB, 8 * MiB - 4096 * 40, 8 * MiB, 16 * MiB, 24 * MiB, 25 * MiB, 32 * MiB];
const HUGE = [2 ** 28 + 1, 2 ** 29 + 1, 2 ** 30, 2 ** 30 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 4096, 3 * 2 ** 30];
const WRAPPING = [2 ** 32 - 10 * MiB, 2 ** 32 - 8 * MiB, 2 ** 32 - 4096, 2 ** 32 - 16, 2 ** 32 - 15, 2 ** 32 - 1];

describe('limits of memory in the committed program', () => {
  const file = new URL('../../programs/c-selftest/c-selftest.elf', import.meta.url);
  const program = loadProgram(readFileSync(file));
  suite(() => program, ['bytes', 'signed', 'words', 'square', 'two', 'rounds'], [...LENGTHS, ...HUGE, ...WRAPPING]);
});

describe('limits of memory compiled by gcc', { skip: compilerOrSkip('gcc').skip }, () => {
  let program: Program | undefined;
  // gcc does not see sizes that wrap around 2^32.
  const lengths = [...LENGTHS, ...HUGE.slice(2)];
  suite(() => (program ??= loadProgram(buildWith('gcc', 'c-selftest'))), ['bytes', 'rounds'], lengths);
});

describe('checks of arrays of computed length', () => {
  const version = (number: number): string => `Debian clang version ${number}.0.6`;

  it('stand before each array, with its factors', () => {
    const code = [
      'define void @f(i32 %0) {',
      '  %2 = alloca [10 x i32], align 4',
      '  %3 = mul nuw i32 %0, %0',
      '  %4 = alloca { i8, i32 }, i32 %3, align 16',
      '  %5 = alloca i8, i32 %0, align 1, !dbg !7',
      '  ret void',
      '}',
    ];
    const size = 'i32 ptrtoint ({ i8, i32 }* getelementptr ({ i8, i32 }, { i8, i32 }* null, i32 1) to i32)';
    assert.deepEqual(withStackChecks(code.join('\n'), version(14))?.split('\n'), [
      ...code.slice(0, 3),
      '  call void @zkvm_stack_check(i32 %0, i32 %0)',
      `  call void @zkvm_stack_check(i32 %3, ${size})`,
      code[3],
      '  call void @zkvm_stack_check(i32 %0, i32 ptrtoint (i8* getelementptr (i8, i8* null, i32 1) to i32))',
      ...code.slice(4),
      'declare void @zkvm_stack_check(i32, i32)',
      '',
    ]);
    assert.match(
      withStackChecks(code.join('\n'), version(19)) ?? '',
      /i32 ptrtoint \(ptr getelementptr \(i8, ptr null, i32 1\) to i32\)\)/,
    );
  });

  it('are in no program without such arrays', () => {
    assert.equal(
      withStackChecks('define void @f() {\n  %1 = alloca [9 x i8], align 1\n  ret void\n}', version(14)),
      undefined,
    );
  });
});
