/** Writes ELF32 files for tests; every header field can be overridden, so that bad files are easy to make. */

export type ElfSegment = {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Defaults to the length of `bytes`. */
  readonly memorySize?: number;
  /** PF_X = 1, PF_W = 2, PF_R = 4. */
  readonly flags: number;
  /** Defaults to PT_LOAD (1). */
  readonly type?: number;
};

export type ElfOptions = {
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
  /** e_type, e_machine, e_flags; default 2, 243, 0. */
  readonly type?: number;
  readonly machine?: number;
  readonly flags?: number;
  /** File offsets become congruent to addresses modulo this, as operating systems want it; default 1. */
  readonly pageSize?: number;
};

/** Builds the file: header, program headers, segment contents. */
export function buildElf(options: ElfOptions): Uint8Array {
  const { segments } = options;
  const headers = 52 + 32 * segments.length;
  const pageSize = options.pageSize ?? 1;
  const total = segments.reduce((at, { address, bytes }) => place(at, address, pageSize) + bytes.length, headers);
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, options.type ?? 2, true);
  view.setUint16(18, options.machine ?? 243, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, options.entry, true);
  view.setUint32(28, 52, true);
  view.setUint32(36, options.flags ?? 0, true);
  view.setUint16(40, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, segments.length, true);
  let offset = headers;
  for (const [i, segment] of segments.entries()) {
    const at = 52 + 32 * i;
    offset = place(offset, segment.address, pageSize);
    view.setUint32(at, segment.type ?? 1, true);
    view.setUint32(at + 4, offset, true);
    view.setUint32(at + 8, segment.address, true);
    view.setUint32(at + 12, segment.address, true);
    view.setUint32(at + 16, segment.bytes.length, true);
    view.setUint32(at + 20, segment.memorySize ?? segment.bytes.length, true);
    view.setUint32(at + 24, segment.flags, true);
    view.setUint32(at + 28, 4, true);
    file.set(segment.bytes, offset);
    offset += segment.bytes.length;
  }
  return file;
}

/** The first file offset from `at` on that is congruent to `address`. */
function place(at: number, address: number, pageSize: number): number {
  return at + ((((address - at) % pageSize) + pageSize) % pageSize);
}

/** Little-endian bytes of 32-bit words. */
export function wordBytes(words: Iterable<number>): Uint8Array {
  const list = [...words];
  const bytes = new Uint8Array(list.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of list.entries()) view.setUint32(4 * i, word >>> 0, true);
  return bytes;
}
