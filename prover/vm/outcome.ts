/** How an execution ended. A guest fault is data, never an exception of the executor. */

/** Why an instruction could not be executed. No proof exists of an execution that traps. */
export type TrapCause =
  /** The word at pc is no RV32IM instruction, or a jump or branch whose encoded target is misaligned or out of range. */
  | 'illegal-instruction'
  /** pc points to no word of an executable segment. */
  | 'pc-outside-text'
  /** Computed jump target is not a multiple of 4 (after clearing bit 0). */
  | 'misaligned-jump'
  /** Computed jump target is 2^30 or above. */
  | 'jump-out-of-range'
  | 'misaligned-load'
  | 'misaligned-store'
  /** Data address is 2^30 or above. */
  | 'address-out-of-range'
  /** Data address lies neither in the image nor in the zero range: null pointers, and what is below the stack. */
  | 'unmapped-memory'
  | 'unknown-syscall'
  /** WRITE to a descriptor that is none of DESCRIPTORS (syscalls.ts). */
  | 'unknown-descriptor'
  /** The public values exceed PUBLIC_VALUES_LIMIT. */
  | 'public-values-too-large'
  /** The hints of the program exceed HINT_LIMIT. */
  | 'hints-too-large'
  /** The program relies on more than STATEMENT_LIMIT statements. */
  | 'too-many-statements'
  /** A block outside the proof that writes public values, commits, halts or begins another, or a malformed begin or end. */
  | 'unconstrained-misuse'
  /** Blocks outside the proof ran more instructions than allowed. */
  | 'unconstrained-limit'
  /** The program is in a loop that nothing can end (see endless.ts). */
  | 'never-ends'
  /** One system call accesses more words than the largest shard holds; only when recording. */
  | 'input-too-large'
  /** HINT_READ with no input item left. */
  | 'input-exhausted'
  /** HINT_READ of more than is left of the item, rounded up to a multiple of 4, or of nothing of an item that has bytes. */
  | 'input-length'
  /** HINT_READ of more than 2^12 words. */
  | 'hint-too-long'
  /** HINT_READ whose pointer or length is not a multiple of 4. */
  | 'misaligned-hint'
  /** A system call of an extension with arguments that it has no meaning for. */
  | 'syscall-arguments'
  /** The program relies on a statement of which the prover has no proof. */
  | 'proof-missing'
  /** HALT with a committed chain that is not that of the statements the program relied on. */
  | 'chain-mismatch'
  /** COMMIT of a word index above 15. */
  | 'commit-index'
  /** COMMIT of the same word index twice. */
  | 'commit-twice'
  /** HALT before all eight words of the digest of the public values were committed. */
  | 'commit-missing'
  /** HALT with a committed digest that is not the sha256 of the public values. */
  | 'commit-mismatch';

/**
 * A fault of the guest: cause, address of the instruction, instructions executed before it, and a sentence. When the fault
 * is in a block outside the proof, pc is the address in the block, and `cycle` counts what ran before the block.
 */
export type Trap = {
  readonly kind: 'trap';
  readonly cause: TrapCause;
  readonly pc: number;
  readonly cycle: number;
  readonly detail: string;
};

/** End of an execution: HALT, a trap, or the cycle limit (exactly `cycles` instructions have run, none of them HALT). */
export type Outcome = { readonly kind: 'halt'; readonly exitCode: number } | Trap | { readonly kind: 'limit' };

/** Cause and sentence of a fault before pc and cycle are known. */
export type Fault = { readonly cause: TrapCause; readonly detail: string };

/** Formats an address or word for messages. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
}

/** Completes a fault to a trap. */
export function trapAt(fault: Fault, pc: number, cycle: number): Trap {
  return { kind: 'trap', cause: fault.cause, pc, cycle, detail: fault.detail };
}
