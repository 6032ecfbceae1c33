/**
 * The field half of a verifier backend on plain numbers, without transcript or hashing: what the row checker runs
 * `Machine.boundary` on, and what tests evaluate closed forms with. Failed assertions are handed to `onFailure`.
 */
import { ZkError } from '../core/errors.ts';
import * as ext from '../field/extension.ts';
import { add, mul, sub } from '../field/koalabear.ts';
import type { ExtValue } from '../field/types.ts';
import type { Backend } from '../verifier/backend.ts';

export type NumberWires = { felt: number; ext: ExtValue; bit: 0 | 1; digest: never; row: never };

function unsupported(method: string): never {
  throw new ZkError('NUMBER_BACKEND', `"${method}" needs a transcript or a hash, which the number backend has not`);
}

function asBit(value: number, onFailure: (why: string) => void, why: string): 0 | 1 {
  if (value !== 0 && value !== 1) onFailure(why);
  return value === 1 ? 1 : 0;
}

function dot(a: readonly ExtValue[], b: readonly ExtValue[]): ExtValue {
  return a.reduce<ExtValue>((sum, value, i) => ext.add(sum, ext.mul(value, b[i] ?? ext.ZERO)), ext.ZERO);
}

/** Creates the backend; `onFailure` is called with the reason of every assertion that does not hold. */
export function numberBackend(onFailure: (why: string) => void): Backend<NumberWires> {
  return {
    feltConst: (value) => value,
    feltAdd: add,
    feltSub: sub,
    feltMul: mul,
    feltMulConst: mul,
    assertFeltEqual: (a, b, why) => {
      if (a !== b) onFailure(`${why}: ${a} is not ${b}`);
    },
    bitAsFelt: (bit) => bit,
    bitConst: (value) => value,
    hintBit: (value) => asBit(value, onFailure, 'hinted bit is not boolean'),
    hintFelt: (value) => value,
    feltBits: (a, count, why) => {
      if (a >= 2 ** count) onFailure(`${why}: ${a} has more than ${count} bits`);
      return Array.from({ length: count }, (_, i) => (Math.floor(a / 2 ** i) % 2 === 1 ? 1 : 0));
    },
    extConst: (value) => value,
    extFromFelt: ext.fromBase,
    extFromLimbs: (limbs) => [limbs[0] ?? 0, limbs[1] ?? 0, limbs[2] ?? 0, limbs[3] ?? 0, limbs[4] ?? 0],
    extAdd: ext.add,
    extSub: ext.sub,
    extMul: ext.mul,
    extMulAdd: (a, b, c) => ext.add(ext.mul(a, b), c),
    extMulConst: ext.scale,
    extScale: ext.scale,
    extInverse: (a, why) => {
      if (!ext.equals(a, ext.ZERO)) return ext.inverse(a);
      onFailure(`${why}: inverse of zero`);
      return ext.ZERO;
    },
    extDot: dot,
    assertExtEqual: (a, b, why) => {
      if (!ext.equals(a, b)) onFailure(`${why}: [${a.join(', ')}] is not [${b.join(', ')}]`);
    },
    transcript: () => unsupported('transcript'),
    digestConst: () => unsupported('digestConst'),
    hashFelts: () => unsupported('hashFelts'),
    digestFelts: () => unsupported('digestFelts'),
    digestFromFelts: () => unsupported('digestFromFelts'),
    checkPath: () => unsupported('checkPath'),
    openRow: () => unsupported('openRow'),
    rowDot: () => unsupported('rowDot'),
    rowExts: () => unsupported('rowExts'),
  };
}
