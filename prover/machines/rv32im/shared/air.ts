/**
 * The adapters that instruction chips share: execution and program buses, memory accesses with their time order check,
 * carries, signs and pointers. Section 3.2 of the protocol.
 */
import type { AirBuilder } from '../../../air/chip.ts';
import type { Expr } from '../../../air/expression.ts';
import { inverse } from '../../../field/koalabear.ts';
import { BYTE_PAIR, EXECUTION, MEMORY, PROGRAM, RANGE } from '../buses.ts';

export const INVERSE_4 = inverse(4);
export const INVERSE_256 = inverse(256);
export const INVERSE_65536 = inverse(65536);

/** What Rom adds to the operation of an instruction that writes rd: more than any operation. */
export const WRITES = 256;

/** A 32-bit word as two 16-bit limbs, low limb first. */
export type Limbs = readonly [Expr, Expr];
/** The two columns of an order check: time of the previous access, low 16 bits of the gap. */
export type Order = readonly [Expr, Expr];
type Value = Expr | number;

/** Columns that every instruction chip begins with. */
export const STEP_COLUMNS = { pc: 'felt', time: 'felt' } as const;

export type Instruction = {
  /** 1 on rows that stand for an executed instruction, 0 on padding. */
  readonly real: Expr;
  readonly pc: Expr;
  readonly time: Expr;
  readonly operation: Value;
  /** What the program says of the instruction (registers by their addresses); 0 where the chip has no use of it. */
  readonly rd?: Value;
  readonly rs1?: Value;
  readonly rs2?: Value;
  readonly write?: Value;
  readonly immediate?: readonly [Value, Value];
  readonly extra?: Value;
  /** pc + 4 unless given. */
  readonly nextPc?: Expr;
};

/** Takes the step (pc, time) over, hands (next pc, time + 4) on, and looks the instruction up in the program. */
export function instruction(air: AirBuilder, i: Instruction): void {
  const { rd = 0, rs1 = 0, rs2 = 0, write = 0, immediate = [0, 0], extra = 0, nextPc = i.pc.add(4) } = i;
  air.receive(EXECUTION, i.real, [i.pc, i.time], 'execution: this step');
  air.send(EXECUTION, i.real, [nextPc, i.time.add(4)], 'execution: next step');
  const decoded = [i.pc, withWrite(air, i.operation, write), rd, rs1, rs2, ...immediate, extra];
  air.send(PROGRAM, i.real, decoded, 'program: the instruction');
}

/** The operation and whether it writes rd, as Rom has them in one felt. */
function withWrite(air: AirBuilder, operation: Value, write: Value): Expr {
  const both = typeof write === 'number' ? air.constant(write * WRITES) : write.mul(WRITES);
  return both.add(operation);
}

export type Access = {
  readonly name: string;
  readonly address: Value;
  readonly before: readonly [Value, Value];
  readonly after: readonly [Value, Value];
  readonly order: Order;
  /** Time of the access: time of the instruction + slot. */
  readonly at: Expr;
  /** 1 where the access takes place. */
  readonly active: Expr;
  /** 1 on every real row: the order check also holds for accesses that are off, whose gap is then free. */
  readonly real: Expr;
};

/**
 * One memory access. Returns the high part of its gap, gap = at - previous - 1 = low + 2^16 high, which the caller has to
 * prove a byte with `gapHighs`: then 0 <= gap < 2^24, and as all times are below 2^24, previous < at over the integers.
 */
export function access(air: AirBuilder, a: Access): Expr {
  const [previous, low] = a.order;
  air.receive(MEMORY, a.active, [a.address, ...a.before, previous], `memory: ${a.name} before`);
  air.send(MEMORY, a.active, [a.address, ...a.after, a.at], `memory: ${a.name} after`);
  air.send(RANGE, a.real, [low, 16], `range: ${a.name} gap low`);
  return a.at.sub(previous).sub(1).sub(low).mul(INVERSE_65536);
}

/**
 * Proves the high parts of two gaps to be bytes (a single one is paired with 0, or with any other byte).
 *
 * Soundness: the multiplicity is always `real`, never that of a conditional access: a pair that is dropped with one
 * access would drop the order check of the other.
 */
export function gapHighs(air: AirBuilder, real: Expr, pair: readonly [Expr, Value], label: string): void {
  air.send(BYTE_PAIR, real, pair, `byte pair: ${label} gap high`);
}

type RegisterAccess = {
  readonly name: string;
  /** Its address. */
  readonly register: Value;
  readonly value: Limbs;
  readonly order: Order;
  readonly at: Expr;
  readonly active?: Expr;
  readonly real: Expr;
};

/** Reads a register; see `access` for the result. */
export function readRegister(air: AirBuilder, r: RegisterAccess): Expr {
  return access(air, {
    name: r.name,
    address: r.register,
    before: r.value,
    after: r.value,
    order: r.order,
    at: r.at,
    active: r.active ?? r.real,
    real: r.real,
  });
}

/** Writes rd at slot 3; the caller proves both limbs of `value` to be 16-bit. See `access` for the result. */
export function writeRd(
  air: AirBuilder,
  r: {
    readonly rd: Expr;
    readonly before: Limbs;
    readonly value: readonly [Value, Value];
    readonly order: Order;
    readonly time: Expr;
    readonly active?: Expr;
    readonly real: Expr;
  },
): Expr {
  return access(air, {
    name: 'rd',
    address: r.rd,
    before: r.before,
    after: r.value,
    order: r.order,
    at: r.time.add(3),
    active: r.active ?? r.real,
    real: r.real,
  });
}

/** Looks up value < 2^bits. */
export function range(air: AirBuilder, multiplicity: Expr, value: Expr, bits: number, label: string): void {
  air.send(RANGE, multiplicity, [value, bits], `range: ${label}`);
}

