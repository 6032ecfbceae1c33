/**
 * The system calls of one execution and what they keep: input items and hints, captured output, spans, committed digest
 * words. HALT, WRITE and COMMIT are executed here, all others by the table of extensions.
 *
 * WRITE, COMMIT and HALT check more than the proof does: a run whose proof would be useless (a digest that is not the
 * hash of the public values, say) is a trap here and is not proved.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { COMMIT_WORDS, SYSTEM_WORD } from '../address-map.ts';
import { ADDRESS_LIMIT } from '../isa/decode.ts';
import { HINT_LIMIT, InputQueue } from './input-queue.ts';
import type { MemoryView, WritableMemory } from '../run/memory.ts';
import { SYSCALLS } from '../isa/operations.ts';
import { hex, type TrapCause } from '../outcome.ts';
import type { Image } from '../program.ts';
import type { ProvedStatement } from './chain.ts';
import { ByteSink } from './sink.ts';
import { SPAN_NAME_LIMIT, SpanCounter, type Span } from './spans.ts';
import { type Proved, STATEMENT_BYTES, Statements } from './statements.ts';
import { callExtension } from './extension.ts';
import { SyscallCall, type OnAccess, type SyscallTable } from './table.ts';
import { type SyscallEffect, type SystemCalls } from './effect.ts';
import { badJump, unmapped } from '../faults.ts';
import { TrackerLines } from './tracker-lines.ts';

/** Captured bytes of stdout and of stderr, each; what a guest writes beyond is dropped and `truncated` is set. */
export const OUTPUT_LIMIT = 2 ** 20;
/** Public values beyond this many bytes are a trap. */
export const PUBLIC_VALUES_LIMIT = 2 ** 20;
/** Different warnings kept of one execution. */
export const WARNING_LIMIT = 100;
/** Once stdout is full, only WRITEs up to this many bytes are still searched for span marks. */
const SEARCHED_BYTES = 1024;

/** The words that every program has to commit: those of the digest of its public values. */
const DIGEST_BITS = 0xff;

/** File descriptors of WRITE. The last four are commands to the executor; for the proof they are as empty as the others. */
export const DESCRIPTORS = {
  STDOUT: 1,
  STDERR: 2,
  HINT: 4,
  PUBLIC_VALUES: 13,
  SPAN: 0x7a01,
  ENTER_UNCONSTRAINED: 0x7a02,
  LEAVE_UNCONSTRAINED: 0x7a03,
  VERIFY: 0x7a04,
} as const;

const DESCRIPTOR_NAMES: Readonly<Record<number, string>> = {
  [DESCRIPTORS.STDOUT]: 'stdout',
  [DESCRIPTORS.STDERR]: 'stderr',
  [DESCRIPTORS.HINT]: 'hint',
  [DESCRIPTORS.PUBLIC_VALUES]: 'public values',
  [DESCRIPTORS.SPAN]: 'span',
  [DESCRIPTORS.ENTER_UNCONSTRAINED]: 'enter unconstrained',
  [DESCRIPTORS.VERIFY]: 'verify',
};
const SYSCALL_NAMES = new Map<number, string>(Object.entries(SYSCALLS).map(([name, number]) => [number, name]));

/** Everything that the system calls of one execution keep. */
export class Syscalls implements SystemCalls {
  readonly #table: SyscallTable;
  readonly #image: Image;
  readonly #input: InputQueue;
  readonly #statements: Statements;
  readonly #stdout = new ByteSink();
  readonly #stderr = new ByteSink();
  readonly #publicValues = new ByteSink();
  #truncated = false;
  readonly #warnings = new Set<string>();
  readonly #spans = new SpanCounter((text) => this.#warn(text));
  readonly #trackerLines = new TrackerLines(this.#spans);
  readonly #counts = new Map<string, number>();
  #inBlock = false;
  /** Instructions of blocks outside the proof. */
  unconstrainedCycles = 0;
  /** Words given by COMMIT: eight of the digest of the public values, then eight of the chain. */
  readonly committed: Uint32Array = new Uint32Array(COMMIT_WORDS);
  /** One bit per word that was committed. */
  #isCommitted = 0;

