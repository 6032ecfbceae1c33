/**
 * The one address space of memory, in words: RAM, and far above it registers and system words. Everything between them is
 * unmapped. Memory is hashed in quads of four words (memory-tree.ts) and mapped by pages.
 */

/** RAM is the words below this: byte addresses are below 2^30. */
export const RAM_WORDS = 2 ** 28;
/** All words of the address space, RAM and the cells above it. */
export const SPACE_WORDS = 2 ** 29;
/** Words of a page, the unit in which RAM is mapped: 4 KiB. */
export const PAGE_WORDS = 2 ** 10;
/** Words of a quad: the eight limbs of 16 bits are one digest wide. */
export const QUAD_WORDS = 4;
/** Level of a page's subtree in the tree over quads. */
export const PAGE_LEVEL = 8;
/** Level of the root of the tree over quads. */
export const ROOT_LEVEL = 27;

/** Registers and system words: the last 64 words of the address space, one subtree of this level. */
export const CELLS_LEVEL = 4;
const REGISTERS = SPACE_WORDS - 64;
const SYSTEM_WORDS = SPACE_WORDS - 32;
/** The first quad of registers, and of system words; eight of each. */
export const REGISTER_QUAD = REGISTERS / QUAD_WORDS;
export const SYSTEM_QUAD = SYSTEM_WORDS / QUAD_WORDS;

/** Word address of a register, 0 to 31. */
export function registerAddress(register: number): number {
  return REGISTERS + register;
}

/** Word address of a system word, 0 to 31; what they hold is in `SYSTEM_WORD`. */
export function systemWordAddress(word: number): number {
  return SYSTEM_WORDS + word;
}

/** Where system words stand that have a meaning: eight of the digest of the public values, eight of the chain, the exit code. */
export const SYSTEM_WORD = { publicDigest: 0, chain: 8, exitCode: 16 } as const;
/** COMMIT writes system words below this, whose numbers have this many bits. */
export const COMMIT_INDEX_BITS = 4;
export const COMMIT_WORDS = 2 ** COMMIT_INDEX_BITS;

/** The pc after HALT. Every other pc is a multiple of 4, so that nothing else reaches it and no instruction stands there. */
export const HALTED_PC = 1;
