/** Rows of the memory tree below a leaf: what a prover gains who hangs a subtree where a quad should be. Nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { P } from '../../../prover/field/koalabear.ts';
import { BOTTOM, programOf, scattered, worldOn } from './memory-worlds.ts';
import { complaints, hashed, rehashed, rootsOf, treeOf, withTree, type Digest, type Node } from './tree-forge.ts';
import { check, everything, EVERYTHING_INPUT, worldOf, type World } from './world.ts';

const world = scattered();
const tree = treeOf(world);

describe('below a leaf (CVE-2026-62333)', () => {
  const roots = rootsOf(tree.nodes);
  const leaf = tree.quads.find(({ finalTime }) => finalTime.some((time) => time > 0))!;
  const quads = tree.quads.filter((quad) => quad !== leaf);
  const zero = new Array<number>(8).fill(0);

  /**
   * A path of `depth` rows from (level, index) down, of which the digests before and after are chosen at its end; its rows
   * hash. `bits` says which sides it takes.
   */
  function pathBelow(index: number, bits: readonly number[], init: Digest, final: Digest, isTouched: boolean): Node[] {
    const rows: Node[] = [];
    let [childInit, childFinal] = [init, final];
    for (let depth = bits.length - 1; depth >= 0; depth--) {
      let at = index;
      for (const bit of bits.slice(0, depth)) at = (2 * at + bit) % P;
      const isRight = bits[depth] === 1;
      const touched = depth < bits.length - 1 || isTouched ? 1 : 0;
      const row = hashed({
        level: (P - depth) % P,
        index: at,
        leftInit: isRight ? zero : childInit,
        leftFinal: isRight ? zero : childFinal,
        rightInit: isRight ? childInit : zero,
        rightFinal: isRight ? childFinal : zero,
        touchedLeft: isRight ? 0 : touched,
        touchedRight: isRight ? touched : 0,
      });
      rows.unshift(row);
      [childInit, childFinal] = [row.outInit, row.outFinal];
    }
    return rows;
  }

  /** The tree with a subtree in place of a quad, and the roots that follow. */
  function hung(index: number, path: readonly Node[], nodes: readonly Node[] = tree.nodes): Node[] {
    const [top] = path;
    return [...rehashed(nodes, 0, index, top!.outInit, top!.outFinal), ...path];
  }

  /** Cells of a quad without Boundary row balance where no instruction touches them. */
  const untouched = tree.quads.find(({ index }) => index === Math.floor(BOTTOM / 16))!;

  it('a row in place of a quad claims that nothing changes, and where it says otherwise there is no proof', () => {
    for (const depth of [1, 2, 31]) {
      const bits = new Array<number>(depth).fill(0);
      const same = hung(untouched.index, pathBelow(untouched.index, bits, leaf.init, leaf.init, false));
      const rest = tree.quads.filter((quad) => quad !== untouched);
      // The cells of that quad are touched by the program, so they lack their states; the tree itself has nothing to say.
      assert.deepEqual(complaints(withTree(world, { quads: rest, nodes: same })), ['memory'], `${depth}`);
      const other = hung(
        untouched.index,
        pathBelow(
          untouched.index,
          bits,
          leaf.init,
          leaf.final.map((x) => x + 1),
          false,
        ),
      );
      const found = complaints(withTree(world, { quads: rest, nodes: other }));
      assert.ok(
        found.some((label) => label.includes('is kept')),
        found.join('; '),
      );
      // Said to be touched, its last child is received by nobody.
      const open = hung(
        untouched.index,
        pathBelow(
          untouched.index,
          bits,
          leaf.init,
          leaf.final.map((x) => x + 1),
          true,
        ),
      );
      assert.deepEqual(complaints(withTree(world, { quads: rest, nodes: open })), ['memory', 'merkle']);
    }
  });

  it('31 levels down, where indices collide, one path cannot end in another', () => {
    // Two quads side by side: 2^31 (index + 1) = 2^31 index + 2^24 - 1 mod p, so the right path from the first one meets the
    // leftmost path from the second one.
    const pair = tree.nodes.find(
      ({ level, touchedLeft, touchedRight }) => level === 1 && touchedLeft + touchedRight === 2,
    );
    assert.ok(pair !== undefined);
    const [first, second] = [2 * pair.index, 2 * pair.index + 1];
    const steps = 31;
    const bits = Array.from({ length: steps }, (_, i) => Math.floor((2 ** 24 - 1) / 2 ** (steps - 1 - i)) % 2);
    const end = (index: number, path: readonly number[]): number => path.reduce((at, bit) => (2 * at + bit) % P, index);
    const left = new Array<number>(steps).fill(0);
    assert.equal(end(first, bits), end(second, left), 'the indices collide');
    const [x, y] = [leaf.init, leaf.final.map((limb) => limb + 1)];
    const rest = tree.quads.filter(({ index }) => index !== first && index !== second);
    // X -> Y at the end of one and Y -> X at the end of the other.
    const paths = [pathBelow(first, bits, x, y, true), pathBelow(second, left, y, x, true)] as const;
    const nodes = hung(second, paths[1], hung(first, paths[0]));
    const report = check(withTree(world, { quads: rest, nodes }));
    assert.deepEqual(report.violations, []);
    const lost = report.imbalances.filter(({ bus }) => bus === 'merkle');
    assert.deepEqual(
      lost.map(({ net, tuple }) => [net, tuple[0], tuple[1]]),
      [
        [1, P - steps, end(first, bits)],
        [1, P - steps, end(first, bits)],
      ],
    );
    // One row cannot take both, nor can one that changes nothing take either.
    for (const [init, final] of [
      [x, x],
      [y, y],
      [x, y],
    ] as const) {
      const bottom = hashed({
        ...{ level: P - steps, index: end(first, bits), touchedLeft: 0, touchedRight: 0 },
        ...{ leftInit: init, leftFinal: final, rightInit: zero, rightFinal: zero },
      });
      assert.notDeepEqual(complaints(withTree(world, { quads: rest, nodes: [...nodes, bottom] })), []);
    }
  });

  it('the quad itself cannot be opened: its limbs are the digest of no children that anybody knows', () => {
    const [top, ...others] = pathBelow(leaf.index, [0], leaf.init, leaf.init, false);
    const opened = { ...top!, outInit: leaf.init, outFinal: leaf.final };
    const nodes = [...tree.nodes, opened, ...others];
    const found = complaints(withTree(world, { quads, nodes }, roots));
    assert.ok(found.includes('hash'), found.join('; '));
  });
});

