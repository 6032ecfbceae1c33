/** Captured output of a guest: a growing buffer. */
export class ByteSink {
  #buffer = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#buffer.length) {
      const bigger = new Uint8Array(2 ** Math.ceil(Math.log2(end)));
      bigger.set(this.#buffer);
      this.#buffer = bigger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = end;
  }

  /** A copy of everything appended. */
  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }
}
