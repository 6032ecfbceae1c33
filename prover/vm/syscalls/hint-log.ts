/**
 * What system calls were given of the input, as bytes, so that another machine can give them the same without the input.
 *
 * Entries, one after another: 0 for no item left; 1 and how many bytes an item had left; 2, a number of bytes and these
 * bytes. Numbers are 32 bits, lowest byte first.
 */
import { ZkError } from '../../core/errors.ts';
import type { InputSource } from './input-queue.ts';
import { ByteSink } from './sink.ts';

const ENTRY = { NONE: 0, REST: 1, TAKEN: 2 } as const;
const NUMBER_BYTES = 4;

/** Writes a log. */
export class HintLog {
  readonly #sink = new ByteSink();

  rest(bytes: number | undefined): void {
    if (bytes === undefined) this.#sink.append(Uint8Array.of(ENTRY.NONE));
    else this.#sink.append(entry(ENTRY.REST, bytes));
  }

  take(bytes: Uint8Array): void {
    this.#sink.append(entry(ENTRY.TAKEN, bytes.length));
    this.#sink.append(bytes);
  }

  bytes(): Uint8Array {
    return this.#sink.bytes();
  }
}

/** Gives what a log holds. Errors: ZkError BAD_SHARD where the calls are not those that it was written for. */
export class HintReplay implements InputSource {
  readonly #log: Uint8Array;
  #at = 0;
  readonly itemCount = 0;

  constructor(log: Uint8Array) {
    this.#log = log;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#log.length;
  }

  rest(): number | undefined {
    const kind = this.#log[this.#at];
    if (kind === ENTRY.NONE) {
      this.#at++;
      return undefined;
    }
    if (kind !== ENTRY.REST) throw this.#refuse();
    return this.#number();
  }

  take(bytes: number): Uint8Array {
    if (this.#log[this.#at] !== ENTRY.TAKEN || this.#number() !== bytes) throw this.#refuse();
    const taken = this.#log.slice(this.#at, this.#at + bytes);
    if (taken.length !== bytes) throw this.#refuse();
    this.#at += bytes;
    return taken;
  }

  describe(): string {
    return 'the item';
  }

  #number(): number {
    const end = this.#at + 1 + NUMBER_BYTES;
    if (end > this.#log.length) throw this.#refuse();
    const number = new DataView(this.#log.buffer, this.#log.byteOffset + this.#at + 1).getUint32(0, true);
    this.#at = end;
    return number;
  }

  #refuse(): ZkError {
    const sentence = 'The hints of the shard are not those that its instructions ask for: the shard is damaged.';
    return new ZkError('BAD_SHARD', sentence);
  }
}

function entry(kind: number, number: number): Uint8Array {
  const bytes = new Uint8Array(1 + NUMBER_BYTES);
  bytes[0] = kind;
  new DataView(bytes.buffer).setUint32(1, number, true);
  return bytes;
}