describe('limbs of 2^16 and more from a forged root', () => {
  it('are a proof that begins in that root, which no execution led to', () => {
    const read = worldOn(programOf('li x5, 0x20000000\nlw x6, 0(x5)'));
    const rows = treeOf(read);
    const quad = rows.quads.find(({ index }) => index === 0x20000000 / 16)!;
    const init = quad.init.map((limb, i) => (i === 4 ? 65536 : limb));
    const forged = { ...quad, init, final: init };
    const quads = rows.quads.map((other) => (other === quad ? forged : other));
    const nodes = rehashed(rows.nodes, 0, quad.index, init, init);
    const shard = withTree(read, { quads, nodes });
    // The word that is read is another one of the quad: nothing notices.
    assert.deepEqual(complaints(shard), []);
    assert.notDeepEqual(shard.publicValues.slice(0, 9), shard.keyFelts);
    // From the root of the key it is none.
    const { after } = rootsOf(nodes);
    const root = shard.keyFelts.slice(1);
    assert.deepEqual(complaints(withTree(read, { quads, nodes }, { before: root, after })), ['merkle']);
  });

  it('are written by no instruction, from whatever memory', () => {
    const everywhere = worldOf(everything([1, -0x7fff1234]), EVERYTHING_INPUT);
    for (const { tuple, label } of messagesOf(everywhere)) {
      assert.ok((tuple[1] ?? 0) < 2 ** 16 && (tuple[2] ?? 0) < 2 ** 16, label);
    }
  });
});

function messagesOf(of: World): { readonly tuple: readonly number[]; readonly label: string }[] {
  return treeOf(of).quads.flatMap(({ final }, i) =>
    [0, 1, 2, 3].map((k) => ({ tuple: [0, final[2 * k] ?? 0, final[2 * k + 1] ?? 0], label: `quad ${i}, word ${k}` })),
  );
}
