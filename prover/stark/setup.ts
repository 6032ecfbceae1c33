/** Key generation: places the preprocessed columns and commits to them. */
import type { Machine, PreprocessedTraces } from '../air/machine.ts';
import { ZkError } from '../core/errors.ts';
import { commitColumns } from '../pcs/reference/encode.ts';
import type { CommittedRows, ProverHash } from '../verifier/suite.ts';
import type { ProvingKey } from './prover/interface.ts';
import { checkKey, type VerifyingKey } from './key.ts';
import { layerLayout, preCapacity, type LayerLayout } from './layout.ts';
import type { LayerParameters } from './parameters.ts';
import { placeBlocks, stackColumns } from './stacking.ts';

/** Commits to columns of 2^logRows rows at rate 2^-logInverseRate, as `commitColumns` of pcs/reference/encode.ts. */
export type CommitColumns = (
  hash: ProverHash,
  logRows: number,
  logInverseRate: number,
  columns: readonly Uint32Array[],
) => CommittedRows;

/**
 * Makes the key of one program. `preprocessed` lists every chip's columns; chips without any have an empty list.
 *
 * Errors: ZkError BAD_PREPROCESSED for wrong widths or heights, TRACE_TOO_LARGE when the key's window is too small.
 */
export function setupKey(
  hash: ProverHash,
  machine: Machine,
  parameters: LayerParameters,
  preprocessed: PreprocessedTraces,
  keyFelts: readonly number[],
  commit: CommitColumns = commitColumns,
): ProvingKey {
  const layout = layerLayout(machine, parameters);
  const heights = preprocessedHeights(layout, preprocessed);
  const starts = placeBlocks(layout.preBlocks, heights, preCapacity(parameters));
  const { logPreRows, logPreColumns, logInverseRate } = parameters;
  const stacked = stackColumns(logPreRows, 2 ** logPreColumns, layout.preBlocks, starts, preprocessed);
  const tree = commit(hash, logPreRows, logInverseRate, stacked);
  const key: VerifyingKey = {
    machine: machine.name,
    root: tree.root,
    logHeights: layout.chips.flatMap(({ height }, a) => (height.kind === 'key' ? [heights[a] ?? 0] : [])),
    positions: layout.packed === undefined ? starts : [],
    felts: [...keyFelts],
  };
  checkKey(layout, key);
  return { key, columns: preprocessed, starts, tree };
}

/** log2 heights of the preprocessed columns, 0 where a chip has none. */
function preprocessedHeights(layout: LayerLayout, preprocessed: PreprocessedTraces): number[] {
  return layout.chips.map(({ chip, height, maxLogHeight }, a) => {
    const columns = preprocessed[a] ?? [];
    const rows = columns[0]?.length ?? 0;
    const refuse = (problem: string): never => {
      throw new ZkError('BAD_PREPROCESSED', `chip "${chip.name}": ${problem}`);
    };
    if (columns.length !== chip.preprocessed.length)
      refuse(`expected ${chip.preprocessed.length} preprocessed columns`);
    if (columns.length === 0) {
      if (height.kind === 'key') refuse('its height belongs to the key, but it has no preprocessed column');
      return 0;
    }
    const logHeight = 31 - Math.clz32(rows);
    if (rows !== 2 ** logHeight || columns.some((column) => column.length !== rows)) {
      refuse('preprocessed columns must have one height, a power of two');
    }
    if (logHeight > maxLogHeight || (height.kind === 'constant' && logHeight !== height.logHeight)) {
      refuse(`preprocessed columns have 2^${logHeight} rows, expected 2^${maxLogHeight}`);
    }
    return logHeight;
  });
}