  /** `proved`: the statements of which the prover has proofs. `isLogged`: keep what the input gives for `takeHintLog`. */
  constructor(table: SyscallTable, input: readonly Uint8Array[], image: Image, proved: Proved = [], isLogged = false) {
    this.#table = table;
    this.#statements = new Statements(proved);
    this.#input = new InputQueue(input, isLogged);
    this.#image = image;
  }

  get stdout(): Uint8Array {
    return this.#stdout.bytes();
  }
  get stderr(): Uint8Array {
    return this.#stderr.bytes();
  }
  get publicValues(): Uint8Array {
    return this.#publicValues.bytes();
  }
  /** True when stdout or stderr exceeded OUTPUT_LIMIT. */
  get truncated(): boolean {
    return this.#truncated;
  }
  /** Statements that the guest relied on, in order. */
  get verified(): readonly ProvedStatement[] {
    return this.#statements.verified;
  }
  /** What the guest did wrong without harm, a sentence each. */
  get warnings(): string[] {
    return [...this.#warnings];
  }
  /** Completed system calls by name, by order of the first; those of blocks are not counted. */
  get counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
  /** Spans of an execution that ended after `cycles` instructions. */
  spans(cycles: number): Span[] {
    return this.#spans.list(cycles);
  }

  /** Until `leaveBlock` a block runs: what would reach the proof is refused. */
  enterBlock(): void {
    this.#inBlock = true;
    this.#input.mark();
  }

  /**
   * The block has ended after `cycles` instructions, by its own LEAVE (`isComplete`) or by a fault. What it has read of the
   * input is unread again; its hints stay.
   */
  leaveBlock(cycles: number, isComplete: boolean): void {
    this.#inBlock = false;
    this.#input.restore();
    this.unconstrainedCycles += cycles;
    if (isComplete) this.#count(SYSCALLS.WRITE, DESCRIPTORS.ENTER_UNCONSTRAINED);
  }

  /** What the input gave since this was last asked; see `HintLog`. */
  takeHintLog(): Uint8Array {
    return this.#input.takeLog();
  }

  call(
    number: number,
    a0: number,
    a1: number,
    a2: number,
    memory: WritableMemory,
    cycles: number,
    onAccess?: OnAccess,
  ): SyscallEffect {
    const first = a0 >>> 0;
    const effect = this.#dispatch(number >>> 0, first, a1 >>> 0, a2 >>> 0, memory, cycles, onAccess);
    // ENTER_UNCONSTRAINED is complete when the block has ended.
    if (effect.kind !== 'fault' && effect.kind !== 'enter' && !this.#inBlock) this.#count(number >>> 0, first);
    return effect;
  }

  #dispatch(
    number: number,
    first: number,
    second: number,
    third: number,
    memory: WritableMemory,
    cycles: number,
    onAccess: OnAccess | undefined,
  ): SyscallEffect {
    switch (number) {
      case SYSCALLS.WRITE:
        return this.#write(first, second, third, memory, cycles);
      case SYSCALLS.COMMIT:
        return this.#commit(first, second);
      case SYSCALLS.HALT:
        return this.#halt(first);
      default:
        return callExtension(
          this.#table,
          number,
          new SyscallCall([first, second, third], this.#input, this.#image, memory, onAccess),
        );
    }
  }

  #write(descriptor: number, address: number, length: number, memory: MemoryView, cycles: number): SyscallEffect {
    if (address + length > ADDRESS_LIMIT) {
      return fault('address-out-of-range', `WRITE of ${length} bytes at ${hex(address)} reaches above 2^30`);
    }
    const done: SyscallEffect = { kind: 'continue', a0: descriptor };
    switch (descriptor) {
      case DESCRIPTORS.STDOUT:
      case DESCRIPTORS.STDERR:
        return this.#print(descriptor, address, length, memory, cycles) ?? done;
      case DESCRIPTORS.PUBLIC_VALUES:
        return this.#writePublicValues(address, length, memory) ?? done;
      case DESCRIPTORS.HINT:
        return this.#addHint(address, length, memory) ?? done;
      case DESCRIPTORS.SPAN:
        return this.#markSpan(address, length, memory, cycles) ?? done;
      case DESCRIPTORS.ENTER_UNCONSTRAINED:
        return this.#enter(descriptor, address, length, memory);
      case DESCRIPTORS.LEAVE_UNCONSTRAINED:
        return this.#inBlock
          ? { kind: 'leave' }
          : fault('unconstrained-misuse', 'LEAVE_UNCONSTRAINED outside an unconstrained block');
      case DESCRIPTORS.VERIFY:
        return this.#verify(address, length, memory) ?? done;
      default:
        return fault(
          'unknown-descriptor',
          `WRITE to descriptor ${descriptor}; there are 1 (stdout), 2 (stderr), 4 (hints), 13 (public values) and 0x7a01 to 0x7a04`,
        );
    }
  }

  #print(
    descriptor: number,
    address: number,
    length: number,
    memory: MemoryView,
    cycles: number,
  ): SyscallEffect | undefined {
    const isStdout = descriptor === DESCRIPTORS.STDOUT;
    const sink = isStdout ? this.#stdout : this.#stderr;
    const room = OUTPUT_LIMIT - sink.length;
    if (length > room) this.#truncated = true;
    const isSearched = isStdout && !this.#inBlock;
    const wanted = isSearched && length <= SEARCHED_BYTES ? length : Math.min(length, room);
    const bytes = this.#read(address, wanted, memory);
    if (!(bytes instanceof Uint8Array)) return bytes;
    sink.append(bytes.subarray(0, room));
    if (isSearched) this.#trackerLines.feed(bytes, cycles);
    return undefined;
  }

