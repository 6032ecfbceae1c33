import { emptyTask, task } from 'hardhat/config';
import { definePlugin } from 'hardhat/plugins';
import { ArgumentType } from 'hardhat/types/arguments';
import type { HardhatPlugin } from 'hardhat/types/plugins';

export type * from './type-extensions.ts';
export type * from './types.ts';

const PROGRAM = 'A name under programs/, a crate folder, or an .elf file';
const INPUT =
  'Input items, comma separated, each read by one call: typed u8: to u128:, i8: to i128:, bool:true, string:hello, bytes:0xc0ffee, joined by + (u32:20+bool:true) where one call reads several; or as they are 0xc0ffee, text:hello, @file';
const JSON_FLAG = { name: 'json', description: 'Print the result as one JSON object on the last line' } as const;
const NO_BUILD_FLAG = {
  name: 'noBuild',
  description: 'Use the ELF as it is, even if its source changed since it was built',
} as const;
const QUIET_FLAG = { name: 'quiet', description: 'Show no progress' } as const;
const EXIT_CODES =
  'Exit code 0: good. 1: an error, or the proof is refused. 2: the proof is good, but what it proves is that the program failed';
const ALLOW_FAILURE = {
  name: 'allowFailure',
  description: 'End with exit code 0 also when the program that was proved had failed',
} as const;
const TEXT = { type: ArgumentType.STRING_WITHOUT_DEFAULT, defaultValue: undefined } as const;

