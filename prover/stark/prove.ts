/**
 * The prover of one layer: drives a layer prover through the transcript of `verifyLayer`. Rows name docs/protocol.md.
 *
 * Nothing here checks that the witness satisfies the machine: a false witness gives a proof that does not verify.
 */
import type { Machine, MachineTrace } from '../air/machine.ts';
import { ZkError } from '../core/errors.ts';
import type { ExtValue } from '../field/types.ts';
import { NativeBackend, NativeTranscriptOn, type NativeWires } from '../verifier/native-backend.ts';
import type { ProverHash } from '../verifier/suite.ts';
import { proveOpening } from '../pcs/whir/prove.ts';
import { type NativeTranscript, type TranscriptLog } from '../verifier/native-transcript.ts';
import type { CreateLayerProver, LayerProver, Placement, ProvingKey } from './prover/interface.ts';
import { proveGkr } from './gkr/prove.ts';
import { constantKey } from './key.ts';
import { layerLayout, mainCapacity, MIN_LOG_HEIGHT, type LayerLayout } from './layout.ts';
import { powers } from '../verifier/powers.ts';
import { batchingPowers } from './opening/weight.ts';
import type { LayerParameters } from './parameters.ts';
import type { LayerProof } from './proof.ts';
import { placeBlocks } from './stacking.ts';
import { layerDomain, longestMessage, observeStatement, sampleOodPoint } from './statement.ts';
import { proveZerocheck } from './zerocheck/prove.ts';

/** Steps of a proof, in order: the vocabulary of progress reports. */
export const STEPS = ['commit', 'out of domain', 'fractions', 'tree', 'zerocheck', 'opening'] as const;
export type Step = (typeof STEPS)[number];

export type ProveOptions = {
  /** Every transcript call is appended here. */
  readonly log?: TranscriptLog;
  /** Called when a step begins. May throw to stop the proof. */
  readonly onStep?: (step: Step) => void;
};

/**
 * Proves one layer.
 *
 * Errors: ZkError BAD_TRACE for a trace of the wrong shape, TRACE_TOO_LARGE when it does not fit the layer.
 */
export function proveLayer(
  hash: ProverHash,
  createLayerProver: CreateLayerProver,
  machine: Machine,
  parameters: LayerParameters,
  provingKey: ProvingKey,
  publicValues: readonly number[],
  trace: MachineTrace,
  options: ProveOptions = {},
): LayerProof {
  const layout = layerLayout(machine, parameters);
  const placement = placeTrace(layout, provingKey, trace);
  const layerProver = createLayerProver(hash, layout, provingKey, trace, placement);
  const on = new NativeBackend(hash);
  const inner = hash.transcript(layerDomain(parameters), options.log);
  const transcript = new NativeTranscriptOn(hash, inner);
  const begin = (step: Step): void => options.onStep?.(step);

  // Rows 1-5: what is proved, heights and places.
  observeStatement(on, transcript, layout, constantKey(on, layout, provingKey.key), publicValues);
  const logHeights = layout.chips.flatMap(({ height }, a) =>
    height.kind === 'free' ? [placement.logHeights[a] ?? 0] : [],
  );
  const positions = layout.packed === undefined ? placement.mainStarts : [];
  inner.observeFelts('heights', logHeights);
  inner.observeFelts('positions', positions);

  // Rows 6-7: the main columns, bound to one polynomial.
  begin('commit');
  const tree = layerProver.commitMain();
  inner.observeDigest('main root', tree.root);
  begin('out of domain');
  const oodPoint = sampleOodPoint<NativeWires>(transcript, layout);
  const oodValue = layerProver.evaluateStack(oodPoint);
  inner.observeFelts('out-of-domain value', oodValue);

  // Row 8: bus challenges.
  begin('fractions');
  const lookupNonce = inner.grind(parameters.lookupPowBits);
  inner.checkPow('lookup nonce', lookupNonce, parameters.lookupPowBits);
  const alpha = inner.sampleExt('alpha');
  const beta = inner.sampleExt('beta');
  const challenges = { alpha, betas: powers<NativeWires>(on, beta, longestMessage(layout) + 1).slice(1) };

  // Rows 9-11.
  const gkr = layerProver.step(() => {
    const fractions = layerProver.fractionTree(challenges);
    begin('tree');
    return proveGkr(inner, fractions, layout.logLeaves);
  });
  begin('zerocheck');
  const zerocheck = layerProver.step(() =>
    proveZerocheck(inner, on, layout, placement.logHeights, layerProver, challenges, gkr.point),
  );

  // Row 12: the opening.
  begin('opening');
  const opening = openColumns(inner, on, layout, layerProver, provingKey, tree, oodPoint, zerocheck.point);
  return {
    logHeights,
    positions: [...positions],
    mainRoot: tree.root,
    oodValue,
    lookupNonce,
    gkrRoot: gkr.root,
    gkrLayers: gkr.layers,
    zerocheck: zerocheck.rounds,
    claims: zerocheck.claims,
    opening,
  };
}

