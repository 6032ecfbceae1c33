/**
 * Audit of the recursion programs that ship, over their preprocessed columns alone: what a verifying key commits to. Nothing
 * here trusts the recorder. Every cell has one writer; the data flow has no cycle; what the prover chooses is either
 * absorbed by a sponge or one of the few witnesses that equations determine, and those are counted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { P } from '../../prover/field/koalabear.ts';
import { preprocessedColumns } from '../../prover/machines/recursion/preprocess.ts';
import type { RecursionHeights } from '../../prover/machines/recursion/machine.ts';
import {
  BIT_SPACE,
  CAPACITY_SPACE,
  LIMBS_SPACE,
  ONE_CELL,
  OUTPUT_BLOCKS,
  SPACE,
  ZERO_CELL,
} from '../../prover/machines/recursion/memory.ts';
import type { Program } from '../../prover/machines/recursion/program.ts';
import { CONTROL_DEPTH } from '../../prover/recursion/control-root.ts';
import { CORE, type Accepted } from '../../prover/recursion/program.ts';
import { recordProgram } from '../../prover/recursion/record.ts';
import { layerLayout, MIN_LOG_HEIGHT, type LayerLayout } from '../../prover/stark/layout.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import { defaultSystem } from '../../prover/system/default.ts';

const READ = P - 1;

type Writer = {
  readonly chip:
    'arithmetic' | 'bit sum' | 'bit' | 'unpack' | 'hint' | 'value' | 'pack' | 'limbs' | 'sponge' | 'node' | 'capacity';
  readonly row: number;
  /** Cells and blocks it is a function of. */
  readonly from: readonly string[];
};

type Flow = {
  readonly writers: Map<string, Writer>;
  readonly multiplicities: Map<string, number>;
  readonly reads: Map<string, number>;
  /** Cells packed into each written block. */
  readonly packed: Map<string, string[]>;
  /** Blocks that a sponge row absorbs or that a path is compared with. */
  readonly absorbed: Set<string>;
  /** Blocks that a path is compared with. */
  readonly compared: Set<string>;
  /** Blocks that a path begins with. */
  readonly leaves: Set<string>;
  /** Assertion rows of Arithmetic: operands, compared cell, selectors. */
  readonly assertions: { a: string; b: string; c: string; out: string; s: number[] }[];
  /** Arithmetic rows that read a cell as operand, by cell. */
  readonly operands: Map<string, number[]>;
  readonly unusedBits: number;
  readonly deadPermutations: number;
};

