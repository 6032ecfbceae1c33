/**
 * What operations cost in a guest, in cycles: the table of docs/writing-programs.md. Builds the guest in costs/, so it needs
 * what programs need. Cycles are exact: the same compiler gives the same numbers on every machine.
 *
 *   node bench/programs/costs.ts            one JSON line an operation
 *   node bench/programs/costs.ts --write    writes the table into the page as well
 *   node bench/programs/costs.ts --check    exit code 1 where a number of the page is off by more than 5 %
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bcs } from '@mysten/bcs';
import { format } from 'prettier';
import { Builder } from '../../plugin/internal/toolchain/build.ts';
import { guestBuildFolder } from '../../plugin/internal/toolchain/build-folder.ts';
import { execute, loadProgram } from '../../prover/index.ts';
import type { Program } from '../../prover/index.ts';
import { fail, report } from '../report.ts';
import { OPERATIONS } from './cost-operations.ts';
import type { Operation } from './cost-operations.ts';

const GUEST = path.join(import.meta.dirname, 'costs');
const PAGE = path.resolve(import.meta.dirname, '../../docs/writing-programs.md');
const BEGIN = '<!-- written by node bench/programs/costs.ts --write -->';
const END = '<!-- end of what is written -->';
/** Another compiler may give slightly other numbers. */
const TOLERANCE = 0.05;

/** Cycles of all repetitions, and what was committed. */
function run(program: Program, what: string, { times, item }: Operation) {
  const first = bcs.tuple([bcs.string(), bcs.u32()]).serialize([what, times]).toBytes();
  const items = item === undefined ? [] : Array.from({ length: times }, () => item);
  const { outcome, spans, stderr, publicValues } = execute(program, [first, ...items]);
  const span = spans.find(({ name }) => name === 'operation');
  if (outcome.kind !== 'halt' || outcome.exitCode !== 0 || span === undefined) {
    throw new Error(`"${what}" did not end with 0: ${new TextDecoder().decode(stderr)}`);
  }
  return { cycles: span.cycles, publicValues };
}

/** Cycles of one unit of an operation. */
function measure(program: Program, operation: Operation): number {
  const { what, minus, times, units = 1 } = operation;
  const { cycles, publicValues } = run(program, what, operation);
  const others = minus === undefined ? 0 : run(program, minus, operation).cycles;
  const handled = units === 'committed' ? Buffer.from(publicValues).readUInt32LE() / 1000 : units;
  return (cycles - others) / times / handled;
}

/** A crate and its version in the guest's lock file. Our own has none that would tell anything. */
function sourceOf({ crate }: Operation): string {
  if (crate === undefined || crate.startsWith('zkvm')) return crate ?? '';
  const [name, start = ''] = crate.split(' ');
  const lock = readFileSync(path.join(GUEST, 'Cargo.lock'), 'utf8');
  const versions = [...lock.matchAll(/name = "(.+)"\nversion = "(.+)"/g)].filter(([, other]) => other === name);
  const version = versions.map(([, , found = '']) => found).find((found) => found.startsWith(start));
  if (version === undefined) throw new Error(`Cargo.lock names no version of ${crate}`);
  return `${name} ${version}`;
}

/** Three digits that count, with separators. */
const rounded = (cycles: number): string => Number(cycles.toPrecision(3)).toLocaleString('en-US');

/** The part of the page between the marks. */
async function tableOf(costs: ReadonlyMap<Operation, number>, compiler: string): Promise<string> {
  const rows = [...costs].map(
    ([operation, cycles]) => `| ${operation.label} | ${sourceOf(operation)} | ${rounded(cycles)} |`,
  );
  const table = ['| what | crate | cycles |', '| --- | --- | ---: |', ...rows].join('\n');
  const version = /^rustc \S+/.exec(compiler)?.[0] ?? compiler;
  return format(`${BEGIN}\n\nMeasured with ${version}.\n\n${table}\n\n${END}\n`, {
    parser: 'markdown',
    printWidth: 120,
  });
}

/** The page in three parts: before, between and after the marks. */
function readPage(): [before: string, table: string, after: string] {
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no marks for the table`);
  const end = to + END.length + 1;
  return [page.slice(0, from), page.slice(from, end), page.slice(end)];
}

/** What differs between the page's table and a new one: a line each. */
function differences(old: string, now: string): string[] {
  const cells = (table: string): [string, string][] =>
    table
      .split('\n')
      .filter((line) => /\|[^|]*\d[^|]*\|$/.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, label, crate, cycles]) => [`${label} (${crate})`, cycles ?? '']);
  const known = new Map(cells(old));
  const number = (text: string | undefined): number => Number((text ?? '').replaceAll(',', ''));
  const fresh = cells(now);
  const changed = fresh.flatMap(([name, cycles]) => {
    const before = known.get(name);
    if (before === undefined) return [`${name} is not in the page: ${cycles}`];
    return Math.abs(number(before) / number(cycles) - 1) <= TOLERANCE
      ? []
      : [`${name} takes ${cycles}, the page says ${before}`];
  });
  const gone = [...known.keys()].filter((name) => !fresh.some(([other]) => other === name));
  return [...changed, ...gone.map((name) => `${name} is in the page and was not measured`)];
}

try {
  const builder = new Builder({ buildFolder: guestBuildFolder, locked: true });
  const { elf, tools } = await builder.build(GUEST);
  const program = loadProgram(elf);
  const costs = new Map<Operation, number>();
  for (const operation of OPERATIONS) {
    const cycles = measure(program, operation);
    costs.set(operation, cycles);
    const { label, what } = operation;
    report({ name: `costs/${what}`, unit: 'cycles', samples: [cycles], extra: { label, crate: sourceOf(operation) } });
  }
  const table = await tableOf(costs, tools.compiler);
  if (process.argv.includes('--write')) {
    const [before, , after] = readPage();
    writeFileSync(PAGE, before + table + after);
  } else if (process.argv.includes('--check')) {
    for (const line of differences(readPage()[1], table)) fail('costs', line);
  }
} catch (error) {
  fail('costs', error);
}
