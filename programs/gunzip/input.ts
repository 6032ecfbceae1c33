/** Input of the program `gunzip`: a gzip file, as it is. */
import { readFileSync } from 'node:fs';

/** The input items for a gzip file (RFC 1952). */
export function gunzipInput(file: Uint8Array): Uint8Array[] {
  return [file];
}

/** What the sample file holds: a ledger of transfers as CSV text, made by a fixed rule. */
export function sampleContent(): Uint8Array {
  const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
  const lines = ['number,from,to,amount'];
  for (let i = 1; i <= 200; i++) {
    const from = names[(i * i) % 8]!;
    const to = names[(i * 5 + 3) % 8]!;
    lines.push(`${i},${from},${to},${((i * 7919) % 1000) * 25}`);
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/**
 * What sample.bin holds: `sampleContent` compressed by `gzip -9n`. It is read and not compressed again, because another
 * version of a compressor may give other bytes.
 */
export function sampleInput(): Uint8Array[] {
  return gunzipInput(new Uint8Array(readFileSync(new URL('sample.bin', import.meta.url))));
}
