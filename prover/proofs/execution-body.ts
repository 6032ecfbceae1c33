/** The binary body of core proofs in files: a whole execution in shards. */
import { isCanonical } from '../field/koalabear.ts';
import { CORE } from '../recursion/program.ts';
import { coreLayers, kindsOf, type System } from '../system/definition.ts';
import type { ExecutionProof } from '../system/proved-layer.ts';
import { digestsOfOpening, OPENING_DIGESTS, openingOf } from '../vm/system-opening.ts';
import {
  decodeCore,
  decodeRecursion,
  encodeBody,
  kindsOfLength,
  ofOtherKind,
  recursionLength,
  shardLength,
} from './body.ts';
import { damaged } from './errors.ts';

/** Most shards of a proof of mode core: its file is one text, which has a limit. Other modes have none. */
export const MAX_SHARDS = 256;

/** Words of a digest. */
const DIGEST = 8;
/** Bytes in front of the proofs of the shards: their number, the opened system words. */
const HEAD = 4 * (1 + DIGEST * OPENING_DIGESTS);

/** Number of shards, the opening of the system words, then each shard's proof. Words are little-endian u32. RangeError above MAX_SHARDS. */
export function encodeExecution(system: System, { shards, words }: ExecutionProof): Uint8Array {
  if (shards.length === 0 || shards.length > MAX_SHARDS) {
    throw new RangeError(`"shards" expected 1 to ${MAX_SHARDS}, got ${shards.length}`);
  }
  const bodies = shards.map((shard) => encodeBody(system, shard));
  const bytes = new Uint8Array(HEAD + bodies.reduce((sum, body) => sum + body.length, 0));
  const view = new DataView(bytes.buffer);
  const head = [shards.length, ...digestsOfOpening(words).flat()];
  if (4 * head.length !== HEAD) throw new RangeError('"words" expected an opening of the system words');
  for (const [i, word] of head.entries()) view.setUint32(4 * i, word, true);
  let at = HEAD;
  for (const body of bodies) {
    bytes.set(body, at);
    at += body.length;
  }
  return bytes;
}

/** Errors: ProofFileError BAD_PROOF_FILE, PROOF_VERSION. */
export function decodeExecution(system: System, bytes: Uint8Array): ExecutionProof {
  const [other] = kindsOfLength(system, bytes.byteLength);
  if (other !== undefined) throw ofOtherKind(other, CORE);
  if (bytes.byteLength < HEAD) throw damaged(bytes.byteLength === 0 ? 'it is empty' : 'it is too short');
  const parts = shardBodies(system, bytes);
  if (typeof parts === 'string') throw damaged(parts);
  const words = wordsIn(bytes.subarray(4, HEAD));
  if (!words.every(isCanonical)) throw damaged('it holds an element that is not canonical');
  const digests = Array.from({ length: OPENING_DIGESTS }, (_, i) => words.slice(DIGEST * i, DIGEST * (i + 1)));
  return { shards: parts.map((body) => decodeCore(system, body)), words: openingOf(digests) };
}

/** How many shards a proof of mode core says it has; undefined where its body cannot be one. Looks at lengths alone. */
export function shardsIn(system: System, bytes: Uint8Array): number | undefined {
  if (bytes.byteLength < HEAD) return undefined;
  const parts = shardBodies(system, bytes);
  return typeof parts === 'string' ? undefined : parts.length;
}

/** A proof of the mode compressed, in whose place a file may have one of mode core. Errors as `decodeRecursion`. */
export function decodeProofOf(system: System, kind: string, bytes: Uint8Array): ReturnType<typeof decodeRecursion> {
  const isOther = recursionLength(system, kind) !== bytes.byteLength && Array.isArray(shardBodies(system, bytes));
  if (isOther) throw ofOtherKind(CORE, kind);
  return decodeRecursion(system, kind, bytes);
}

/** Bytes of the longest body that a proof of this system can have. */
export function largestBody(system: System): number {
  const shards = coreLayers(system).map((_layer, index) => shardLength(system, index) ?? 0);
  const others = kindsOf(system).map(({ name }) => recursionLength(system, name));
  return Math.max(HEAD + MAX_SHARDS * Math.max(...shards), ...others);
}

/** The proofs of the shards, or why there are none. */
function shardBodies(system: System, bytes: Uint8Array): Uint8Array[] | string {
  const [count = 0] = wordsIn(bytes.subarray(0, 4));
  if (count === 0 || count > MAX_SHARDS)
    return `it says it has ${count} shards, and a core proof has 1 to ${MAX_SHARDS}`;
  const bodies: Uint8Array[] = [];
  let at = HEAD;
  for (let i = 1; i <= count; i++) {
    const [index] = wordsIn(bytes.subarray(at, at + 4));
    if (index === undefined)
      return `it ends before shard ${i} of ${count}: it was cut off, or another version of hardhat-zkvm made it`;
    const length = shardLength(system, index);
    if (length === undefined) return `shard ${i} of ${count} names no known tier`;
    if (at + length > bytes.byteLength) {
      return `it ends in shard ${i} of ${count}: it was cut off, or another version of hardhat-zkvm made it`;
    }
    bodies.push(bytes.subarray(at, at + length));
    at += length;
  }
  return at === bytes.byteLength
    ? bodies
    : `it goes on after shard ${count} of ${count}: something was added to it, or another version of hardhat-zkvm made it`;
}

/** The whole words of some bytes. */
function wordsIn(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, i) => view.getUint32(4 * i, true));
}
