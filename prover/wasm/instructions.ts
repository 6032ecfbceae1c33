/**
 * The WebAssembly instructions our kernels use, as functions from typed expressions to typed expressions. An operand of
 * the wrong WebAssembly type does not compile. Nothing here has side effects; stores and control flow belong to
 * `FunctionBuilder`. Source: WebAssembly core specification 2.0, section 5.4 (instructions), with fixed-width SIMD.
 */
import { type Code, signedLeb, unsignedLeb } from './encoding.ts';

export type ValueType = 'i32' | 'i64' | 'f64' | 'v128';

/** Code that leaves exactly one value of type T on the stack. */
export type Expr<T extends ValueType> = { readonly type: T; readonly code: Code };
export type I32 = Expr<'i32'>;
export type I64 = Expr<'i64'>;
export type V128 = Expr<'v128'>;

const SIMD = 0xfd;

function simd(opcode: number): Code {
  return [SIMD, ...unsignedLeb(opcode)];
}

/** An instruction with two operands of type A and a result of type R. */
function binary<A extends ValueType, R extends ValueType>(result: R, opcode: Code) {
  return (left: Expr<A>, right: Expr<A>): Expr<R> => ({ type: result, code: [left.code, right.code, opcode] });
}

function unary<A extends ValueType, R extends ValueType>(result: R, opcode: Code) {
  return (operand: Expr<A>): Expr<R> => ({ type: result, code: [operand.code, opcode] });
}

/** A lane shift: vector and an i32 amount. */
function shift(opcode: number) {
  return (operand: V128, amount: I32): V128 => ({ type: 'v128', code: [operand.code, amount.code, simd(opcode)] });
}

function load<R extends ValueType>(result: R, opcode: Code, logAlign: number) {
  return (ptr: I32, offset = 0): Expr<R> => ({ type: result, code: [ptr.code, opcode, logAlign, unsignedLeb(offset)] });
}

export const i32 = {
  const: (value: number): I32 => ({ type: 'i32', code: [0x41, signedLeb(BigInt(value | 0))] }),
  load: load('i32', [0x28], 2),
  add: binary<'i32', 'i32'>('i32', [0x6a]),
  sub: binary<'i32', 'i32'>('i32', [0x6b]),
  mul: binary<'i32', 'i32'>('i32', [0x6c]),
  and: binary<'i32', 'i32'>('i32', [0x71]),
  or: binary<'i32', 'i32'>('i32', [0x72]),
  xor: binary<'i32', 'i32'>('i32', [0x73]),
  shl: binary<'i32', 'i32'>('i32', [0x74]),
  shrU: binary<'i32', 'i32'>('i32', [0x76]),
  eq: binary<'i32', 'i32'>('i32', [0x46]),
  ne: binary<'i32', 'i32'>('i32', [0x47]),
  ltU: binary<'i32', 'i32'>('i32', [0x49]),
  gtU: binary<'i32', 'i32'>('i32', [0x4b]),
  geU: binary<'i32', 'i32'>('i32', [0x4f]),
  eqz: unary<'i32', 'i32'>('i32', [0x45]),
  clz: unary<'i32', 'i32'>('i32', [0x67]),
  ctz: unary<'i32', 'i32'>('i32', [0x68]),
  wrapI64: unary<'i64', 'i32'>('i32', [0xa7]),
};

export const i64 = {
  const: (value: bigint): I64 => ({ type: 'i64', code: [0x42, signedLeb(BigInt.asIntN(64, value))] }),
  load: load('i64', [0x29], 3),
  add: binary<'i64', 'i64'>('i64', [0x7c]),
  sub: binary<'i64', 'i64'>('i64', [0x7d]),
  mul: binary<'i64', 'i64'>('i64', [0x7e]),
  and: binary<'i64', 'i64'>('i64', [0x83]),
  or: binary<'i64', 'i64'>('i64', [0x84]),
  shl: binary<'i64', 'i64'>('i64', [0x86]),
  shrU: binary<'i64', 'i64'>('i64', [0x88]),
  extendI32U: unary<'i32', 'i64'>('i64', [0xad]),
  extendI32S: unary<'i32', 'i64'>('i64', [0xac]),
};

