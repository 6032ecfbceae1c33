/** Numbers and names as people read them. */

/** `1,234,567`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** `12.3 %`, with another digit below a tenth of a percent; empty when there is no whole. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '';
  return `${((100 * part) / whole).toFixed(part * 1000 < whole && part > 0 ? 2 : 1)} %`;
}

/** Memory of a guest, which has pages of 64 KiB: `64 KiB`, `1.5 MiB`. */
export function formatMemory(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Cuts long text in the middle, where the names of generic functions differ least. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.ceil((width - 3) / 2);
  return `${text.slice(0, head)}...${text.slice(text.length - (width - 3 - head))}`;
}

/** Seconds as people read them. */
export function formatSeconds(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Sizes of files, and memory of this machine: `1234 bytes`, `12.3 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 10_000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB'];
  let [value, unit] = [bytes / 1000, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value.toFixed(1)} ${units[unit]}`;
}
