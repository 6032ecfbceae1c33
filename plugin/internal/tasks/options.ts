/**
 * What options of several tasks have in common: their texts and their definitions. Loaded at every Hardhat command, so it
 * imports nothing of ours.
 */
import { ArgumentType } from 'hardhat/types/arguments';
import type { ProofMode } from '../../types.ts';

/** What the argument `program` takes. */
export const PROGRAM = 'A name under programs/, a crate folder, or an .elf file';

/** How items of `--input` are written, the README's section on input in one sentence. */
export const INPUT_FORMS =
  'typed u8: to u128:, i8: to i128:, bool:true, string:hello, bytes:0xc0ffee, joined by + where one call reads several (u32:20+bool:true); or as they are 0xc0ffee, text:hello, @file. A comma within a text is written \\,';

/** The option `--input`. */
export const INPUT = `Input items, separated by commas, each read by one call: ${INPUT_FORMS}`;

/** Every mode of proofs, with what is to be known to choose one. */
export const MODES: Readonly<Record<ProofMode, string>> = {
  core: 'fast, large',
  compressed: 'a proof of that proof',
  groth16: 'small, the only one a contract accepts',
};

/** What the exit codes of tasks say that look at a proof. */
export const EXIT_CODES =
  'Exit code 0: good. 1: an error, or the proof is refused. 2: the proof is good, but what it proves is that the program failed';

/** An option whose value is text, absent when it is not given. */
export const TEXT = { type: ArgumentType.STRING_WITHOUT_DEFAULT, defaultValue: undefined } as const;

/** `--json`, which every task has. */
export const JSON_FLAG = { name: 'json', description: 'Print the result as one JSON object on the last line' } as const;

/** `--proof`, of tasks that run a program. Hardhat takes no option twice, so there is one list. */
export const PROOF = {
  name: 'proof',
  description:
    'Compressed proofs, files separated by commas, for a program that verifies them (zkvm::verify). A comma within a name is written \\,',
  ...TEXT,
} as const;

/** `--quiet`, of tasks that show progress. */
export const QUIET_FLAG = { name: 'quiet', description: 'Show no progress' } as const;

/** `--no-build`, of tasks that use a program. */
export const NO_BUILD_FLAG = {
  name: 'noBuild',
  description: 'Use the ELF as it is, even if its source changed since it was built',
} as const;

/** `--no-resume`, of tasks that prove. */
export const NO_RESUME_FLAG = {
  name: 'noResume',
  description:
    'Begin anew where an earlier run was interrupted, and keep nothing on the disk to go on from: finished proofs of a run tell its input, and stay in the cache directory until it is done',
} as const;

/** `--allow-failure`, of tasks that end with exit code 2. */
export const ALLOW_FAILURE = {
  name: 'allowFailure',
  description: 'End with exit code 0 also when the program that was proved had failed',
} as const;
