/** Shards of one execution, and forged memory, on the full prover and verifier, core-s with few queries. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VerificationError } from '../../../prover/core/errors.ts';
import { executeInShards, executeShard } from '../../../prover/machines/execute.ts';
import { CORE_S } from '../../../prover/stark/layers.ts';
import type { LayerParameters } from '../../../prover/stark/parameters.ts';
import type { LayerProof } from '../../../prover/stark/proof.ts';
import type { ProvingKey } from '../../../prover/stark/prover/interface.ts';
import { limitsOf } from '../../../prover/system/tiers.ts';
import { HALTED_PC, SYSTEM_WORD, registerAddress, systemWordAddress } from '../../../prover/vm/address-map.ts';
import { CoreProver } from '../../support/core-prover.ts';
import { programOf, scattered, touching, worldWithPage } from './memory-worlds.ts';
import { hashed, rehashed, rootOf, rootsOf, treeOf, withTree, type Tree } from './tree-forge.ts';
import { CORE, worldOfRecord, type World } from './world.ts';

/** TEST ONLY. The shape of core-s with a handful of queries: a false witness falls before any query is made. */
const LAYER: LayerParameters = { ...CORE_S, id: 'test-only-core-s', queries: [3, 3, 2, 2], queryPowBits: 2 };

let prover: CoreProver;
before(async () => {
  prover = await CoreProver.create(LAYER);
});
after(() => prover.close());

function keyOf({ preprocessed, keyFelts }: World): ProvingKey {
  return prover.key(preprocessed, keyFelts);
}

function refuses(key: ProvingKey, publicValues: readonly number[], proof: LayerProof, what: string): void {
  assert.throws(() => prover.verify(key, publicValues, proof), VerificationError, what);
}

describe('shards of one execution', () => {
  const program = programOf(touching(0x20000000, 0x00a00000, 0x20000004));

  it('are proved one by one, from their jobs, and each begins where the one before ends', () => {
    const worlds: World[] = [];
    const shardCycles = (index: number): number => [7, 1, 20][index] ?? 1000;
    const limits = limitsOf({ core: CORE, tier: CORE_S }, program);
    for (const { record, job } of executeInShards(program, [], { limits, shardCycles })) {
      const again = executeShard(program, job);
      const world = worldOfRecord(program, again);
      assert.deepEqual(world.main, worldOfRecord(program, record).main);
      worlds.push(world);
    }
    assert.equal(worlds.length, 4);
    prover.scope(() => {
      const key = keyOf(worlds[0]!);
      let state: readonly number[] = CORE.keyFelts(program);
      const proofs = worlds.map(({ main, publicValues }) => prover.prove(main, key, publicValues));
      for (const [i, { publicValues }] of worlds.entries()) {
        prover.verify(key, publicValues, proofs[i]!);
        assert.deepEqual(publicValues.slice(0, 9), state, `shard ${i}`);
        state = publicValues.slice(9, 18);
        // The statement of another shard, and this one with another end.
        refuses(key, worlds[(i + 1) % worlds.length]!.publicValues, proofs[i]!, 'another shard');
        for (const at of [0, 1, 8, 9, 10, 17, 18]) {
          const changed = publicValues.map((value, j) => (j === at ? value + 4 : value));
          refuses(key, changed, proofs[i]!, `public value ${at}`);
        }
      }
      assert.equal(state[0], HALTED_PC);
    });
  });
});

