/** Lays out initial memory by pages: those that hold bytes of the file, and those that start as zero. */
import { PAGE_WORDS } from '../vm/address-map.ts';
import type { Stretch } from '../vm/program.ts';
import type { Segment } from './executable.ts';

/** Byte addresses: the first, and one more than the last. */
export type Range = { readonly start: number; readonly end: number };

const PAGE_BYTES = 4 * PAGE_WORDS;

/**
 * The stretches of an image: `mapped` rounded out to pages, with the bytes that `segments`, which are part of it, have in
 * the file. Takes time and memory in proportion to these bytes.
 */
export function layOut(file: Uint8Array, segments: readonly Segment[], mapped: readonly Range[]): Stretch[] {
  const backed = segments.filter(({ fileSize }) => fileSize > 0).toSorted((a, b) => a.address - b.address);
  const data = pagesOf(backed.map(({ address, fileSize }) => ({ start: address, end: address + fileSize })));
  const filled = data.map(emptyStretch);
  let at = 0;
  for (const { address, offset, fileSize } of backed) {
    while (address >= 4 * (filled[at]?.end ?? Infinity)) at++;
    const { start, words } = filled[at]!;
    // Typed arrays are little endian on every machine that Node runs on.
    new Uint8Array(words.buffer).set(file.subarray(offset, offset + fileSize), address - 4 * start);
  }
  const zeros = without(pagesOf(mapped), data).map(zeroStretch);
  return [...filled, ...zeros].toSorted((a, b) => a.start - b.start);
}

/** Byte ranges rounded out to pages; those that touch are one. Ascending. */
function pagesOf(ranges: readonly Range[]): Range[] {
  const pages: { start: number; end: number }[] = [];
  const rounded = ranges
    .filter(({ start, end }) => start < end)
    .map(({ start, end }) => ({
      start: Math.floor(start / PAGE_BYTES) * PAGE_BYTES,
      end: Math.ceil(end / PAGE_BYTES) * PAGE_BYTES,
    }));
  for (const { start, end } of rounded.toSorted((a, b) => a.start - b.start)) {
    const last = pages.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else pages.push({ start, end });
  }
  return pages;
}

/** What of `ranges` lies in none of `holes`, each of which is a part of one of them; both ascending and disjoint. */
function without(ranges: readonly Range[], holes: readonly Range[]): Range[] {
  const rest: Range[] = [];
  let next = 0;
  for (const { start, end } of ranges) {
    let from = start;
    for (; (holes[next]?.start ?? end) < end; next++) {
      const hole = holes[next]!;
      if (hole.start > from) rest.push({ start: from, end: hole.start });
      from = hole.end;
    }
    if (from < end) rest.push({ start: from, end });
  }
  return rest;
}

function emptyStretch({ start, end }: Range): Stretch {
  return { start: start / 4, end: end / 4, words: new Uint32Array((end - start) / 4) };
}

function zeroStretch({ start, end }: Range): Stretch {
  return { start: start / 4, end: end / 4, words: new Uint32Array() };
}
