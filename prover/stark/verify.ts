/**
 * The verifier of one layer, over the abstract backend: the whole protocol in one screen. Rows name docs/protocol.md.
 */
import { VerificationError } from '../core/errors.ts';
import type { Machine } from '../air/machine.ts';
import { P, isCanonical } from '../field/koalabear.ts';
import { NativeBackend, type NativeOptions } from '../verifier/native-backend.ts';
import type { HashSuite } from '../verifier/suite.ts';
import { verifyOpening } from '../pcs/whir/verify.ts';
import type { Backend, TranscriptOn, Wires } from '../verifier/backend.ts';
import { verifyGkr } from './gkr/verify.ts';
import { heightAsFelt, hintHeight, type HeightWires } from './heights.ts';
import { constantKey, type KeyWires, type VerifyingKey } from './key.ts';
import { LOG_FRACTION_BOUND, layerLayout, maxFractions, type LayerLayout } from './layout.ts';
import { at } from '../core/lists.ts';
import { powers, powerSum } from '../verifier/powers.ts';
import type { Places } from './opening/blocks.ts';
import { positionWires, weightAtPoint } from './opening/weight.ts';
import type { LayerParameters } from './parameters.ts';
import { checkProofShape, positionCount, type LayerProof } from './proof.ts';
import {
  boundarySum,
  heightFelt,
  layerDomain,
  longestMessage,
  observeStatement,
  sampleOodPoint,
  type LookupChallenges,
} from './statement.ts';
import { verifyZerocheck } from './zerocheck/verify.ts';

/**
 * Verifies that the machine accepts these public values under this key.
 *
 * Errors: the backend's rejection (native: `VerificationError`); ZkError BAD_LAYER when machine and parameters do not
 * fit; RangeError for a wrong number of public values.
 */
export function verifyLayer<W extends Wires>(
  on: Backend<W>,
  machine: Machine,
  parameters: LayerParameters,
  key: KeyWires<W>,
  publicValues: readonly W['felt'][],
  proof: LayerProof,
): void {
  const layout = layerLayout(machine, parameters);
  if (publicValues.length !== machine.publicValueCount) {
    throw new RangeError(`"publicValues" expected ${machine.publicValueCount} elements, got ${publicValues.length}`);
  }
  checkProofShape(layout, proof);

  // Rows 1-4: what is proved.
  const transcript = on.transcript(layerDomain(parameters));
  observeStatement(on, transcript, layout, key, publicValues);

  // Row 5: heights and places of the main columns. Leaf slots are computed, never read.
  const heights = readHeights(on, transcript, layout, key, proof.logHeights);
  assertFractionBound(on, layout, heights);
  const main = mainPlaces(on, transcript, layout, heights, proof.positions);
  const pre = prePlaces(on, layout, heights, key);

  // Rows 6-7: the main columns, bound to one polynomial before any challenge.
  const mainRoot = transcript.readDigest('main root', proof.mainRoot);
  const oodPoint = sampleOodPoint(transcript, layout);
  const oodValue = at(transcript.readExts('out-of-domain value', [proof.oodValue], 1), 0);

  // Row 8: bus challenges.
  transcript.checkPow('lookup nonce', proof.lookupNonce, parameters.lookupPowBits);
  const challenges = sampleLookup(on, transcript, layout);

  // Row 9: all bus fractions and the verifier's own sum to zero.
  const boundary = boundarySum(on, layout, challenges, publicValues, key.felts);
  const leaves = verifyGkr(on, transcript, boundary, proof.gkrRoot, proof.gkrLayers);

  // Rows 10-11: the leaves are those of the columns, and every constraint is zero on every row.
  const columns = verifyZerocheck(on, transcript, layout, heights, challenges, leaves, proof.zerocheck, proof.claims);

  // Row 12: all column values and the out-of-domain value are those of the committed columns.
  const theta = transcript.sampleExt('theta');
  const target = powerSum(on, theta, [...columns.values, oodValue]);
  const inputs = { heights, main, pre, rowPoint: columns.point, oodPoint, theta };
  const { mainColumns, preStart, logPreColumns, logRows, logPreRows } = parameters;
  verifyOpening(
    on,
    transcript,
    parameters,
    [
      { root: mainRoot, start: 0, width: mainColumns, logLift: 0 },
      { root: key.root, start: preStart, width: 2 ** logPreColumns, logLift: logRows - logPreRows },
    ],
    target,
    (z) => weightAtPoint(on, layout, inputs, z),
    proof.opening,
  );
}

