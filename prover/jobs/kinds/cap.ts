/** The upper nodes of the tree of wrap's key, which are constants of the outermost circuit. */
import { assertCap, type ConstantCap } from '../../groth16/circuit/constant-cap.ts';
import { committedKeys } from '../../system/keys.ts';
import { type Artifact, decoded, makeArtifact } from '../artifact.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { notOfThisVersion } from '../outermost.ts';
import type { JobKind } from './kind.ts';

/** Most levels that a cap can have: what is read is not longer than that. */
const MAX_LOG_NODES = 20;

export const cap: JobKind = {
  name: 'cap',
  inputs: [],
  output: 'cap',
  needs: { memoryBytes: 2 ** 30, threads: 1 },
  steps: [],
  thread: 'stark',
  keep: true,
  prepare: (resources) => resources.stark(),
  async run(_inputs, { resources }) {
    const stark = await resources.stark();
    const nodes = stark.wrapCap();
    if (nodes.root !== committedKeys().wrap.root) throw notOfThisVersion('wrap program', 'key');
    return encodeCap(nodes);
  },
};

function encodeCap({ logNodes, nodes }: ConstantCap): Uint8Array {
  return new ByteWriter('cap')
    .u32(logNodes)
    .words(...nodes)
    .end();
}

/** A cap as an artifact. */
export function capArtifact(nodes: ConstantCap): Artifact {
  return makeArtifact('cap', encodeCap(nodes));
}

/** ArtifactError ARTIFACT_DAMAGED, also for nodes that do not hash to the root of wrap's key. */
export function decodeCap(artifact: Artifact): ConstantCap {
  return decoded(artifact, (bytes) => {
    const reader = new ByteReader('cap', bytes);
    const logNodes = reader.u32();
    if (logNodes > MAX_LOG_NODES) throw reader.refuse(`it says it has 2^${logNodes} nodes`);
    const result = { root: BigInt(String(committedKeys().wrap.root)), logNodes, nodes: reader.words(2 ** logNodes) };
    reader.end();
    try {
      assertCap(result);
    } catch {
      throw reader.refuse('its nodes are not those of the wrap key of this version');
    }
    return result;
  });
}
