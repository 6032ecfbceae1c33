/** Shape checks of proof data, the same on every backend: codes `proof-shape` and `non-canonical`. */
import { VerificationError } from '../core/errors.ts';
import { isCanonical } from '../field/koalabear.ts';

/** Refuses anything but an array of exactly `length` entries. */
export function expectLength(values: unknown, length: number, where: string): asserts values is readonly unknown[] {
  if (!Array.isArray(values) || values.length !== length) {
    const got = Array.isArray(values) ? String(values.length) : typeof values;
    throw new VerificationError('proof-shape', where, `expected ${length} entries, got ${got}`);
  }
}

/** Refuses anything but `length` canonical base elements. */
export function expectFelts(values: unknown, length: number, where: string): asserts values is readonly number[] {
  expectLength(values, length, where);
  const bad = values.findIndex((value) => !isCanonical(value));
  if (bad >= 0) {
    throw new VerificationError('non-canonical', where, `entry ${bad} is not a canonical base element`);
  }
}

/** Refuses anything but a KoalaBear digest. */
export function expectDigest(value: unknown, where: string): asserts value is readonly number[] {
  expectFelts(value, 8, where);
}
