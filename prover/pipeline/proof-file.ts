/** Proofs as files: JSON around hex or base64, and the binary body of STARK proofs. Parsing is strict. */
import { base64 } from './base64.ts';
import type { Hex, Proof, ProofMode } from '../api-types.ts';
import { isCanonical } from '../field/koalabear.ts';
import { suiteKb } from '../pcs/suite-kb.ts';
import { LIFT_OUTPUT } from '../recursion/lift.ts';
import { checkKey, keyPositionCount, type VerifyingKey } from '../stark/key.ts';
import { layerLayout, type LayerLayout } from '../stark/layout.ts';
import { decodeProof, encodeProof } from '../stark/proof-codec.ts';
import { ProofFileError } from './errors.ts';
import type { CoreProof, ProvedLayer } from './stark-prover.ts';
import { theSystem, TIERS, tierIndex } from './system.ts';

const FORMAT = 'hardhat-zkvm-proof';
const VERSION = 1;
const MODES: readonly ProofMode[] = ['core', 'compressed', 'groth16'];
const PUBLIC_VALUES_LIMIT = 2 ** 24;

/** The body of a core proof: tier, key, public values, layer proof. Words are little-endian u32. */
export function encodeCore({ tier, key, publicValues, proof }: CoreProof): Uint8Array {
  const index = tierIndex(tier);
  const words = [index, ...digestWords(key.root), ...key.logHeights, ...key.positions, ...key.felts, ...publicValues];
  return join(words, encodeProof(suiteKb, coreLayout(index), proof));
}

export function decodeCore(bytes: Uint8Array): CoreProof {
  const index = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 4) throw damaged('it is empty');
  const tier = TIERS[index.getUint32(0, true)];
  if (tier === undefined) throw damaged('it names no known tier');
  const layout = coreLayout(TIERS.indexOf(tier));
  const { core } = theSystem();
  const counts = [
    1,
    8,
    layout.keyHeightCount,
    keyPositionCount(layout),
    core.keyFeltNames.length,
    core.publicValueCount,
  ];
  const { lists, body } = split(bytes, counts);
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
  return join([...digestWords(key.root), ...publicValues], encodeProof(suiteKb, liftLayout(), proof));
}

export function decodeLift(bytes: Uint8Array): ProvedLayer {
  const { lift } = theSystem();
  const { lists, body } = split(bytes, [8, LIFT_OUTPUT.zeros[1]]);
  const [root = [], publicValues = []] = lists;
  const key: VerifyingKey = { machine: lift.machine.name, root, logHeights: [], positions: [], felts: [] };
  return { key, publicValues, proof: decodeBody(liftLayout(), body) };
}

/** Reads a proof file. ProofFileError with one sentence for anything that is no proof of this version. */
export function parseProof(json: string): Proof {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    throw new ProofFileError(
      'BAD_PROOF_FILE',
      'The proof file is not JSON: it may be cut off, or not a proof at all; prove again.',
    );
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw damaged('it is not a JSON object');
  const fields = data as Record<string, unknown>;
  if (fields['format'] !== FORMAT) throw damaged(`its "format" is not "${FORMAT}"`);
  if (fields['version'] !== VERSION) {
    throw new ProofFileError(
      'PROOF_VERSION',
      `The proof has format version ${String(fields['version'])}, this prover reads version ${VERSION}: prove again with this version.`,
    );
  }
  const known = ['format', 'version', 'mode', 'vkey', 'publicValues', 'exitCode', 'proof', 'stats'];
  for (const name of known) if (!(name in fields)) throw damaged(`the field "${name}" is missing`);
  for (const name of Object.keys(fields)) if (!known.includes(name)) throw damaged(`it has an unknown field "${name}"`);
  const mode = MODES.find((name) => name === fields['mode']);
  if (mode === undefined) throw damaged(`"mode" must be one of ${MODES.join(', ')}`);
  const vkey = hex(fields['vkey'], 'vkey', 32);
  const publicValues = hex(fields['publicValues'], 'publicValues');
  if (publicValues.length > 2 + 2 * PUBLIC_VALUES_LIMIT) throw damaged('"publicValues" is too long');
  const exitCode = fields['exitCode'];
  if (!Number.isInteger(exitCode) || (exitCode as number) < 0 || (exitCode as number) > 0xffffffff) {
    throw damaged('"exitCode" must be an integer of 32 bits');
  }
  const proof = mode === 'groth16' ? hex(fields['proof'], 'proof') : fields['proof'];
  if (typeof proof !== 'string') throw damaged('"proof" must be a string');
  if (mode !== 'groth16') proofBytes(proof);
  return {
    format: FORMAT,
    version: VERSION,
    mode,
    vkey,
    publicValues,
    exitCode: exitCode as number,
    proof,
    stats: stats(fields['stats']),
  };
}

/** The binary body of a core or compressed proof. */
export function proofBytes(text: string): Uint8Array {
  const bytes = base64.decode(text);
  if (bytes === undefined) throw damaged('"proof" is not base64');
  return bytes;
}

export function proofText(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

function stats(value: unknown): Proof['stats'] {
  if (typeof value !== 'object' || value === null) throw damaged('"stats" must be an object');
  const fields = value as Record<string, unknown>;
  const number = (name: string): number => {
    const entry = fields[name];
    if (typeof entry !== 'number' || !Number.isFinite(entry) || entry < 0)
      throw damaged(`"stats.${name}" must be a number`);
    return entry;
  };
  const seconds = fields['seconds'];
  if (typeof seconds !== 'object' || seconds === null) throw damaged('"stats.seconds" must be an object');
  for (const [stage, entry] of Object.entries(seconds)) {
    if (typeof entry !== 'number') throw damaged(`"stats.seconds.${stage}" must be a number`);
  }
  return {
    cycles: number('cycles'),
    seconds: seconds as Record<string, number>,
    peakMemoryBytes: number('peakMemoryBytes'),
    securityBits: number('securityBits'),
  };
}

function hex(value: unknown, name: string, byteLength?: number): Hex {
  const isHex = typeof value === 'string' && /^0x(?:[0-9a-f]{2})*$/i.test(value);
  if (!isHex) throw damaged(`"${name}" must be hex with 0x in front`);
  if (byteLength !== undefined && value.length !== 2 + 2 * byteLength) {
    throw damaged(`"${name}" must have ${byteLength} bytes`);
  }
  // Matches the pattern above.
  return value.toLowerCase() as Hex;
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
  try {
    return decodeProof(suiteKb, layout, body);
  } catch (error) {
    throw damaged((error as Error).message);
  }
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

function damaged(problem: string): ProofFileError {
  return new ProofFileError('BAD_PROOF_FILE', `The proof is damaged: ${problem}; prove again.`);
}
