import { taskAction } from '../action.ts';
import type { CommonArguments, TaskOutput } from '../action.ts';
import { formatBytes, formatSeconds } from '../../text/format.ts';
import { alignColumns } from '../../text/table.ts';
import { sha256Hex } from '../../sha256.ts';
import { loadProgramFile } from '../../programs/load-program.ts';
import { loadProverModule } from '../../prover-module.ts';
import type { ProgramFile, Proof } from '../../../types.ts';
import { proofByteLength } from '../proof-files.ts';

type Arguments = CommonArguments & { readonly target: string };

const indentedTable = (rows: readonly (readonly string[])[]): string[] => alignColumns(rows).map((line) => `  ${line}`);

/** The bits that are left where each of many shards is attacked with the work that the bits of one stand for. */
function onEachOf(shards: number | undefined, bits: number): string {
  if (shards === undefined || shards < 2) return '';
  const left = Math.floor(100 * Math.max(0, bits - Math.log2(shards))) / 100;
  return `, ${left} where as much work is spent on each shard`;
}

async function inspectProof(file: string, proof: Proof): Promise<TaskOutput> {
  const { shardsOfProof } = await loadProverModule();
  const shards = shardsOfProof(proof);
  const { stats } = proof;
  const total = Object.values(stats.seconds).reduce((sum, seconds) => sum + seconds, 0);
  const publicValueBytes = proof.publicValues.length / 2 - 1;
  const byteLength = proofByteLength(proof);
  const selector = proof.mode === 'groth16' ? proof.proof.slice(0, 10) : undefined;
  return {
    lines: [
      `${file}: ${proof.mode} proof, format version ${proof.version}`,
      `verifying key: ${proof.vkey}`,
      `public values: ${proof.publicValues} (${publicValueBytes} bytes)`,
      `exit code:     ${proof.exitCode}${proof.exitCode === 0 ? '' : ' (the program FAILED)'}`,
      `proof:         ${formatBytes(byteLength)}${selector === undefined ? '' : `, for the verifier ${selector}`}`,
      ...(shards === undefined ? [] : [`shards:        ${shards}`]),
      `security:      ${stats.securityBits} bits in the weakest stage${onEachOf(shards, stats.securityBits)}`,
      `cycles:        ${stats.cycles.toLocaleString('en-US')}`,
      `peak memory:   ${formatBytes(stats.peakMemoryBytes)}`,
      'stages:',
      ...indentedTable([
        ...Object.entries(stats.seconds).map(([stage, seconds]) => [
          stage,
          formatSeconds(seconds),
          `${total === 0 ? 0 : Math.round((100 * seconds) / total)} %`,
        ]),
        ['total', formatSeconds(total), ''],
      ]),
      'These figures are what the file says; `npx hardhat zkvm verify` checks the proof itself.',
    ],
    json: {
      kind: 'proof',
      mode: proof.mode,
      version: proof.version,
      vkey: proof.vkey,
      publicValues: proof.publicValues,
      exitCode: proof.exitCode,
      proofBytes: byteLength,
      ...(shards === undefined ? {} : { shards }),
      ...(selector === undefined ? {} : { selector }),
      stats,
    },
  };
}

async function inspectProgram(file: ProgramFile): Promise<TaskOutput> {
  const { name, path, elf } = file;
  const program = await loadProgramFile(file);
  const sha256 = sha256Hex(elf);
  const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
  const { stretches } = program.image;
  const words = stretches.reduce((sum, stretch) => sum + stretch.words.length, 0);
  const mapped = stretches.map(({ start, end }) => ({ start: 4 * start, end: 4 * end }));
  return {
    lines: [
      `${name}: ${path}`,
      `size:    ${formatBytes(elf.length)}, sha256 ${sha256}`,
      `entry:   ${hex(program.entry)}`,
      'tables:',
      ...indentedTable([
        ['program text', `${program.rom.rows.toLocaleString('en-US')} instructions`],
        ['initial memory', `${words.toLocaleString('en-US')} words that the file has, by pages`],
        ...mapped.map(({ start, end }): [string, string] => ['memory', `${hex(start)} to ${hex(end)}`]),
      ]),
    ],
    json: {
      kind: 'program',
      name,
      path,
      bytes: elf.length,
      sha256,
      entry: program.entry,
      instructions: program.rom.rows,
      imageWords: words,
      memory: mapped,
    },
  };
}

export default taskAction<Arguments>(async ({ target }, hre, run) =>
  target.endsWith('.json')
    ? inspectProof(target, await hre.zkvm.readProof(target))
    : inspectProgram(await hre.zkvm.program(target, run)),
);
