/**
 * Splits a chip's graph for the prover kernels. On a line of rows, low + X (high - low), every node of degree at most
 * one is linear in X: its values at X = 0 and 1 give those at 2 and 3 by addition. So kernels compute these once
 * ("linear" values: columns, linear expressions, fingerprints of linear messages), extrapolate, and evaluate only what
 * is left at each X.
 */
import type { RecordedChip } from '../chip.ts';
import type { Graph } from '../expression.ts';
import { chipRoots, reachableNodes } from '../evaluate.ts';

/** A fingerprint alpha + bus + sum beta^k m_k: precomputed where its message is linear. */
export type PlannedInteraction = {
  readonly index: number;
  readonly sign: 1 | -1;
  readonly multiplicity: number;
  readonly message: readonly number[];
  readonly busId: number;
  /** Position among the linear fingerprints, or undefined when it is evaluated at every X. */
  readonly linearSlot: number | undefined;
};

export type ChipPlan = {
  readonly chip: RecordedChip;
  readonly graph: Graph;
  /** Nodes of degree <= 1 to evaluate per row, operands first; constants excluded. */
  readonly linearNodes: readonly number[];
  /** Linear nodes that the per-X part reads, in slot order. */
  readonly keptNodes: readonly number[];
  /** Nodes of higher degree, operands first. */
  readonly pointNodes: readonly number[];
  readonly interactions: readonly PlannedInteraction[];
  readonly linearFingerprints: number;
};

/** The plan of a chip. Pure function of the recorded graph. */
export function planChip(chip: RecordedChip): ChipPlan {
  const { graph } = chip;
  const degree = (id: number): number => graph.degrees[id] ?? 0;
  const reachable = reachableNodes(graph, chipRoots(chip));
  let linearFingerprints = 0;
  const interactions = chip.interactions.map((interaction, index): PlannedInteraction => {
    const linear = interaction.message.every((node) => degree(node) <= 1);
    return {
      index,
      sign: interaction.sign,
      multiplicity: interaction.multiplicity,
      message: interaction.message,
      busId: interaction.bus.id,
      linearSlot: linear ? linearFingerprints++ : undefined,
    };
  });
  const isConstant = (id: number): boolean => graph.nodes[id]?.op === 'const';
  const kept = new Set<number>();
  const read = (id: number): void => {
    if (degree(id) <= 1 && !isConstant(id)) kept.add(id);
  };
  const pointNodes = reachable.filter((id) => degree(id) > 1);
  for (const id of pointNodes) {
    const node = graph.nodes[id];
    if (node === undefined || node.op === 'const' || node.op === 'column') continue;
    read(node.left);
    read(node.right);
  }
  for (const constraint of chip.constraints) read(constraint.node);
  for (const interaction of interactions) {
    read(interaction.multiplicity);
    if (interaction.linearSlot === undefined) for (const node of interaction.message) read(node);
  }
  return {
    chip,
    graph,
    linearNodes: reachable.filter((id) => degree(id) <= 1 && !isConstant(id)),
    keptNodes: [...kept].sort((a, b) => a - b),
    pointNodes,
    interactions,
    linearFingerprints,
  };
}
