/**
 * Writes docs/air-map.md: every chip of the machine with its columns, constraints and interactions, as the recorder sees
 * them, so that a change of the AIR shows in a diff.
 *
 *   node scripts/air-map.ts            write
 *   node scripts/air-map.ts --check    compare, exit code 1 on a difference
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RecordedChip } from '../prover/air/chip.ts';
import type { Graph } from '../prover/air/expression.ts';
import { BUSES } from '../prover/chips/buses.ts';
import { coreMachine } from '../prover/chips/machine.ts';
import { P } from '../prover/field/koalabear.ts';

const FILE = path.resolve(import.meta.dirname, '../docs/air-map.md');

/** Columns, interactions and groups planned by the protocol document; undefined where it has no such chip. */
const PLANNED: Readonly<Record<string, readonly [columns: number, interactions: number, groups: number]>> = {
  AddImm: [19, 12, 4],
  AddSub: [21, 16, 6],
  Bitwise: [33, 18, 6],
  Shift: [48, 22, 8],
  Lt: [26, 18, 6],
  Branch: [27, 14, 5],
  Jalr: [21, 12, 4],
  LoadW: [22, 16, 6],
  StoreW: [21, 16, 6],
  LoadSub: [33, 19, 7],
  StoreSub: [31, 18, 6],
  Mul: [38, 29, 10],
  DivRem: [45, 31, 11],
  Ecall: [28, 24, 8],
  HintWrite: [15, 10, 4],
  Rom: [1, 1, 1],
  VarRange: [2, 2, 1],
  Byte: [2, 2, 1],
  Image: [4, 3, 2],
  ZeroInit: [8, 8, 3],
};

/** Source text of a node, short enough for a table; long ones are cut. */
function text(chip: RecordedChip, node: number, limit = 140): string {
  const print = (graph: Graph, id: number): string => {
    const op = graph.nodes[id];
    if (op === undefined) return '?';
    if (op.op === 'const') return constant(op.value);
    if (op.op === 'column') {
      const names = { main: chip.columns, pre: chip.preprocessed, closed: chip.closedForms }[op.source];
      return names[op.index]?.name ?? '?';
    }
    const sign = { add: '+', sub: '-', mul: '*' }[op.op];
    return `(${print(graph, op.left)} ${sign} ${print(graph, op.right)})`;
  };
  const full = print(chip.graph, node).replace(/^\((.*)\)$/, '$1');
  return full.length > limit ? `${full.slice(0, limit - 3)}...` : full;
}

function constant(value: number): string {
  for (const power of [4, 256, 65536]) {
    if ((BigInt(value) * BigInt(power)) % BigInt(P) === 1n && value !== 1) return `1/${power}`;
  }
  return String(value > P / 2 ? value - P : value);
}

function summary(chips: readonly RecordedChip[]): string[] {
  const header = [
    '| chip | height | columns (planned) | preprocessed | constraints | interactions (planned) | groups (planned) | nodes |',
    '|---|---|---|---|---|---|---|---|',
  ];
  const rows = chips.map((chip) => {
    const [columns, interactions, groups] = PLANNED[chip.name] ?? ['-', '-', '-'];
    const height = typeof chip.logHeight === 'number' ? `2^${chip.logHeight}` : chip.logHeight;
    const counts = [
      `${chip.columns.length} (${columns})`,
      chip.preprocessed.length,
      chip.constraints.length,
      `${chip.interactions.length} (${interactions})`,
      `${chip.groups.length} (${groups})`,
      chip.graph.nodes.length,
    ];
    return `| ${chip.name} | ${height} | ${counts.join(' | ')} |`;
  });
  const total = (count: (chip: RecordedChip) => number): number => chips.reduce((sum, chip) => sum + count(chip), 0);
  const sums = [
    total((chip) => chip.columns.length),
    total((chip) => chip.preprocessed.length),
    total((chip) => chip.constraints.length),
    total((chip) => chip.interactions.length),
    total((chip) => chip.groups.length),
    total((chip) => chip.graph.nodes.length),
  ];
  return [...header, ...rows, `| all | | ${sums.join(' | ')} |`];
}

function section(chip: RecordedChip): string[] {
  const degree = (node: number): number => chip.graph.degrees[node] ?? 0;
  const group = (index: number): number => chip.groups.findIndex((members) => members.includes(index));
  const columns = chip.columns.map(({ name, kind }) => (kind === 'bool' ? `${name} (bool)` : name));
  const lines = ['', `## ${chip.name}`, '', `Columns: ${columns.join(', ')}.`];
  if (chip.preprocessed.length > 0) {
    lines.push('', `Preprocessed: ${chip.preprocessed.map(({ name }) => name).join(', ')}.`);
  }
  if (chip.closedForms.length > 0) {
    lines.push('', `Closed forms of the row index: ${chip.closedForms.map(({ name }) => name).join(', ')}.`);
  }
  if (chip.constraints.length > 0) {
    lines.push('', '| constraint | degree | expression = 0 |', '|---|---|---|');
    for (const { label, node } of chip.constraints) {
      lines.push(`| ${cell(label)} | ${degree(node)} | \`${text(chip, node)}\` |`);
    }
  }
  lines.push('', '| interaction | group | bus | multiplicity | message |', '|---|---|---|---|---|');
  for (const [index, i] of chip.interactions.entries()) {
    const sign = i.sign === 1 ? 'send' : 'receive';
    const message = i.message.map((node) => text(chip, node, 60)).join(', ');
    const multiplicity = text(chip, i.multiplicity, 60);
    lines.push(`| ${cell(i.label)} | ${group(index)} | ${sign} ${i.bus.name} | \`${multiplicity}\` | \`${message}\` |`);
  }
  return lines;
}

/** A label inside a table: a bar would end the cell. */
function cell(label: string): string {
  return label.replaceAll('|', '\\|');
}

function airMap(): string {
  const { chips, name, publicValueNames, keyFeltNames } = coreMachine();
  const lines = [
    '# AIR map',
    '',
    'Written by `node scripts/air-map.ts` from the recorded chips; do not edit. The numbers in brackets are those of the',
    'protocol document, which counts continuations (Global chip) in and keeps HALT in a chip of its own.',
    '',
    `Machine \`${name}\`. Key felts: ${keyFeltNames.join(', ')}. Public values: ${publicValueNames.join(', ')}.`,
    '',
    '| bus | identifier | message length |',
    '|---|---|---|',
    ...BUSES.map((bus) => `| ${bus.name} | ${bus.id} | ${bus.length} |`),
    '',
    ...summary(chips),
    ...chips.flatMap(section),
  ];
  return `${lines.join('\n')}\n`;
}

const map = airMap();
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, map);
} else if (readFileSync(FILE, 'utf8') !== map) {
  console.error('docs/air-map.md is not what node scripts/air-map.ts writes.');
  process.exitCode = 1;
}
