/**
 * INSECURE development setup: writes a proving key (.zkey, as snarkjs reads it) directly from a constraint system, with
 * secrets that a public seed gives. Anybody can forge proofs for such a key. A production key comes from a ceremony.
 *
 * The file is streamed section by section; contributions are zero and the circuit hash starts with INSECURE_MARK.
 * An edge (node:fs).
 */
import { open, type FileHandle } from 'node:fs/promises';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { Q, R } from '../../field/bn254.ts';
import { withCurve } from './curve.ts';
import { circuitDigest, logDomain } from '../circuit/r1cs/digest.ts';
import { scalarBytes } from '../circuit/r1cs/scalar-bytes.ts';
import type { ConstraintSystem } from '../circuit/r1cs/system.ts';
import { GeneratorMultiples } from './setup-points.ts';
import { insecureToxicWaste, keyScalars, type ToxicWaste } from './setup-scalars.ts';

/** First 32 bytes of the circuit hash in every key written here. */
export const INSECURE_MARK = 'INSECURE DEVELOPMENT SETUP KEY !';
/** The seed of the shared development keys: the same circuit, the same key on every machine. */
export const INSECURE_DEVELOPMENT_SEED = 'hardhat-zkvm/insecure-development/1';

export type SetupProgress = {
  readonly stage: 'scalars' | 'ic' | 'coefficients' | 'a' | 'b1' | 'b2' | 'c' | 'h';
  /** Done and total within the stage. */
  readonly done: number;
  readonly total: number;
};

export type SetupOptions = {
  readonly seed?: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SetupProgress) => void;
};

const SECTION = {
  header: 1,
  groth: 2,
  ic: 3,
  coefficients: 4,
  a: 5,
  b1: 6,
  b2: 7,
  c: 8,
  h: 9,
  contributions: 10,
} as const;
const G1 = 64;
const G2 = 128;
const SCALAR = 32;

/**
 * Writes the key of `system` to `path`, which must not exist. The caller renames it (file cache): a key that was not
 * written to the end has no end of its own to be recognised by.
 */
export async function writeInsecureKey(
  system: ConstraintSystem,
  path: string,
  options: SetupOptions = {},
): Promise<void> {
  const { signal, onProgress, seed = INSECURE_DEVELOPMENT_SEED } = options;
  const secrets = insecureToxicWaste(seed);
  const size = 2 ** logDomain(system);
  onProgress?.({ stage: 'scalars', done: 0, total: 1 });
  const scalars = keyScalars(system, secrets, await domainRoots(logDomain(system) + 1));
  signal?.throwIfAborted();
  onProgress?.({ stage: 'scalars', done: 1, total: 1 });

  const points = new GeneratorMultiples(
    { g1: 3 * system.wireCount + size, g2: system.wireCount },
    { ...(options.threads === undefined ? {} : { threads: options.threads }), signal },
  );
  const file = await open(path, 'wx');
  try {
    const out = new SectionWriter(file);
    await out.begin();
    await out.section(SECTION.header, Uint32Array.of(1));
    await out.section(SECTION.groth, await grothHeader(system, size, secrets, points));
    const stream = async (
      id: number,
      stage: SetupProgress['stage'],
      group: 'g1' | 'g2',
      bytes: Uint8Array,
    ): Promise<void> => {
      const total = bytes.byteLength / SCALAR;
      await out.start(id, total * (group === 'g1' ? G1 : G2));
      await points.each(group, bytes, async (part, done) => {
        await out.write(part);
        onProgress?.({ stage, done, total });
      });
    };
    await stream(SECTION.ic, 'ic', 'g1', scalars.ic);
    await writeCoefficients(system, out, (done, total) => onProgress?.({ stage: 'coefficients', done, total }));
    await stream(SECTION.a, 'a', 'g1', scalars.a);
    await stream(SECTION.b1, 'b1', 'g1', scalars.b);
    await stream(SECTION.b2, 'b2', 'g2', scalars.b);
    await stream(SECTION.c, 'c', 'g1', scalars.c);
    await stream(SECTION.h, 'h', 'g1', scalars.h);
    const contributions = new Uint8Array(68);
    contributions.set(utf8ToBytes(INSECURE_MARK));
    contributions.set(sha256(utf8ToBytes(circuitDigest(system))), 32);
    await out.section(SECTION.contributions, contributions);
    await out.flush();
    await file.sync();
  } finally {
    await points.close();
    await file.close();
  }
}

