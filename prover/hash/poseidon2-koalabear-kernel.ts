/**
 * Poseidon2-KB-16 on four independent states at once, as a macro over the emitter; lane k of the sixteen vectors is one
 * state. Rounds are loops over a table of constants in memory, so that the code stays small enough for the pool's
 * compiler to be quick. Twin: `permute` of poseidon2-koalabear.ts. Source: ePrint 2023/323.
 */
import type { LaneField } from '../field/koalabear-kernel.ts';
import { P } from '../field/koalabear.ts';
import { toMontgomery } from '../field/montgomery.ts';
import type { FunctionBuilder, Local } from '../wasm/emitter.ts';
import { type I32, type V128, i32, i32x4, v128 } from '../wasm/instructions.ts';
import {
  FIRST_CONSTANTS,
  FULL_ROUNDS,
  LAST_CONSTANTS,
  PARTIAL_CONSTANTS,
  PARTIAL_ROUNDS,
  WIDTH,
} from './poseidon2-koalabear.ts';

const FULL_BYTES = (FULL_ROUNDS / 2) * WIDTH * 4;
const PARTIAL_BYTES = PARTIAL_ROUNDS * 4;

/**
 * The table the macro reads: constants of the first full rounds, the partial rounds and the last full rounds, each as
 * Montgomery form minus p (a negative 32-bit integer): adding it to a canonical lane gives a signed lane at once.
 */
export function roundConstantTable(): Int32Array {
  const ordered = [...FIRST_CONSTANTS.flat(), ...PARTIAL_CONSTANTS, ...LAST_CONSTANTS.flat()];
  return Int32Array.from(ordered, (constant) => toMontgomery(constant) - P);
}

export class PermutationLanes {
  readonly #f: FunctionBuilder;
  readonly #field: LaneField;
  readonly #table: I32;
  readonly #state: readonly Local<'v128'>[];

  /** `table` is the byte offset of `roundConstantTable` in memory. */
  constructor(f: FunctionBuilder, field: LaneField, table: I32) {
    this.#f = f;
    this.#field = field;
    this.#table = table;
    this.#state = Array.from({ length: WIDTH }, () => f.local('v128'));
  }

  /** The sixteen state vectors, canonical Montgomery lanes. */
  get state(): readonly Local<'v128'>[] {
    return this.#state;
  }

