import type { ChipTrace } from '../../../../air/machine.ts';
import { ZkError } from '../../../../core/errors.ts';
import type { Image } from '../../../../vm/program.ts';
import { FINAL_FIELD, SPACE, type RecordTable } from '../../../../vm/execution-record.ts';
import { limbs, newTrace } from '../../shared/fill.ts';
import { COLUMNS, PREPROCESSED } from './columns.ts';

/** One more than the highest word address. */
const END_OF_RAM = 2 ** 28;

/**
 * The zero range as key felts: its start and its end, in words. Errors: ZkError PROGRAM unless it is a range below 2^28 that
 * holds no word of the image.
 */
export function zeroRange({ rows, address, zeroStart, zeroEnd }: Image): [start: number, end: number] {
  const isRange = Number.isInteger(zeroStart) && Number.isInteger(zeroEnd) && zeroStart >= 0 && zeroStart <= zeroEnd;
  if (!isRange || zeroEnd > END_OF_RAM) {
    throw new ZkError('PROGRAM', `zero range from ${zeroStart} to ${zeroEnd}: expected ascending, at most 2^28 words`);
  }
  for (let i = 32; i < rows; i++) {
    // Soundness: a word in both would have two initial states, and the prover the choice.
    if (address[i]! >= zeroStart && address[i]! < zeroEnd) {
      throw new ZkError('PROGRAM', `row ${i} of the image: word ${address[i]!} is in the zero range as well`);
    }
  }
  return [zeroStart, zeroEnd];
}

/**
 * The preprocessed columns of Image. Errors: ZkError PROGRAM unless it lists 32 zero registers, then RAM ascending, and the
 * zero range is apart from them.
 */
export function preprocessImage(image: Image): Uint32Array[] {
  zeroRange(image);
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
      if (space !== SPACE.RAM || address <= previous || address >= END_OF_RAM) {
        throw new ZkError('PROGRAM', `row ${i} of the image: RAM addresses expected ascending below 2^28 words`);
      }
      previous = address;
    }
    c.isReal[i] = 1;
    c.space[i] = space;
    c.address[i] = address;
    limbs(c.value, i, value);
  }
  if (image.rows < 32) throw new ZkError('PROGRAM', 'the image expected 32 registers');
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