/** Roots of unity as the prover's curve library has them. Leaves no worker behind. */
async function domainRoots(highest: number): Promise<bigint[]> {
  return withCurve(undefined, (curve) =>
    Promise.resolve(Array.from({ length: highest + 1 }, (_, k) => curve.Fr.toObject(curve.Fr.w[k]!))),
  );
}

async function grothHeader(
  system: ConstraintSystem,
  size: number,
  secrets: ToxicWaste,
  points: GeneratorMultiples,
): Promise<Uint8Array> {
  const { alpha, beta, gamma, delta } = secrets;
  const g1 = await points.all('g1', scalarBytes([alpha, beta, delta]));
  const g2 = await points.all('g2', scalarBytes([beta, gamma, delta]));
  const u32 = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
  return Uint8Array.from(
    Buffer.concat([
      u32(32),
      scalarBytes([Q]),
      u32(32),
      scalarBytes([R]),
      u32(system.wireCount, system.publicCount, size),
      g1.subarray(0, 2 * G1), // alpha1, beta1
      g2.subarray(0, 2 * G2), // beta2, gamma2
      g1.subarray(2 * G1), // delta1
      g2.subarray(2 * G2), // delta2
    ]),
  );
}

/** Section 4: matrix, constraint, wire, coefficient * 2^512 mod r; and a row for each public wire in A. */
async function writeCoefficients(
  system: ConstraintSystem,
  out: SectionWriter,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { a, b } = system.matrices;
  const entry = 12 + SCALAR;
  const total = a.wires.length + b.wires.length + system.publicCount + 1;
  await out.start(SECTION.coefficients, 4 + total * entry);
  await out.write(new Uint8Array(Uint32Array.of(total).buffer));
  const montgomeryTwice = 2n ** 512n % R;
  const table = scalarBytes([1n, ...system.coefficients].map((c) => (c * montgomeryTwice) % R));
  const batch = 16384;
  let buffer = new Uint8Array(batch * entry);
  let view = new DataView(buffer.buffer);
  let filled = 0;
  let done = 0;
  const push = (matrix: number, constraint: number, wire: number, tableIndex: number): void => {
    const at = filled * entry;
    view.setUint32(at, matrix, true);
    view.setUint32(at + 4, constraint, true);
    view.setUint32(at + 8, wire, true);
    buffer.set(table.subarray(tableIndex * SCALAR, (tableIndex + 1) * SCALAR), at + 12);
    filled++;
  };
  const drain = async (): Promise<void> => {
    await out.write(buffer.subarray(0, filled * entry));
    done += filled;
    filled = 0;
    buffer = new Uint8Array(batch * entry);
    view = new DataView(buffer.buffer);
    onProgress(done, total);
  };
  for (let row = 0; row < system.constraintCount; row++) {
    for (const [matrix, m] of [a, b].entries()) {
      for (let t = m.starts[row]!; t < m.starts[row + 1]!; t++) {
        push(matrix, row, m.wires[t]!, m.coeffs[t]! + 1);
        if (filled === batch) await drain();
      }
    }
  }
  for (let s = 0; s <= system.publicCount; s++) {
    push(0, system.constraintCount + s, s, 0);
    if (filled === batch) await drain();
  }
  if (filled > 0) await drain();
}

/** The container of snarkjs's binary files: magic, version, section count, then (id, size, bytes) each. */
class SectionWriter {
  readonly #file: FileHandle;
  #buffered: Uint8Array[] = [];
  #size = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async begin(): Promise<void> {
    await this.write(utf8ToBytes('zkey'));
    await this.write(new Uint8Array(Uint32Array.of(1, Object.keys(SECTION).length).buffer));
  }

  async start(id: number, size: number): Promise<void> {
    const head = new DataView(new ArrayBuffer(12));
    head.setUint32(0, id, true);
    head.setBigUint64(4, BigInt(size), true);
    await this.write(new Uint8Array(head.buffer));
  }

  async section(id: number, content: Uint8Array | Uint32Array): Promise<void> {
    const bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    await this.start(id, bytes.byteLength);
    await this.write(bytes);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#buffered.push(bytes);
    this.#size += bytes.byteLength;
    if (this.#size >= 1 << 22) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#size === 0) return;
    const bytes = Buffer.concat(this.#buffered);
    this.#buffered = [];
    this.#size = 0;
    let at = 0;
    while (at < bytes.byteLength) at += (await this.#file.write(bytes, at)).bytesWritten;
  }
}