/** Looks up two bytes. */
export function bytePair(air: AirBuilder, multiplicity: Expr, x: Value, y: Value, label: string): void {
  air.send(BYTE_PAIR, multiplicity, [x, y], `byte pair: ${label}`);
}

/** lo + 256 hi. */
export function join(lo: Expr, hi: Expr): Expr {
  return lo.add(hi.mul(256));
}

/**
 * The carries of x + y = z mod 2^32, limb by limb, as expressions: k0 = (x0+y0-z0)/2^16, k1 = (x1+y1+k0-z1)/2^16.
 * With 16-bit limbs, z = x + y mod 2^32 iff both are boolean.
 */
export function carries(x: Limbs, y: Limbs, z: Limbs): Limbs {
  const low = x[0].add(y[0]).sub(z[0]).mul(INVERSE_65536);
  const high = x[1].add(y[1]).add(low).sub(z[1]).mul(INVERSE_65536);
  return [low, high];
}

/** States z = x + y mod 2^32 for 16-bit limbs (the caller proves that z has 16-bit limbs). */
export function addition(air: AirBuilder, x: Limbs, y: Limbs, z: Limbs, label: string): void {
  const [low, high] = carries(x, y, z);
  air.bool(low, `${label}: low carry is boolean`);
  air.bool(high, `${label}: high carry is boolean`);
}

/**
 * Proves that `sign` is bit 15 of the 16-bit limb `limb` where `active`. The caller constrains `sign` to be boolean.
 */
export function signBit(air: AirBuilder, active: Expr, limb: Expr, sign: Expr, label: string): void {
  range(air, active, limb.sub(sign.mul(2 ** 15)), 15, label);
}

/**
 * Proves limbs to be a multiple of 4 below 2^30 and returns it divided by 4. `low` is the low limb without the bits that
 * the caller treats otherwise.
 */
export function wordAddress(air: AirBuilder, active: Expr, low: Expr, high: Expr, label: string): Expr {
  const quarter = low.mul(INVERSE_4);
  range(air, active, quarter, 14, `${label} low / 4`);
  range(air, active, high, 14, `${label} high`);
  return quarter.add(high.mul(2 ** 14));
}

export type SecondOperand = {
  readonly real: Expr;
  readonly isImmediate: Expr;
  readonly value: Limbs;
  readonly immediate: Limbs;
  readonly rs2: Expr;
  readonly order: Order;
  readonly time: Expr;
};

/** Second operand of Bitwise, Shift and LessThan: register rs2, or the immediate. See `access` for the result. */
export function secondOperand(air: AirBuilder, o: SecondOperand): Expr {
  const isRegister = o.real.sub(o.isImmediate);
  air.zero(o.isImmediate.mul(air.constant(1).sub(o.real)), 'immediate form only on real rows');
  for (const i of [0, 1] as const) {
    const immediate = o.immediate[i];
    air.zero(o.isImmediate.mul(o.value[i].sub(immediate)), `immediate form: limb ${i} of c is the immediate`);
    air.zero(air.constant(1).sub(o.isImmediate).mul(immediate), `register form: limb ${i} of the immediate is 0`);
  }
  return readRegister(air, {
    name: 'rs2',
    register: o.rs2,
    value: o.value,
    order: o.order,
    at: o.time.add(1),
    active: isRegister,
    real: o.real,
  });
}

/** Columns of a register-register chip that `rType` reads. */
export type RTypeRow = {
  readonly pc: Expr;
  readonly time: Expr;
  readonly rd: Expr;
  readonly rs1: Expr;
  readonly rs2: Expr;
  readonly rs1Order: Order;
  readonly rs2Order: Order;
  readonly rdBefore: Limbs;
  readonly rdOrder: Order;
};

export type RType = {
  readonly real: Expr;
  readonly operation: Value;
  /** The operands x[rs1] and x[rs2], and the result; the caller proves both limbs of the result to be 16-bit. */
  readonly b: Limbs;
  readonly c: Limbs;
  readonly a: readonly [Value, Value];
  /** Columns of the second form, whose second operand is an immediate. */
  readonly form?: { readonly isImmediate: Expr; readonly immediate: Limbs };
  /** A byte to be proved one together with the gap of rd, and what both are called. */
  readonly pair?: readonly [byte: Expr, label: string];
};

/** An instruction that reads rs1 and rs2 (or an immediate) and always writes rd: its step and its three accesses. */
export function rType(air: AirBuilder, row: RTypeRow, r: RType): void {
  const { pc, time, rd, rs1, rs2 } = row;
  const { real, operation, b, c, a, form, pair = [0, 'rd'] } = r;
  const immediate = form?.immediate ?? [0, 0];
  instruction(air, { real, pc, time, operation, rd, rs1, rs2, write: 1, immediate });
  const rs1High = readRegister(air, { name: 'rs1', register: rs1, value: b, order: row.rs1Order, at: time, real });
  const order = row.rs2Order;
  const rs2High =
    form === undefined
      ? readRegister(air, { name: 'rs2', register: rs2, value: c, order, at: time.add(1), real })
      : secondOperand(air, { ...form, real, value: c, rs2, order, time });
  const rdHigh = writeRd(air, { rd, before: row.rdBefore, value: a, order: row.rdOrder, time, real });
  gapHighs(air, real, [rs1High, rs2High], 'rs1, rs2');
  gapHighs(air, real, [rdHigh, pair[0]], pair[1]);
}

/** Sum of expressions. */
export function sum(first: Expr, ...rest: readonly Expr[]): Expr {
  return rest.reduce((total, term) => total.add(term), first);
}
