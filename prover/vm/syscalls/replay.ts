/** System calls of a shard that is executed again, from what they gave the first time. */
import { COMMIT_WORDS } from '../address-map.ts';
import { SYSCALLS } from '../isa/operations.ts';
import type { Image } from '../program.ts';
import type { WritableMemory } from '../run/memory.ts';
import type { SyscallEffect, SystemCalls } from './effect.ts';
import { callExtension } from './extension.ts';
import { HintReplay } from './hint-log.ts';
import { SyscallCall, type OnAccess, type SyscallTable } from './table.ts';

/**
 * Executes system calls as the proof sees them: WRITE is nothing, whatever its descriptor, since what a block outside the
 * proof computed is among the hints. What only an honest execution checks is not checked again.
 */
export class ReplayedCalls implements SystemCalls {
  readonly #table: SyscallTable;
  readonly #image: Image;
  readonly #hints: HintReplay;

  constructor(table: SyscallTable, image: Image, hintLog: Uint8Array) {
    this.#table = table;
    this.#image = image;
    this.#hints = new HintReplay(hintLog);
  }

  /** Whether the whole log was asked for. */
  get isComplete(): boolean {
    return this.#hints.isAtEnd;
  }

  call(
    number: number,
    a0: number,
    a1: number,
    a2: number,
    memory: WritableMemory,
    _cycles: number,
    onAccess?: OnAccess,
  ): SyscallEffect {
    const [first, second, third] = [a0 >>> 0, a1 >>> 0, a2 >>> 0];
    switch (number >>> 0) {
      case SYSCALLS.WRITE:
        return { kind: 'continue', a0: first };
      case SYSCALLS.COMMIT:
        if (first < COMMIT_WORDS) return { kind: 'continue', a0: first };
        return { kind: 'fault', fault: { cause: 'commit-index', detail: `COMMIT of word ${first}, expected 0 to 15` } };
      case SYSCALLS.HALT:
        return { kind: 'halt', exitCode: first };
      default: {
        const call = new SyscallCall([first, second, third], this.#hints, this.#image, memory, onAccess);
        return callExtension(this.#table, number >>> 0, call);
      }
    }
  }
}
