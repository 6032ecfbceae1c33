/** Proves over BN254 that a lift proof verifies. */
import { decodeProof, encodeProof } from '../../stark/proof-codec.ts';
import { STEPS } from '../../stark/prove.ts';
import { layerLayout, type LayerLayout } from '../../stark/layout.ts';
import { isCanonical } from '../../field/koalabear.ts';
import { WRAP_PUBLIC_VALUES } from '../../groth16/circuit/statement.ts';
import { theSystem } from '../../system/definition.ts';
import { committedKeys } from '../../system/keys.ts';
import type { ProvedLayer } from '../../system/proved-layer.ts';
import { suiteBn254 } from '../../verifier/suite-bn254.ts';
import { type Artifact, decoded } from '../artifact.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { JobKind } from './kind.ts';
import { decodeLiftArtifact } from './lift.ts';
import { layerSteps } from './stark.ts';

export const wrap: JobKind = {
  name: 'wrap',
  inputs: ['lift'],
  output: 'wrap',
  needs: { memoryBytes: 2 * 2 ** 30, threads: 1 },
  steps: ['record', 'key', ...STEPS],
  thread: 'stark',
  keep: true,
  prepare: (resources) => resources.stark(),
  async run([lift], { resources, onStep }) {
    if (lift === undefined) throw new RangeError('"inputs" expected a lift proof');
    const proof = decodeLiftArtifact(lift);
    const stark = await resources.stark();
    return encodeWrap(stark.wrap(proof, committedKeys(), layerSteps(onStep)));
  },
};

function wrapLayout(): LayerLayout {
  const { wrap: target, wrapLayer } = theSystem();
  return layerLayout(target.machine, wrapLayer);
}

/** Public values and layer proof: the key is the one of this version. */
export function encodeWrap({ publicValues, proof }: Omit<ProvedLayer, 'key'>): Uint8Array {
  return new ByteWriter('wrap').u32(...publicValues).rest(encodeProof(suiteBn254, wrapLayout(), proof));
}

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeWrap(artifact: Artifact): ProvedLayer {
  return decoded(artifact, (bytes) => {
    const reader = new ByteReader('wrap', bytes);
    const publicValues = Array.from({ length: WRAP_PUBLIC_VALUES.count }, () => reader.u32());
    if (!publicValues.every(isCanonical)) throw reader.refuse('it holds an element that is not canonical');
    return { key: committedKeys().wrap, publicValues, proof: decodeProof(suiteBn254, wrapLayout(), reader.rest()) };
  });
}
