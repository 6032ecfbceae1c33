/** Files of proofs: how large proofs are, and where they are written. A proof takes minutes: none is overwritten unasked, none is lost at the end. */
import { lstat, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pluginError, toPluginError } from '../errors.ts';
import { sha256Hex } from '../sha256.ts';
import type { Proof, ProofMode } from '../../types.ts';
import { createFileAtomically, writeFileAtomically } from '../files/atomic.ts';
import { checkFolderOf, ifThere } from '../files/read.ts';

/** Where a proof goes: the file of `--out`, or a name made of program, mode and statement; `force` replaces files. */
export type ProofTarget = {
  readonly program: string;
  readonly mode: ProofMode;
  readonly out: string | undefined;
  readonly force: boolean;
};

/** Where it went; `taken` is the name it should have had when another file is there. */
export type WrittenFile = { readonly file: string; readonly taken?: string };

const ENDING = '.proof.json';
/** An aggregate has a second file, with the paths of its statements. */
const PATHS_ENDING = '.paths.json';
/** More proofs of one statement in one folder are an accident. */
const MOST_NAMES = 10_000;

/**
 * Names proofs of different statements differently: key, public values and exit code, which all stand in the file. The
 * input must not go in: a digest of a short secret in a file's name could be searched for.
 */
function statementDigest({ vkey, publicValues, exitCode }: Proof): string {
  return sha256Hex(`${vkey} ${publicValues} ${exitCode}`).slice(0, 8);
}

/** Length of the proof itself in bytes. */
export function proofByteLength({ mode, proof }: Proof): number {
  return mode === 'groth16' ? proof.length / 2 - 1 : Buffer.byteLength(proof, 'base64');
}

/** Before proving: refuses what could not be written after it. */
export async function checkProofTarget({ program, out, force }: ProofTarget): Promise<void> {
  await checkFolderOf(out ?? `${program}${ENDING}`);
  if (out === undefined) return;
  await checkFree(out, `--out ${out}`, force);
}

/** The same for an aggregate, whose paths go beside its proof. */
export async function checkAggregateTarget(target: ProofTarget): Promise<void> {
  await checkProofTarget(target);
  if (target.out === undefined) return;
  const file = pathsFile(target.out);
  await checkFree(file, `${file}, where the paths of --out ${target.out} go,`, target.force);
}

async function checkFree(file: string, what: string, force: boolean): Promise<void> {
  const found = await ifThere(lstat(path.resolve(file)));
  if (found === undefined) return;
  const target = await stat(path.resolve(file)).catch(() => found);
  if (target.isDirectory()) throw pluginError(`${what} is a folder: name a file in it.`);
  if (!target.isFile() && !target.isSymbolicLink()) throw pluginError(`${what} is not a regular file.`);
  if (!force) throw pluginError(`${file} is there already: choose another --out, or pass --force to replace it.`);
}

/** The file with the paths of an aggregate, beside that of its proof. */
function pathsFile(proofFile: string): string {
  return `${proofFile.replace(/(?:\.proof)?\.json$/, '')}${PATHS_ENDING}`;
}

/**
 * Writes a proof: under its name, else under the next free one. Errors: one sentence; where the folder failed since the
 * proof was begun, it names the file in the system's temporary folder that holds the proof.
 */
export function writeProof(proof: Proof, target: ProofTarget): Promise<WrittenFile> {
  const name = target.out ?? `${target.program}.${target.mode}.${statementDigest(proof)}${ENDING}`;
  return writeResult(name, proof, target.force, 'The proof was saved');
}

/** Writes the paths of an aggregate beside the file of its proof, as carefully as that. */
export function writePaths(paths: object, proofFile: string, force: boolean): Promise<WrittenFile> {
  return writeResult(pathsFile(proofFile), paths, force, 'The paths were saved');
}

async function writeResult(name: string, content: object, force: boolean, saved: string): Promise<WrittenFile> {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  try {
    if (force) {
      await writeFileAtomically(name, text);
      return { file: name };
    }
    return await writeFree(name, text);
  } catch (error) {
    const rescue = path.join(os.tmpdir(), path.basename(name));
    const rescued = await writeFree(rescue, text).catch(() => undefined);
    if (rescued === undefined) throw error;
    throw pluginError(`${toPluginError(error).message} ${saved} as ${rescued.file} instead.`, error);
  }
}

/** Writes the proof of a run before what is kept of the run is removed, and knows afterwards where it is. */
export function proofWriter(target: ProofTarget): {
  readonly onProof: (proof: Proof) => Promise<void>;
  /** Where the proof is. Error before there is one. */
  readonly written: () => WrittenFile;
} {
  const written: WrittenFile[] = [];
  return {
    onProof: async (proof) => void written.push(await writeProof(proof, target)),
    written() {
      const [only] = written;
      if (only === undefined) throw new Error('a run gave no proof');
      return only;
    },
  };
}

async function writeFree(name: string, text: string): Promise<WrittenFile> {
  if (await createFileAtomically(name, text)) return { file: name };
  const ending = [ENDING, PATHS_ENDING].find((one) => name.endsWith(one)) ?? path.extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let n = 2; n <= MOST_NAMES; n += 1) {
    const file = `${stem}-${n}${ending}`;
    if (await createFileAtomically(file, text)) return { file, taken: name };
  }
  throw pluginError(`${name} and ${MOST_NAMES - 1} more names like it are taken.`);
}
