/** Lookups by address that executor, recorder and disassembler share. */
import type { Image, Program, Rom } from './program.ts';
import type { Fault } from './outcome.ts';
import { hex } from './outcome.ts';

/** Maps byte addresses of text to ROM rows. `rowAt[(pc - base) / 4]` is -1 in gaps. */
export type TextIndex = { readonly base: number; readonly rowAt: Int32Array };

/** Builds the address index of a ROM. */
export function indexText(rom: Rom): TextIndex {
  const base = rom.pc[0] ?? 0;
  const last = rom.pc[rom.rows - 1] ?? 0;
  const rowAt = new Int32Array((last - base) / 4 + 1).fill(-1);
  for (const [row, pc] of rom.pc.entries()) rowAt[(pc - base) / 4] = row;
  return { base, rowAt };
}

/** The initial word at a RAM word address, or undefined when the image does not hold it. */
export function imageWord(image: Image, wordAddress: number): number | undefined {
  let low = 32;
  let high = image.rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((image.address[middle] ?? 0) < wordAddress) low = middle + 1;
    else high = middle;
  }
  return low < image.rows && image.address[low] === wordAddress ? image.value[low] : undefined;
}

/** The fault of fetching from `pc`, where there is no text. */
export function outsideText(pc: number): Fault {
  return { cause: 'pc-outside-text', detail: `there is no instruction at ${hex(pc)}` };
}

/** The fault of executing a TRAP row. */
export function illegalInstruction(program: Program, pc: number): Fault {
  const word = imageWord(program.image, pc >>> 2) ?? 0;
  return { cause: 'illegal-instruction', detail: `${hex(word)} at ${hex(pc)} is not an executable RV32IM instruction` };
}

/** The fault of a jump to a computed address (bit 0 already cleared). */
export function badJump(target: number): Fault {
  const address = target >>> 0;
  return address >= 2 ** 30
    ? { cause: 'jump-out-of-range', detail: `jump to ${hex(address)}, above 2^30` }
    : { cause: 'misaligned-jump', detail: `jump to ${hex(address)}, not a multiple of 4` };
}

/** The fault of a data access of `bytes` bytes that is out of range, misaligned or unmapped (in this order). */
export function badAccess(kind: 'load' | 'store', byteAddress: number, bytes: number): Fault {
  const address = byteAddress >>> 0;
  const what = `${kind} of ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} at ${hex(address)}`;
  if (address >= 2 ** 30) return { cause: 'address-out-of-range', detail: `${what}, above 2^30` };
  if (address % bytes !== 0) return { cause: `misaligned-${kind}`, detail: `${what}, not a multiple of ${bytes}` };
  return { cause: 'unmapped-memory', detail: `${what}, which is unmapped` };
}
