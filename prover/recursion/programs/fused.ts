/** "fused": lift and finish in one, for executions of one shard, so that they need no more than one proof before wrap. */
import type { Machine } from '../../air/machine.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import { HALTED_PC } from '../../vm/address-map.ts';
import { assertSame } from '../child.ts';
import { recursionProgram, type RecursionProgram } from '../program.ts';
import { claimSlot } from '../statement/slot.ts';
import { assertNoChain, openedWords } from '../statement/system-words.ts';
import { blankOpening, endsWithZero } from './ending.ts';
import type { ClaimKind } from './kinds.ts';
import { acceptShard, verifyShard } from './shard.ts';

/** Fused for one core machine on one tier. ZkError BAD_LAYER for a machine without a core machine's values. */
export function fusedProgram(kind: ClaimKind, machine: Machine, parameters: LayerParameters): RecursionProgram {
  const accepted = acceptShard(machine, parameters);
  return recursionProgram<'controlRoot' | 'words'>({
    id: `fused/${machine.name}/${parameters.id}`,
    kind,
    accepts: [accepted],
    blankNotes: { controlRoot: new Array<number>(8).fill(0), words: blankOpening() },
    statement: (on, inputs, { controlRoot, words }) => {
      const { subject, entry, before, after } = verifyShard(on, accepted, inputs[0]!);
      assertSame(on, [before.pc, ...before.root], [entry.pc, ...entry.root], 'the shard begins where the program does');
      on.assertFeltEqual(after.pc, on.feltConst(HALTED_PC), 'the shard ends where the program has halted');
      const limbs = openedWords(on, after.root, words);
      assertNoChain(on, limbs);
      return [
        ...claimSlot(on, subject, limbs.exitCode, endsWithZero(words)),
        ...limbs.publicDigest,
        // Soundness: free, as in lift.
        ...controlRoot.map((felt) => on.hintFelt(felt)),
      ];
    },
  });
}