export const v128 = {
  load: load('v128', simd(0), 2),
  /** Loads two 32-bit words, each zero-extended to a 64-bit lane. */
  load32x2U: load('v128', simd(6), 2),
  /** Loads 64 bits and copies them to both lanes. */
  load64Splat: load('v128', simd(10), 2),
  /** Replaces one 64-bit lane of `operand` by eight bytes of memory. */
  load64Lane: (ptr: I32, operand: V128, lane: number, offset = 0): V128 => ({
    type: 'v128',
    code: [ptr.code, operand.code, simd(87), 2, unsignedLeb(offset), lane],
  }),
  /** Loads 32 bits and copies them to the four lanes. */
  load32Splat: load('v128', simd(9), 2),
  and: binary<'v128', 'v128'>('v128', simd(78)),
  andnot: binary<'v128', 'v128'>('v128', simd(79)),
  or: binary<'v128', 'v128'>('v128', simd(80)),
  xor: binary<'v128', 'v128'>('v128', simd(81)),
  anyTrue: unary<'v128', 'i32'>('i32', simd(83)),
  /** A constant vector. Keep it out of loops: hold it in a local made before the loop. */
  const32: (lanes: readonly [number, number, number, number]): V128 => ({
    type: 'v128',
    code: [simd(12), lanes.map((lane) => [lane & 255, (lane >>> 8) & 255, (lane >>> 16) & 255, lane >>> 24])],
  }),
  bitselect: (whenOne: V128, whenZero: V128, mask: V128): V128 => ({
    type: 'v128',
    code: [whenOne.code, whenZero.code, mask.code, simd(82)],
  }),
  /** 32-bit lanes chosen from the eight lanes of `left` (0..3) and `right` (4..7). */
  shuffle32: (left: V128, right: V128, lanes: readonly [number, number, number, number]): V128 => ({
    type: 'v128',
    code: [left.code, right.code, simd(13), lanes.map((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3])],
  }),
};

export const i32x4 = {
  splat: unary<'i32', 'v128'>('v128', simd(17)),
  extractLane: (operand: V128, lane: number): I32 => ({ type: 'i32', code: [operand.code, simd(27), lane] }),
  eq: binary<'v128', 'v128'>('v128', simd(55)),
  gtS: binary<'v128', 'v128'>('v128', simd(59)),
  bitmask: unary<'v128', 'i32'>('i32', simd(164)),
  shl: shift(171),
  shrS: shift(172),
  shrU: shift(173),
  add: binary<'v128', 'v128'>('v128', simd(174)),
  sub: binary<'v128', 'v128'>('v128', simd(177)),
  mul: binary<'v128', 'v128'>('v128', simd(181)),
  minU: binary<'v128', 'v128'>('v128', simd(183)),
};

export const i64x2 = {
  splat: unary<'i64', 'v128'>('v128', simd(18)),
  extractLane: (operand: V128, lane: number): I64 => ({ type: 'i64', code: [operand.code, simd(29), lane] }),
  shl: shift(203),
  shrU: shift(205),
  add: binary<'v128', 'v128'>('v128', simd(206)),
  sub: binary<'v128', 'v128'>('v128', simd(209)),
  mul: binary<'v128', 'v128'>('v128', simd(213)),
  eq: binary<'v128', 'v128'>('v128', simd(214)),
  bitmask: unary<'v128', 'i32'>('i32', simd(196)),
  extmulLowS: binary<'v128', 'v128'>('v128', simd(220)),
  extmulHighS: binary<'v128', 'v128'>('v128', simd(221)),
  extmulLowU: binary<'v128', 'v128'>('v128', simd(222)),
  extmulHighU: binary<'v128', 'v128'>('v128', simd(223)),
};

export const f64x2 = {
  add: binary<'v128', 'v128'>('v128', simd(240)),
  sub: binary<'v128', 'v128'>('v128', simd(241)),
  mul: binary<'v128', 'v128'>('v128', simd(242)),
  /** a*b + c, rounded once or twice as the machine likes: test it at start. Source: relaxed SIMD, WebAssembly 3.0. */
  relaxedMadd: (a: V128, b: V128, c: V128): V128 => ({ type: 'v128', code: [a.code, b.code, c.code, simd(0x107)] }),
};
