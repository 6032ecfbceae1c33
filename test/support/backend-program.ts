/**
 * Random straight-line programs over the verifier backend interface: the same seed makes the same calls on every backend,
 * so their results can be compared. Assertions made by the programs hold.
 */
import * as ext from '../../prover/field/extension.ts';
import * as kb from '../../prover/field/koalabear.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { authenticationPath, buildTree, digestAt } from '../../prover/hash/merkle-koalabear.ts';
import type { Backend, Wires } from '../../prover/verifier/backend.ts';
import { eqTable } from '../../prover/verifier/multilinear.ts';
import { Random } from './random.ts';

export type ProgramResults<W extends Wires> = { felts: W['felt'][]; exts: W['ext'][] };

/** Runs `steps` random operations. `data` seeds the values, `shape` the sequence of operations. */
export function runRandomProgram<W extends Wires>(
  on: Backend<W>,
  shape: number,
  data: number,
  steps: number,
): ProgramResults<W> {
  const pick = new Random(shape);
  const values = new Random(data);
  const transcript = on.transcript('test');
  const felts: W['felt'][] = [on.feltConst(0), on.feltConst(1), on.feltConst(kb.P - 1), on.feltConst(pick.felt())];
  const constant: ExtValue = [pick.felt(), pick.felt(), pick.felt(), pick.felt(), pick.felt()];
  const exts: W['ext'][] = [on.extConst(ext.ZERO), on.extConst(ext.ONE), on.extConst(constant)];
  const felt = (): W['felt'] => felts[pick.below(felts.length)] as W['felt'];
  const element = (): W['ext'] => exts[pick.below(exts.length)] as W['ext'];
  const operations: (() => void)[] = [
    () => felts.push(on.feltAdd(felt(), felt())),
    () => felts.push(on.feltSub(felt(), felt())),
    () => felts.push(on.feltMul(felt(), felt())),
    () => felts.push(on.feltMulConst(felt(), pick.felt())),
    () => felts.push(on.hintFelt(values.felt())),
    () => felts.push(on.bitAsFelt(on.hintBit(values.below(2)))),
    () => felts.push(on.bitAsFelt(on.bitConst(pick.below(2) === 1 ? 1 : 0))),
    () => exts.push(on.extAdd(element(), element())),
    () => exts.push(on.extSub(element(), element())),
    () => exts.push(on.extMul(element(), element())),
    () => exts.push(on.extMulAdd(element(), element(), element())),
    () => exts.push(on.extMulConst(element(), [0, 1, kb.P - 1, pick.felt()][pick.below(4)]!)),
    () => exts.push(on.extScale(element(), felt())),
    () => exts.push(on.extFromFelt(felt())),
    () => exts.push(on.extFromLimbs([felt(), felt(), felt(), felt(), felt()])),
    () => exts.push(on.extDot([element(), element(), element()], [element(), element(), element()])),
    () => {
      // An element that is not zero: read from "proof data".
      const value: ExtValue = [values.felt(), 1 + values.below(100), values.felt(), 0, values.felt()];
      const [wire] = transcript.readExts('ext', [value], 1);
      const inverse = on.extInverse(wire as W['ext'], 'inverse');
      on.assertExtEqual(on.extMul(inverse, wire as W['ext']), on.extConst(ext.ONE), 'inverse');
      exts.push(wire as W['ext'], inverse);
    },
    () => felts.push(...transcript.readFelts('felts', values.felts(3), 3)),
    () => transcript.observeFelts('observed', [felt(), felt()]),
    () => exts.push(transcript.sampleExt('sample')),
    () => {
      const bits = 1 + pick.below(24);
      for (const index of transcript.sampleIndices('indices', 2, bits))
        for (const bit of index) felts.push(on.bitAsFelt(bit));
    },
    () => {
      const count = 1 + pick.below(30);
      const [wire] = transcript.readFelts('small', [values.u32() % 2 ** count], 1);
      felts.push(...on.feltBits(wire as W['felt'], count, 'small').map((bit) => on.bitAsFelt(bit)));
    },
    () => {
      const digest = on.hashFelts('hash', [felt(), felt(), felt()].slice(pick.below(4)));
      transcript.observeDigest('digest', digest);
      felts.push(...on.digestFelts(digest));
    },
    () => transcript.readDigest('digest', values.felts(8)),
    () => {
      const a = element();
      const b = element();
      on.assertExtEqual(on.extMul(on.extAdd(a, b), a), on.extAdd(on.extMul(a, a), on.extMul(a, b)), 'distributive');
    },
    () => openRandomRow(on, transcript, pick, values, exts),
    () => {
      const k = 1 + pick.below(3);
      const leaf = Array.from({ length: 2 ** k }, element);
      const challenges = Array.from({ length: k }, () => transcript.sampleExt('challenge'));
      exts.push(on.extDot(leaf, eqTable(on, challenges)));
    },
  ];
  for (let i = 0; i < steps; i++) operations[pick.below(operations.length)]!();
  return { felts, exts };
}

function openRandomRow<W extends Wires>(
  on: Backend<W>,
  transcript: ReturnType<Backend<W>['transcript']>,
  pick: Random,
  values: Random,
  exts: W['ext'][],
): void {
  const logRows = pick.below(4);
  const width = 5 * (1 + pick.below(3));
  const rows = Uint32Array.from(values.felts(width * 2 ** logRows));
  const tree = buildTree(logRows, width, rows);
  const index = values.below(2 ** logRows);
  const root = transcript.readDigest('root', digestAt(tree.levels[logRows]!, 0));
  const bits = Array.from({ length: logRows }, (_, i) => on.hintBit(Math.floor(index / 2 ** i) % 2));
  const opened = {
    row: Array.from(rows.subarray(width * index, width * index + width)),
    path: authenticationPath(tree, index),
  };
  const row = on.openRow(root, { logRows, width }, bits, opened, 'row');
  const weights = Array.from({ length: width - pick.below(4) }, () => exts[pick.below(exts.length)] as W['ext']);
  exts.push(on.rowDot(row, weights), ...on.rowExts(row));
}
