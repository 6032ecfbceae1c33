/**
 * The binary form of a layer proof: magic, format version, then every field in the order of `LayerProof`, without a
 * single length: the shape follows from machine and parameters. One description of the shape serves both directions.
 *
 * A base element is 4 bytes, little-endian, canonical; an extension element five of them; a KoalaBear digest eight; a
 * BN254 digest 32 bytes, little-endian, below the modulus.
 */
import { ZkError } from '../core/errors.ts';
import { P } from '../field/koalabear.ts';
import type { ExtValue } from '../field/types.ts';
import type { OpeningProof, QueryMessage, RoundMessage } from '../pcs/whir/opening.ts';
import { scheduleOf, type Iteration } from '../pcs/whir/schedule.ts';
import type { HashSuite } from '../verifier/suite.ts';
import type { DigestValue, OpenedRow } from '../verifier/backend.ts';
import type { LayerLayout } from './layout.ts';
import { positionCount, type ChildValues, type GkrRound, type LayerProof, type ZerocheckRound } from './proof.ts';

/** First bytes of every encoded layer proof. */
const MAGIC = [0x5a, 0x4b, 0x4c, 0x50];
/** Changes whenever the encoding or the protocol changes. */
export const PROOF_FORMAT_VERSION = 2;
const HEADER_BYTES = MAGIC.length + 1;

/** Encodes a proof. ZkError BAD_PROOF when it does not have the layer's shape or holds a non-canonical element. */
export function encodeProof(suite: HashSuite, layout: LayerLayout, proof: LayerProof): Uint8Array<ArrayBuffer> {
  const writer = new Writer(suite);
  writeProof(writer, suite, layout, proof);
  return writer.bytes();
}

/** Decodes a proof. ZkError BAD_PROOF for any other length, version, or a non-canonical element. */
export function decodeProof(suite: HashSuite, layout: LayerLayout, bytes: Uint8Array): LayerProof {
  const reader = new Reader(suite, bytes);
  const proof = readProof(reader, suite, layout);
  reader.end();
  return proof;
}

/** Bytes of every proof of a layer. */
export function proofByteLength(suite: HashSuite, layout: LayerLayout): number {
  const counter = new Counter(suite);
  readProof(counter, suite, layout);
  return counter.byteLength;
}

function refuse(problem: string): never {
  throw new ZkError('BAD_PROOF', `layer proof: ${problem}`);
}

/** Where values come from when a proof is built field by field. */
interface Source {
  felt(): number;
  digest(): DigestValue;
}

function readExt(source: Source): ExtValue {
  return [source.felt(), source.felt(), source.felt(), source.felt(), source.felt()];
}

function list<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function readProof(source: Source, suite: HashSuite, layout: LayerLayout): LayerProof {
  const four = (): ChildValues => [readExt(source), readExt(source), readExt(source), readExt(source)];
  return {
    logHeights: list(layout.freeHeightCount, () => source.felt()),
    positions: list(positionCount(layout), () => source.felt()),
    mainRoot: source.digest(),
    oodValue: readExt(source),
    lookupNonce: source.felt(),
    gkrRoot: four(),
    gkrLayers: list(layout.logLeaves - 1, (i) => ({
      rounds: list(i + 1, (): GkrRound => [readExt(source), readExt(source)]),
      children: four(),
    })),
    zerocheck: list(layout.rounds, (): ZerocheckRound => four()),
    claims: list(layout.claimCount, () => readExt(source)),
    opening: readOpening(source, suite, layout),
  };
}

function readOpening(source: Source, suite: HashSuite, layout: LayerLayout): OpeningProof {
  const schedule = scheduleOf(layout.parameters);
  const round = (): RoundMessage => [readExt(source), readExt(source)];
  const last = schedule[schedule.length - 1];
  const remaining = last === undefined ? 0 : last.variablesAfter;
  return {
    rounds: schedule.map((iteration) => list(iteration.fold, round)),
    oracles: list(schedule.length - 1, () => ({ root: source.digest(), oodValue: readExt(source) })),
    queries: schedule.map((iteration, i): QueryMessage => {
      const nonce = source.felt();
      const trees = treeShapes(layout, iteration, i);
      const row = ({ width, logRows }: TreeRows): OpenedRow => ({
        row: list(width, () => source.felt()),
        path: list(suite.pathLength(logRows), () => source.digest()),
      });
      return { nonce, openings: list(iteration.queries, () => trees.map(row)) };
    }),
    finalVector: list(2 ** remaining, () => readExt(source)),
    finalRounds: list(remaining, round),
  };
}

type TreeRows = { readonly width: number; readonly logRows: number };

/** The trees that iteration i opens. */
function treeShapes(layout: LayerLayout, iteration: Iteration, i: number): TreeRows[] {
  if (i > 0) return [{ width: 5 * 2 ** iteration.fold, logRows: iteration.logLeaves }];
  const { mainColumns, logRows, logInverseRate, logPreColumns, logPreRows } = layout.parameters;
  return [
    { width: mainColumns, logRows: logRows + logInverseRate },
    { width: 2 ** logPreColumns, logRows: logPreRows + logInverseRate },
  ];
}