function flowOf(program: Program, heights: RecursionHeights): Flow {
  const [arithmetic, bits, packs, limbs, permutations] = preprocessedColumns(program, heights) as Uint32Array[][];
  const writers = new Map<string, Writer>();
  const multiplicities = new Map<string, number>();
  const reads = new Map<string, number>();
  const packed = new Map<string, string[]>();
  const absorbed = new Set<string>();
  const compared = new Set<string>();
  const leaves = new Set<string>();
  const assertions: Flow['assertions'] = [];
  const operands = new Map<string, number[]>();
  let unusedBits = 0;
  let deadPermutations = 0;
  const cell = (address: number): string => `c${address}`;
  const block = (address: number): string => `b${address}`;
  const read = (name: string): void => void reads.set(name, (reads.get(name) ?? 0) + 1);
  const write = (name: string, multiplicity: number, writer: Writer): void => {
    assert.ok(!writers.has(name), `${name} has two writers`);
    writers.set(name, writer);
    multiplicities.set(name, multiplicity);
  };

  for (let r = 0; r < 2 ** heights.arithmetic; r++) {
    const [a, b, c, out, reading, s1, s2, s3] = arithmetic!.map((column) => column[r]!);
    const from = [cell(a!), cell(b!), cell(c!)];
    from.forEach(read);
    const used = [...(s1 === 0 ? [] : from.slice(0, 2)), ...(s2 === 0 ? [] : from.slice(2))];
    for (const name of used) operands.set(name, [...(operands.get(name) ?? []), r]);
    if (reading === READ) {
      read(cell(out!));
      assertions.push({ a: from[0]!, b: from[1]!, c: from[2]!, out: cell(out!), s: [s1!, s2!, s3!] });
    } else if (reading !== 0) write(cell(out!), reading!, { chip: 'arithmetic', row: r, from: used });
  }
  for (let r = 0; r < 2 ** heights.bits; r++) {
    const [sum, out, reading, bitReads] = bits!.map((column) => column[r]!);
    read(cell(sum!));
    const bit = cell(SPACE * BIT_SPACE + r);
    const isReal = r < program.bits.sum.length;
    if (bitReads !== 0) write(bit, bitReads!, { chip: 'bit', row: r, from: [] });
    if (reading === READ) read(cell(out!));
    else if (reading !== 0) write(cell(out!), reading!, { chip: 'bit sum', row: r, from: [cell(sum!)] });
    else if (isReal) unusedBits++;
  }
  for (let r = 0; r < 2 ** heights.packs; r++) {
    const row = packs!.map((column) => column[r]!);
    const [address, blockReads] = row;
    const modes = row.slice(10);
    // A cell that nobody else reads (a nonce) is a value of this row alone.
    const cells = row.slice(2, 10).map((at, i) => (modes[i] === 0 ? `p${r}.${i}` : cell(at)));
    const fromBlock = blockReads === READ;
    if (fromBlock) read(block(address!));
    for (let i = 0; i < 8; i++) {
      if (modes[i] === READ) read(cells[i]!);
      else if (modes[i] === 0) writers.set(cells[i]!, { chip: 'value', row: r, from: [] });
      else {
        const from = fromBlock ? [block(address!)] : [];
        write(cells[i]!, modes[i]!, { chip: fromBlock ? 'unpack' : 'hint', row: r, from });
      }
    }
    // A block that is read binds cells that exist: none of the shipped programs compares two blocks through Pack.
    if (fromBlock)
      assert.ok(
        modes.every((mode) => mode !== READ),
        `pack ${r} reads a block and a cell`,
      );
    if (!fromBlock && blockReads !== 0) {
      write(block(address!), blockReads!, { chip: 'pack', row: r, from: cells });
      packed.set(block(address!), cells);
    }
  }
  for (let r = 0; r < 2 ** heights.limbs; r++) {
    const [first, reading] = limbs!.map((column) => column[r]!);
    const from = Array.from({ length: 5 }, (_, i) => cell(first! + i));
    from.forEach(read);
    if (reading !== 0) write(cell(SPACE * LIMBS_SPACE + r), reading!, { chip: 'limbs', row: r, from });
  }
  for (let r = 0; r < 2 ** heights.permutations; r++) {
    const [input, bit, second, secondReads, out, reading, capacityReads] = permutations!.map((column) => column[r]!);
    const from = [block(input!), cell(bit!)];
    from.forEach(read);
    assert.ok(secondReads === 0 || secondReads === READ);
    const isSponge = secondReads === READ;
    if (isSponge) {
      from.push(block(second!));
      read(block(second!));
      absorbed.add(block(input!));
      assert.equal(bit, ZERO_CELL, 'a sponge row has no direction');
    } else if (r < program.permutations.input.length) {
      leaves.add(block(input!));
      // Whether a direction is 0 or 1 is the business of the Bit chip, or of a constant.
      assert.ok(Math.floor(bit! / SPACE) === BIT_SPACE || bit === ZERO_CELL || bit === ONE_CELL, `node row ${r}`);
      assert.equal(capacityReads, 0, "the capacity of a node is nobody's");
    }
    if (reading === READ) {
      read(block(out!));
      absorbed.add(block(out!));
      compared.add(block(out!));
    } else if (reading !== 0) write(block(out!), reading!, { chip: isSponge ? 'sponge' : 'node', row: r, from });
    if (capacityReads !== 0)
      write(block(SPACE * CAPACITY_SPACE + r), capacityReads!, { chip: 'capacity', row: r, from });
    if (r < program.permutations.input.length && reading === 0 && capacityReads === 0) deadPermutations++;
  }
  for (let i = 0; i < OUTPUT_BLOCKS; i++) read(block(i));
  return {
    writers,
    multiplicities,
    reads,
    packed,
    absorbed,
    compared,
    leaves,
    assertions,
    operands,
    unusedBits,
    deadPermutations,
  };
}

