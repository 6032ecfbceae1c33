/** Which system calls a chip may receive: a check on every extension when a machine is made. */
import type { RecordedChip } from '../../air/chip.ts';
import { BlockEvaluator, reachableNodes } from '../../air/evaluate.ts';
import { SYSCALL } from './buses.ts';

/** Flags that the numbers of one chip may depend on: all their values are tried. */
const MAX_FLAGS = 12;

/**
 * The numbers with which a chip may receive from the syscall bus, whatever the prover chooses; undefined unless these are
 * a function of boolean columns, or when the chip sends to the bus.
 *
 * Soundness: a chip with a free number could take the calls of another extension and give them another meaning.
 */
export function receivedNumbers(chip: RecordedChip): ReadonlySet<number> | undefined {
  const calls = chip.interactions.filter(({ bus }) => bus === SYSCALL);
  const roots = calls.flatMap(({ multiplicity, message }) => [multiplicity, message[0] ?? 0]);
  let flags = columnsOf(chip, roots);
  const areFlags = (columns: readonly number[]): boolean =>
    columns.length <= MAX_FLAGS && columns.every((index) => chip.columns[index]?.kind === 'bool');
  if (!areFlags(flags) || calls.some(({ sign }) => sign === 1)) return undefined;
  // What the chip states of these flags and of others: at most one of them, say.
  const stated: number[] = [];
  for (const { node } of chip.constraints) {
    const columns = columnsOf(chip, [node]);
    const union = [...new Set([...flags, ...columns])];
    if (!columns.some((index) => flags.includes(index)) || !areFlags(union)) continue;
    flags = union;
    stated.push(node);
  }
  const rows = 2 ** flags.length;
  const main = chip.columns.map((_, index) =>
    Uint32Array.from({ length: rows }, (__, row) => (row >>> Math.max(0, flags.indexOf(index))) & 1),
  );
  const evaluator = new BlockEvaluator(chip.graph, [...roots, ...stated], rows);
  evaluator.run({ main, pre: [], closed: [] }, 0, rows);
  const numbers = new Set<number>();
  for (let row = 0; row < rows; row++) {
    if (stated.some((node) => evaluator.at(node)[row] !== 0)) continue;
    for (const { multiplicity, message } of calls) {
      if (evaluator.at(multiplicity)[row] !== 0) numbers.add(evaluator.at(message[0] ?? 0)[row] ?? 0);
    }
  }
  return numbers;
}

/** Main columns that the nodes depend on; -1 where they depend on any other column. */
function columnsOf(chip: RecordedChip, nodes: readonly number[]): number[] {
  const indices = reachableNodes(chip.graph, nodes).flatMap((id) => {
    const node = chip.graph.nodes[id];
    if (node?.op !== 'column') return [];
    return [node.source === 'main' ? node.index : -1];
  });
  return [...new Set(indices)];
}
