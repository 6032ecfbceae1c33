/**
 * The Poseidon2-BN-8 permutation as 370 constraints: 3 for each of 121 S-boxes and 7 that make the state explicit after the
 * partial rounds.
 *
 * x^5 = y is x*x = x2, x2*x2 = x4, x4*x = y. Instead of y the *next S-box input* is allocated, and y, an affine function of
 * it and of earlier wires, stands in matrix C, which costs nothing in the proving key.
 */
import { R, inverse, mod } from '../../../field/bn254.ts';
import { DIAGONAL, EXTERNAL, PARTIAL_ROUNDS, WIDTH, permute, roundConstants } from '../../../hash/poseidon2-bn254.ts';
import { type Linear, addLinear, constLinear, isConst } from './linear.ts';
import type { ConstraintSystem } from './system.ts';

const LANES = Array.from({ length: WIDTH }, (_, i) => i);

/** EXTERNAL^-1 mod r by Gauss-Jordan elimination. */
const EXTERNAL_INVERSE: readonly (readonly bigint[])[] = (() => {
  const rows = EXTERNAL.map((row, i) => [...row.map(mod), ...LANES.map((j) => (i === j ? 1n : 0n))]);
  for (const c of LANES) {
    const pivot = rows.findIndex((row, i) => i >= c && row[c] !== 0n);
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const scale = inverse(rows[c]![c]!);
    rows[c] = rows[c]!.map((x) => (x * scale) % R);
    for (const i of LANES) {
      const factor = rows[i]![c]!;
      if (i !== c && factor !== 0n) rows[i] = rows[i]!.map((x, k) => mod(x - factor * rows[c]![k]!));
    }
  }
  return rows.map((row) => row.slice(WIDTH));
})();

/** An affine form in the wires of the partial rounds: lanes 1..7 at their start, then the S-box inputs 1, 2, .... */
type Affine = { readonly coeffs: readonly bigint[]; readonly constant: bigint };

/** S-box outputs y_k of the partial rounds, and lanes 1..7 after them. */
const PARTIAL_FORMS: { readonly outputs: readonly Affine[]; readonly final: readonly Affine[] } = (() => {
  const { partial, last } = roundConstants();
  const size = WIDTH - 1 + PARTIAL_ROUNDS;
  const unit = (at: number): bigint[] => Array.from({ length: size }, (_, i) => (i === at ? 1n : 0n));
  const combine = (parts: readonly (readonly [bigint, Affine])[]): Affine => ({
    coeffs: Array.from({ length: size }, (_, i) => mod(parts.reduce((s, [k, f]) => s + k * f.coeffs[i]!, 0n))),
    constant: mod(parts.reduce((s, [k, f]) => s + k * f.constant, 0n)),
  });
  const scale = inverse(1n + DIAGONAL[0]!);
  const outputs: Affine[] = [];
  let lanes: Affine[] = LANES.slice(1).map((i) => ({ coeffs: unit(i - 1), constant: 0n }));
  for (let k = 0; k < PARTIAL_ROUNDS; k++) {
    // Next S-box input x' = (1 + mu_0)*y + sum_{j>=1} s_j + rc'.
    const rc = partial[k + 1] ?? last[0]![0]!;
    const next: Affine = { coeffs: unit(WIDTH - 1 + k), constant: mod(-rc) };
    const y = combine([[scale, next], ...lanes.map((lane) => [mod(-scale), lane] as const)]);
    outputs.push(y);
    const sum = combine([[1n, y], ...lanes.map((lane) => [1n, lane] as const)]);
    lanes = lanes.map((lane, i) =>
      combine([
        [1n, sum],
        [DIAGONAL[i + 1]!, lane],
      ]),
    );
  }
  return { outputs, final: lanes };
})();

/** A row of C prepared for one system: coefficient indices, in the order of the wires given at use. */
type Template = { readonly coeffs: Uint32Array; readonly constant: number };

type Templates = {
  readonly fullFirst: readonly (readonly Template[])[];
  readonly intoPartial: readonly Template[];
  readonly partial: readonly Template[];
  readonly final: readonly Template[];
  readonly fullLast: readonly (readonly Template[])[];
  readonly one: number;
};

const prepared = new WeakMap<ConstraintSystem, Templates>();

function templatesOf(system: ConstraintSystem): Templates {
  const known = prepared.get(system);
  if (known !== undefined) return known;
  const { first, partial, last } = roundConstants();
  const template = (coeffs: readonly bigint[], constant: bigint): Template => ({
    coeffs: Uint32Array.from(coeffs, (c) => system.intern(c)),
    constant: constant === 0n ? -1 : system.intern(constant),
  });
  // y_i = sum_j Einv[i][j] (x'_j - rc'_j).
  const inverseRow = (rc: readonly bigint[]): Template[] =>
    EXTERNAL_INVERSE.map((row) => template(row, mod(-row.reduce((s, e, j) => s + e * (rc[j] ?? 0n), 0n))));
  const built: Templates = {
    fullFirst: first.slice(1).map(inverseRow),
    intoPartial: inverseRow([partial[0]!]),
    partial: PARTIAL_FORMS.outputs.map((f, k) => template(f.coeffs.slice(0, WIDTH + k), f.constant)),
    final: PARTIAL_FORMS.final.map((f, i) => template(f.coeffs, mod(f.constant + last[0]![i + 1]!))),
    fullLast: [...last.slice(1).map(inverseRow), inverseRow([])],
    one: system.intern(1n),
  };
  prepared.set(system, built);
  return built;
}

/** Terms beyond which a first S-box input gets a wire of its own instead of being repeated in A and B. */
const MAX_INPUT_TERMS = 10;

