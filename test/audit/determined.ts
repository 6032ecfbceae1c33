/**
 * Which wires of a constraint system are the prover's to choose: constraints are read as equations at the honest witness, and
 * a wire is learnt when one equation (or as many independent linear ones as unknowns) leaves it a single value. When nothing
 * more follows, the lowest unknown wire is declared free and the search goes on. Public inputs are never declared free.
 *
 * Bits are learnt from a decomposition: unknown booleans whose coefficients are distinct powers of two.
 */
import { inverse, mod } from '../../prover/field/bn254.ts';
import type { ConstraintSystem, SparseMatrix } from '../../prover/groth16/circuit/r1cs/system.ts';

export type FreeWire = {
  readonly wire: number;
  /** Kind of work in the section of the first constraint that the wire occurs in. */
  readonly kind: string;
  /** Whether it has a range check of more than one bit. */
  readonly ranged: boolean;
  readonly boolean: boolean;
};

type Terms = Map<number, bigint>;
/** Most unknowns of a linear cluster: eight lanes of a round, nine coefficients of a product. */
const MAX_CLUSTER = 12;

export function freeWires(system: ConstraintSystem): FreeWire[] {
  return new Search(system).run();
}

class Search {
  readonly #system: ConstraintSystem;
  readonly #rows: { readonly a: Terms; readonly b: Terms; readonly c: Terms }[] = [];
  readonly #uses: number[][];
  readonly #known: Uint8Array;
  readonly #boolean: Uint8Array;
  readonly #ranged: Uint8Array;
  readonly #queue: number[] = [];
  readonly #queued: Uint8Array;
  readonly #powers = new Map<bigint, number>();

