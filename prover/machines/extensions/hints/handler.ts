/**
 * HINT_LEN returns the byte length of the current item, or 0xffffffff when none is left. HINT_READ(ptr, len) writes the
 * whole current item to memory and moves on to the next; `len` must be the item's length rounded up to a multiple of 4,
 * and the padding bytes are zero.
 */
import { hex, type Fault } from '../../../vm/outcome.ts';
import type { SyscallCall } from '../../../vm/syscalls/table.ts';

/** What HINT_LEN returns when no item is left. */
export const NO_INPUT = 0xffffffff;

export function handleLength({ input }: SyscallCall): number {
  return input.current()?.length ?? NO_INPUT;
}

export function handleRead(call: SyscallCall): number | Fault {
  const { a0: address, a1: length, input } = call;
  const what = `HINT_READ of ${length} bytes`;
  if (address % 4 !== 0 || length % 4 !== 0) {
    return { cause: 'misaligned-hint', detail: `${what} to ${hex(address)}, expected multiples of 4` };
  }
  const outside = call.refuseRange(what, address, length / 4);
  if (outside !== undefined) return outside;
  const item = input.current();
  if (item === undefined) {
    return { cause: 'input-exhausted', detail: `HINT_READ after the last of ${input.itemCount} input items` };
  }
  const padded = Math.ceil(item.length / 4) * 4;
  if (length !== padded) {
    return {
      cause: 'input-length',
      detail: `${what}, but ${input.describe()} has ${item.length} (${padded} with padding)`,
    };
  }
  const unmapped = call.refuseUnmapped(what, address, length / 4);
  if (unmapped !== undefined) return unmapped;
  const words = new Uint32Array(length / 4);
  for (const [i, byte] of item.entries()) words[i >>> 2] = (words[i >>> 2] ?? 0) | (byte << (8 * (i & 3)));
  for (const [i, word] of words.entries()) call.write(address / 4 + i, 3, word);
  input.advance();
  return address;
}
