/** A program as the executor and the prover see it: decoded text, initial memory, entry. Produced by the ELF loader. */

/**
 * The decoded text, one row per text word, structure of arrays. Rewrites (lui, auipc, jal, fence, nop and ALU results
 * into x0 become ADD_IMM) are done by the decoder, so that executor and proof share them.
 *
 * What a row does not use is 0: immediate forms, loads and jalr have no rs2; branches and stores no rd; branches no
 * immediate; ECALL and TRAP have nothing but pc and operation (the registers of a system call are fixed: t0, a1, a2, a0).
 * An instruction whose result is dropped is ADD_IMM with rd = rs1 = immediate = write = 0 and extra = next pc. A load or
 * jalr into x0 keeps its row with write = 0.
 */
export type Rom = {
  readonly rows: number;
  /** Byte address of each row; the text may have gaps. */
  readonly pc: Uint32Array;
  /** Operation code, IMMEDIATE included. */
  readonly operation: Uint8Array;
  readonly rd: Uint8Array;
  readonly rs1: Uint8Array;
  readonly rs2: Uint8Array;
  /** 1 where rd is written. */
  readonly write: Uint8Array;
  /** 32-bit immediate. For sb/sh/sw/loads/jalr the offset; for ADD_IMM what is added to x[rs1]. */
  readonly immediate: Uint32Array;
  /** ADD_IMM: next pc. Branches: the target. JALR: the link value pc + 4. Otherwise 0. */
  readonly extra: Uint32Array;
};

/** Words that are mapped; both ends are multiples of PAGE_WORDS. */
export type Stretch = {
  /** Word addresses: the first, and one more than the last. */
  readonly start: number;
  readonly end: number;
  /** The first values; the rest of the stretch starts as zero. */
  readonly words: Uint32Array;
};

/**
 * Initial memory: the pages of RAM that are mapped, ascending and disjoint. What is in none is unmapped. Registers and
 * system words start as zero and stand in no stretch.
 */
export type Image = {
  readonly stretches: readonly Stretch[];
  /** Byte addresses of the stack, where the file tells: for messages only. */
  readonly stack: StackRange | undefined;
};

/** The stack grows down from `top`; below `bottom` nothing is mapped. */
export type StackRange = { readonly bottom: number; readonly top: number };

export type Program = {
  readonly entry: number;
  readonly rom: Rom;
  readonly image: Image;
  /** sha256 of the ELF file, hex. */
  readonly elfHash: string;
  /** The ELF file itself: what goes to another worker. */
  readonly elf: Uint8Array;
};

/** The stretch that maps a RAM word, or undefined. */
export function stretchOf(image: Image, wordAddress: number): Stretch | undefined {
  let low = 0;
  let high = image.stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (image.stretches[middle]!.end <= wordAddress) low = middle + 1;
    else high = middle;
  }
  const stretch = image.stretches[low];
  return stretch !== undefined && wordAddress >= stretch.start ? stretch : undefined;
}

/** The initial value of a RAM word, or undefined when it is unmapped. */
export function imageWord(image: Image, wordAddress: number): number | undefined {
  const stretch = stretchOf(image, wordAddress);
  return stretch === undefined ? undefined : (stretch.words[wordAddress - stretch.start] ?? 0);
}
