/**
 * Records rows of the recursion machine and their values in one pass. What it knows: cells, constants, blocks, and the
 * five kinds of rows; what verifiers need on top of it (transcripts, trees, folding) is in `backend.ts`.
 *
 * Arithmetic is kept small by four static rules, none of which looks at a value that is not a constant: constants are
 * folded; equal rows are one row; a row that only scales, shifts or multiplies is taken into its user where the user's
 * form allows it; rows that nobody reads are dropped at the end.
 */
import { VerificationError } from '../core/errors.ts';
import * as ext from '../field/extension.ts';
import * as kb from '../field/koalabear.ts';
import type { ExtValue } from '../field/types.ts';
import { permute } from '../hash/poseidon2-koalabear.ts';
import {
  BIT_SPACE,
  BLOCK_SPACE,
  CAPACITY_SPACE,
  FREE_SPACE,
  LIMBS_SPACE,
  ONE_CELL,
  OUTPUT_BLOCKS,
  PUBLIC_VALUES,
  SPACE,
  ZERO_BLOCK,
  ZERO_CELL,
  ZERO_CELLS,
} from '../machines/recursion/memory.ts';
import { Wire, keyOf, normalise, valueOf, type Form, type Terms } from './form.ts';
import { dropUnread } from './prune.ts';
import { READ, UNUSED, WRITE, type Program, type Witness } from '../machines/recursion/program.ts';

/** A block of DMEM. */
export type Block = { readonly address: number; readonly values: readonly number[] };

export type RecorderOptions = {
  /** Whether a failing assertion throws. Without it the program is recorded whatever the values are. */
  readonly strict: boolean;
};

