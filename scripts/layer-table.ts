/**
 * Prints the shape of every layer and the size of every recursion program as Markdown: what docs/protocol.md quotes.
 * Recording all programs takes some ten seconds.
 *
 *   node scripts/layer-table.ts
 */
import type { Machine } from '../prover/air/machine.ts';
import { theSystem, TIERS } from '../prover/system/definition.ts';
import { liftProgram } from '../prover/recursion/programs/lift.ts';
import { CHIP_ORDER, type RecursionHeights } from '../prover/machines/recursion/machine.ts';
import { rowCounts, type Program } from '../prover/machines/recursion/program.ts';
import { wrapProgram } from '../prover/recursion/programs/wrap.ts';
import { layerLayout, mainCapacity, maxFractions, preCapacity } from '../prover/stark/layout.ts';
import type { LayerParameters } from '../prover/stark/parameters.ts';

const { core, lift, liftLayer, wrap, wrapLayer } = theSystem();

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

function rows(name: string, program: Program): (string | number)[] {
  const counts = rowCounts(program);
  return [name, ...CHIP_ORDER.map((chip) => counts[chip])];
}

function room(name: string, heights: RecursionHeights): (string | number)[] {
  return [name, ...CHIP_ORDER.map((chip) => 2 ** heights[chip])];
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
      [...TIERS.map((tier) => shape(core, tier)), shape(lift.machine, liftLayer), shape(wrap.machine, wrapLayer)],
    ),
    '',
    table(
      ['program', ...CHIP_ORDER],
      [
        ...TIERS.map((tier) => rows(`lift of ${tier.id}`, liftProgram(core, tier))),
        room('room in lift', lift.heights),
        rows('wrap', wrapProgram(lift.machine, liftLayer)),
        room('room in wrap', wrap.heights),
      ],
    ),
  ].join('\n'),
);
