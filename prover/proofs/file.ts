/** Proofs as files: JSON around hex or base64. Parsing is strict, and says what is wrong with a file that is no proof. */
import { base64 } from './base64.ts';
import type { Proof, ProofMode } from './proof.ts';
import type { Hex } from '../core/hex.ts';
import { PUBLIC_VALUES_LIMIT } from '../vm/syscalls/syscalls.ts';
import { damaged, otherVersion, ProofFileError } from './errors.ts';
import { jsonShape } from './json-text.ts';
import { largestBody, shardsIn } from './execution-body.ts';
import { textOf } from './text-file.ts';
import { defaultSystem } from '../system/default.ts';
import type { System } from '../system/definition.ts';

const FORMAT = 'hardhat-zkvm-proof';
const VERSION = 1;
const MODES: readonly ProofMode[] = ['core', 'compressed', 'groth16'];
const FIELDS = ['format', 'version', 'mode', 'vkey', 'publicValues', 'exitCode', 'proof', 'stats'] as const;
const STATS = ['cycles', 'seconds', 'peakMemoryBytes', 'securityBits'] as const;
/** Names of stages: they are shown on terminals. */
const STAGE = /^[a-z][a-z0-9-]{0,31}$/;
/** Longest hex of a Groth16 proof that is looked at: several times that of a good one, whose length the verifier checks. */
const GROTH16_HEX = 4096;
/** Room for all of a file but public values and proof, however it is laid out. */
const REST = 2 ** 16;

/** Most bytes that a file with a proof can have; UTF-16 has two for each character. */
export function largestProofFile(system: System = defaultSystem()): number {
  return 2 * (2 * PUBLIC_VALUES_LIMIT + largestProofText(system) + REST);
}

function largestProofText(system: System): number {
  return 4 * Math.ceil(largestBody(system) / 3);
}

/**
 * Reads a proof file: its bytes, or its text. ProofFileError with one sentence for anything that is no proof of this
 * version. Codes: BAD_PROOF_FILE, PROOF_VERSION.
 */
export function parseProof(file: string | Uint8Array, system: System = defaultSystem()): Proof {
  const most = largestProofFile(system);
  if (file.length > most) {
    throw notAProof(`it has ${file.length} bytes, and no proof needs more than ${most}`);
  }
  const fields = parseObject(textIn(file));
  if (fields['format'] !== FORMAT) throw notAProof(`its "format" is not "${FORMAT}"`);
  if (fields['version'] !== VERSION) {
    throw otherVersion(`the file has format version ${quote(fields['version'])}, this prover reads version ${VERSION}`);
  }
  expectNames(fields, FIELDS, '');
  const mode = MODES.find((name) => name === fields['mode']);
  if (mode === undefined) throw damaged(`"mode" must be one of ${MODES.join(', ')}`);
  const exitCode = fields['exitCode'];
  if (typeof exitCode !== 'number' || !Number.isInteger(exitCode) || exitCode < 0 || exitCode > 0xffffffff) {
    throw damaged('"exitCode" must be an integer of 32 bits');
  }
  return {
    format: FORMAT,
    version: VERSION,
    mode,
    vkey: hex(fields['vkey'], 'vkey', 64, true),
    publicValues: hex(fields['publicValues'], 'publicValues', 2 * PUBLIC_VALUES_LIMIT),
    exitCode,
    proof: mode === 'groth16' ? hex(fields['proof'], 'proof', GROTH16_HEX) : bodyText(fields['proof'], system),
    stats: stats(fields['stats']),
  };
}

/** The binary body of a core or compressed proof. */
export function proofBytes(text: string): Uint8Array {
  const bytes = base64.decode(text);
  if (bytes === undefined) throw damaged('"proof" is not base64');
  return bytes;
}

/** Into how many shards the execution of a proof of mode core falls; undefined for other modes, which do not show it. */
export function shardsOfProof({ mode, proof }: Pick<Proof, 'mode' | 'proof'>, system: System = defaultSystem()) {
  return mode === 'core' ? shardsIn(system, proofBytes(proof)) : undefined;
}

export function proofText(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

function textIn(file: string | Uint8Array): string {
  if (typeof file === 'string') return file.replace(/^\ufeff/, '');
  const read = textOf(file);
  if ('is' in read) throw new ProofFileError('BAD_PROOF_FILE', `The proof file is ${read.is}.`);
  return read.text;
}

/** The members of the one object that the text is. */
function parseObject(text: string): Record<string, unknown> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw notJson(text, (error as Error).message);
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw notAProof('it is not a JSON object');
  const { keys, depth } = jsonShape(text);
  // A proof, its stats, the seconds in them.
  if (depth > 3) throw notAProof('it has more levels than a proof has');
  const fields = data as Record<string, unknown>;
  if (keys !== countNames(fields)) throw damaged('it names the same field twice');
  return fields;
}

