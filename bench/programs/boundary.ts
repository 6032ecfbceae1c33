/**
 * What the memory between shards costs: cells of Boundary, Merkle and Poseidon2 over all cells, of every example program on its
 * sample input, over all its shards. Nothing is proved: the heights of the chips say it.
 *
 *   node bench/programs/boundary.ts
 */
import { executeInShards } from '../../prover/machines/execute.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { chooseCore, shardLimits } from '../../prover/system/tiers.ts';
import { report } from '../report.ts';
import { samples } from './samples.ts';

const MEMORY_CHIPS: readonly string[] = ['Boundary', 'Merkle', 'Poseidon2'];

const system = defaultSystem();

for (const { name, program, input } of samples()) {
  const sums = { cycles: 0, shards: 0, quads: 0, nodes: 0, memory: 0, cells: 0 };
  const tiers = new Set<string>();
  for (const { record } of executeInShards(program, input, { limits: shardLimits(system, program) })) {
    const { core, tier } = chooseCore(system, program, record);
    tiers.add(tier.id);
    sums.cycles += record.cycles;
    sums.shards++;
    sums.quads += record.quads.rows;
    sums.nodes += record.nodes.rows;
    for (const [i, { logHeight, columns }] of core.shape(program, record).entries()) {
      const cells = columns.length * 2 ** logHeight;
      sums.cells += cells;
      if (MEMORY_CHIPS.includes(core.machine.chips[i]!.name)) sums.memory += cells;
    }
  }
  const extra = { ...sums, tiers: [...tiers].join(', ') };
  report({ name: `programs/${name}/boundary`, unit: 'share of cells', samples: [sums.memory / sums.cells], extra });
}
