/** What executors have to do after a system call, and who executes these for them. */
import type { Fault } from '../outcome.ts';
import type { WritableMemory } from '../run/memory.ts';
import type { OnAccess } from './table.ts';

/** A function to run outside the proof. */
export type BlockCall = { readonly functionPc: number; readonly argument: number };

/** What the executor has to do after a system call. `a0` is the new value of that register. */
export type SyscallEffect =
  | { readonly kind: 'continue'; readonly a0: number }
  /** Run a block on a copy of registers and memory, between `enterBlock` and `leaveBlock`; then go on with `a0`. */
  | { readonly kind: 'enter'; readonly a0: number; readonly call: BlockCall }
  /** The block ends, this instruction included. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'halt'; readonly exitCode: number }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Executes system calls for an executor. */
export type SystemCalls = {
  /**
   * Executes the system call `number` with the register values a0..a2 (any 32-bit representation) after `cycles`
   * instructions. `onAccess` is told what an extension does to memory.
   */
  call(
    number: number,
    a0: number,
    a1: number,
    a2: number,
    memory: WritableMemory,
    cycles: number,
    onAccess?: OnAccess,
  ): SyscallEffect;
};