  /** Emits one permutation of the state, in place. */
  permute(): void {
    const f = this.#f;
    const fullRounds = (from: number): void => {
      const start = i32.add(this.#table, i32.const(from));
      const end = f.let(i32.add(this.#table, i32.const(from + FULL_BYTES)));
      f.for(start, end, WIDTH * 4, (at) => {
        for (const [i, lane] of this.#state.entries()) this.#addCube(lane, v128.load32Splat(at, 4 * i));
        this.#external();
      });
    };
    this.#external();
    fullRounds(0);
    const partialEnd = f.let(i32.add(this.#table, i32.const(FULL_BYTES + PARTIAL_BYTES)));
    f.for(i32.add(this.#table, i32.const(FULL_BYTES)), partialEnd, 4, (at) => {
      this.#addCube(this.#lane(0), v128.load32Splat(at));
      this.#internal();
    });
    fullRounds(FULL_BYTES + PARTIAL_BYTES);
  }

  #lane(i: number): Local<'v128'> {
    const lane = this.#state[i];
    if (lane === undefined) throw new RangeError(`"i" expected 0..${WIDTH - 1}, got ${i}`);
    return lane;
  }

  /** x <- (x + constant)^3. x - p + c is signed, and so is its square; only the cube is made canonical. */
  #addCube(lane: Local<'v128'>, constantMinusP: V128): void {
    const x = this.#f.let(i32x4.add(lane, constantMinusP));
    const square = this.#field.mulSigned(x, x);
    this.#f.set(lane, this.#field.mul(square, x));
  }

  /** circ(2*M4, M4, M4, M4), M4 = circ(2, 3, 1, 1): row sum + own + twice the next, then the sum of the quarters. */
  #external(): void {
    const field = this.#field;
    const quarters = [0, 4, 8, 12].map((base) => {
      const [a, b, c, d] = [this.#lane(base), this.#lane(base + 1), this.#lane(base + 2), this.#lane(base + 3)];
      const ab = field.add(a, b);
      const cd = field.add(c, d);
      const all = field.add(ab, cd);
      const withB = field.add(all, b);
      const withD = field.add(all, d);
      // sum + a + 2b, sum + b + 2c, sum + c + 2d, sum + d + 2a
      return [
        field.add(withB, ab),
        field.add(withB, field.add(c, c)),
        field.add(withD, cd),
        field.add(withD, field.add(a, a)),
      ] as const;
    });
    const [q0, q1, q2, q3] = quarters;
    if (q0 === undefined || q1 === undefined || q2 === undefined || q3 === undefined) return;
    for (const i of [0, 1, 2, 3] as const) {
      const sum = field.add(field.add(q0[i], q1[i]), field.add(q2[i], q3[i]));
      for (const [k, quarter] of [q0, q1, q2, q3].entries()) {
        this.#f.set(this.#lane(4 * k + i), field.add(quarter[i], sum));
      }
    }
  }

  /** J + diag(-2, 1, 2, 1/2, 3, 4, -1/2, -3, -4, 2^-8, 2^-3, 2^-24, -2^-8, -2^-3, -2^-4, -2^-24). */
  #internal(): void {
    const { add, sub } = this.#bound();
    // Lane 0 comes last out of the S-box, so it is added last.
    let layer: V128[] = this.#state.slice(1);
    while (layer.length > 1) {
      const next: V128[] = [];
      for (let i = 0; i + 1 < layer.length; i += 2) next.push(add(layer[i] as V128, layer[i + 1] as V128));
      if (layer.length % 2 === 1) next.push(layer[layer.length - 1] as V128);
      layer = next;
    }
    const sum = add(layer[0] as V128, this.#lane(0));
    const double = (x: V128): V128 => add(x, x);
    const update = (i: number, value: V128): void => this.#f.set(this.#lane(i), value);
    const x = (i: number): V128 => this.#lane(i);
    update(0, sub(sub(sum, x(0)), x(0)));
    update(1, add(sum, x(1)));
    update(2, add(sum, double(x(2))));
    update(3, this.#addShifted(sum, x(3), 1));
    update(4, add(add(sum, x(4)), double(x(4))));
    update(5, add(sum, double(double(x(5)))));
    update(6, this.#subShifted(sum, x(6), 1));
    update(7, sub(sub(sum, x(7)), double(x(7))));
    update(8, sub(sum, double(double(x(8)))));
    update(9, this.#addShifted(sum, x(9), 8));
    update(10, this.#addShifted(sum, x(10), 3));
    update(11, this.#addShifted(sum, x(11), 24));
    update(12, this.#subShifted(sum, x(12), 8));
    update(13, this.#subShifted(sum, x(13), 3));
    update(14, this.#subShifted(sum, x(14), 4));
    update(15, this.#subShifted(sum, x(15), 24));
  }

  #bound(): { add: (a: V128, b: V128) => V128; sub: (a: V128, b: V128) => V128 } {
    return { add: (a, b) => this.#field.add(a, b), sub: (a, b) => this.#field.sub(a, b) };
  }

  /**
   * The two parts of x*2^-k = high - low: p = 1 + 127*2^24, so x = 2^k*h + l gives (x - l*p)/2^k = h - l*127*2^(24-k),
   * for k <= 24. Both parts are canonical. With y = l*2^(32-k), low = y/2 - y/256; shifts need no constants in registers.
   */
  #shifted(x: V128, k: number): { high: V128; low: V128 } {
    const y = this.#f.let(i32x4.shl(x, i32.const(32 - k)));
    return {
      high: i32x4.shrU(x, i32.const(k)),
      low: this.#f.let(i32x4.sub(i32x4.shrU(y, i32.const(1)), i32x4.shrU(y, i32.const(8)))),
    };
  }

  #addShifted(sum: V128, x: V128, k: number): V128 {
    const { high, low } = this.#shifted(x, k);
    return this.#field.add(this.#field.sub(sum, low), high);
  }

  #subShifted(sum: V128, x: V128, k: number): V128 {
    const { high, low } = this.#shifted(x, k);
    return this.#field.add(this.#field.sub(sum, high), low);
  }
}
