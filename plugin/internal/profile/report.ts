/** What `zkvm execute` says about an execution: sentences, tables and one object for scripts. */
import type { Execution, Profile, ProofRoom } from '../../../prover/api.ts';
import type { PageData } from './page-data.ts';
import { assumedOf, type ReliedOn, statementLines } from './statements.ts';
import { profilePage } from './page.ts';
import { titledTable } from '../text/table.ts';
import { printable } from '../text/printable.ts';
import { formatCount, formatMemory, formatShare, shorten } from '../text/format.ts';

/** Functions shown on a terminal. */
const SHOWN_FUNCTIONS = 10;
/** Functions in the JSON output and on the page. */
const LISTED_FUNCTIONS = 1000;
const NAME_WIDTH = 50;

/** An execution and what was found out about it. */
export type Report = {
  readonly program: string;
  readonly execution: Execution;
  readonly profile: Profile;
  /** Absent when nothing can be proved, because the run trapped or was cut off. */
  readonly room: ProofRoom | undefined;
  /** What the program relied on. */
  readonly statements: readonly ReliedOn[];
};

/** True when the run can be proved for a contract, room aside. */
export function isSuccess({ outcome }: Execution): boolean {
  return outcome.kind === 'halt' && outcome.exitCode === 0;
}

/** How the execution ended, in one sentence. */
export function outcomeSentence({ program, execution: { outcome, cycles }, profile }: Report): string {
  const count = `${formatCount(cycles)} cycles`;
  if (outcome.kind === 'halt') return `${program} halted with exit code ${outcome.exitCode} after ${count}`;
  if (outcome.kind === 'limit') return `${program} reached the cycle limit after ${count}`;
  const where = `pc 0x${outcome.pc.toString(16).padStart(8, '0')}`;
  const name = profile.hasNames ? profile.functionOf(outcome.pc) : undefined;
  const last = name === undefined ? '' : ` in ${shorten(printable(name), NAME_WIDTH)}`;
  const detail = typeof outcome.detail === 'string' ? `: ${printable(outcome.detail)}` : '';
  return `${program} trapped at ${where}${last} after ${count}: ${outcome.cause}${detail}`;
}

/** If and how the execution can be proved, in one sentence. */
export function proofSentence({ execution, room, statements }: Report): string {
  const { outcome } = execution;
  if (outcome.kind === 'limit') return 'A run that was cut off cannot be proved.';
  if (outcome.kind === 'trap')
    return `A run that traps cannot be proved.${outcome.cause === 'proof-missing' ? ASSUME : ''}`;
  const assumed = assumedOf(statements);
  const proofs = assumed === 0 ? '' : ` ${firstProve(assumed)}`;
  const exit = `${isSuccess(execution) ? '' : ' A contract accepts exit code 0 only.'}${proofs}`;
  if (room === undefined) return `It cannot be proved.${exit}`;
  if (!room.fits) return `It cannot be proved: ${room.reason}${room.reason.endsWith('.') ? '' : '.'}${exit}`;
  const noCore = ', and not in mode core, whose proofs hold no other proofs';
  if (room.shards === 1) return `It is proved in one shard (tier ${room.tier})${room.core ? '' : noCore}.${exit}`;
  const core = room.core ? '' : statements.length > 0 ? noCore : ', too many for a proof of mode core';
  return `It falls into ${formatCount(room.shards)} shards${core}; its proof of mode compressed or groth16 has one size for any number.${exit}`;
}

/** How a program can be run before what it relies on is proved. */
const ASSUME =
  ' To run on as if the proof were there, and see all statements that the program relies on, pass --assume-proofs.';

function firstProve(assumed: number): string {
  return assumed === 1
    ? 'First prove the statement that was assumed, and give its proof with --proof.'
    : `First prove the ${formatCount(assumed)} statements that were assumed, and give their proofs with --proof.`;
}

/** Where names come from when there are none. */
const NO_NAMES =
  'Functions are shown by address: there is no .symbols file and the ELF is stripped; `npx hardhat zkvm build` writes one.';