function checkWriteOnce({ writers, multiplicities, reads }: Flow): void {
  for (const [name, count] of reads) {
    assert.ok(writers.has(name), `${name} is read and has no writer`);
    assert.equal(multiplicities.get(name), count, `${name} is read ${count} times`);
  }
  for (const [name, count] of multiplicities) assert.equal(reads.get(name), count, name);
}

/** Depth-first over what each cell is a function of. */
function checkAcyclic({ writers }: Flow): void {
  const state = new Map<string, 'open' | 'done'>();
  for (const start of writers.keys()) {
    const stack: { name: string; next: number }[] = [{ name: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (top.next === 0) {
        if (state.get(top.name) === 'done') {
          stack.pop();
          continue;
        }
        state.set(top.name, 'open');
      }
      const child = writers.get(top.name)!.from[top.next++];
      if (child === undefined) {
        state.set(top.name, 'done');
        stack.pop();
      } else if (state.get(child) === 'open') assert.fail(`${child} depends on itself`);
      else if (state.get(child) === undefined) stack.push({ name: child, next: 0 });
    }
  }
}

/** Splits hints that no sponge absorbs and no path begins with into inverses (five limbs of one element, a product compared with one) and the rest. */
function unobservedHints(flow: Flow): { inverses: number; others: string[] } {
  const observed = new Set<string>();
  for (const block of [...flow.absorbed, ...flow.leaves])
    for (const cell of flow.packed.get(block) ?? []) observed.add(cell);
  const hidden = new Set<string>();
  for (const [name, writer] of flow.writers) if (writer.chip === 'hint' && !observed.has(name)) hidden.add(name);
  let inverses = 0;
  for (const [name, writer] of flow.writers) {
    if (writer.chip !== 'limbs' || !writer.from.some((limb) => hidden.has(limb))) continue;
    assert.ok(
      writer.from.every((limb) => hidden.delete(limb)),
      'all limbs of an inverse are hints of its own',
    );
    // Used by assertions "product = 1" and as a value.
    const proofs = flow.assertions.filter(
      ({ a, b, out, s }) => (a === name || b === name) && out === `c${ONE_CELL}` && s[0] !== 0 && s[2] === 0,
    );
    assert.equal(proofs.length, 1, `${name} is an inverse`);
    inverses++;
  }
  return { inverses, others: [...hidden] };
}

type Expected = { inverses: number; decompositions: number; hintedBits: number; nonces: number; freeOutputs: number };

const OUTPUTS: ReadonlySet<string> = new Set(Array.from({ length: OUTPUT_BLOCKS }, (_, i) => `b${i}`));

function audit(program: Program, heights: RecursionHeights, expected: Expected): void {
  const flow = flowOf(program, heights);
  checkWriteOnce(flow);
  checkAcyclic(flow);
  const { inverses, others } = unobservedHints(flow);
  assert.equal(inverses, expected.inverses);
  // What is left: the witness h of each canonical decomposition, used in 1 - (127 - top)*h alone.
  assert.equal(others.length, expected.decompositions);
  for (const name of others) assert.equal(new Set(flow.operands.get(name)).size, 1, name);
  assert.equal(flow.unusedBits, expected.hintedBits);
  // What one hash reads and nothing else are the nonces, and elements of a key. What stands in outputs alone is free.
  const valuesIn = (isOutput: boolean): string[] =>
    [...flow.packed]
      .filter(([block]) => !flow.compared.has(block) && !flow.leaves.has(block))
      .filter(([block]) => OUTPUTS.has(block) === isOutput)
      .flatMap(([, cells]) => cells.filter((name) => flow.writers.get(name)?.chip === 'value'));
  assert.equal(valuesIn(false).length, expected.nonces);
  assert.equal(valuesIn(true).length, expected.freeOutputs);
  // Every hash is absorbed further, sampled from, or compared.
  assert.equal(flow.deadPermutations, 0);
  // No other output is a free cell.
  for (let i = 0; i < OUTPUT_BLOCKS; i++) {
    for (const cell of flow.packed.get(`b${i}`)!) {
      const writer = flow.writers.get(cell)!;
      const bound = [...flow.absorbed, ...flow.leaves].some((block) => flow.packed.get(block)?.includes(cell));
      assert.ok(writer.chip !== 'hint' || bound || flow.reads.get(cell)! > 1, `output ${i}: ${cell}`);
    }
  }
}

/** Samples that are decomposed into bits: query indices and proofs of work. */
function decompositionsOf({ queries }: LayerParameters): number {
  return queries.reduce((sum, count) => sum + count, queries.length);
}

/** Coordinates z_i with a place bit of their own: the verifier takes 1/(1 - z_i) of each. Those of the key are among them. */
function placeCoordinates({ packed, mainBlocks, parameters }: LayerLayout): number {
  if (packed !== undefined) return 0;
  const lowest = MIN_LOG_HEIGHT + Math.min(...mainBlocks.map(({ logWidth }) => logWidth));
  return parameters.logRows + parameters.logColumns - lowest;
}

/** Bus terms of the verifier: of a core machine (execution, root of the memory tree), or the blocks of outputs. */
const BOUNDARY_TERMS = { [CORE]: 2 + 1, recursion: OUTPUT_BLOCKS } as const;

/** What verifying one input leaves to the prover. */
function expectedOf({ kind, machine, parameters }: Accepted): Expected {
  const layout = layerLayout(machine, parameters);
  const isCore = kind === CORE;
  const heights = layout.chips.reduce(
    (sum, { height, maxLogHeight }) => sum + (height.kind === 'constant' ? 0 : maxLogHeight - MIN_LOG_HEIGHT + 1),
    0,
  );
  return {
    inverses: BOUNDARY_TERMS[isCore ? CORE : 'recursion'] + 1 + placeCoordinates(layout),
    decompositions: decompositionsOf(parameters),
    // Of another program's key its position in the control tree.
    hintedBits: heights + (isCore ? 0 : CONTROL_DEPTH),
    nonces: 1 + parameters.folds.length,
    freeOutputs: 0,
  };
}

for (const program of defaultSystem().programs) {
  test(`${program.id}: write-once, acyclic, nothing free but counted witnesses`, () => {
    const parts = program.accepts.map((accepted) => expectedOf(accepted));
    const sum = (name: keyof Expected): number => parts.reduce((total, part) => total + part[name], 0);
    const { words, controlRoot, key } = program.blankNotes;
    // Of a key that is compared by its digest: all but the state in which an execution begins, which is hashed twice.
    const keyFelts = key === undefined ? [] : [key.shape, key.root, key.heights, key.positions].flat();
    audit(recordProgram(program), program.kind.target.heights, {
      inverses: sum('inverses'),
      decompositions: sum('decompositions'),
      // One that says whether an exit code is 0.
      hintedBits: sum('hintedBits') + (words === undefined ? 0 : 1),
      nonces: sum('nonces') + keyFelts.length,
      // The control root of a program that verifies no other one: whoever accepts its proofs compares it.
      freeOutputs: controlRoot === undefined ? 0 : 8,
    });
  });
}
