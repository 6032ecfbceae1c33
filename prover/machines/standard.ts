/** The machine that programs are built for: the base, and one line per extension. */
import { HINTS } from './extensions/hints/index.ts';
import { coreMachine, syscallTable, type CoreMachine } from './rv32im/machine.ts';
import type { Extension } from './rv32im/module.ts';

export type { CoreMachine };

/** The extensions of the standard machine, in the order of their chips. */
export const STANDARD: readonly Extension[] = [HINTS];

/** Their system calls. */
export const STANDARD_SYSCALLS = syscallTable(STANDARD);

/** Records the chips of the standard machine. */
export function standardMachine(): CoreMachine {
  return coreMachine(STANDARD);
}
