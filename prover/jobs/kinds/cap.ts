/** The upper nodes of the tree of wrap's key, which are constants of the outermost circuit. */
import { assertCap, capOf, type ConstantCap } from '../../groth16/circuit/constant-cap.ts';
import type { System } from '../../system/definition.ts';
import { keyOf } from '../../system/keys.ts';
import { lastProgram } from '../../system/modes.ts';
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
    const { system } = resources;
    const stark = await resources.stark();
    const nodes = stark.withKey(lastProgram(system), ({ tree }) => capOf(tree));
    if (nodes === undefined) throw new RangeError('the tree of the wrap key is too small for a cap');
    if (nodes.root !== rootOf(system)) throw notOfThisVersion('wrap program', 'key');
    return encodeCap(nodes);
  },
};

/** The root of the key under which the outermost circuit verifies. */
export function rootOf(system: System): bigint {
  return BigInt(String(keyOf(system, lastProgram(system).id).root));
}

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
export function decodeCap(system: System, artifact: Artifact): ConstantCap {
  return decoded(artifact, (bytes) => {
    const reader = new ByteReader('cap', bytes);
    const logNodes = reader.u32();
    if (logNodes > MAX_LOG_NODES) throw reader.refuse(`it says it has 2^${logNodes} nodes`);
    const result = { root: rootOf(system), logNodes, nodes: reader.words(2 ** logNodes) };
    reader.end();
    try {
      assertCap(result);
    } catch {
      throw reader.refuse('its nodes are not those of the wrap key of this version');
    }
    return result;
  });
}