  #writePublicValues(address: number, length: number, memory: MemoryView): SyscallEffect | undefined {
    if (this.#inBlock) return refuseInBlock('write public values');
    if (length > PUBLIC_VALUES_LIMIT - this.#publicValues.length) {
      return fault('public-values-too-large', `the public values exceed ${PUBLIC_VALUES_LIMIT} bytes`);
    }
    const bytes = this.#read(address, length, memory);
    if (!(bytes instanceof Uint8Array)) return bytes;
    this.#publicValues.append(bytes);
    return undefined;
  }

  #addHint(address: number, length: number, memory: MemoryView): SyscallEffect | undefined {
    if (!this.#input.hasRoom(length)) {
      return fault('hints-too-large', `the program's hints exceed ${HINT_LIMIT} bytes`);
    }
    const bytes = this.#read(address, length, memory);
    if (!(bytes instanceof Uint8Array)) return bytes;
    this.#input.add(bytes);
    return undefined;
  }

  #markSpan(address: number, length: number, memory: MemoryView, cycles: number): SyscallEffect | undefined {
    const bytes = this.#read(address, Math.min(length, SPAN_NAME_LIMIT + 2), memory);
    if (!(bytes instanceof Uint8Array)) return bytes;
    if (!this.#inBlock) this.#spans.mark(bytes, cycles);
    return undefined;
  }

  #enter(descriptor: number, address: number, length: number, memory: MemoryView): SyscallEffect {
    if (this.#inBlock) return refuseInBlock('begin another one');
    if (length !== 8) {
      return fault('unconstrained-misuse', `ENTER_UNCONSTRAINED of ${length} bytes, expected 8: function and argument`);
    }
    const bytes = this.#read(address, length, memory);
    if (!(bytes instanceof Uint8Array)) return bytes;
    const words = new DataView(bytes.buffer, bytes.byteOffset);
    const call = { functionPc: words.getUint32(0, true), argument: words.getUint32(4, true) };
    if (call.functionPc % 4 !== 0 || call.functionPc >= ADDRESS_LIMIT) {
      return { kind: 'fault', fault: badJump(call.functionPc) };
    }
    return { kind: 'enter', a0: descriptor, call };
  }

  #verify(address: number, length: number, memory: MemoryView): SyscallEffect | undefined {
    if (this.#inBlock) return refuseInBlock('verify a proof');
    // A byte more than the longest message is enough to see that one is too long.
    const bytes = this.#read(address, Math.min(length, STATEMENT_BYTES + 1), memory);
    if (!(bytes instanceof Uint8Array)) return bytes;
    const refusal = this.#statements.rely(bytes);
    return refusal === undefined ? undefined : { kind: 'fault', fault: refusal };
  }

  #commit(index: number, word: number): SyscallEffect {
    if (this.#inBlock) return refuseInBlock('commit a digest');
    if (index >= COMMIT_WORDS) return fault('commit-index', `COMMIT of word ${index}, expected 0 to 15`);
    // The chain is committed anew with each statement.
    if (index < SYSTEM_WORD.chain && ((this.#isCommitted >>> index) & 1) === 1) {
      return fault('commit-twice', `COMMIT of word ${index} again`);
    }
    this.#isCommitted |= 1 << index;
    this.committed[index] = word;
    return { kind: 'continue', a0: index };
  }

  #halt(exitCode: number): SyscallEffect {
    if (this.#inBlock) return refuseInBlock('halt');
    if ((this.#isCommitted & DIGEST_BITS) !== DIGEST_BITS) {
      return fault('commit-missing', 'HALT before all eight words of the public-values digest were committed');
    }
    const digest = new DataView(sha256(this.publicValues).buffer);
    for (const [i, word] of this.committed.subarray(0, SYSTEM_WORD.chain).entries()) {
      if (digest.getUint32(4 * i, true) !== word) {
        return fault('commit-mismatch', `committed digest word ${i} is not that of the sha256 of the public values`);
      }
    }
    const mismatch = this.#statements.mismatch(this.committed.subarray(SYSTEM_WORD.chain));
    if (mismatch !== undefined) return { kind: 'fault', fault: mismatch };
    for (const { vkey, publicDigest } of this.#statements.unused) {
      this.#warn(`the proof of program ${vkey} with public values of sha256 ${publicDigest} was given and not used`);
    }
    return { kind: 'halt', exitCode };
  }

  /** Bytes of guest memory, or the fault that one of them is unmapped. The caller bounds `length`. */
  #read(address: number, length: number, memory: MemoryView): Uint8Array | SyscallEffect {
    if (length === 0) return new Uint8Array();
    const first = address >>> 2;
    const words = new Uint32Array(((address + length - 1) >>> 2) - first + 1);
    for (let i = 0; i < words.length; i++) {
      if (!memory.isMapped(first + i)) {
        return { kind: 'fault', fault: unmapped(this.#image, 'WRITE', Math.max(address, 4 * (first + i))) };
      }
      words[i] = memory.readWord(first + i);
    }
    // Typed arrays are little endian on every machine that Node runs on.
    return new Uint8Array(words.buffer, address & 3, length);
  }

  #count(number: number, descriptor: number): void {
    const isWrite = number === SYSCALLS.WRITE;
    const name = isWrite
      ? `WRITE ${DESCRIPTOR_NAMES[descriptor]}`
      : (SYSCALL_NAMES.get(number) ?? this.#table.get(number)?.name ?? '');
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  #warn(text: string): void {
    if (this.#warnings.size < WARNING_LIMIT) this.#warnings.add(text);
    else this.#warnings.add('there were more warnings: they are not shown');
  }
}

function fault(cause: TrapCause, detail: string): SyscallEffect {
  return { kind: 'fault', fault: { cause, detail } };
}

function refuseInBlock(what: string): SyscallEffect {
  return fault(
    'unconstrained-misuse',
    `an unconstrained block cannot ${what}; a panic there ends like this too, with its message on stderr`,
  );
}
