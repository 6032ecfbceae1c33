/** Binary codecs of artifacts: a mark of the kind, then fields in a fixed order. One sequence of bytes for each value. */
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type ArtifactError, damagedArtifact } from './artifact.ts';

/** Writes fields one after the other, little-endian. */
export class ByteWriter {
  readonly #parts: Uint8Array[];

  constructor(kind: string) {
    this.#parts = [markOf(kind)];
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new RangeError(`u32 got ${value}`);
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, value, true);
      this.#parts.push(bytes);
    }
    return this;
  }

  /** Integers below 2^53. */
  u64(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`u64 got ${value}`);
    return this.u32(value % 2 ** 32, Math.floor(value / 2 ** 32));
  }

  /** Integers below 2^256, big-endian as contracts have them. */
  words(...values: readonly bigint[]): this {
    for (const value of values) {
      if (value < 0n || value >> 256n !== 0n) throw new RangeError(`word got ${value}`);
      this.#parts.push(Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex')));
    }
    return this;
  }

  /** Bytes with their length in front. */
  list(bytes: Uint8Array): this {
    this.u32(bytes.length);
    this.#parts.push(bytes);
    return this;
  }

  /** Bytes to the end of the artifact. */
  rest(bytes: Uint8Array): Uint8Array {
    this.#parts.push(bytes);
    return this.end();
  }

  end(): Uint8Array {
    return concatBytes(...this.#parts);
  }
}

/** Reads what `ByteWriter` wrote. ArtifactError ARTIFACT_DAMAGED for anything else. */
export class ByteReader {
  readonly #kind: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(kind: string, bytes: Uint8Array) {
    this.#kind = kind;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const mark = markOf(kind);
    const given = this.#take(mark.length);
    if (mark.some((byte, i) => byte !== given[i])) throw this.refuse('it does not begin as one');
  }

  u32(): number {
    this.#need(4);
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  u64(): number {
    const [low, high] = [this.u32(), this.u32()];
    if (high >= 2 ** 21) throw this.refuse('it counts too far');
    return low + high * 2 ** 32;
  }

  words(count: number): bigint[] {
    return Array.from({ length: count }, () => BigInt(`0x${Buffer.from(this.#take(32)).toString('hex')}`));
  }

  list(): Uint8Array {
    return this.#take(this.u32());
  }

  rest(): Uint8Array {
    return this.#take(this.#bytes.length - this.#at);
  }

  /** Refuses bytes that follow. */
  end(): void {
    const more = this.#bytes.length - this.#at;
    if (more !== 0) throw this.refuse(`${more} bytes follow its end`);
  }

  refuse(problem: string): ArtifactError {
    return damagedArtifact(this.#kind, problem);
  }

  #take(length: number): Uint8Array {
    this.#need(length);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #need(length: number): void {
    if (this.#at + length > this.#bytes.length) throw this.refuse(`it ends after ${this.#bytes.length} bytes`);
  }
}

/** First bytes of the artifacts of a kind. */
function markOf(kind: string): Uint8Array {
  return utf8ToBytes(`zkvm ${kind} 1\n`);
}