export class Recorder {
  readonly strict: boolean;
  readonly #program: Program = {
    arithmetic: { a: [], b: [], c: [], out: [], mode: [], s1: [], s2: [], s3: [] },
    bits: { sum: [], out: [], mode: [] },
    packs: { block: [], blockMode: [], cells: [], cellModes: [] },
    limbs: { first: [] },
    permutations: { input: [], bit: [], second: [], secondMode: [], out: [], outMode: [] },
  };
  readonly #free: number[] = [];
  readonly #bits: number[] = [];
  readonly #limbs: number[] = [];
  readonly #blocks: number[] = new Array<number>(8 * OUTPUT_BLOCKS).fill(0);
  readonly #capacities: number[] = [];
  readonly #siblings: number[] = [];
  readonly #constants = new Map<string, Wire>();
  readonly #rows = new Map<string, Wire>();
  readonly #packed = new Map<string, Block>();
  readonly #unpacked = new Map<number, Wire[]>();
  /** Hinted cells that no Pack row has written yet, by address. */
  readonly #unwritten = new Map<number, Wire>();
  #nextId = 0;
  #finished = false;

  constructor(options: RecorderOptions) {
    this.strict = options.strict;
    const zero = this.constant(ext.ZERO);
    zero.address = ZERO_CELL;
    for (let i = 0; i < ZERO_CELLS; i++) this.#constantRow(0);
    const one = this.constant(ext.ONE);
    one.address = this.#constantRow(1);
    if (one.address !== ONE_CELL) throw new Error('the first cells are not where the chips expect them');
    const zeros = this.pack(new Array<Wire>(8).fill(zero));
    if (zeros.address !== SPACE * BLOCK_SPACE + ZERO_BLOCK) throw new Error('the zero block is not in its place');
  }

  // -- cells

  /** A constant; equal constants are one wire. */
  constant(value: ExtValue): Wire {
    const key = value.join();
    let wire = this.#constants.get(key);
    if (wire === undefined) {
      wire = new Wire(this.#nextId++, value, true, undefined);
      this.#constants.set(key, wire);
    }
    return wire;
  }

  felt(value: number): Wire {
    return this.constant(ext.fromBase(value));
  }

  /** Untrusted base elements at consecutive addresses; a Pack row writes them, now or at the end. */
  hintFelts(values: readonly number[]): Wire[] {
    return values.map((value) => {
      const wire = this.#cell(ext.fromBase(value));
      this.#unwritten.set(wire.address!, wire);
      return wire;
    });
  }

  /** An untrusted element of F. */
  hintExt(value: ExtValue): Wire {
    return this.limbs(this.hintFelts(value));
  }

  /** The element with these five limbs. */
  limbs(limbs: readonly Wire[]): Wire {
    if (limbs.length !== ext.DEGREE) throw new RangeError(`"limbs" expected 5 elements, got ${limbs.length}`);
    const value = limbs.map((limb) => limb.value[0]) as unknown as ExtValue;
    if (limbs.every((limb) => limb.constant)) return this.constant(value);
    const first = limbs[0]!.address;
    if (first !== undefined && limbs.every((limb, i) => limb.address === first + i)) {
      return this.#limbsRow(first, value);
    }
    return limbs.reduce((sum, limb, i) => {
      const power: ExtValue = [i === 0 ? 1 : 0, i === 1 ? 1 : 0, i === 2 ? 1 : 0, i === 3 ? 1 : 0, i === 4 ? 1 : 0];
      return this.compute({ s1: 1, a: limb, b: this.constant(power), s2: 1, c: sum });
    }, this.constant(ext.ZERO));
  }

  // -- arithmetic

  /** s1*a*b + s2*c. */
  compute(terms: Terms): Wire {
    const form = normalise(terms);
    if (form.product === undefined && form.linear.length === 0) return this.felt(form.shift);
    const [only] = form.linear;
    if (form.product === undefined && form.linear.length === 1 && form.shift === 0 && only![0] === 1) return only![1];
    const key = keyOf(form);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const operands = this.#operands(form);
    const wire = this.#cell(valueOf(form));
    this.#arithmeticRow(operands, wire.address!, WRITE);
    wire.form = form;
    this.#rows.set(key, wire);
    return wire;
  }

  /** Asserts s1*a*b + s2*c = target. */
  assertEqual(terms: Terms, target: Wire, code: string, where: string): void {
    let form = normalise(terms);
    // A row that would only compare is replaced by the row that computes what is compared.
    const [only] = form.linear;
    if (form.product === undefined && form.linear.length === 1 && form.shift === 0 && only![0] === 1) {
      form = only![1].form ?? form;
    }
    const value = valueOf(form);
    const isConstant = form.product === undefined && form.linear.length === 0;
    const equal = ext.equals(value, target.value);
    // Two constants differ in every run: recording such a program would be useless.
    if (!equal && (this.strict || (isConstant && target.constant))) {
      throw new VerificationError(code, where, `[${value.join(', ')}] and [${target.value.join(', ')}] differ`);
    }
    if (isConstant && target.constant) return;
    if (isConstant) {
      const cell = this.cellOf(this.felt(form.shift));
      this.#arithmeticRow({ ...this.#operands({ product: undefined, linear: [[1, target]], shift: 0 }) }, cell, READ);
      return;
    }
    this.#arithmeticRow(this.#operands(form), this.cellOf(target), READ);
  }

  // -- bits

  /** A bit: untrusted, or the next one of a chain. Returns the bit and the chain's next sum. */
  bit(
    value: number,
    sum: Wire,
    next: { readonly target: Wire } | 'new' | 'none',
  ): { bit: Wire; sum: Wire | undefined } {
    const row = this.#program.bits.sum.length;
    const doubled = kb.add(kb.add(sum.value[0], sum.value[0]), value);
    const out = next === 'new' ? this.#cell(ext.fromBase(doubled)) : next === 'none' ? undefined : next.target;
    this.#program.bits.sum.push(this.cellOf(sum));
    this.#program.bits.out.push(out === undefined ? 0 : this.cellOf(out));
    this.#program.bits.mode.push(next === 'new' ? WRITE : next === 'none' ? UNUSED : READ);
    this.#bits.push(value);
    const bit = new Wire(this.#nextId++, ext.fromBase(value), false, SPACE * BIT_SPACE + row);
    return { bit, sum: out };
  }

  // -- blocks

  /** The block that holds these eight base elements. The same eight wires give the same block. */
  pack(felts: readonly Wire[]): Block {
    if (felts.length !== 8) throw new RangeError(`"felts" expected 8 elements, got ${felts.length}`);
    const key = felts.map((felt) => felt.id).join();
    let block = this.#packed.get(key);
    if (block === undefined) {
      block = this.#newBlock(felts.map((felt) => felt.value[0]));
      this.#packRow(felts, block.address, WRITE);
      this.#packed.set(key, block);
      this.#unpacked.set(block.address, [...felts]);
    }
    return block;
  }

  /** Cells with the eight elements of a block, at consecutive addresses if the block is not a packed one. */
  unpack(block: Block): Wire[] {
    let felts = this.#unpacked.get(block.address);
    if (felts === undefined) {
      felts = this.hintFelts(block.values);
      this.#packRow(felts, block.address, READ);
      this.#unpacked.set(block.address, felts);
      this.#packed.set(felts.map((felt) => felt.id).join(), block);
    }
    return felts;
  }

  /** Sponge row: permutes (input, capacity); nothing is added. */
  absorb(input: Block, capacity: Block): { readonly rate: Block; readonly capacity: Block } {
    const state = [...input.values, ...capacity.values];
    permute(state);
    const rate = this.#newBlock(state.slice(0, 8));
    const row = this.#permutationRow(input, this.felt(0), capacity, rate.address, WRITE);
    for (const x of state.slice(8)) this.#capacities.push(x);
    for (let i = 0; i < 8; i++) this.#siblings.push(0);
    return { rate, capacity: { address: SPACE * CAPACITY_SPACE + row, values: state.slice(8) } };
  }

  /**
   * Merkle row: compresses the node and an untrusted sibling, the node on the right if the bit is 1. With a root the
   * result is compared with it.
   */
  compressWithSibling(
    node: Block,
    bit: Wire,
    sibling: readonly number[],
    root: Block | undefined,
    where: string,
  ): Block {
    const left = bit.value[0] === 1 ? sibling : node.values;
    const state = bit.value[0] === 1 ? [...sibling, ...node.values] : [...node.values, ...sibling];
    permute(state);
    const digest = left.map((x, i) => kb.add(x, state[i]!));
    for (const x of state.slice(8)) this.#capacities.push(x);
    for (const x of sibling) this.#siblings.push(x);
    if (root === undefined) {
      const parent = this.#newBlock(digest);
      this.#permutationRow(node, bit, undefined, parent.address, WRITE);
      return parent;
    }
    if (this.strict && digest.some((x, i) => x !== root.values[i])) {
      throw new VerificationError('merkle-path', where, 'the path does not lead to the root');
    }
    this.#permutationRow(node, bit, undefined, root.address, READ);
    return root;
  }

  // -- end

  /** Sets the public values, writes what is still unwritten, and returns the program with the values of this run. */
  finish(outputs: readonly Wire[]): { readonly program: Program; readonly witness: Witness } {
    if (this.#finished) throw new Error('the recorder has been finished already');
    if (outputs.length !== PUBLIC_VALUES) {
      throw new RangeError(`"outputs" expected ${PUBLIC_VALUES} elements, got ${outputs.length}`);
    }
    this.#finished = true;
    for (let block = 0; block < OUTPUT_BLOCKS; block++) {
      const felts = outputs.slice(8 * block, 8 * block + 8);
      for (const [i, felt] of felts.entries()) this.#blocks[8 * block + i] = felt.value[0];
      this.#packRow(felts, SPACE * BLOCK_SPACE + block, WRITE);
    }
    const zero = this.felt(0);
    const rest = [...this.#unwritten.values()];
    for (let i = 0; i < rest.length; i += 8) {
      this.#packRow(
        Array.from({ length: 8 }, (_, k) => rest[i + k] ?? zero),
        0,
        UNUSED,
      );
    }
    return {
      program: dropUnread(this.#program),
      witness: {
        free: this.#free,
        bits: this.#bits,
        limbs: this.#limbs,
        blocks: this.#blocks,
        capacities: this.#capacities,
        siblings: this.#siblings,
      },
    };
  }

  /** Address of a wire's cell; constants get theirs here. */
  cellOf(wire: Wire): number {
    if (wire.address === undefined) {
      if (ext.equals(wire.value, ext.fromBase(wire.value[0]))) {
        wire.address = this.#constantRow(wire.value[0]);
      } else {
        const first = wire.value.map((limb) => this.#constantRow(limb))[0]!;
        wire.address = this.#limbsRow(first, wire.value).address!;
      }
    }
    return wire.address;
  }

  // -- rows

  #cell(value: ExtValue): Wire {
    const address = SPACE * FREE_SPACE + this.#free.length / ext.DEGREE;
    this.#free.push(...value);
    return new Wire(this.#nextId++, value, false, address);
  }

  #constantRow(value: number): number {
    const { address } = this.#cell(ext.fromBase(value));
    const zero = ZERO_CELL;
    this.#arithmeticRow({ s1: 0, a: zero, b: zero, s2: 0, c: zero, s3: value }, address!, WRITE);
    return address!;
  }

  #limbsRow(first: number, value: ExtValue): Wire {
    const row = this.#program.limbs.first.length;
    this.#program.limbs.first.push(first);
    this.#limbs.push(...value);
    return new Wire(this.#nextId++, value, false, SPACE * LIMBS_SPACE + row);
  }

  #arithmeticRow(
    row: { s1: number; a: number; b: number; s2: number; c: number; s3: number },
    out: number,
    mode: number,
  ): void {
    const rows = this.#program.arithmetic;
    rows.a.push(row.a);
    rows.b.push(row.b);
    rows.c.push(row.c);
    rows.s1.push(row.s1);
    rows.s2.push(row.s2);
    rows.s3.push(row.s3);
    rows.out.push(out);
    rows.mode.push(mode);
  }

  #newBlock(values: readonly number[]): Block {
    const address = SPACE * BLOCK_SPACE + this.#blocks.length / 8;
    this.#blocks.push(...values);
    return { address, values };
  }

  #packRow(felts: readonly Wire[], block: number, blockMode: number): void {
    const rows = this.#program.packs;
    // Constants are given their cells before the row, so that rows only refer to what exists.
    const cells = felts.map((felt) => this.cellOf(felt));
    rows.block.push(block);
    rows.blockMode.push(blockMode);
    for (const cell of cells) {
      rows.cells.push(cell);
      rows.cellModes.push(this.#unwritten.delete(cell) ? WRITE : READ);
    }
  }

  #permutationRow(input: Block, bit: Wire, second: Block | undefined, out: number, outMode: number): number {
    const rows = this.#program.permutations;
    const row = rows.input.length;
    rows.input.push(input.address);
    rows.bit.push(this.cellOf(bit));
    rows.second.push(second?.address ?? 0);
    rows.secondMode.push(second === undefined ? UNUSED : READ);
    rows.out.push(out);
    rows.outMode.push(outMode);
    return row;
  }

  #operands(form: Form): { s1: number; a: number; b: number; s2: number; c: number; s3: number } {
    const { product, linear, shift } = form;
    if (product !== undefined) {
      const [k, x] = linear[0] ?? [0, undefined];
      const a = this.cellOf(product.a);
      const b = this.cellOf(product.b);
      return { s1: product.s, a, b, s2: k, c: x === undefined ? ZERO_CELL : this.cellOf(x), s3: shift };
    }
    const [k, x] = linear[0]!;
    const [l, y] = linear[1] ?? [0, undefined];
    const c = this.cellOf(x);
    if (y === undefined) return { s1: 0, a: ZERO_CELL, b: ZERO_CELL, s2: k, c, s3: shift };
    return { s1: l, a: this.cellOf(y), b: ONE_CELL, s2: k, c, s3: shift };
  }
}
