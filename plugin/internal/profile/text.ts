/** Numbers, names and tables on a terminal. */

/** `1,234,567`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** `12.3 %`, with another digit below a tenth of a percent; empty when there is no whole. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '';
  return `${((100 * part) / whole).toFixed(part * 1000 < whole && part > 0 ? 2 : 1)} %`;
}

/** `64 KiB`, `1.5 MiB`. */
export function formatMemory(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Cuts long text in the middle, where the names of generic functions differ least. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.ceil((width - 3) / 2);
  return `${text.slice(0, head)}...${text.slice(text.length - (width - 3 - head))}`;
}

/** Aligned columns below a title, the first to the left and the others to the right; nothing without rows. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const all = [header, ...rows];
  const widths = header.map((_cell, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    widths.map((width, i) => (i === 0 ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width))).join('  ');
  return ['', ...all.map((row) => line(row).trimEnd())];
}
