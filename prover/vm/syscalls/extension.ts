/** Calls of extensions, for all that execute system calls. */
import { hex } from '../outcome.ts';
import type { SyscallEffect } from './effect.ts';
import type { SyscallCall, SyscallTable } from './table.ts';

/** Executes the call of an extension, or refuses one that no extension has. */
export function callExtension(table: SyscallTable, number: number, call: SyscallCall): SyscallEffect {
  const syscall = table.get(number);
  if (syscall === undefined) {
    const detail = `no system call has the number ${hex(number)}; programs for other machines must be built with this one's guest crate`;
    return { kind: 'fault', fault: { cause: 'unknown-syscall', detail } };
  }
  const result = syscall.handle(call);
  if (typeof result === 'number') return { kind: 'continue', a0: result };
  if (call.hasAccessed) throw new Error(`${syscall.name} refuses a call after it has accessed memory`);
  return { kind: 'fault', fault: result };
}
