/** The binary body of STARK proofs in files, of any kind: fixed lengths, canonical words. */
import { isCanonical } from '../field/koalabear.ts';
import { CORE } from '../recursion/program.ts';
import { checkKey, keyPositionCount, type VerifyingKey } from '../stark/key.ts';
import { layerLayout, type LayerLayout } from '../stark/layout.ts';
import type { LayerProof } from '../stark/proof.ts';
import { decodeProof, encodeProof, PROOF_FORMAT_VERSION, proofByteLength } from '../stark/proof-codec.ts';
import { coreLayers, kindOf, kindsOf, type System } from '../system/definition.ts';
import { isCore } from '../system/keys.ts';
import { KIND_OF_MODE } from '../system/modes.ts';
import type { CoreProof, ProvedLayer, StageProof } from '../system/proved-layer.ts';
import { suiteOf } from '../verifier/suites.ts';
import { damaged, otherVersion, type ProofFileError } from './errors.ts';

/** Where a layer proof has its version: after the four bytes of its mark. */
const VERSION_BYTE = 4;

/**
 * The body of one proof: key, public values, layer proof. That of a shard has the index of its machine and tier in front, and all of
 * its key; another one its key's root alone, as the rest is constant. Words are little-endian u32.
 */
export function encodeBody(system: System, proof: StageProof): Uint8Array {
  const { key, publicValues } = proof;
  const root = rootWords(key.root);
  const core = isCore(proof);
  const index = core ? coreIndex(system, proof) : 0;
  const layout = core ? coreLayout(system, index) : kindLayout(system, proof.kind);
  const head = core ? [index, ...root, ...key.logHeights, ...key.positions, ...key.felts] : root;
  return join([...head, ...publicValues], encodeProof(suiteOf(layout.parameters), layout, proof.proof));
}

/** The proof of a shard. Errors: ProofFileError BAD_PROOF_FILE, PROOF_VERSION. */
export function decodeCore(system: System, bytes: Uint8Array): CoreProof {
  if (bytes.byteLength < 4) throw damaged('it is empty');
  const index = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const layer = coreLayers(system)[index];
  if (layer === undefined) throw damaged('it names no known tier');
  const layout = coreLayout(system, index);
  expectLength(bytes, bodyLength(layout, coreCounts(layout)), `core proof of tier ${layer.tier.id}`);
  const { lists, body } = split(bytes, coreCounts(layout));
  const [, root = [], logHeights = [], positions = [], felts = [], publicValues = []] = lists;
  const key: VerifyingKey = { machine: layout.machine.name, root, logHeights, positions, felts };
  try {
    checkKey(layout, key);
  } catch (error) {
    throw damaged((error as Error).message);
  }
  return { kind: CORE, tier: layer.tier.id, key, publicValues, proof: decodeLayer(layout, body) };
}

/** A proof of a recursion program of this kind. Errors: ProofFileError BAD_PROOF_FILE, PROOF_VERSION; ZkError BAD_KIND. */
export function decodeRecursion(system: System, kind: string, bytes: Uint8Array): ProvedLayer {
  const layout = kindLayout(system, kind);
  refuseOtherKind(system, kind, bytes);
  expectLength(bytes, bodyLength(layout, kindCounts(layout)), `${modeOf(kind) ?? kind} proof`);
  const rootBytes = 4 * ROOT_WORDS;
  const { lists, body } = split(bytes.subarray(rootBytes), [layout.machine.publicValueCount]);
  const [publicValues = []] = lists;
  const root = readRoot(layout, bytes.subarray(0, rootBytes));
  const key: VerifyingKey = { machine: layout.machine.name, root, logHeights: [], positions: [], felts: [] };
  return { kind, key, publicValues, proof: decodeLayer(layout, body) };
}

/** Bytes of the proof of a shard on the layer of this index; undefined where there is no such layer. */
export function shardLength(system: System, index: number): number | undefined {
  if (index >= coreLayers(system).length) return undefined;
  const layout = coreLayout(system, index);
  return bodyLength(layout, coreCounts(layout));
}

/** The kinds but core whose proofs have bodies of this length, those of a mode first. */
export function kindsOfLength(system: System, byteLength: number): string[] {
  const kinds = kindsOf(system).map(({ name }) => name);
  const ofMode = kinds.filter((name) => modeOf(name) !== undefined);
  return [...new Set([...ofMode, ...kinds])].filter((name) => recursionLength(system, name) === byteLength);
}

/** Bytes of a proof of this kind, which is not core. ZkError BAD_KIND. */
export function recursionLength(system: System, kind: string): number {
  const layout = kindLayout(system, kind);
  return bodyLength(layout, kindCounts(layout));
}

/** The words of a root: eight of either hash. */
const ROOT_WORDS = 8;

