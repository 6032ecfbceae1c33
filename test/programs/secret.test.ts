/** The program `secret` against a sudoku checker in TypeScript, on good and bad solutions. */
import { sha256 } from '@noble/hashes/sha2.js';
import { AbiCoder, hexlify } from 'ethers';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import { SAMPLE, sampleInput, secretInput, type SecretInput } from '../../programs/secret/input.ts';
import { programFile } from '../support/samples.ts';
import { assertOneShard } from '../support/room.ts';

const PROGRAM = loadProgram(programFile('secret', 'secret.elf')!);
const EMPTY = '0'.repeat(81);

function run(item: Uint8Array): Execution {
  return execute(PROGRAM, [item], { cycleLimit: 10_000_000 });
}

function expected({ claimant, puzzle, secret }: SecretInput): string {
  return AbiCoder.defaultAbiCoder().encode(['address', 'string', 'bytes32'], [claimant, puzzle, sha256(secret)]);
}

function accept(input: SecretInput): void {
  const { outcome, stderr, publicValues } = run(secretInput(input));
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(stderr));
  assert.equal(hexlify(publicValues), expected(input));
}

function refuse(message: RegExp, changed: Partial<SecretInput> | Uint8Array): void {
  const item = changed instanceof Uint8Array ? changed : secretInput({ ...SAMPLE, ...changed });
  const { outcome, stderr, publicValues } = run(item);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
  assert.match(new TextDecoder().decode(stderr), message);
  assert.equal(publicValues.length, 0);
}

/** The text with one character replaced; rows and columns count from 1. */
function put(text: string, row: number, column: number, character: string): string {
  const at = (row - 1) * 9 + column - 1;
  return text.slice(0, at) + character + text.slice(at + 1);
}

/** The rules, read plainly: every unit sorted is 123456789, and no clue is changed. */
function isSolution(puzzle: string, solution: string): boolean {
  const nine = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const cell = (row: number, column: number): string => solution[9 * row + column]!;
  const units = nine.flatMap((unit) => [
    nine.map((k) => cell(unit, k)),
    nine.map((k) => cell(k, unit)),
    nine.map((k) => cell(3 * Math.floor(unit / 3) + Math.floor(k / 3), 3 * (unit % 3) + (k % 3))),
  ]);
  const isFull = units.every((unit) => unit.toSorted().join('') === '123456789');
  return isFull && puzzle.split('').every((clue, index) => clue === '0' || clue === solution[index]);
}

/** Full grids: the sample's with digits renamed, bands and rows within bands moved, and perhaps mirrored. */
const fullGrid = fc
  .record({
    digits: fc.shuffledSubarray('123456789'.split(''), { minLength: 9 }),
    bands: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
    rows: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
    isMirrored: fc.boolean(),
  })
  .map(({ digits, bands, rows, isMirrored }) => {
    const order = bands.flatMap((band) => rows.map((row) => 3 * band + row));
    const renamed = SAMPLE.solution.split('').map((digit) => digits[Number(digit) - 1]!);
    const cells = Array.from({ length: 81 }, (_, index) => {
      const [row, column] = [Math.floor(index / 9), index % 9];
      return renamed[isMirrored ? 9 * order[column]! + row : 9 * order[row]! + column]!;
    });
    return cells.join('');
  });

