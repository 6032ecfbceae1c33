/**
 * What HINT_LEN and HINT_READ see: hints that the guest has queued (first in, first out), then the input items.
 *
 * A block outside the proof reads from the same queue. When it ends, what it has read is there again, followed by the
 * hints that it queued.
 */

/** Hints of one execution hold this many bytes at most (256 MiB), each counted with what the host needs to keep it. */
export const HINT_LIMIT = 2 ** 28;
export const HINT_OVERHEAD = 256;

/** The items of one execution. */
export class InputQueue {
  readonly #items: readonly Uint8Array[];
  #nextItem = 0;
  readonly #hints: (Uint8Array | undefined)[] = [];
  #nextHint = 0;
  #hintBytes = 0;
  #mark: { readonly item: number; readonly hint: number } | undefined;

  constructor(items: readonly Uint8Array[]) {
    this.#items = items;
  }

  /** The item that HINT_READ takes next; undefined when none is left. */
  current(): Uint8Array | undefined {
    return this.#hints[this.#nextHint] ?? this.#items[this.#nextItem];
  }

  /** Names the current item in messages. */
  describe(): string {
    return this.#hints[this.#nextHint] === undefined ? `input item ${this.#nextItem}` : `hint ${this.#nextHint}`;
  }

  /** Goes on to the next item. */
  advance(): void {
    if (this.#hints[this.#nextHint] === undefined) {
      this.#nextItem++;
      return;
    }
    // What was read is never needed again, unless a block has to give it back.
    if (this.#mark === undefined) this.#hints[this.#nextHint] = undefined;
    this.#nextHint++;
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
    this.#mark = { item: this.#nextItem, hint: this.#nextHint };
  }

  /** Goes back to the remembered position. */
  restore(): void {
    if (this.#mark === undefined) return;
    this.#nextItem = this.#mark.item;
    this.#nextHint = this.#mark.hint;
    this.#mark = undefined;
  }

  get itemCount(): number {
    return this.#items.length;
  }
}