const plugin: HardhatPlugin = definePlugin({
  id: 'hardhat-zkvm',
  hookHandlers: {
    config: () => import('./internal/hook-handlers/config.ts'),
    hre: () => import('./internal/hook-handlers/hre.ts'),
    network: () => import('./internal/hook-handlers/network.ts'),
  },
  tasks: [
    emptyTask(
      'zkvm',
      'Prove that a Rust program ran, and let a contract check the proof. Usual order: new, build, execute, prove, deploy, submit',
    ).build(),
    task(['zkvm', 'new'], 'Make a new program: its source, a contract that believes its proofs, and a test of both')
      .addPositionalArgument({ name: 'name', description: 'Small letters, digits and dashes, such as price-feed' })
      .addFlag({ name: 'noStd', description: 'In Rust without the standard library' })
      .addFlag({ name: 'c', description: 'In C' })
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/new/action.ts'))
      .build(),
    task(
      ['zkvm', 'build'],
      'Compile programs in Rust or C to RISC-V; needs a compiler, while programs with a committed .elf need nothing',
    )
      .addPositionalArgument({
        name: 'program',
        description: 'A name under programs/ or a folder; all programs when left out',
        type: ArgumentType.STRING_WITHOUT_DEFAULT,
        defaultValue: undefined,
      })
      .addFlag({
        name: 'check',
        description: 'Write nothing; fail unless the committed files are what the source gives',
      })
      .addFlag({
        name: 'locked',
        description: 'Fail where Cargo.lock is missing or would change; always so with --check and where CI is set',
      })
      .addOption({ name: 'features', description: "Features of the program's crate, separated by commas", ...TEXT })
      .addFlag({ name: 'noDefaultFeatures', description: 'Without the default features' })
      .addOption({ name: 'bin', description: 'Which of several programs of a crate', ...TEXT })
      .addFlag({
        name: 'asInManifest',
        description: 'Forget features and program of the last build, which count when none are given',
      })
      .addFlag({ name: 'allowKeyChange', description: 'Where CI is set: the verifying key may change' })
      .addFlag(QUIET_FLAG)
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/build/action.ts'))
      .build(),
    task(
      ['zkvm', 'execute'],
      'Run a program without proving: its public values, output, and where its cycles go. Takes seconds; do this first. Exit code 1 when the program fails',
    )
      .addPositionalArgument({ name: 'program', description: PROGRAM })
      .addOption({ name: 'input', description: INPUT, ...TEXT })
      .addOption({ name: 'cycleLimit', description: 'Stop after exactly this many instructions', ...TEXT })
      .addOption({
        name: 'profile',
        description:
          'Write where the cycles go: a page with a flame graph (.html), or a file for speedscope.app (.json)',
        ...TEXT,
      })
      .addFlag({ name: 'trace', description: 'Print every executed instruction (also with --cycle-limit)' })
      .addFlag(NO_BUILD_FLAG)
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/execute/action.ts'))
      .build(),
    task(
      ['zkvm', 'prove'],
      `Run a program and write a proof file. Minutes in mode groth16, seconds in mode core. ${EXIT_CODES}`,
    )
      .addPositionalArgument({ name: 'program', description: PROGRAM })
      .addOption({ name: 'input', description: INPUT, ...TEXT })
      .addOption({
        name: 'mode',
        description:
          'core (fast, large), compressed, or groth16 (small, the only one a contract accepts). Only groth16 hides the input: who gets a core or compressed proof may learn it',
        type: ArgumentType.STRING,
        defaultValue: 'groth16',
      })
      .addOption({
        name: 'out',
        shortName: 'o',
        description:
          'Where to write the proof, a file that is not there yet; default <program>.<mode>.<digest of the statement>.proof.json',
        ...TEXT,
      })
      .addOption({ name: 'cycleLimit', description: 'Refuse to prove more than this many instructions', ...TEXT })
      .addFlag({ name: 'force', description: 'Replace the file when it is there already' })
      .addFlag(ALLOW_FAILURE)
      .addFlag(QUIET_FLAG)
      .addFlag(NO_BUILD_FLAG)
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/prove/action.ts'))
      .build(),
    task(['zkvm', 'verify'], `Check a proof file off chain, whatever its mode. ${EXIT_CODES}`)
      .addPositionalArgument({ name: 'proof', description: 'A file written by zkvm prove' })
      .addOption({ name: 'program', description: `The program it must belong to: ${PROGRAM}`, ...TEXT })
      .addOption({ name: 'vkey', description: 'The verifying key it must belong to, as bytes32', ...TEXT })
      .addFlag(ALLOW_FAILURE)
      .addFlag(QUIET_FLAG)
      .addFlag(NO_BUILD_FLAG)
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/verify/action.ts'))
      .build(),
    task(
      ['zkvm', 'vkey'],
      "A program's verifying key: the bytes32 that a contract stores to trust exactly this program",
    )
      .addPositionalArgument({ name: 'program', description: PROGRAM })
      .addFlag(QUIET_FLAG)
      .addFlag(NO_BUILD_FLAG)
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/vkey/action.ts'))
      .build(),
    task(
      ['zkvm', 'setup'],
      'Make the Groth16 keys once for all programs (development setup: INSECURE, for test chains only)',
    )
      .addFlag(QUIET_FLAG)
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/setup/action.ts'))
      .build(),
    task(['zkvm', 'deploy'], 'Deploy verifier and gateway to the network of --network and record the addresses')
      .addOption({
        name: 'owner',
        description: 'Owner of a new gateway, who must accept it; default: the sender',
        ...TEXT,
      })
      .addFlag({
        name: 'mock',
        description: 'Deploy the mock verifier, which proves nothing; local and simulated chains only',
      })
      .addFlag({ name: 'allowInsecureSetup', description: 'Use development keys on a public test chain' })
      .addFlag(QUIET_FLAG)
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/deploy/action.ts'))
      .build(),
    task(['zkvm', 'submit'], 'Send a Groth16 proof in a transaction; prints gas, or why the contract refused it')
      .addPositionalArgument({ name: 'proof', description: 'A file written by zkvm prove --mode groth16' })
      .addOption({ name: 'to', description: 'Consumer, gateway or verifier; default: the recorded gateway', ...TEXT })
      .addOption({
        name: 'function',
        description: "The consumer's function that takes (bytes publicValues, bytes proofBytes); default submitProof",
        ...TEXT,
      })
      .addFlag(QUIET_FLAG)
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/submit/action.ts'))
      .build(),
    task(['zkvm', 'inspect'], 'What is inside a proof or a program: stages, tables, sizes, security bits')
      .addPositionalArgument({ name: 'target', description: `A proof file, or a program: ${PROGRAM}` })
      .addFlag(NO_BUILD_FLAG)
      .addFlag(JSON_FLAG)
      .setAction(() => import('./internal/tasks/inspect/action.ts'))
      .build(),
  ],
});

export default plugin;
