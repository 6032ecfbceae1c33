/** The binary body of STARK proofs in files: fixed lengths, canonical words. */
import { isCanonical } from '../field/koalabear.ts';
import { suiteKoalaBear } from '../verifier/suite-koalabear.ts';
import { LIFT_OUTPUT } from '../recursion/programs/lift.ts';
import { checkKey, keyPositionCount, type VerifyingKey } from '../stark/key.ts';
import { layerLayout, type LayerLayout } from '../stark/layout.ts';
import { decodeProof, encodeProof, PROOF_FORMAT_VERSION, proofByteLength } from '../stark/proof-codec.ts';
import { damaged, otherVersion } from './errors.ts';
import type { CoreProof, ProvedLayer } from '../system/proved-layer.ts';
import { theSystem, TIERS, tierIndex } from '../system/definition.ts';

/** Where a layer proof has its version: after the four bytes of its mark. */
const VERSION_BYTE = 4;

/** The body of a core proof: tier, key, public values, layer proof. Words are little-endian u32. */
export function encodeCore({ tier, key, publicValues, proof }: CoreProof): Uint8Array {
  const index = tierIndex(tier);
  const words = [index, ...digestWords(key.root), ...key.logHeights, ...key.positions, ...key.felts, ...publicValues];
  return join(words, encodeProof(suiteKoalaBear, coreLayout(index), proof));
}

/** Errors: ProofFileError BAD_PROOF_FILE, PROOF_VERSION. */
export function decodeCore(bytes: Uint8Array): CoreProof {
  if (bytes.byteLength < 4) throw damaged('it is empty');
  if (bytes.byteLength === liftLength()) throw damaged('it is a proof of mode "compressed", and the file says "core"');
  const index = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const tier = TIERS[index];
  if (tier === undefined) throw damaged('it names no known tier');
  const layout = coreLayout(index);
  expectLength(bytes, coreLength(index), `core proof of tier ${tier.id}`);
  const { core } = theSystem();
  const { lists, body } = split(bytes, coreCounts(layout));
  const [, root = [], logHeights = [], positions = [], felts = [], publicValues = []] = lists;
  const key: VerifyingKey = { machine: core.name, root, logHeights, positions, felts };
  try {
    checkKey(layout, key);
  } catch (error) {
    throw damaged((error as Error).message);
  }
  return { tier: tier.id, key, publicValues, proof: decodeBody(layout, body) };
}

/** The body of a compressed proof: key, public values, layer proof. */
export function encodeLift({ key, publicValues, proof }: ProvedLayer): Uint8Array {
  return join([...digestWords(key.root), ...publicValues], encodeProof(suiteKoalaBear, liftLayout(), proof));
}

/** Errors: ProofFileError BAD_PROOF_FILE, PROOF_VERSION. */
export function decodeLift(bytes: Uint8Array): ProvedLayer {
  const { lift } = theSystem();
  if (TIERS.some((_tier, index) => coreLength(index) === bytes.byteLength)) {
    throw damaged('it is a proof of mode "core", and the file says "compressed"');
  }
  expectLength(bytes, liftLength(), 'compressed proof');
  const { lists, body } = split(bytes, liftCounts());
  const [root = [], publicValues = []] = lists;
  const key: VerifyingKey = { machine: lift.machine.name, root, logHeights: [], positions: [], felts: [] };
  return { key, publicValues, proof: decodeBody(liftLayout(), body) };
}

function coreLayout(index: number): LayerLayout {
  const tier = TIERS[index];
  if (tier === undefined) throw damaged('it names no known tier');
  return layerLayout(theSystem().core, tier);
}

function liftLayout(): LayerLayout {
  const { lift, liftLayer } = theSystem();
  return layerLayout(lift.machine, liftLayer);
}

function decodeBody(layout: LayerLayout, body: Uint8Array): ProvedLayer['proof'] {
  const version = body[VERSION_BYTE];
  if (version !== PROOF_FORMAT_VERSION) {
    throw otherVersion(`its body has format version ${version}, this prover reads version ${PROOF_FORMAT_VERSION}`);
  }
  try {
    return decodeProof(suiteKoalaBear, layout, body);
  } catch (error) {
    throw damaged((error as Error).message);
  }
}

/** Counts of the lists of words before the layer proof. */
function coreCounts(layout: LayerLayout): number[] {
  const { core } = theSystem();
  return [1, 8, layout.keyHeightCount, keyPositionCount(layout), core.keyFeltNames.length, core.publicValueCount];
}

function liftCounts(): number[] {
  return [8, LIFT_OUTPUT.zeros[1]];
}

const lengths = new Map<string, number>();

/** Bytes of every body of this layout. */
function bodyLength(layout: LayerLayout, counts: readonly number[]): number {
  const { id } = layout.parameters;
  const known =
    lengths.get(id) ?? 4 * counts.reduce((sum, count) => sum + count, 0) + proofByteLength(suiteKoalaBear, layout);
  lengths.set(id, known);
  return known;
}

function coreLength(index: number): number {
  const layout = coreLayout(index);
  return bodyLength(layout, coreCounts(layout));
}

function liftLength(): number {
  return bodyLength(liftLayout(), liftCounts());
}

/** Bytes of the longest body that a proof of this version can have. */
export function largestBody(): number {
  return Math.max(liftLength(), ...TIERS.map((_tier, index) => coreLength(index)));
}

/** Bodies of one layer have one length, so any other one is told before anything is read. */
function expectLength({ byteLength }: Uint8Array, expected: number, what: string): void {
  if (byteLength === expected) return;
  const how = byteLength < expected ? 'it was cut off' : 'something was added to it';
  throw damaged(
    `it has ${byteLength} bytes and a ${what} has ${expected}: ${how}, or another version of hardhat-zkvm made it`,
  );
}

function digestWords(digest: VerifyingKey['root']): readonly number[] {
  if (typeof digest === 'bigint') throw new TypeError('expected a KoalaBear digest');
  return digest;
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
