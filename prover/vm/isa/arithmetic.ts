/** RV32M arithmetic on 32-bit numbers (any representation in, signed int32 out). Used by the executor and the recorder. */

/** High word of the unsigned product. */
export function mulhu(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  // Each sum stays below 2^32: 65535^2 + 65535 < 2^32.
  const t = ah * bl + ((al * bl) >>> 16);
  const u = al * bh + (t & 0xffff);
  return (ah * bh + (t >>> 16) + (u >>> 16)) | 0;
}

/** High word of the signed product. */
export function mulh(a: number, b: number): number {
  return (mulhu(a, b) - ((a >> 31) & b) - ((b >> 31) & a)) | 0;
}

/** High word of signed `a` times unsigned `b`. */
export function mulhsu(a: number, b: number): number {
  return (mulhu(a, b) - ((a >> 31) & b)) | 0;
}

/** Signed division: -1 by zero, and -2^31 / -1 = -2^31. */
export function div(a: number, b: number): number {
  return (b | 0) === 0 ? -1 : ((a | 0) / (b | 0)) | 0;
}

/** Unsigned division: 2^32 - 1 by zero. */
export function divu(a: number, b: number): number {
  return (b | 0) === 0 ? -1 : ((a >>> 0) / (b >>> 0)) | 0;
}

/** Signed remainder: the dividend by zero, and 0 for -2^31 % -1. */
export function rem(a: number, b: number): number {
  return (b | 0) === 0 ? a | 0 : ((a | 0) % (b | 0)) | 0;
}

/** Unsigned remainder: the dividend by zero. */
export function remu(a: number, b: number): number {
  return (b | 0) === 0 ? a | 0 : ((a >>> 0) % (b >>> 0)) | 0;
}