function coreIndex(system: System, { key, tier }: CoreProof): number {
  const index = coreLayers(system).findIndex(
    (layer) => layer.core.machine.name === key.machine && layer.tier.id === tier,
  );
  if (index < 0) throw new RangeError(`"tier" expected a core layer of the system, got "${tier}" of "${key.machine}"`);
  return index;
}

function coreLayout(system: System, index: number): LayerLayout {
  const { core, tier } = coreLayers(system)[index]!;
  return layerLayout(core.machine, tier);
}

function kindLayout(system: System, name: string): LayerLayout {
  const { target, layer } = kindOf(system, name);
  return layerLayout(target.machine, layer);
}

function decodeLayer(layout: LayerLayout, body: Uint8Array): LayerProof {
  const version = body[VERSION_BYTE];
  if (version !== PROOF_FORMAT_VERSION) {
    throw otherVersion(`its body has format version ${version}, this prover reads version ${PROOF_FORMAT_VERSION}`);
  }
  try {
    return decodeProof(suiteOf(layout.parameters), layout, body);
  } catch (error) {
    throw damaged((error as Error).message);
  }
}

/** Counts of the lists of words before the layer proof. */
function coreCounts(layout: LayerLayout): number[] {
  const { keyFeltNames, publicValueCount } = layout.machine;
  const key = [ROOT_WORDS, layout.keyHeightCount, keyPositionCount(layout), keyFeltNames.length];
  return [1, ...key, publicValueCount];
}

function kindCounts(layout: LayerLayout): number[] {
  return [ROOT_WORDS, layout.machine.publicValueCount];
}

const lengths = new WeakMap<LayerLayout, number>();

/** Bytes of every body of this layout. */
function bodyLength(layout: LayerLayout, counts: readonly number[]): number {
  const head = 4 * counts.reduce((sum, count) => sum + count, 0);
  const known = lengths.get(layout) ?? head + proofByteLength(suiteOf(layout.parameters), layout);
  lengths.set(layout, known);
  return known;
}

/** Says so when a body is one of another kind: its length tells. */
function refuseOtherKind(system: System, kind: string, { byteLength }: Uint8Array): void {
  if (recursionLength(system, kind) === byteLength) return;
  const [other] = kindsOfLength(system, byteLength);
  if (other !== undefined) throw ofOtherKind(other, kind);
}

/** What is said of a body of the kind `is` in place of one of the kind `expected`. */
export function ofOtherKind(is: string, expected: string): ProofFileError {
  const called = (name: string): string => modeOf(name) ?? name;
  const what = modeOf(is) === undefined ? 'kind' : 'mode';
  return damaged(`it is a proof of ${what} "${called(is)}", and the file says "${called(expected)}"`);
}

/** The mode of files whose bodies are of this kind. */
function modeOf(kind: string): string | undefined {
  return Object.entries(KIND_OF_MODE).find(([mode, name]) => name === kind && mode !== 'groth16')?.[0];
}

/** Bodies of one layer have one length, so any other one is told before anything is read. */
function expectLength({ byteLength }: Uint8Array, expected: number, what: string): void {
  if (byteLength === expected) return;
  const how = byteLength < expected ? 'it was cut off' : 'something was added to it';
  throw damaged(
    `it has ${byteLength} bytes and a ${what} has ${expected}: ${how}, or another version of hardhat-zkvm made it`,
  );
}

/** Eight base elements, or a scalar in eight words, the lowest first. */
function rootWords(digest: VerifyingKey['root']): readonly number[] {
  if (typeof digest !== 'bigint') return digest;
  return Array.from({ length: ROOT_WORDS }, (_, i) => Number((digest >> BigInt(32 * i)) & 0xffffffffn));
}

function readRoot(layout: LayerLayout, bytes: Uint8Array): VerifyingKey['root'] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = Array.from({ length: ROOT_WORDS }, (_, i) => view.getUint32(4 * i, true));
  const suite = suiteOf(layout.parameters);
  const root = suite.id === 'kb' ? words : words.reduce((sum, word, i) => sum + (BigInt(word) << BigInt(32 * i)), 0n);
  if (!suite.isDigest(root)) throw damaged('it holds an element that is not canonical');
  return root;
}

function join(words: readonly number[], body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 * words.length + body.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
  bytes.set(body, 4 * words.length);
  return bytes;
}

/** Lists of canonical words of these lengths, and the bytes after them. */
function split(bytes: Uint8Array, counts: readonly number[]): { lists: number[][]; body: Uint8Array } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (bytes.length < 4 * total) throw damaged('it is too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const lists = counts.map((count) =>
    Array.from({ length: count }, () => {
      const word = view.getUint32(offset, true);
      offset += 4;
      if (!isCanonical(word)) throw damaged('it holds an element that is not canonical');
      return word;
    }),
  );
  return { lists, body: bytes.subarray(offset) };
}