describe('forged memory has no accepted proof', () => {
  const world = scattered();
  const tree = treeOf(world);
  const roots = rootsOf(tree.nodes);

  const cases: readonly (readonly [name: string, forged: () => World])[] = [
    [
      'untouched side changed',
      () => {
        const node = tree.nodes.find(({ touchedLeft }) => touchedLeft === 0)!;
        const leftFinal = node.leftFinal.map((element) => element + 1);
        return withTree(world, {
          ...tree,
          nodes: rehashed(tree.nodes, node.level - 1, 2 * node.index, node.leftInit, leftFinal),
        });
      },
    ],
    ['touched side without a row', () => withTree(world, { ...tree, nodes: tree.nodes.slice(1) })],
    [
      'two Boundary rows for one quad',
      () => withTree(world, { ...tree, quads: [...tree.quads, { ...tree.quads[0]!, final: tree.quads[0]!.init }] }),
    ],
    ['root twice', () => withTree(world, { ...tree, nodes: [...tree.nodes, rootOf(tree.nodes)] }, roots)],
    ...([1, -1] as const).map((step): readonly [string, () => World] => [
      `a row one level too ${step === 1 ? 'high' : 'low'}`,
      () => {
        const nodes = tree.nodes.map((node, i) => (i === 0 ? { ...node, level: node.level + step } : node));
        return withTree(world, { ...tree, nodes }, roots);
      },
    ]),
    [
      'index parity',
      () => {
        const nodes = tree.nodes.map((node, i) => (i === 0 ? { ...node, index: node.index ^ 1 } : node));
        return withTree(world, { ...tree, nodes }, roots);
      },
    ],
    [
      'level wrap',
      () => {
        const [root, none] = [rootOf(tree.nodes), new Array<number>(8).fill(0)];
        const above = hashed({
          ...{ level: root.level + 1, index: 0, touchedLeft: 1, touchedRight: 0 },
          ...{ leftInit: root.outInit, leftFinal: root.outFinal, rightInit: none, rightFinal: none },
        });
        return withTree(world, { ...tree, nodes: [...tree.nodes, above] }, roots);
      },
    ],
    [
      'a subtree below a leaf',
      () => {
        const [quad, none] = [tree.quads[0]!, new Array<number>(8).fill(0)];
        const row = hashed({
          ...{ level: 0, index: quad.index, touchedLeft: 0, touchedRight: 0 },
          ...{ leftInit: quad.init, leftFinal: quad.final, rightInit: none, rightFinal: none },
        });
        return withTree(world, { ...tree, nodes: [...tree.nodes, row] }, roots);
      },
    ],
  ];

  it('while the honest rows have one', () => {
    const honest: Tree = tree;
    const { main, publicValues } = withTree(world, honest);
    prover.scope(() => {
      const key = keyOf(world);
      prover.verify(key, publicValues, prover.prove(main, key, publicValues));
    });
  });

  for (const [name, forged] of cases) {
    it(name, () => {
      const { main, publicValues } = forged();
      prover.scope(() => {
        const key = keyOf(world);
        refuses(key, publicValues, prover.prove(main, key, publicValues), name);
      });
    });
  }

  it('hole opened', () => {
    const program = programOf(touching(16));
    const forged = worldWithPage(program, 4);
    const [, ...root] = CORE.keyFelts(program);
    prover.scope(() => {
      const key = keyOf({ ...forged, keyFelts: CORE.keyFelts(program) });
      const proof = prover.prove(forged.main, key, forged.publicValues);
      // A proof of a shard that begins in another state than the program: it is one, and says so.
      prover.verify(key, forged.publicValues, proof);
      const claimed = [forged.publicValues[0]!, ...root, ...forged.publicValues.slice(9)];
      refuses(key, claimed, proof, 'the root of the program');
      refuses(key, claimed, prover.prove(forged.main, key, claimed), 'the root of the program');
    });
  });

  for (const [name, word] of [
    ['another exit code', systemWordAddress(SYSTEM_WORD.exitCode)],
    ['another word of the digest', systemWordAddress(SYSTEM_WORD.publicDigest + 3)],
    ['a register that no instruction wrote', registerAddress(4)],
  ] as const) {
    it(`${name} than the program's in the memory after it`, () => {
      const quad = tree.quads.find(({ index }) => index === Math.floor(word / 4))!;
      const final = quad.final.map((limb, i) => (i === 2 * (word % 4) ? limb ^ 1 : limb));
      const quads = tree.quads.map((other) => (other === quad ? { ...quad, final } : other));
      const nodes = rehashed(tree.nodes, 0, quad.index, quad.init, final);
      const { main, publicValues } = withTree(world, { quads, nodes });
      prover.scope(() => {
        const key = keyOf(world);
        refuses(key, publicValues, prover.prove(main, key, publicValues), name);
      });
    });
  }
});
