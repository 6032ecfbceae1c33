/**
 * The opening of a layer's transcript (rows 1 to 7 of docs/protocol.md) and the verifier's own bus terms: shared by
 * verifier and prover, so that both see the same challenges by construction.
 */
import type { ExtValue } from '../field/types.ts';
import type { Backend, TranscriptOn, Wires } from '../verifier/backend.ts';
import { PROTOCOL, machineDigest, parameterDigest } from './digest.ts';
import type { HeightWires } from './heights.ts';
import type { KeyWires } from './key.ts';
import type { LayerLayout } from './layout.ts';
import type { LayerParameters } from './parameters.ts';
import { zero } from '../verifier/products.ts';

/** The transcript domain of a layer: protocol, version and layer. */
export function layerDomain(parameters: LayerParameters): string {
  return `${PROTOCOL}/${parameters.id}`;
}

/** Rows 1 to 4: parameters, AIR, key, public values. */
export function observeStatement<W extends Wires>(
  on: Backend<W>,
  transcript: TranscriptOn<W>,
  layout: LayerLayout,
  key: KeyWires<W>,
  publicValues: readonly W['felt'][],
): void {
  const constants = (values: readonly number[]): W['felt'][] => values.map((value) => on.feltConst(value));
  transcript.observeFelts('parameters', constants(parameterDigest(layout.parameters)));
  transcript.observeFelts('machine', constants(machineDigest(layout.machine)));
  transcript.observeDigest('key root', key.root);
  transcript.observeFelts(
    'key heights',
    key.heights.map((height) => heightFelt(on, height)),
  );
  transcript.observeFelts('key positions', key.positions);
  transcript.observeFelts('key felts', key.felts);
  transcript.observeFelts('public values', publicValues);
}

/** The log height as an integer. */
export function heightFelt<W extends Wires>(on: Backend<W>, height: HeightWires<W>): W['felt'] {
  return height.kind === 'constant' ? on.feltConst(height.logHeight) : height.felt;
}

/** Row 7: the out-of-domain point, one coordinate per variable, x_0 first. */
export function sampleOodPoint<W extends Wires>(transcript: TranscriptOn<W>, layout: LayerLayout): W['ext'][] {
  const { logRows, logColumns } = layout.parameters;
  return Array.from({ length: logRows + logColumns }, (_, i) => transcript.sampleExt(`out-of-domain coordinate ${i}`));
}

/** alpha and the powers of beta that fingerprints use: betas[k] = beta^(k+1), for message element k. */
export type LookupChallenges<E> = { readonly alpha: E; readonly betas: readonly E[] };

/** V: the sum of the verifier's own fractions. A term with denominator zero is rejected. */
export function boundarySum<W extends Wires>(
  on: Backend<W>,
  layout: LayerLayout,
  challenges: LookupChallenges<W['ext']>,
  publicValues: readonly W['felt'][],
  keyFelts: readonly W['felt'][],
): W['ext'] {
  let sum = zero(on);
  for (const [i, term] of layout.machine.boundary(on, publicValues, keyFelts).entries()) {
    if (term.message.length !== term.bus.length) {
      throw new RangeError(`boundary term ${i} expected ${term.bus.length} elements, got ${term.message.length}`);
    }
    const message = term.message.map((felt) => on.extFromFelt(felt));
    const inverse = on.extInverse(fingerprint(on, challenges, term.bus.id, message), `boundary term ${i}`);
    const fraction = on.extScale(inverse, term.multiplicity);
    sum = term.sign === 1 ? on.extAdd(sum, fraction) : on.extSub(sum, fraction);
  }
  return sum;
}

/** alpha + bus + sum_k beta^k m_k, k from 1. */
export function fingerprint<W extends Wires>(
  on: Backend<W>,
  challenges: LookupChallenges<W['ext']>,
  busId: number,
  message: readonly W['ext'][],
): W['ext'] {
  const start = on.extAdd(challenges.alpha, busConstant(on, busId));
  return on.extAdd(start, on.extDot(message, challenges.betas.slice(0, message.length)));
}

function busConstant<W extends Wires>(on: Backend<W>, busId: number): W['ext'] {
  const value: ExtValue = [busId, 0, 0, 0, 0];
  return on.extConst(value);
}

/** Length of the longest message of the machine. */
export function longestMessage(layout: LayerLayout): number {
  return Math.max(0, ...layout.chips.flatMap(({ chip }) => chip.interactions.map((i) => i.message.length)));
}
