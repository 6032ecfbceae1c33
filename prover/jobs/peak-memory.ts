/** Edge file: the highest resident memory of this process while something runs, workers included. */
const INTERVAL_MS = 250;

export class PeakMemory {
  #peak = process.memoryUsage.rss();
  readonly #timer = setInterval(() => this.#sample(), INTERVAL_MS);

  constructor() {
    this.#timer.unref();
  }

  /** Bytes, by sampling four times a second. */
  stop(): number {
    clearInterval(this.#timer);
    this.#sample();
    return this.#peak;
  }

  #sample(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
  }
}