  constructor(system: ConstraintSystem) {
    this.#system = system;
    this.#uses = Array.from({ length: system.wireCount }, () => []);
    this.#known = new Uint8Array(system.wireCount);
    this.#boolean = new Uint8Array(system.wireCount);
    this.#ranged = new Uint8Array(system.wireCount);
    this.#queued = new Uint8Array(system.constraintCount);
    this.#known[0] = 1;
    for (let i = 0; i < 254; i++) this.#powers.set(mod(1n << BigInt(i)), i).set(mod(-(1n << BigInt(i))), i);
    const { a, b, c } = system.matrices;
    for (let r = 0; r < system.constraintCount; r++) {
      const row = { a: this.#terms(a, r), b: this.#terms(b, r), c: this.#terms(c, r) };
      this.#rows.push(row);
      for (const wire of new Set([...row.a.keys(), ...row.b.keys(), ...row.c.keys()])) this.#uses[wire]!.push(r);
      this.#classify(row);
      this.#enqueue(r);
    }
  }

  run(): FreeWire[] {
    const free: FreeWire[] = [];
    const first = this.#system.publicCount + 1;
    let next = first;
    for (;;) {
      for (let r = this.#queue.pop(); r !== undefined; r = this.#queue.pop()) {
        this.#queued[r] = 0;
        this.#process(r);
      }
      while (next < this.#known.length && (this.#known[next] === 1 || this.#boolean[next] === 1)) next++;
      const pick = next < this.#known.length ? next : this.#known.indexOf(0, first);
      if (pick < 0) return free;
      if (this.#solveCluster(pick)) continue;
      const use = this.#uses[pick]![0];
      const section = use === undefined ? 'no constraint' : this.#system.sectionOf(use);
      const kind = section.replace(/^.*? \/ /, '');
      free.push({ wire: pick, kind, ranged: this.#ranged[pick] === 1, boolean: this.#boolean[pick] === 1 });
      this.#learn(pick);
    }
  }

  #terms(matrix: SparseMatrix, row: number): Terms {
    const terms: Terms = new Map();
    for (let t = matrix.starts[row]!; t < matrix.starts[row + 1]!; t++) {
      const wire = matrix.wires[t]!;
      terms.set(wire, mod((terms.get(wire) ?? 0n) + this.#system.coefficients[matrix.coeffs[t]!]!));
    }
    for (const [wire, k] of terms) if (k === 0n) terms.delete(wire);
    return terms;
  }

  /** b*(b - 1 + ...) = 0 makes b a bit; rest*(rest - top) = 0 ends the range check of its lowest wire. */
  #classify({ a, b, c }: { a: Terms; b: Terms; c: Terms }): void {
    if (c.size > 0) return;
    const wires = [...a.keys()].filter((wire) => wire !== 0);
    if (wires.length === 1 && a.size === 1) {
      const [wire] = wires as [number];
      if (a.get(wire) === 1n && b.get(wire) === 1n && b.has(0)) this.#boolean[wire] = 1;
    } else if (wires.length > 1) {
      const same = wires.every((wire) => b.get(wire) === a.get(wire));
      const bWires = [...b.keys()].filter((wire) => wire !== 0);
      if (same && bWires.length === wires.length) this.#ranged[Math.min(...wires)] = 1;
    }
  }

  #enqueue(row: number): void {
    if (this.#queued[row] === 1) return;
    this.#queued[row] = 1;
    this.#queue.push(row);
  }

  #learn(wire: number): void {
    if (this.#known[wire] === 1) return;
    this.#known[wire] = 1;
    for (const row of this.#uses[wire]!) this.#enqueue(row);
  }

  #unknown(terms: Terms): number[] {
    return [...terms.keys()].filter((wire) => this.#known[wire] === 0);
  }

  #knownPart(terms: Terms): bigint {
    let sum = 0n;
    for (const [wire, k] of terms) if (this.#known[wire] === 1) sum += k * this.#system.values[wire]!;
    return mod(sum);
  }

  #process(row: number): void {
    const { a, b, c } = this.#rows[row]!;
    let inA = this.#unknown(a);
    let inB = this.#unknown(b);
    const inC = this.#unknown(c);
    const [valueA, valueB] = [this.#knownPart(a), this.#knownPart(b)];
    // A factor that is known to be zero hides the other one.
    const isZeroA = inA.length === 0 && valueA === 0n;
    const isZeroB = inB.length === 0 && valueB === 0n;
    if (isZeroB) inA = [];
    if (isZeroA) inB = [];
    const all = [...new Set([...inA, ...inB, ...inC])];
    if (all.length === 1) {
      const [wire] = all as [number];
      const inBoth = inA.length > 0 && inB.length > 0;
      if (inBoth) {
        if (this.#boolean[wire] === 1 && a.size > 1) this.#learn(wire);
        return;
      }
      const factor = inA.length > 0 ? a.get(wire)! * valueB : inB.length > 0 ? b.get(wire)! * valueA : 0n;
      if (mod(factor - (c.get(wire) ?? 0n)) !== 0n) this.#learn(wire);
    } else if (all.length > 1 && all.every((wire) => this.#boolean[wire] === 1)) {
      const isLinear = a.size === 0 && b.size === 0;
      const isRangeCheck = c.size === 0 && a.size > 1 && inA.length === all.length && inB.length === all.length;
      if (!isLinear && !isRangeCheck) return;
      const places = all.map((wire) => this.#powers.get((isLinear ? c : a).get(wire)!));
      if (places.every((place) => place !== undefined) && new Set(places).size === places.length)
        all.forEach((w) => this.#learn(w));
    }
  }

  /** Constraints on `pick` that are linear in their unknowns and share them: enough independent ones determine all. */
  #solveCluster(pick: number): boolean {
    const clusters = new Map<string, { unknowns: number[]; rows: Terms[] }>();
    for (const r of this.#uses[pick]!) {
      const { a, b, c } = this.#rows[r]!;
      if (this.#unknown(a).length > 0 || this.#unknown(b).length > 0) continue;
      const unknowns = this.#unknown(c).sort((x, y) => x - y);
      if (unknowns.length > MAX_CLUSTER) continue;
      const cluster = clusters.get(unknowns.join()) ?? { unknowns, rows: [] };
      cluster.rows.push(c);
      clusters.set(unknowns.join(), cluster);
    }
    for (const { unknowns, rows } of clusters.values()) {
      if (rank(rows.map((terms) => unknowns.map((wire) => terms.get(wire)!))) < unknowns.length) continue;
      for (const wire of unknowns) this.#learn(wire);
      return true;
    }
    return false;
  }
}

/** Rank over the scalar field; changes the matrix. */
function rank(matrix: bigint[][]): number {
  const columns = matrix[0]?.length ?? 0;
  let found = 0;
  for (let column = 0; column < columns; column++) {
    const pivot = matrix.findIndex((row, i) => i >= found && row[column] !== 0n);
    if (pivot < 0) continue;
    [matrix[found], matrix[pivot]] = [matrix[pivot]!, matrix[found]!];
    const scale = inverse(matrix[found]![column]!);
    for (let i = found + 1; i < matrix.length; i++) {
      const factor = mod(matrix[i]![column]! * scale);
      if (factor !== 0n) matrix[i] = matrix[i]!.map((x, k) => mod(x - factor * matrix[found]![k]!));
    }
    found++;
  }
  return found;
}