/** The lines for people. */
export function reportLines(report: Report): string[] {
  const { execution, profile } = report;
  const { cycles } = execution;
  const decode = (bytes: Uint8Array): string => printable(new TextDecoder().decode(bytes)).trimEnd();
  const [stdout, stderr] = [decode(execution.stdout), decode(execution.stderr)];
  const functions = profile.functions.slice(0, SHOWN_FUNCTIONS);
  return [
    ...(stdout === '' ? [] : [stdout]),
    ...(stderr === '' ? [] : [`stderr: ${stderr}`]),
    ...(execution.outputTruncated === true ? ['The program printed more than is kept; the rest was dropped.'] : []),
    ...(execution.warnings ?? []).map((warning) => `Warning: ${printable(warning)}.`),
    outcomeSentence(report),
    `public values: ${hex(execution.publicValues)}`,
    ...facts(execution).map(([what, value]) => `${what}: ${value}`),
    ...statementLines(report.statements),
    proofSentence(report),
    ...titledTable(
      ['span', 'cycles', 'share', 'calls'],
      (execution.spans ?? []).map((span) => [
        shorten('  '.repeat(Math.min(span.depth, 8)) + printable(span.name), NAME_WIDTH),
        formatCount(span.cycles),
        formatShare(span.cycles, cycles),
        formatCount(span.calls),
      ]),
    ),
    ...titledTable(
      ['function', 'own cycles', 'share', 'with callees', 'share', 'calls'],
      functions.map(({ name, self, total, calls }) => [
        shorten(printable(name), NAME_WIDTH),
        formatCount(self),
        formatShare(self, cycles),
        formatCount(total),
        formatShare(total, cycles),
        formatCount(calls),
      ]),
    ),
    ...(profile.hasNames ? [] : [NO_NAMES]),
    ...titledTable(
      ['instructions', 'count', 'share'],
      counts(execution.instructionMix).map(([name, count]) => [name, formatCount(count), formatShare(count, cycles)]),
    ),
    ...titledTable(
      ['system calls', 'count'],
      counts(execution.syscalls).map(([name, count]) => [name, formatCount(count)]),
    ),
  ];
}

/** The object for scripts. */
export function reportJson(report: Report): Record<string, unknown> {
  const { program, execution, profile, room } = report;
  const text = new TextDecoder();
  return {
    program,
    outcome: execution.outcome,
    cycles: execution.cycles,
    unconstrainedCycles: execution.unconstrainedCycles ?? 0,
    publicValues: hex(execution.publicValues),
    stdout: text.decode(execution.stdout),
    stderr: text.decode(execution.stderr),
    outputTruncated: execution.outputTruncated === true,
    warnings: execution.warnings ?? [],
    memoryTouched: execution.memoryTouched ?? 0,
    statements: report.statements,
    proof: room ?? { fits: false, reason: proofSentence(report) },
    instructionMix: execution.instructionMix ?? {},
    syscalls: execution.syscalls ?? {},
    spans: execution.spans ?? [],
    functions: profile.functions.slice(0, LISTED_FUNCTIONS),
    functionNames: profile.hasNames ? 'symbols' : 'addresses',
  };
}

/** The HTML page; `tree` is the call tree in the size that is drawn. */
export function reportPage(report: Report, tree: Profile['tree']): string {
  const { program, execution, profile } = report;
  const text = new TextDecoder();
  const used = [...new Set(tree.function)];
  const indexOf = new Map(used.map((index, i) => [index, i]));
  const data: PageData = {
    cycles: execution.cycles,
    names: used.map((index) => profile.names[index] ?? ''),
    parent: [...tree.parent],
    function: Array.from(tree.function, (index) => indexOf.get(index) ?? 0),
    self: [...tree.self],
    calls: [...tree.calls],
    functions: profile.functions.slice(0, LISTED_FUNCTIONS),
    spans: execution.spans ?? [],
    instructions: counts(execution.instructionMix),
    syscalls: counts(execution.syscalls),
  };
  const sentences = [
    `${outcomeSentence(report)}.`,
    ...statementLines(report.statements).map((line) => line.trim()),
    proofSentence(report),
    `Public values: ${shorten(hex(execution.publicValues), 200)}`,
  ];
  if (!profile.hasNames) sentences.push(NO_NAMES);
  if (tree.isCut) sentences.push('Call paths with few cycles, and very deep ones, are counted for their callers.');
  return profilePage({
    title: `${program}: where ${formatCount(execution.cycles)} cycles go`,
    sentences,
    facts: [
      ['Cycles', formatCount(execution.cycles)],
      ...facts(execution).map(([what, value]): [string, string] => [
        what.slice(0, 1).toUpperCase() + what.slice(1),
        value,
      ]),
    ],
    stdout: text.decode(execution.stdout),
    stderr: text.decode(execution.stderr),
    data,
  });
}

function facts({ memoryTouched, unconstrainedCycles }: Execution): [string, string][] {
  const list: [string, string][] = [];
  if (memoryTouched !== undefined) list.push(['memory touched', formatMemory(memoryTouched)]);
  if ((unconstrainedCycles ?? 0) > 0) list.push(['cycles outside the proof', formatCount(unconstrainedCycles ?? 0)]);
  return list;
}

/** What happened at all, most frequent first. */
function counts(record: Readonly<Record<string, number>> | undefined): [string, number][] {
  return Object.entries(record ?? {})
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