/**
 * Writes by reading: a proof of the layer's shape is built from the given one, leaf by leaf in order, so that encoder
 * and decoder cannot disagree; anything missing or superfluous is refused.
 */
function writeProof(writer: Writer, suite: HashSuite, layout: LayerLayout, proof: LayerProof): void {
  const leaves = leavesOf(proof);
  const next = (): number | bigint => {
    const leaf = leaves.next();
    return leaf.done === true ? refuse('a field is missing') : leaf.value;
  };
  const shape = readProof(
    {
      felt: () => writer.felt(next()),
      digest: () => (suite.id === 'kb' ? list(8, () => writer.felt(next())) : writer.scalar(next())),
    },
    suite,
    layout,
  );
  if (leaves.next().done !== true || !sameShape(shape, proof)) refuse('it does not have the shape of its layer');
}

/** All numbers of a proof in field order. The order of fields is that of `LayerProof`, not that of the object given. */
function* leavesOf(proof: LayerProof): Generator<number | bigint> {
  const { logHeights, positions, mainRoot, oodValue, lookupNonce, gkrRoot, gkrLayers, zerocheck, claims } = proof;
  const { rounds, oracles, queries, finalVector, finalRounds } = proof.opening;
  yield* flat([logHeights, positions, mainRoot, oodValue, lookupNonce, gkrRoot]);
  for (const layer of gkrLayers) yield* flat([layer.rounds, layer.children]);
  yield* flat([zerocheck, claims, rounds]);
  for (const oracle of oracles) yield* flat([oracle.root, oracle.oodValue]);
  for (const query of queries) {
    yield* flat(query.nonce);
    for (const { row, path } of query.openings.flat()) yield* flat([row, path]);
  }
  yield* flat([finalVector, finalRounds]);
}

function* flat(value: unknown): Generator<number | bigint> {
  if (typeof value === 'number' || typeof value === 'bigint') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* flat(item);
  else refuse('a field is neither a number nor a list');
}

/** Whether two values have the same lists and fields all the way down. */
function sameShape(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameShape(item, b[i]));
  }
  if (typeof a !== 'object' || a === null) return typeof a === typeof b;
  if (typeof b !== 'object' || b === null) return false;
  const other = new Map<string, unknown>(Object.entries(b));
  const entries = Object.entries(a);
  return entries.length === other.size && entries.every(([name, item]) => sameShape(item, other.get(name)));
}

class Writer {
  readonly #suite: HashSuite;
  readonly #bytes: number[] = [...MAGIC, PROOF_FORMAT_VERSION];

  constructor(suite: HashSuite) {
    this.#suite = suite;
  }

  felt(value: number | bigint): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= P) {
      return refuse('a base element is not canonical');
    }
    for (let i = 0; i < 4; i++) this.#bytes.push((value >>> (8 * i)) & 255);
    return value;
  }

  scalar(value: number | bigint): bigint {
    if (typeof value !== 'bigint' || !this.#suite.isDigest(value)) return refuse('a digest is not canonical');
    for (let i = 0n; i < 32n; i++) this.#bytes.push(Number((value >> (8n * i)) & 255n));
    return value;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}

class Reader implements Source {
  readonly #suite: HashSuite;
  readonly #view: DataView;
  #at = HEADER_BYTES;

  constructor(suite: HashSuite, bytes: Uint8Array) {
    this.#suite = suite;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte))
      refuse('it does not start as a proof');
    if (bytes[MAGIC.length] !== PROOF_FORMAT_VERSION) {
      refuse(`format version ${bytes[MAGIC.length]}, this library reads version ${PROOF_FORMAT_VERSION}`);
    }
  }

  felt(): number {
    const value = this.#take();
    return value < P ? value : refuse(`the element at byte ${this.#at - 4} is not canonical`);
  }

  digest(): DigestValue {
    if (this.#suite.id === 'kb') return list(8, () => this.felt());
    const words = list(8, () => BigInt(this.#take()));
    const value = words.reduce((sum, word, i) => sum + (word << (32n * BigInt(i))), 0n);
    return this.#suite.isDigest(value) ? value : refuse(`the digest at byte ${this.#at - 32} is not canonical`);
  }

  end(): void {
    const extra = this.#view.byteLength - this.#at;
    if (extra !== 0) refuse(`${extra} bytes follow the proof`);
  }

  #take(): number {
    if (this.#at + 4 > this.#view.byteLength) refuse(`it ends after ${this.#view.byteLength} bytes, in the middle`);
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }
}

/** Reads zeros and counts bytes. */
class Counter implements Source {
  byteLength = HEADER_BYTES;
  readonly #kb: boolean;

  constructor(suite: HashSuite) {
    this.#kb = suite.id === 'kb';
  }

  felt(): number {
    this.byteLength += 4;
    return 0;
  }

  digest(): DigestValue {
    this.byteLength += 32;
    return this.#kb ? list(8, () => 0) : 0n;
  }
}

/**
 * A proof of the layer's shape with every element zero: what circuits are recorded from when there is no proof yet. It
 * proves nothing and no verifier accepts it.
 */
export function zeroProof(suite: HashSuite, layout: LayerLayout): LayerProof {
  return readProof(new Counter(suite), suite, layout);
}