function openColumns(
  inner: NativeTranscript,
  on: NativeBackend,
  layout: LayerLayout,
  layerProver: LayerProver,
  provingKey: ProvingKey,
  tree: ReturnType<LayerProver['commitMain']>,
  oodPoint: readonly ExtValue[],
  rowPoint: readonly ExtValue[],
): LayerProof['opening'] {
  const { mainColumns, preStart, logPreColumns, logRows, logPreRows } = layout.parameters;
  const theta = inner.sampleExt('theta');
  const witness = layerProver.openingWitness({
    thetas: batchingPowers<NativeWires>(on, layout, theta),
    rowPoint,
    oodPoint,
  });
  const trees = [
    { tree, start: 0, width: mainColumns, logLift: 0 },
    { tree: provingKey.tree, start: preStart, width: 2 ** logPreColumns, logLift: logRows - logPreRows },
  ];
  return proveOpening(inner, layout.parameters, trees, witness);
}

/** Checks the trace's shape and places its columns. */
export function placeTrace(layout: LayerLayout, provingKey: ProvingKey, trace: MachineTrace): Placement {
  const refuse = (problem: string): never => {
    throw new ZkError('BAD_TRACE', problem);
  };
  if (trace.length !== layout.chips.length)
    refuse(`expected traces of ${layout.chips.length} chips, got ${trace.length}`);
  const logHeights = layout.chips.map(({ chip, height, maxLogHeight }, a) => {
    const own = trace[a];
    if (own === undefined || own.columns.length !== chip.columns.length) {
      return refuse(`chip "${chip.name}": expected ${chip.columns.length} columns`);
    }
    const { logHeight } = own;
    if (own.columns.some((column) => column.length !== 2 ** logHeight)) {
      refuse(`chip "${chip.name}": columns must have 2^${logHeight} rows`);
    }
    const fixed =
      height.kind === 'constant'
        ? height.logHeight
        : height.kind === 'key'
          ? provingKey.key.logHeights[height.index]
          : undefined;
    if (fixed !== undefined && fixed !== logHeight)
      refuse(`chip "${chip.name}": expected 2^${fixed} rows, got 2^${logHeight}`);
    if (logHeight < MIN_LOG_HEIGHT) refuse(`chip "${chip.name}": expected at least 2^${MIN_LOG_HEIGHT} rows`);
    if (logHeight > maxLogHeight) {
      throw new ZkError(
        'TRACE_TOO_LARGE',
        `chip "${chip.name}" needs 2^${logHeight} rows, layer "${layout.parameters.id}" has room for 2^${maxLogHeight}`,
      );
    }
    return logHeight;
  });
  const mainStarts =
    layout.packed?.mainStarts ?? placeBlocks(layout.mainBlocks, logHeights, mainCapacity(layout.parameters));
  return { logHeights, mainStarts };
}
