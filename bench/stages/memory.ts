/** Peak resident memory of one stage: this process with all its threads. */

const INTERVAL_MS = 50;

/**
 * Starts watching; the returned function stops and gives bytes. The operating system's high-water mark where the stage
 * raised it, which is exact; otherwise the largest of samples taken while the event loop was free.
 */
export function watchMemory(): () => number {
  const highWaterMark = (): number => process.resourceUsage().maxRSS * 1024;
  const before = highWaterMark();
  let sampled = process.memoryUsage.rss();
  const sample = (): void => {
    sampled = Math.max(sampled, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, INTERVAL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    sample();
    const after = highWaterMark();
    return after > before ? Math.max(after, sampled) : sampled;
  };
}
