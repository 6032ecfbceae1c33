/**
 * Named cycle counts of a guest. A span starts and ends by a mark; its cycles are the instructions from the system call
 * that carries the start mark to the one that carries the end mark, the first of the two included.
 *
 * Names are counted each for itself, so spans may nest, overlap and recur: cycles of a name that is open several times
 * count once. Marks say nothing to the proof.
 */

/** Longest name, in bytes of UTF-8. */
export const SPAN_NAME_LIMIT = 256;
/** Most names that are told apart; spans of further names are not counted. */
export const SPAN_COUNT_LIMIT = 4096;

/** Counts of one name. Names are the guest's text and may hold any character: escape them before they are shown. */
export type Span = {
  readonly name: string;
  /** How often a span of this name started. */
  readonly calls: number;
  /** Instructions while a span of this name was open, other spans within it included. */
  readonly cycles: number;
  /** How many other spans were open when the name first started. */
  readonly depth: number;
};

type Counter = { readonly depth: number; calls: number; cycles: number; open: number; since: number };

/** The spans of one execution. */
export class SpanCounter {
  readonly #counters = new Map<string, Counter>();
  readonly #warn: (text: string) => void;
  #openNames = 0;

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  /** Takes a mark of the span descriptor: `+name` or `-name`; `cycle` is the number of instructions before it. */
  mark(mark: Uint8Array, cycle: number): void {
    if (mark.length > SPAN_NAME_LIMIT + 1) return this.tooLong();
    const sign = mark[0];
    const name = new TextDecoder().decode(mark.subarray(1));
    if (sign === 0x2b) this.start(name, cycle);
    else if (sign === 0x2d) this.end(name, cycle);
    else this.#warn('a span mark began with neither + nor -: it was ignored');
  }

  start(name: string, cycle: number): void {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      if (this.#counters.size === SPAN_COUNT_LIMIT) {
        this.#warn(`there are more than ${SPAN_COUNT_LIMIT} span names: the others were not counted`);
        return;
      }
      counter = { depth: this.#openNames, calls: 0, cycles: 0, open: 0, since: 0 };
      this.#counters.set(name, counter);
    }
    counter.calls++;
    counter.open++;
    if (counter.open > 1) return;
    counter.since = cycle;
    this.#openNames++;
  }

  end(name: string, cycle: number): void {
    const counter = this.#counters.get(name);
    if (counter === undefined || counter.open === 0) {
      // Above the limit the start was not counted either, which has its own warning.
      if (counter !== undefined || this.#counters.size < SPAN_COUNT_LIMIT) {
        this.#warn(`the span ${JSON.stringify(name)} ended without having started`);
      }
      return;
    }
    counter.open--;
    if (counter.open > 0) return;
    counter.cycles += cycle - counter.since;
    this.#openNames--;
  }

  /** Reports a mark whose name exceeds SPAN_NAME_LIMIT. */
  tooLong(): void {
    this.#warn(`a span name was longer than ${SPAN_NAME_LIMIT} bytes: the span was not counted`);
  }

  /** All spans in the order of their first start; what is open ends at `cycle`. */
  list(cycle: number): Span[] {
    return [...this.#counters].map(([name, { depth, calls, cycles, open, since }]) => ({
      name,
      calls,
      cycles: cycles + (open > 0 ? cycle - since : 0),
      depth,
    }));
  }
}