/** Members of an object and of the objects in it; lists of objects are no part of a proof. */
function countNames(value: object): number {
  return Object.values(value).reduce(
    (sum: number, entry: unknown) => sum + (typeof entry === 'object' && entry !== null ? countNames(entry) : 0),
    Array.isArray(value) ? 0 : Object.keys(value).length,
  );
}

/** Why a text is not JSON, as far as it can be told. */
function notJson(text: string, message: string): ProofFileError {
  const start = text.trimStart();
  if (start === '') return notAProof('it holds nothing but white space');
  if (!/^[{[]/.test(start)) return notAProof(`it is not JSON: it begins with ${quote(start.slice(0, 20))}`);
  const { end } = jsonShape(text);
  if (end === undefined)
    return damaged(`the file is cut off: it ends after ${text.length} characters, inside the proof`);
  const rest = text.slice(end).trim();
  if (rest !== '') {
    const what = /^\0+$/.test(rest)
      ? 'zero bytes follow'
      : `after the proof the file goes on with ${quote(rest.slice(0, 20))}`;
    return damaged(`${what}, from character ${end} on`);
  }
  if (/control character/i.test(message)) {
    return damaged('a line end or control character stands inside a string; an editor may have wrapped its lines');
  }
  const [, position] = /position (\d+)/.exec(message) ?? [];
  return notAProof(`it is not JSON${position === undefined ? '' : `, from character ${position} on`}`);
}

/** Every name of a list and no other one. */
function expectNames(fields: object, names: readonly string[], prefix: string): void {
  for (const name of names) {
    if (!Object.hasOwn(fields, name)) throw damaged(`the field "${prefix}${name}" is missing`);
  }
  for (const name of Object.keys(fields)) {
    if (!names.includes(name)) throw damaged(`it has an unknown field ${quote(prefix + name)}`);
  }
}

function stats(value: unknown): Proof['stats'] {
  const fields = members(value, 'stats');
  expectNames(fields, STATS, 'stats.');
  const number = (entry: unknown, name: string): number => {
    if (typeof entry !== 'number' || !Number.isFinite(entry) || entry < 0) {
      throw damaged(`"stats.${name}" must be a number that is not negative`);
    }
    return entry;
  };
  const seconds = Object.entries(members(fields['seconds'], 'stats.seconds')).map(([stage, entry]) => {
    if (!STAGE.test(stage)) throw damaged(`"stats.seconds" has ${quote(stage)}, which is not the name of a stage`);
    return [stage, number(entry, `seconds.${stage}`)] as const;
  });
  return {
    cycles: number(fields['cycles'], 'cycles'),
    seconds: Object.fromEntries(seconds),
    peakMemoryBytes: number(fields['peakMemoryBytes'], 'peakMemoryBytes'),
    securityBits: number(fields['securityBits'], 'securityBits'),
  };
}

function members(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(`"${name}" must be an object`);
  return value as Record<string, unknown>;
}

function bodyText(value: unknown, system: System): string {
  if (typeof value !== 'string') throw damaged('"proof" must be a string');
  if (value.length > largestProofText(system)) throw damaged('"proof" is longer than that of any proof');
  proofBytes(value);
  return value;
}

/** Hex with at most, or exactly, so many digits. */
function hex(value: unknown, name: string, digits: number, exactly = false): Hex {
  if (typeof value !== 'string' || !value.startsWith('0x')) throw damaged(`"${name}" must be hex with 0x in front`);
  const length = value.length - 2;
  if (exactly ? length !== digits : length > digits) {
    throw damaged(`"${name}" must have ${exactly ? '' : 'at most '}${digits / 2} bytes`);
  }
  if (length % 2 !== 0 || !/^[0-9a-f]*$/i.test(value.slice(2))) throw damaged(`"${name}" must be hex of whole bytes`);
  return value.toLowerCase() as Hex;
}

/** Foreign text in a message, short. The message's own class makes it safe for a terminal. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function notAProof(problem: string): ProofFileError {
  return new ProofFileError('BAD_PROOF_FILE', `The file is not a proof of hardhat-zkvm: ${problem}.`);
}
