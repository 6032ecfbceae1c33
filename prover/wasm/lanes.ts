/** Macros that move lanes between vectors. */
import type { FunctionBuilder } from './emitter.ts';
import { type V128, v128 } from './instructions.ts';

/** Rows and columns of four vectors exchanged. */
export function transpose(f: FunctionBuilder, lines: readonly V128[]): V128[] {
  const [a, b, c, d] = lines as [V128, V128, V128, V128];
  const lowAB = f.let(v128.shuffle32(a, b, [0, 4, 1, 5]));
  const highAB = f.let(v128.shuffle32(a, b, [2, 6, 3, 7]));
  const lowCD = f.let(v128.shuffle32(c, d, [0, 4, 1, 5]));
  const highCD = f.let(v128.shuffle32(c, d, [2, 6, 3, 7]));
  return [
    v128.shuffle32(lowAB, lowCD, [0, 1, 4, 5]),
    v128.shuffle32(lowAB, lowCD, [2, 3, 6, 7]),
    v128.shuffle32(highAB, highCD, [0, 1, 4, 5]),
    v128.shuffle32(highAB, highCD, [2, 3, 6, 7]),
  ];
}
