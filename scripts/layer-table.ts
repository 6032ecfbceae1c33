/**
 * Prints the shape of every layer and the size of every recursion program as Markdown: what docs/protocol.md quotes.
 * Recording all programs takes some ten seconds.
 *
 *   node scripts/layer-table.ts
 */
import type { Machine } from '../prover/air/machine.ts';
import { CHIP_ORDER, type RecursionHeights } from '../prover/machines/recursion/machine.ts';
import { rowCounts } from '../prover/machines/recursion/program.ts';
import type { RecursionProgram } from '../prover/recursion/program.ts';
import { recordProgram } from '../prover/recursion/record.ts';
import { layerLayout, mainCapacity, maxFractions, preCapacity } from '../prover/stark/layout.ts';
import type { LayerParameters } from '../prover/stark/parameters.ts';
import { defaultSystem } from '../prover/system/default.ts';
import { coreLayers, kindsOf } from '../prover/system/definition.ts';

const system = defaultSystem();

function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function shape(machine: Machine, layer: LayerParameters): (string | number)[] {
  const layout = layerLayout(machine, layer);
  return [
    layer.id,
    layout.logLeaves,
    layout.rounds,
    layout.groupCount,
    layout.constraintCount,
    layout.claimCount,
    Math.log2(maxFractions(layout.chips)).toFixed(2),
    mainCapacity(layer),
    preCapacity(layer),
  ];
}

function rows(program: RecursionProgram): (string | number)[] {
  const counts = rowCounts(recordProgram(program));
  return [program.id, ...CHIP_ORDER.map((chip) => counts[chip])];
}

function room(name: string, heights: RecursionHeights): (string | number)[] {
  return [`room in ${name}`, ...CHIP_ORDER.map((chip) => 2 ** heights[chip])];
}

console.log(
  [
    table(
      [
        'layer',
        'L',
        'zerocheck rounds',
        'groups',
        'constraints',
        'column claims',
        'log2 fractions, at most',
        'main cells',
        'key cells',
      ],
      [
        ...coreLayers(system).map(({ core, tier }) => shape(core.machine, tier)),
        ...kindsOf(system).map(({ target, layer }) => shape(target.machine, layer)),
      ],
    ),
    '',
    table(
      ['program', ...CHIP_ORDER],
      kindsOf(system).flatMap((kind) => [
        ...system.programs.filter((program) => program.kind === kind).map(rows),
        room(kind.name, kind.target.heights),
      ]),
    ),
  ].join('\n'),
);
