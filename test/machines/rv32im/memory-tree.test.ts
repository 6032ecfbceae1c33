/** The memory of a shard between two roots: what can be proved, and what a dishonest prover cannot. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatReport } from '../../../prover/air/checker.ts';
import { P } from '../../../prover/field/koalabear.ts';
import { compressionsOf } from '../../../prover/machines/rv32im/chips/poseidon2/compressions.ts';
import { ROOT_LEVEL } from '../../../prover/vm/address-map.ts';
import { HOLE_DIGESTS } from '../../../prover/vm/memory-tree.ts';
import { runRecorded } from '../../../prover/vm/run/record.ts';
import type { AssembleOptions } from '../../support/asm.ts';
import { assertHole, BOTTOM, programOf, scattered, TEXT, touching, worldOn, worldWithPage } from './memory-worlds.ts';
import { complaints, hashed, rehashed, rootOf, rootsOf, treeOf, withTree, type Node, type Quad } from './tree-forge.ts';
import { CORE, check } from './world.ts';

const world = scattered();
const tree = treeOf(world);

const beside = (node: Node): 'left' | 'right' | undefined => {
  if (node.touchedLeft === 0) return 'left';
  return node.touchedRight === 0 ? 'right' : undefined;
};

describe('an execution can be proved', () => {
  const shards: readonly (readonly [name: string, source: string, options?: AssembleOptions])[] = [
    ['that touches no RAM', 'nop'],
    ['that touches the first word that is mapped', touching(BOTTOM)],
    ['that touches the last word before its text', touching(TEXT - 4)],
    ['that touches words anywhere', touching(0x20000000, BOTTOM + 4, 0x20000004, BOTTOM, TEXT - 4, 0x00a00000)],
    ['that reads its own text', touching(TEXT)],
    ['that touches the last word of RAM', touching(2 ** 30 - 4), {}],
  ];
  for (const [name, source, options] of shards) {
    it(name, () => {
      const shard = worldOn(programOf(source, options));
      const report = check(shard);
      assert.ok(report.ok, formatReport(report));
      assert.deepEqual(
        CORE.shape(shard.program, shard.record).map(({ logHeight }) => logHeight),
        shard.main.map((trace) => trace.logHeight),
      );
      assert.deepEqual(shard.publicValues.slice(0, 9), shard.keyFelts);
    });
  }

  it('with its rows from the helper of these tests as well', () => {
    assert.deepEqual(complaints(withTree(world, tree)), []);
    assert.deepEqual(withTree(world, tree).publicValues, world.publicValues);
  });

  it('with each compression once', () => {
    const { rows, uses } = compressionsOf(world.record);
    assert.equal(
      uses.reduce((sum, count) => sum + count),
      2 * tree.nodes.length,
    );
    assert.ok(rows < 2 * tree.nodes.length);
    const inputs = tree.nodes.flatMap(({ leftInit, leftFinal, rightInit, rightFinal }) => [
      [...leftInit, ...rightInit].join(),
      [...leftFinal, ...rightFinal].join(),
    ]);
    assert.equal(rows, new Set(inputs).size);
  });

  it('of no instruction: the identity, whatever the state', () => {
    const state = [1234, ...tree.nodes[0]!.leftInit];
    const root = hashed({ ...rootOf(tree.nodes), touchedLeft: 0, touchedRight: 0 });
    const kept = { ...root, leftFinal: root.leftInit, rightFinal: root.rightInit, outFinal: root.outInit };
    const empty = world.main.map(({ logHeight, columns }) => ({
      logHeight,
      columns: columns.map((c) => new Uint32Array(c.length)),
    }));
    const shard = withTree(
      { ...world, main: empty, publicValues: [...state, ...state, 4] },
      { quads: [], nodes: [kept] },
    );
    const imbalances = check(shard).imbalances.map(({ bus }) => bus);
    assert.deepEqual(imbalances, []);
    // It cannot lead to another pc or another root.
    for (const at of [9, 10, 17, 18]) {
      const publicValues = shard.publicValues.map((value, i) => (i === at ? value + 4 : value));
      assert.notDeepEqual(complaints({ ...shard, publicValues }), [], String(at));
    }
  });
});

describe('a dishonest prover has no proof', () => {
  it('untouched side changed', () => {
    for (const side of ['left', 'right'] as const) {
      const node = tree.nodes.find((candidate) => beside(candidate) === side);
      assert.ok(node !== undefined, side);
      const name = side === 'left' ? 'leftFinal' : 'rightFinal';
      for (let lane = 0; lane < 8; lane++) {
        const changed = node[name].map((element, i) => (i === lane ? element + 1 : element));
        const row = hashed({ ...node, [name]: changed });
        const nodes = tree.nodes.map((other) => (other === node ? row : other));
        const rest = rehashed(nodes, row.level, row.index, row.outInit, row.outFinal);
        // Everything else fits, up to the roots: this one lane is what is wrong.
        assert.deepEqual(complaints(withTree(world, { ...tree, nodes: rest })), [
          `Merkle: ${side} child is untouched: lane ${lane} is kept`,
        ]);
      }
    }
  });

  it('touched side without a row', () => {
    for (const [i, quad] of tree.quads.entries()) {
      const quads = tree.quads.filter((other) => other !== quad);
      assert.deepEqual(complaints(withTree(world, { ...tree, quads })), ['memory', 'merkle'], `quad ${i}`);
    }
    for (const node of tree.nodes.filter(({ level }, i) => level < ROOT_LEVEL && i % 12 === 0)) {
      const nodes = tree.nodes.filter((other) => other !== node);
      assert.deepEqual(complaints(withTree(world, { ...tree, nodes })), ['merkle']);
    }
    // Or said to be untouched, while it changes.
    const changing = tree.quads.find(({ init, final }) => init.join() !== final.join());
    assert.ok(changing !== undefined);
    const name = changing.index % 2 === 0 ? 'touchedLeft' : 'touchedRight';
    const nodes = tree.nodes.map((node) =>
      node.level === 1 && node.index === Math.floor(changing.index / 2) ? { ...node, [name]: 0 } : node,
    );
    const found = complaints(withTree(world, { nodes, quads: tree.quads }));
    assert.ok(found.includes('merkle') && found.some((label) => label.includes('is kept')), found.join('; '));
  });

  it('two Boundary rows for one quad', () => {
    const quad = tree.quads.find(({ init, final }) => init.join() !== final.join());
    assert.ok(quad !== undefined);
    const kept: Quad = { ...quad, final: quad.init, finalTime: [0, 0, 0, 0] };
    const other: Quad = { ...quad, init: quad.final, final: quad.init };
    for (const second of [quad, kept, other]) {
      const found = complaints(withTree(world, { ...tree, quads: [...tree.quads, second] }));
      assert.ok(found.includes('merkle'), found.join('; '));
    }
    // Rows that cancel on the tree bus: multiplicities of -1 and 2 instead of 1.
    for (const [first, second] of [
      [2, P - 1],
      [P - 1, 2],
    ] as const) {
      const rows: readonly Quad[] = [
        ...tree.quads.filter((candidate) => candidate !== quad),
        { ...quad, isReal: first },
        { ...quad, isReal: second },
      ];
      assert.deepEqual(complaints(withTree(world, { ...tree, quads: rows })), ['Boundary: isReal is boolean']);
    }
    const split = [...tree.quads, { ...kept, isReal: 1 }, { ...kept, isReal: P - 1 }];
    assert.deepEqual(complaints(withTree(world, { ...tree, quads: split })), ['Boundary: isReal is boolean']);
  });

  it('a row one level too high or low', () => {
    for (const node of [tree.nodes[0]!, tree.nodes[40]!, rootOf(tree.nodes)]) {
      for (const step of [1, -1]) {
        const nodes = tree.nodes.map((other) => (other === node ? { ...node, level: node.level + step } : other));
        assert.deepEqual(complaints(withTree(world, { ...tree, nodes }, rootsOf(tree.nodes))), ['merkle']);
      }
    }
    // The whole tree one level higher or lower: its leaves are not received, or its root is not.
    for (const step of [1, -1]) {
      const nodes = tree.nodes.map((node) => ({ ...node, level: node.level + step }));
      assert.deepEqual(complaints(withTree(world, { ...tree, nodes }, rootsOf(tree.nodes))), ['merkle']);
    }
  });

  it('index parity', () => {
    const quad = tree.quads[0]!;
    const swapped = tree.quads.map((other) => (other === quad ? { ...quad, index: quad.index ^ 1 } : other));
    assert.deepEqual(complaints(withTree(world, { ...tree, quads: swapped })), ['memory', 'merkle']);
    // With the sides of its parent swapped as well, the parent is no longer what is hashed to the root.
    const parent = tree.nodes.find(({ level, index }) => level === 1 && index === Math.floor(quad.index / 2))!;
    const mirrored = {
      ...parent,
      leftInit: parent.rightInit,
      leftFinal: parent.rightFinal,
      rightInit: parent.leftInit,
      rightFinal: parent.leftFinal,
      touchedLeft: parent.touchedRight,
      touchedRight: parent.touchedLeft,
    };
    const nodes = tree.nodes.map((node) => (node === parent ? mirrored : node));
    const found = complaints(withTree(world, { quads: swapped, nodes }));
    assert.ok(found.includes('hash'), found.join('; '));
    const rest = rehashed(
      tree.nodes.map((node) => (node === parent ? hashed(mirrored) : node)),
      1,
      parent.index,
      hashed(mirrored).outInit,
      hashed(mirrored).outFinal,
    );
    const other = complaints(withTree(world, { quads: swapped, nodes: rest }, rootsOf(tree.nodes)));
    assert.ok(other.includes('merkle') && !other.includes('hash'), other.join('; '));
    // A node of the other parity.
    for (const node of tree.nodes.slice(0, 5)) {
      const odd = tree.nodes.map((row) => (row === node ? { ...node, index: node.index ^ 1 } : row));
      assert.deepEqual(complaints(withTree(world, { ...tree, nodes: odd })), ['merkle']);
    }
  });

  it('root twice', () => {
    const root = rootOf(tree.nodes);
    assert.deepEqual(complaints(withTree(world, { ...tree, nodes: [...tree.nodes, root] })), ['merkle']);
    // All of a second tree, in which memory is another one.
    const quads = [...tree.quads, ...tree.quads];
    const found = complaints(withTree(world, { quads, nodes: [...tree.nodes, ...tree.nodes] }));
    assert.deepEqual(found, ['memory', 'merkle']);
    // A padding row that sends a child.
    const hidden: Node = { ...root, isReal: 0, touchedRight: 0, touchedLeft: 1 };
    const nodes = [...tree.nodes, hidden];
    const labels = complaints(withTree(world, { ...tree, nodes }, rootsOf(tree.nodes)));
    assert.ok(labels.includes('Merkle: left child is touched only on real rows'), labels.join('; '));
  });

  it('hole opened', () => {
    for (const [name, byteAddress] of [
      ['a null pointer', 16],
      ['the word below memory', BOTTOM - 4],
    ] as const) {
      const program = programOf(touching(byteAddress));
      const { outcome } = runRecorded(program, [], CORE.syscalls, 1000);
      assert.equal(outcome.kind === 'trap' && outcome.cause, 'unmapped-memory', name);
      assertHole(program, worldWithPage(program, byteAddress / 4), byteAddress / 4);
    }
  });

  it('level wrap', () => {
    const root = rootOf(tree.nodes);
    const roots = rootsOf(tree.nodes);
    // Rows above the root that give it another parent: the topmost is sent by nobody.
    const above: Node[] = [];
    let child = root;
    for (let level = ROOT_LEVEL + 1; level < ROOT_LEVEL + 40; level++) {
      child = hashed({
        level: level % P,
        index: 0,
        leftInit: child.outInit,
        leftFinal: child.outFinal,
        rightInit: HOLE_DIGESTS[0]!,
        rightFinal: HOLE_DIGESTS[0]!,
        touchedLeft: 1,
        touchedRight: 0,
      });
      above.push(child);
      assert.deepEqual(complaints(withTree(world, { ...tree, nodes: [...tree.nodes, ...above] }, roots)), ['merkle']);
      if (above.length === 3) break;
    }
    // A row of level 0 and the ones below, down through level p - 1: the lowest has touched sides that nobody receives.
    const leaf = tree.quads[0]!;
    const below: Node[] = [];
    for (let depth = 0; depth < 3; depth++) {
      below.push({
        level: (P - depth) % P,
        index: leaf.index * 2 ** depth,
        leftInit: leaf.init,
        leftFinal: leaf.final,
        rightInit: leaf.init,
        rightFinal: leaf.init,
        outInit: leaf.init,
        outFinal: leaf.final,
        touchedLeft: 1,
        touchedRight: 0,
      });
      const quads = tree.quads.filter((quad) => quad !== leaf);
      const found = complaints(withTree(world, { quads, nodes: [...tree.nodes, ...below] }, roots));
      assert.ok(found.includes('merkle') && found.includes('hash'), found.join('; '));
    }
  });
});
