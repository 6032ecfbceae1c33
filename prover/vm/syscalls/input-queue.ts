/**
 * What HINT_LEN and HINT_READ see: hints that the guest has queued (first in, first out), then the input items. An item of
 * which a part was read is read to its end before any other.
 *
 * A block outside the proof reads from the same queue. When it ends, what it has read is there again, followed by the
 * hints that it queued.
 */
import { HintLog } from './hint-log.ts';

/** Hints of one execution hold this many bytes at most (256 MiB), each counted with what the host needs to keep it. */
export const HINT_LIMIT = 2 ** 28;
export const HINT_OVERHEAD = 256;

/** Where system calls read input, item by item. */
export type InputSource = {
  /** Bytes left of the current item; undefined when no item is left. */
  rest(): number | undefined;
  /** The next bytes of the current item, no more than are left; at its end the next item is the current one. */
  take(bytes: number): Uint8Array;
  /** Names the current item in messages. */
  describe(): string;
  readonly itemCount: number;
};

/** The place in the queue. `offset` counts bytes of the current item, which is a hint or an input item. */
type Position = { readonly item: number; readonly hint: number; readonly offset: number; readonly isHint: boolean };

/** The items of one execution. */
export class InputQueue implements InputSource {
  readonly #items: readonly Uint8Array[];
  #nextItem = 0;
  readonly #hints: (Uint8Array | undefined)[] = [];
  #nextHint = 0;
  /** Bytes read of the current item, and whether it is a hint, which matters when some were. */
  #offset = 0;
  #isHint = false;
  #hintBytes = 0;
  #mark: Position | undefined;
  /** What was given outside of blocks, where it is wanted. */
  #log: HintLog | undefined;

  /** `isLogged`: keep what is given for `takeLog`. */
  constructor(items: readonly Uint8Array[], isLogged: boolean) {
    this.#items = items;
    this.#log = isLogged ? new HintLog() : undefined;
  }

  rest(): number | undefined {
    const item = this.#current();
    const rest = item === undefined ? undefined : item.length - this.#offset;
    if (this.#mark === undefined) this.#log?.rest(rest);
    return rest;
  }

  take(bytes: number): Uint8Array {
    const item = this.#current();
    const end = this.#offset + bytes;
    if (item === undefined || end > item.length) throw new RangeError(`${bytes} bytes are more than the item has left`);
    const taken = item.slice(this.#offset, end);
    if (this.#mark === undefined) this.#log?.take(taken);
    this.#isHint = this.#readsHint();
    this.#offset = end;
    if (end === item.length) this.#advance();
    return taken;
  }

  describe(): string {
    return this.#readsHint() ? `hint ${this.#nextHint}` : `input item ${this.#nextItem}`;
  }

  /** What was given since this was last asked, blocks outside the proof left out; see `HintLog`. Empty without a log. */
  takeLog(): Uint8Array {
    const log = this.#log?.bytes();
    if (log !== undefined) this.#log = new HintLog();
    return log ?? new Uint8Array();
  }

  /** True when a hint of `length` bytes may still be queued. */
  hasRoom(length: number): boolean {
    return this.#hintBytes + length + HINT_OVERHEAD <= HINT_LIMIT;
  }

  /** Queues a copy of `hint`. */
  add(hint: Uint8Array): void {
    this.#hintBytes += hint.length + HINT_OVERHEAD;
    this.#hints.push(hint.slice());
  }

  /** Remembers the position; at most one is remembered. */
  mark(): void {
    this.#mark = { item: this.#nextItem, hint: this.#nextHint, offset: this.#offset, isHint: this.#isHint };
  }

  /** Goes back to the remembered position. */
  restore(): void {
    if (this.#mark === undefined) return;
    this.#nextItem = this.#mark.item;
    this.#nextHint = this.#mark.hint;
    this.#offset = this.#mark.offset;
    this.#isHint = this.#mark.isHint;
    this.#mark = undefined;
  }

  get itemCount(): number {
    return this.#items.length;
  }

  #readsHint(): boolean {
    return this.#offset > 0 ? this.#isHint : this.#hints[this.#nextHint] !== undefined;
  }

  #current(): Uint8Array | undefined {
    return this.#readsHint() ? this.#hints[this.#nextHint] : this.#items[this.#nextItem];
  }

  #advance(): void {
    this.#offset = 0;
    if (!this.#isHint) {
      this.#nextItem++;
      return;
    }
    // What was read is never needed again, unless a block has to give it back.
    if (this.#mark === undefined) this.#hints[this.#nextHint] = undefined;
    this.#nextHint++;
  }
}
