/**
 * Builds WebAssembly modules from typed expressions. Every module imports one shared memory (`env.memory`) and the
 * byte offset of a scratch region private to the thread (`env.scratch`), exports its functions, and has no state of
 * its own: kernels are pure functions of (pointers, counts). There is no optimiser: an expression is emitted as
 * written, so values used twice belong in a local (`let`), and loop-invariant splats in a local before the loop.
 */
import { type Code, flatten, nameBytes, sized, unsignedLeb, vectorOf } from './encoding.ts';
import { type Expr, type I32, type V128, type ValueType, i32 } from './instructions.ts';

/** A local variable; as an expression it is its present value. */
export type Local<T extends ValueType> = Expr<T> & { readonly index: number };

type Parameters = Readonly<Record<string, ValueType>>;
type Arguments<P extends Parameters> = { readonly [K in keyof P]: Local<P[K]> };

/** A function of the module under construction, for direct calls. */
export type FunctionRef<P extends Parameters, R extends ValueType | undefined> = {
  readonly index: number;
  readonly parameters: P;
  readonly result: R;
};

const TYPE_BYTE: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b };
const MAX_PAGES = 65536;

/** Index of the imported global `env.scratch`. */
const SCRATCH_GLOBAL = 0;

/** Emits the statements of one function body, in order. */
export class FunctionBuilder {
  readonly #types: ValueType[];
  #code: Code[] = [];

  constructor(parameterTypes: readonly ValueType[]) {
    this.#types = [...parameterTypes];
  }

  /** Byte offset of this thread's scratch region. */
  readonly scratch: I32 = { type: 'i32', code: [0x23, unsignedLeb(SCRATCH_GLOBAL)] };

  /** A new local, zero at function entry. */
  local<T extends ValueType>(type: T): Local<T> {
    const index = this.#types.length;
    this.#types.push(type);
    return { type, index, code: [0x20, unsignedLeb(index)] };
  }

  /** Evaluates `value` now and keeps it in a new local. */
  let<T extends ValueType>(value: Expr<T>): Local<T> {
    const local = this.local(value.type);
    this.set(local, value);
    return local;
  }

  set<T extends ValueType>(local: Local<T>, value: Expr<T>): void {
    this.#code.push([value.code, 0x21, unsignedLeb(local.index)]);
  }

  /** local += amount. */
  increment(local: Local<'i32'>, amount: I32 | number): void {
    this.set(local, i32.add(local, typeof amount === 'number' ? i32.const(amount) : amount));
  }

  storeI32(ptr: I32, value: I32, offset = 0): void {
    this.#code.push([ptr.code, value.code, 0x36, 2, unsignedLeb(offset)]);
  }

  storeV128(ptr: I32, value: V128, offset = 0): void {
    this.#code.push([ptr.code, value.code, 0xfd, 11, 2, unsignedLeb(offset)]);
  }

  /** Stores one 32-bit lane. */
  storeLane32(ptr: I32, value: V128, lane: number, offset = 0): void {
    this.#code.push([ptr.code, value.code, 0xfd, 90, 2, unsignedLeb(offset), lane]);
  }

  /** Stores one 64-bit lane. */
  storeLane64(ptr: I32, value: V128, lane: number, offset = 0): void {
    this.#code.push([ptr.code, value.code, 0xfd, 91, 2, unsignedLeb(offset), lane]);
  }

  /** Runs `body` while `condition`, tested before each turn. */
  while(condition: () => I32, body: () => void): void {
    this.if(condition(), () => {
      const inside = this.#capture(() => {
        body();
        this.#code.push([condition().code, 0x0d, 0]);
      });
      this.#code.push([0x03, 0x40, inside, 0x0b]);
    });
  }

  /** for (i = start; i < end; i += step), unsigned; `end` and `step` are evaluated every turn, so pass locals. */
  for(start: I32, end: I32, step: I32 | number, body: (i: Local<'i32'>) => void): void {
    const i = this.let(start);
    this.while(
      () => i32.ltU(i, end),
      () => {
        body(i);
        this.increment(i, step);
      },
    );
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    const first = this.#capture(then);
    const second = otherwise === undefined ? [] : [0x05, this.#capture(otherwise)];
    this.#code.push([condition.code, 0x04, 0x40, first, second, 0x0b]);
  }

  /** Returns from a function without a result. */
  return(): void {
    this.#code.push([0x0f]);
  }

  /** Calls a function of this module that has no result. */
  call<P extends Parameters>(target: FunctionRef<P, undefined>, values: { readonly [K in keyof P]: Expr<P[K]> }): void {
    this.#code.push([
      Object.keys(target.parameters).map((name) => values[name]?.code ?? []),
      0x10,
      unsignedLeb(target.index),
    ]);
  }

  /** The finished body: local declarations and code. For `ModuleBuilder`. */
  finish(parameterCount: number, result: Code): Code {
    const declarations = this.#types.slice(parameterCount).map((type) => [1, TYPE_BYTE[type]]);
    return sized([vectorOf(declarations), this.#code, result, 0x0b]);
  }

  #capture(body: () => void): Code {
    const outer = this.#code;
    const inner: Code[] = [];
    this.#code = inner;
    body();
    this.#code = outer;
    return inner;
  }
}

/** Collects functions and encodes the module. */
export class ModuleBuilder {
  readonly #types: Code[] = [];
  readonly #bodies: Code[] = [];
  readonly #exports: Code[] = [];

  /**
   * Adds and exports a function. `body` emits its statements and returns its result expression, if it has one.
   * Parameters are passed in the order of the keys of `parameters`.
   */
  func<const P extends Parameters, R extends ValueType | undefined = undefined>(
    name: string,
    parameters: P,
    body: (f: FunctionBuilder, args: Arguments<P>) => (R extends ValueType ? Expr<R> : undefined) | void,
  ): FunctionRef<P, R> {
    const types = Object.values(parameters);
    const f = new FunctionBuilder(types);
    const entries = Object.entries(parameters).map(([key, type], index) => [
      key,
      { type, index, code: [0x20, unsignedLeb(index)] },
    ]);
    // fromEntries forgets that each key keeps its own type; the entries above follow `parameters` one to one.
    const result = body(f, Object.fromEntries(entries) as Arguments<P>) as Expr<ValueType> | undefined;
    const index = this.#bodies.length;
    const resultTypes = result === undefined ? [] : [[TYPE_BYTE[result.type]]];
    this.#types.push([0x60, vectorOf(types.map((type) => [TYPE_BYTE[type]])), vectorOf(resultTypes)]);
    this.#bodies.push(f.finish(types.length, result?.code ?? []));
    this.#exports.push([nameBytes(name), 0x00, unsignedLeb(index)]);
    return { index, parameters, result: result?.type as R };
  }

  /** The binary module. */
  bytes(): Uint8Array<ArrayBuffer> {
    const memory = [nameBytes('env'), nameBytes('memory'), 0x02, 0x03, unsignedLeb(1), unsignedLeb(MAX_PAGES)];
    const scratch = [nameBytes('env'), nameBytes('scratch'), 0x03, TYPE_BYTE.i32, 0x00];
    const section = (id: number, items: readonly Code[]): Code => [id, sized(vectorOf(items))];
    return Uint8Array.from(
      flatten([
        [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
        section(1, this.#types),
        section(2, [memory, scratch]),
        section(
          3,
          this.#bodies.map((_, index) => unsignedLeb(index)),
        ),
        section(7, this.#exports),
        section(10, this.#bodies),
      ]),
    );
  }
}