/**
 * Verifies a proof natively. The key comes from the caller. Public values are checked to be canonical.
 *
 * Errors: VerificationError with the failing step; ZkError BAD_KEY or BAD_LAYER.
 */
export function verifyNative(
  suite: HashSuite,
  machine: Machine,
  parameters: LayerParameters,
  key: VerifyingKey,
  publicValues: readonly number[],
  proof: LayerProof,
  options: NativeOptions = {},
): void {
  if (publicValues.length !== machine.publicValueCount || !publicValues.every(isCanonical)) {
    const problem = `expected ${machine.publicValueCount} canonical elements below ${P}`;
    throw new VerificationError('public-values', 'public values', problem, `The proof is damaged: ${problem}`);
  }
  const on = new NativeBackend(suite, options);
  verifyLayer(on, machine, parameters, constantKey(on, layerLayout(machine, parameters), key), publicValues, proof);
}

/**
 * Heights of all chips, in machine order: free ones from the proof, the others from key and machine. The free ones
 * enter as observed proof data, are hinted as one-hot vectors in range, and the two are tied: shape and transcript
 * cannot differ.
 */
function readHeights<W extends Wires>(
  on: Backend<W>,
  transcript: TranscriptOn<W>,
  layout: LayerLayout,
  key: KeyWires<W>,
  logHeights: readonly number[],
): HeightWires<W>[] {
  const observed = transcript.readFelts('heights', logHeights, layout.freeHeightCount);
  return layout.chips.map(({ chip, height, maxLogHeight }) => {
    if (height.kind === 'constant') return { kind: 'constant', logHeight: height.logHeight };
    if (height.kind === 'key') return at(key.heights, height.index);
    const why = `height of "${chip.name}"`;
    const wires = hintHeight(on, at(logHeights, height.index), maxLogHeight, why);
    on.assertFeltEqual(at(observed, height.index), heightFelt(on, wires), why);
    return wires;
  });
}

/** Soundness: sum_a I_a 2^(h_a) < 2^30, unless even the largest heights stay below it. */
export function assertFractionBound<W extends Wires>(
  on: Backend<W>,
  layout: LayerLayout,
  heights: readonly HeightWires<W>[],
): void {
  if (maxFractions(layout.chips) < 2 ** LOG_FRACTION_BOUND) return;
  let sum = on.feltConst(0);
  for (const [a, { chip }] of layout.chips.entries()) {
    sum = on.feltAdd(sum, on.feltMulConst(heightAsFelt(on, at(heights, a)), chip.interactions.length));
  }
  on.feltBits(sum, LOG_FRACTION_BOUND, 'number of bus fractions');
}

function mainPlaces<W extends Wires>(
  on: Backend<W>,
  transcript: TranscriptOn<W>,
  layout: LayerLayout,
  heights: readonly HeightWires<W>[],
  positions: readonly number[],
): Places<W> {
  const felts = transcript.readFelts('positions', positions, positionCount(layout));
  if (layout.packed !== undefined) return { kind: 'constant', starts: layout.packed.mainStarts };
  const { logRows, logColumns } = layout.parameters;
  return positionWires(on, layout.mainBlocks, felts, heights, logRows + logColumns, layout.parameters, 'main');
}

function prePlaces<W extends Wires>(
  on: Backend<W>,
  layout: LayerLayout,
  heights: readonly HeightWires<W>[],
  key: KeyWires<W>,
): Places<W> {
  if (layout.packed !== undefined) return { kind: 'constant', starts: layout.packed.preStarts };
  const { logPreRows, logPreColumns } = layout.parameters;
  return positionWires(on, layout.preBlocks, key.positions, heights, logPreRows + logPreColumns, undefined, 'key');
}

function sampleLookup<W extends Wires>(
  on: Backend<W>,
  transcript: TranscriptOn<W>,
  layout: LayerLayout,
): LookupChallenges<W['ext']> {
  const alpha = transcript.sampleExt('alpha');
  const beta = transcript.sampleExt('beta');
  return { alpha, betas: powers(on, beta, longestMessage(layout) + 1).slice(1) };
}
