/**
 * Span marks in printed lines, as programs written for SP1 have them:
 *
 *     cycle-tracker-start: name        cycle-tracker-end: name
 *     cycle-tracker-report-start: name cycle-tracker-report-end: name
 *
 * The lines stay in the output. A line may arrive in pieces and counts when its newline arrives.
 * Source: SP1's documentation, "Cycle Tracking".
 */
import { SPAN_NAME_LIMIT, type SpanCounter } from './spans.ts';

const PATTERN = /^cycle-tracker-(?:report-)?(start|end):(.*)$/s;
const LONGEST_PREFIX = 'cycle-tracker-report-start:'.length;
/** Room for blanks around the name. */
const LINE_LIMIT = LONGEST_PREFIX + SPAN_NAME_LIMIT + 16;
const NEWLINE = 0x0a;

/** Finds the marks in a stream of printed bytes. */
export class TrackerLines {
  readonly #spans: SpanCounter;
  readonly #line = new Uint8Array(LINE_LIMIT);
  /** Bytes of the current line; above LINE_LIMIT the rest is not kept. */
  #length = 0;

  constructor(spans: SpanCounter) {
    this.#spans = spans;
  }

  /** Takes printed bytes; `cycle` is the number of instructions before the system call that printed them. */
  feed(bytes: Uint8Array, cycle: number): void {
    let from = 0;
    while (from < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, from);
      const end = newline < 0 ? bytes.length : newline;
      const room = LINE_LIMIT - this.#length;
      if (room > 0) this.#line.set(bytes.subarray(from, Math.min(end, from + room)), this.#length);
      this.#length += end - from;
      if (newline >= 0) {
        this.#take(cycle);
        this.#length = 0;
      }
      from = end + 1;
    }
  }

  #take(cycle: number): void {
    // Most lines are no marks: 'c' and 'y' decide.
    if (this.#line[0] !== 0x63 || this.#line[1] !== 0x79) return;
    const line = new TextDecoder().decode(this.#line.subarray(0, Math.min(this.#length, LINE_LIMIT)));
    const match = PATTERN.exec(line);
    if (match === null) return;
    const name = (match[2] ?? '').trim();
    if (this.#length > LINE_LIMIT || new TextEncoder().encode(name).length > SPAN_NAME_LIMIT) this.#spans.tooLong();
    else if (match[1] === 'start') this.#spans.start(name, cycle);
    else this.#spans.end(name, cycle);
  }
}