/** Permutes eight scalars; the outputs are wires. Constant states are permuted outside the circuit. */
export function permuteCircuit(system: ConstraintSystem, inputs: readonly Linear[]): Linear[] {
  if (inputs.length !== WIDTH) throw new RangeError(`"inputs" expected ${WIDTH} scalars, got ${inputs.length}`);
  if (inputs.every(isConst)) return permute(inputs.map((x) => x.value)).map(constLinear);
  const t = templatesOf(system);
  const { first, partial, last } = roundConstants();
  const bound = inputs.every((x) => system.isBound(x));
  const wire = (value: bigint): number => (bound ? system.allocate(value) : system.allocateLate(value));
  const input = (w: number, value: bigint): Linear => ({ wires: [w], coeffs: [1n], constant: 0n, value });

  /** x2 = x*x, x4 = x2*x2; then opens x4*x = ..., whose C row the caller ends. Returns x^5. */
  const startSbox = (x: Linear): bigint => {
    const square = (x.value * x.value) % R;
    const fourth = (square * square) % R;
    const x2 = wire(square);
    const x4 = wire(fourth);
    system.pushLinear('a', x);
    system.pushLinear('b', x);
    system.pushTerm('c', x2, t.one);
    system.endConstraint();
    system.pushTerm('a', x2, t.one);
    system.pushTerm('b', x2, t.one);
    system.pushTerm('c', x4, t.one);
    system.endConstraint();
    system.pushTerm('a', x4, t.one);
    system.pushLinear('b', x);
    return (fourth * x.value) % R;
  };
  const endWith = (template: Template, wires: readonly number[]): void => {
    if (template.constant >= 0) system.pushTerm('c', 0, template.constant);
    for (let i = 0; i < template.coeffs.length; i++) system.pushTerm('c', wires[i]!, template.coeffs[i]!);
    system.endConstraint();
  };
  /** One full round: S-boxes on `xs`, then wires for M_E*y + rc. */
  const fullRound = (xs: readonly Linear[], templates: readonly Template[], rc: readonly bigint[]): Linear[] => {
    const outputs = xs.map((x) => {
      const fourth = x.value ** 4n % R;
      return (fourth * x.value) % R;
    });
    const next = EXTERNAL.map((row, i) => mod(row.reduce((s, m, j) => s + m * outputs[j]!, 0n) + (rc[i] ?? 0n)));
    const wires = next.map(wire);
    for (const [i, x] of xs.entries()) {
      startSbox(x);
      endWith(templates[i]!, wires);
    }
    return wires.map((w, i) => input(w, next[i]!));
  };

  let xs: Linear[] = firstInputs(system, inputs, first[0]!);
  for (let k = 1; k < first.length; k++) xs = fullRound(xs, t.fullFirst[k - 1]!, first[k]!);
  const state = fullRound(xs, t.intoPartial, [partial[0]!]);

  const basis = state.slice(1).map((s) => s.wires[0]!);
  let lanes = state.slice(1).map((s) => s.value);
  let x = state[0]!;
  for (let k = 0; k < PARTIAL_ROUNDS; k++) {
    const y = startSbox(x);
    let sum = y;
    for (const lane of lanes) sum += lane;
    const nextValue = mod(sum + DIAGONAL[0]! * y + (partial[k + 1] ?? last[0]![0]!));
    lanes = lanes.map((lane, i) => (sum + DIAGONAL[i + 1]! * lane) % R);
    const next = wire(nextValue);
    basis.push(next);
    endWith(t.partial[k]!, basis);
    x = input(next, nextValue);
  }
  xs = [x];
  for (const [i, lane] of lanes.entries()) {
    const value = mod(lane + last[0]![i + 1]!);
    const w = wire(value);
    system.pushTerm('a', w, t.one);
    system.pushTerm('b', 0, t.one);
    endWith(t.final[i]!, basis);
    xs.push(input(w, value));
  }
  for (let k = 0; k < last.length; k++) xs = fullRound(xs, t.fullLast[k]!, last[k + 1] ?? []);
  return xs;
}

/** M_E*inputs + rc: as expressions if short, else as wires (one constraint each). */
function firstInputs(system: ConstraintSystem, inputs: readonly Linear[], rc: readonly bigint[]): Linear[] {
  const mixed = EXTERNAL.map((row, i) =>
    row.reduce((sum, m, j) => addLinear(sum, scaleLinear(inputs[j]!, m)), constLinear(rc[i]!)),
  );
  if (mixed.every((x) => x.wires.length <= MAX_INPUT_TERMS)) return mixed;
  return mixed.map((x) => materialise(system, x));
}

function scaleLinear(a: Linear, k: bigint): Linear {
  return {
    wires: a.wires,
    coeffs: a.coeffs.map((c) => mod(c * k)),
    constant: mod(a.constant * k),
    value: mod(a.value * k),
  };
}

/** A wire equal to an expression: one constraint whose combination stands in C. */
export function materialise(system: ConstraintSystem, a: Linear): Linear {
  if (isConst(a) || (a.wires.length === 1 && a.coeffs[0] === 1n && a.constant === 0n)) return a;
  const value = mod(a.value);
  const wire: Linear = { wires: [system.allocateFrom(value, a)], coeffs: [1n], constant: 0n, value };
  system.enforce(wire, constLinear(1n), { ...a, value }, 'definition of a wire');
  return wire;
}

/** Eight scalars to one with feed-forward; missing children are 0. */
export function compressCircuit(system: ConstraintSystem, children: readonly Linear[]): Linear {
  const state = LANES.map((i) => children[i] ?? constLinear(0n));
  return addLinear(permuteCircuit(system, state)[0]!, state[0]!);
}
