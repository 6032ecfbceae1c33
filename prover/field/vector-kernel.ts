/**
 * Kernels on plain vectors of base elements in pool memory: conversion to and from Montgomery form, sum, difference,
 * product. Lengths are multiples of four; `dst` may be one of the operands. Twins: `koalabear.ts`, `montgomery.ts`.
 */
import { type FunctionBuilder, ModuleBuilder } from '../wasm/emitter.ts';
import { type I32, type V128, i32, i32x4, v128 } from '../wasm/instructions.ts';
import { type ThreadPool, type KernelModule, splitRange } from '../wasm/thread-pool.ts';
import { LaneField } from './koalabear-kernel.ts';
import { MONT_ONE, toMontgomery } from './montgomery.ts';

const I = 'i32' as const;
/** Elements of the smallest job. */
const GRAIN = 4096;

type Unary = (field: LaneField, f: FunctionBuilder) => (a: V128) => V128;
type Binary = (field: LaneField, a: V128, b: V128) => V128;

/** Emits the six kernels. */
export function fieldVectorModule(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  const splat = (f: FunctionBuilder, value: number): V128 => f.let(i32x4.splat(i32.const(value)));

  const unary = (name: string, make: Unary): void => {
    m.func(name, { src: I, dst: I, start: I, end: I }, (f, { src, dst, start, end }) => {
      const operation = make(new LaneField(f), f);
      eachVector(f, start, end, (at) => {
        const a = f.let(v128.load(i32.add(src, at)));
        f.storeV128(i32.add(dst, at), operation(a));
      });
    });
  };
  // The product with 2^64 mod p puts 2^32 in, the product with 1 takes it out.
  unary('toMontgomery', (field, f) => {
    const squared = splat(f, toMontgomery(MONT_ONE));
    return (a) => field.mul(a, squared);
  });
  unary('fromMontgomery', (field, f) => {
    const one = splat(f, 1);
    return (a) => field.mul(a, one);
  });

  const binary = (name: string, operation: Binary): void => {
    m.func(name, { a: I, b: I, dst: I, start: I, end: I }, (f, { a, b, dst, start, end }) => {
      const field = new LaneField(f);
      eachVector(f, start, end, (at) => {
        const left = f.let(v128.load(i32.add(a, at)));
        const right = f.let(v128.load(i32.add(b, at)));
        f.storeV128(i32.add(dst, at), operation(field, left, right));
      });
    });
  };
  binary('add', (field, a, b) => field.add(a, b));
  binary('sub', (field, a, b) => field.sub(a, b));
  binary('mul', (field, a, b) => field.mul(a, b));
  return m.bytes();
}

/** Byte offsets of the vectors of elements [start, end). */
function eachVector(f: FunctionBuilder, start: I32, end: I32, body: (at: I32) => void): void {
  const endByte = f.let(i32.shl(end, i32.const(2)));
  f.for(i32.shl(start, i32.const(2)), endByte, 16, body);
}

/** The vector kernels of one pool. Pointers are byte offsets; `length` counts elements, a multiple of four. */
export class FieldVectors {
  readonly #pool: ThreadPool;
  readonly #module: KernelModule;

  constructor(pool: ThreadPool) {
    this.#pool = pool;
    this.#module = pool.cached('field-vectors', fieldVectorModule);
  }

  /** Canonical to Montgomery form; any 32-bit words below p. */
  toMontgomery(src: number, dst: number, length: number): void {
    this.#run('toMontgomery', [src, dst], length);
  }

  /** Montgomery form to canonical. */
  fromMontgomery(src: number, dst: number, length: number): void {
    this.#run('fromMontgomery', [src, dst], length);
  }

  add(a: number, b: number, dst: number, length: number): void {
    this.#run('add', [a, b, dst], length);
  }

  sub(a: number, b: number, dst: number, length: number): void {
    this.#run('sub', [a, b, dst], length);
  }

  mul(a: number, b: number, dst: number, length: number): void {
    this.#run('mul', [a, b, dst], length);
  }

  /** Copies canonical elements into new memory, in Montgomery form, filled up to a multiple of four with zeros. */
  upload(values: ArrayLike<number>): number {
    const { arena } = this.#pool;
    const length = Math.ceil(values.length / 4) * 4;
    const ptr = arena.alloc(4 * length);
    const words = arena.u32(ptr, length);
    words.fill(0, values.length);
    words.set(values);
    this.toMontgomery(ptr, ptr, length);
    return ptr;
  }

  /** Canonical copy of `length` elements. */
  download(ptr: number, length: number): Uint32Array {
    const { arena } = this.#pool;
    return arena.scope(() => {
      const padded = Math.ceil(length / 4) * 4;
      const copy = arena.alloc(4 * padded);
      arena.u32(copy, length).set(arena.u32(ptr, length));
      this.fromMontgomery(copy, copy, padded);
      return arena.u32(copy, length).slice();
    });
  }

  #run(name: string, pointers: readonly number[], length: number): void {
    if (length % 4 !== 0) throw new RangeError(`"length" expected a multiple of 4, got ${length}`);
    const ranges = splitRange(length, this.#pool.threads, GRAIN);
    this.#pool.run(
      this.#module,
      name,
      ranges.map((range) => [...pointers, ...range]),
    );
  }
}
