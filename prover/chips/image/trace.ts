import type { ChipTrace } from '../../air/machine.ts';
import { ZkError } from '../../core/errors.ts';
import type { Image } from '../../vm/program.ts';
import { FINAL_FIELD, SPACE, type RecordTable } from '../../vm/records.ts';
import { limbs, newTrace } from '../shared/fill.ts';
import { COLUMNS, PREPROCESSED } from './columns.ts';

/** The preprocessed columns of Image. Errors: ZkError PROGRAM unless it lists 32 zero registers, then RAM ascending. */
export function preprocessImage(image: Image): Uint32Array[] {
  const { trace, column: c } = newTrace(PREPROCESSED, image.rows);
  let previous = -1;
  for (let i = 0; i < image.rows; i++) {
    const space = image.space[i]!;
    const address = image.address[i]!;
    const value = image.value[i]!;
    // Soundness: one initial tuple per cell. Register 0 is 0 and is never written.
    if (i < 32) {
      if (space !== SPACE.REGISTER || address !== i || value !== 0) {
        throw new ZkError('PROGRAM', `row ${i} of the image expected register ${i} = 0`);
      }
    } else {
      if (space !== SPACE.RAM || address <= previous || address >= image.end) {
        throw new ZkError('PROGRAM', `row ${i} of the image: RAM addresses expected ascending below the image end`);
      }
      previous = address;
    }
    c.isReal[i] = 1;
    c.space[i] = space;
    c.address[i] = address;
    limbs(c.value, i, value);
  }
  if (image.rows < 32) throw new ZkError('PROGRAM', 'the image expected 32 registers');
  if (image.end >= 2 ** 28) throw new ZkError('PROGRAM', `image end expected below 2^28 words, got ${image.end}`);
  return [...trace.columns];
}

/** Fills the final states. `final` has one row per row of the image. */
export function fillImage(image: Image, final: RecordTable): ChipTrace {
  if (final.rows !== image.rows) throw new ZkError('TRACE', `final states: ${final.rows} of ${image.rows} image rows`);
  const { trace, column: c } = newTrace(COLUMNS, image.rows);
  const words = final.words;
  for (let row = 0, w = 0; row < final.rows; row++, w += final.width) {
    limbs(c.final, row, words[w + FINAL_FIELD.value]!);
    c.finalTime[row] = words[w + FINAL_FIELD.time]!;
  }
  return trace;
}
