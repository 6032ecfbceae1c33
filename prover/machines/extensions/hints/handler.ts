/**
 * HINT_LEN returns how many bytes are left of the current item, or 0xffffffff when none is left. HINT_READ(ptr, len) writes
 * the next `len` bytes of it to memory; at its end the next item is the current one. `len` is a multiple of 4, at most
 * HINT_READ_BYTES, and no more than what is left rounded up to a multiple of 4; the padding bytes are zero.
 */
import { hex, type Fault } from '../../../vm/outcome.ts';
import type { Reach, SyscallCall } from '../../../vm/syscalls/table.ts';

/** What HINT_LEN returns when no item is left. */
export const NO_INPUT = 0xffffffff;
/** Most bytes of one HINT_READ: 2^12 words, so that any shard has room for one. */
export const HINT_READ_BYTES = 4 * 2 ** 12;

export function handleLength({ input }: SyscallCall): number {
  return input.rest() ?? NO_INPUT;
}

/** What a HINT_READ accesses at most. */
export function reachOfRead(_a0: number, length: number): Reach {
  return { words: Math.min(length, HINT_READ_BYTES) / 4, ranges: 1 };
}

export function handleRead(call: SyscallCall): number | Fault {
  const { a0: address, a1: length, input } = call;
  const what = `HINT_READ of ${length} bytes`;
  if (address % 4 !== 0 || length % 4 !== 0) {
    return { cause: 'misaligned-hint', detail: `${what} to ${hex(address)}, expected multiples of 4` };
  }
  const outside = call.refuseRange(what, address, length / 4);
  if (outside !== undefined) return outside;
  const rest = input.rest();
  if (rest === undefined) {
    return { cause: 'input-exhausted', detail: `HINT_READ after the last of ${input.itemCount} input items` };
  }
  const padded = Math.ceil(rest / 4) * 4;
  if (length > padded || (length === 0 && rest > 0)) {
    return {
      cause: 'input-length',
      detail: `${what}, but ${input.describe()} has ${rest} left (${padded} with padding)`,
    };
  }
  if (length > HINT_READ_BYTES) {
    const mend = `read in pieces of at most ${HINT_READ_BYTES} bytes, as the guest libraries of this version do`;
    return { cause: 'hint-too-long', detail: `${what}: ${mend}` };
  }
  const unmapped = call.refuseUnmapped(what, address, length / 4);
  if (unmapped !== undefined) return unmapped;
  const words = new Uint32Array(length / 4);
  for (const [i, byte] of input.take(Math.min(length, rest)).entries()) {
    words[i >>> 2] = (words[i >>> 2] ?? 0) | (byte << (8 * (i & 3)));
  }
  for (const [i, word] of words.entries()) call.write(address / 4 + i, 3, word);
  return address;
}