describe('secret: the sudoku', () => {
  it('accepts the sample, within one shard', () => {
    assert.ok(isSolution(SAMPLE.puzzle, SAMPLE.solution));
    accept(SAMPLE);
    assertOneShard(PROGRAM, [sampleInput()[0]!]);
  });

  it('accepts every solution of every puzzle, and makes only the puzzle public', () => {
    const clues = fc.array(fc.boolean(), { minLength: 81, maxLength: 81 });
    fc.assert(
      fc.property(fullGrid, clues, (solution, isClue) => {
        const puzzle = solution
          .split('')
          .map((digit, index) => (isClue[index] ? digit : '0'))
          .join('');
        assert.ok(isSolution(puzzle, solution));
        accept({ ...SAMPLE, puzzle, solution });
        // Of the empty puzzle every full grid is a solution; the public values cannot tell which.
        accept({ ...SAMPLE, puzzle: EMPTY, solution });
      }),
      { numRuns: 60 },
    );
  });

  it('agrees with the checker when a digit is changed, or two digits, rows or columns are exchanged', () => {
    const change = fc.record({
      kind: fc.constantFrom('digit', 'cells', 'rows', 'columns'),
      from: fc.nat(8),
      to: fc.nat(8),
      at: fc.nat(8),
      digit: fc.constantFrom(...'0123456789'.split('')),
    });
    const verdicts = new Map<string, number>();
    fc.assert(
      fc.property(fullGrid, change, (grid, { kind, from, to, at, digit }) => {
        const solution = grid.split('').map((own, index) => {
          const [row, column] = [Math.floor(index / 9), index % 9];
          const other = (place: number): number => (place === from ? to : place === to ? from : place);
          if (kind === 'rows') return grid[9 * other(row) + column];
          if (kind === 'columns') return grid[9 * row + other(column)];
          if (row !== at) return own;
          if (kind === 'cells') return grid[9 * row + other(column)];
          return column === from ? digit : own;
        });
        const input = { ...SAMPLE, puzzle: EMPTY, solution: solution.join('') };
        const exitCode = isSolution(EMPTY, input.solution) ? 0 : 1;
        assert.deepEqual(run(secretInput(input)).outcome, { kind: 'halt', exitCode });
        const verdict = `${kind} ${exitCode}`;
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      }),
      { numRuns: 200, seed: 5 },
    );
    // Rows and columns exchanged between bands break boxes only.
    assert.equal(verdicts.size, 8, JSON.stringify([...verdicts]));
  });

  it('refuses a solution of another puzzle', () => {
    refuse(/the solution has 5 in row 1, column 1, where the puzzle has 6/, { puzzle: put(EMPTY, 1, 1, '6') });
    refuse(/the solution has 9 in row 9, column 9, where the puzzle has 1/, { puzzle: put(EMPTY, 9, 9, '1') });
  });

  it('refuses a digit that stands twice in a row, a column or a box', () => {
    const rows = '123456789'.repeat(9);
    const shifted = Array.from({ length: 9 }, (_, i) => '123456789'.slice(i) + '123456789'.slice(0, i)).join('');
    refuse(/the solution has 5 twice in row 1/, { puzzle: EMPTY, solution: put(SAMPLE.solution, 1, 2, '5') });
    refuse(/the solution has 1 twice in column 1/, { puzzle: EMPTY, solution: rows });
    // Every row and column of this one is right.
    refuse(/the solution has 2 twice in box 1/, { puzzle: EMPTY, solution: shifted });
    refuse(/the solution has 1 twice in row 2/, { puzzle: EMPTY, solution: put(SAMPLE.solution, 2, 1, '1') });
  });

  it('refuses empty cells of a solution, also where the puzzle has none', () => {
    refuse(/the solution is empty in row 4, column 2/, { solution: put(SAMPLE.solution, 4, 2, '0') });
    refuse(/the solution is empty in row 1, column 1/, { solution: put(SAMPLE.solution, 1, 1, '0') });
  });

  it('refuses grids that are no 81 digits', () => {
    const { puzzle, solution } = SAMPLE;
    refuse(/the puzzle has 80 bytes, not 81/, { puzzle: puzzle.slice(1) });
    refuse(/the solution has 82 bytes, not 81/, { solution: `${solution}1` });
    refuse(/the solution has 0 bytes, not 81/, { solution: '' });
    refuse(/the puzzle has no digit in row 1, column 3/, { puzzle: put(puzzle, 1, 3, '.') });
    refuse(/the solution has no digit in row 9, column 9/, { solution: put(solution, 9, 9, ':') });
    refuse(/the solution has no digit in row 1, column 1/, { solution: put(solution, 1, 1, '/') });
    // Two bytes of UTF-8 in the place of two digits.
    refuse(/the puzzle has no digit in row 1, column 1/, { puzzle: `é${puzzle.slice(2)}` });
  });
});

describe('secret: the preimage and the claimant', () => {
  it('makes the sha256 of any 32 bytes public, for any address', () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(32), bytes(20), (secret, address) => {
        accept({ ...SAMPLE, secret, claimant: hexlify(address) });
      }),
      { numRuns: 40 },
    );
  });

  it('gives a claimant public values that differ from those of everybody else', () => {
    const thief = `0x${'66'.repeat(20)}`;
    const [own, stolen] = [SAMPLE, { ...SAMPLE, claimant: thief }].map((input) =>
      hexlify(run(secretInput(input)).publicValues),
    );
    assert.notEqual(own, stolen);
    assert.equal(own!.replace(SAMPLE.claimant.slice(2).toLowerCase(), thief.slice(2)), stolen);
  });

  it('refuses items that are no input', () => {
    const item = secretInput(SAMPLE);
    refuse(/is no secret::Input: unexpected end of input/, item.subarray(0, -1));
    refuse(/is no secret::Input: remaining input/, Uint8Array.of(...item, 0));
    const noText = item.slice();
    noText[21] = 0xff;
    refuse(/is no secret::Input: malformed utf8/, noText);
  });
});
