/** The negative tests of the protocol's list of pitfalls that concern chips, by its numbers. Rows are forged by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { P, add, inverse, mul, sub } from '../../../prover/field/koalabear.ts';
import { registerAddress, systemWordAddress } from '../../../prover/vm/address-map.ts';
import { runRecorded } from '../../../prover/vm/run/record.ts';
import { loadProgram } from '../../../prover/elf/load.ts';
import { assemble } from '../../support/asm.ts';
import { haltSequence } from '../../support/guest.ts';
import { forgerOf } from './forge.ts';
import { interval } from './interval.ts';
import { cellsOf, programTuples, probeOf, violations, withCells, type Cells } from './oracle.ts';
import { CORE, EVERYTHING_INPUT, MACHINE, check, everything, worldOf } from './world.ts';
import { FAMILIES } from '../../../prover/vm/isa/operations.ts';

const world = worldOf(everything([0, 1, -1, 2, -2, -0x80000000, 0x7fffffff]), EVERYTHING_INPUT);
const program = programTuples(world);

const { cell, forge, heightOf, rowsWhere, rowWhere } = forgerOf(world);

test('10: flags and multiplicities in padding rows are refused', () => {
  for (const chip of MACHINE.chips) {
    const flags = chip.columns.filter(({ kind }) => kind === 'bool');
    if (flags.length === 0) continue;
    const row = heightOf(chip.name) - 1;
    const padding = cellsOf(world, chip.name, row);
    const isPadding = flags.filter(({ name }) => name.startsWith('is')).every(({ index }) => padding.main[index] === 0);
    if (!isPadding) continue;
    for (const { name } of flags) {
      for (const value of [1, 2, P - 1]) {
        if (cell(chip.name, padding, name) === value) continue;
        const labels = forge(chip.name, padding, { [name]: value });
        // Cells that are no multiplicity may take another boolean on a row that is off.
        const isHarmless = value === 1 && /^(bits|offset|borrow|lowestBit)/.test(name);
        if (!isHarmless) assert.notEqual(labels.length, 0, `${chip.name}.${name} = ${value}`);
      }
    }
  }
});

test('11: no row can send another next pc', () => {
  for (const chip of MACHINE.chips.slice(0, FAMILIES.length)) {
    const probe = probeOf(chip.name);
    const send = chip.interactions.findIndex(({ label }) => label === 'execution: next step');
    const seen = new Set<string>();
    for (let row = 0; row < Math.min(heightOf(chip.name), 200); row++) {
      const honest = cellsOf(world, chip.name, row);
      const before = probe.view(honest);
      const code = before.messages.find(({ bus }) => bus === 'program')?.tuple[1];
      if (before.messages[send]?.multiplicity !== 1 || seen.has(String(code))) continue;
      seen.add(String(code));
      for (const index of honest.main.keys()) {
        for (const value of [0, 4, 8, 123456, P - 4]) {
          const cells = { ...honest, main: honest.main.map((v, i) => (i === index ? value : v)) };
          const after = probe.view(cells).messages[send];
          if (after?.tuple.join() === before.messages[send]?.tuple.join()) continue;
          const labels = violations(probe, program, before, cells).filter((l) => l !== 'execution: next step');
          assert.notEqual(labels.length, 0, `${chip.name} row ${row}: ${chip.columns[index]?.name} = ${value}`);
        }
      }
    }
  }
});

test('11: nothing but HALT reaches pc 1, and no row can start there', () => {
  const send = (chip: string): number =>
    probeOf(chip).chip.interactions.findIndex(({ label }) => label === 'execution: next step');
  for (const chip of MACHINE.chips.slice(0, FAMILIES.length)) {
    const probe = probeOf(chip.name);
    for (let row = 0; row < heightOf(chip.name); row++) {
      const cells = cellsOf(world, chip.name, row);
      const { multiplicity, tuple } = probe.view(cells).messages[send(chip.name)] ?? { multiplicity: 0, tuple: [] };
      if (multiplicity === 0) continue;
      const isHalt = chip.name === 'Ecall' && cell('Ecall', cells, 'isHalt') === 1;
      assert.equal(tuple[0] === 1, isHalt, `${chip.name} row ${row}`);
    }
  }
  // A jump to 1: with bit 0 cleared it is one to 0, without it no multiple of 4.
  const jump = rowWhere('Jalr', { isReal: 1 });
  const low = { 'sum[0]': 1, 'sum[1]': 0, 'b[0]': 1, 'b[1]': 0, 'immediate[0]': 0, 'immediate[1]': 0 };
  assert.ok(forge('Jalr', jump, { ...low, lowestBit: 0 }).includes('range: target low / 4'));
  const cleared = withCells('Jalr', jump, { ...low, lowestBit: 1 });
  assert.equal(probeOf('Jalr').view(cleared).messages[send('Jalr')]?.tuple[0], 0);
  // An ecall that is not HALT, or an instruction at pc 1 - 4, of which Rom has none.
  const commit = rowWhere('Ecall', { isCommit: 1 });
  assert.ok(forge('Ecall', commit, { isHalt: 1 }).includes('at most one call'));
  assert.ok(forge('Ecall', commit, { isHalt: 1, isCommit: 0 }).includes('memory: t0 before'));
  assert.ok(forge('AddImm', rowWhere('AddImm', { isReal: 1 }), { nextPc: 1 }).includes('program: the instruction'));
  assert.ok(forge('Ecall', commit, { pc: P - 3 }).includes('program: the instruction'));
});

test('11: a shard that ends with another pc than it says has no proof', () => {
  const [before, after] = [world.publicValues.slice(0, 9), world.publicValues.slice(9, 18)];
  assert.equal(after[0], 1);
  for (const pc of [0, 4, before[0] ?? 0, 5]) {
    const publicValues = [...before, pc, ...after.slice(1), ...world.publicValues.slice(18)];
    const report = check({ ...world, publicValues });
    assert.deepEqual([...new Set(report.imbalances.map(({ bus }) => bus))], ['execution'], String(pc));
  }
});

test('12: limbs, bytes and addresses that recompose to value + p or with a moved carry are refused', () => {
  const rows: [string, Readonly<Record<string, number>>, readonly [string, string, number]][] = [
    ['AddImm', { isReal: 1 }, ['a[0]', 'a[1]', 65536]],
    ['AddSub', { isReal: 1 }, ['a[0]', 'a[1]', 65536]],
    ['Bitwise', { isAnd: 1 }, ['b[0]', 'b[1]', 256]],
    ['Bitwise', { isXor: 1 }, ['c[2]', 'c[3]', 256]],
    ['Shift', { isSll: 1 }, ['b[0]', 'b[1]', 256]],
    ['Mul', { isMul: 1 }, ['b[0]', 'b[1]', 256]],
    ['Mul', { isMulhu: 1 }, ['c[2]', 'c[3]', 256]],
    ['DivRem', { isDivu: 1 }, ['cMagnitude[0]', 'cMagnitude[1]', 256]],
    ['DivRem', { isDivu: 1 }, ['quotientMagnitude[0]', 'quotientMagnitude[1]', 256]],
    ['LoadNarrow', { isLbu: 1 }, ['half[0]', 'half[1]', 256]],
    ['StoreNarrow', { isSb: 1 }, ['half[0]', 'half[1]', 256]],
    ['Jalr', { isReal: 1 }, ['sum[0]', 'sum[1]', 65536]],
    ['LoadWord', { isReal: 1 }, ['address[0]', 'address[1]', 65536]],
    ['StoreWord', { isReal: 1 }, ['address[0]', 'address[1]', 65536]],
  ];
  for (const [chip, wanted, [low, high, base]] of rows) {
    const honest = rowWhere(chip, wanted);
    for (const moved of [1, -1]) {
      const changes = { [low]: cell(chip, honest, low) + moved * base, [high]: cell(chip, honest, high) - moved };
      const labels = forge(chip, honest, changes);
      assert.ok(
        labels.some((label) => /^(range|byte pair|byte and):|carry is boolean/.test(label)),
        `${chip}: ${labels.join('; ')}`,
      );
    }
  }
  // An address a + p is another word over the integers and the same field element.
  for (const [chip, name] of [
    ['LoadWord', 'address'],
    ['StoreWord', 'address'],
    ['Jalr', 'sum'],
  ] as const) {
    const honest = rowWhere(chip, { isReal: 1 });
    const address = cell(chip, honest, `${name}[0]`) + 65536 * cell(chip, honest, `${name}[1]`) + P;
    const labels = forge(chip, honest, {
      [`${name}[0]`]: address % 65536,
      [`${name}[1]`]: Math.floor(address / 65536),
    });
    assert.ok(
      labels.some((label) => /^range: (address|target) high/.test(label)),
      labels.join('; '),
    );
  }
});

/** All cells of a DivRem row that follow from a chosen quotient magnitude, remainder magnitude and flags. */
function divisionCells(row: Cells, q: number, r: number, signs: readonly [number, number], isZero: number) {
  const word = (name: string): number => cell('DivRem', row, `${name}[0]`) + 65536 * cell('DivRem', row, `${name}[1]`);
  const negateIf = (flag: number, x: number): number => (flag === 1 ? -x >>> 0 : x);
  const bMagnitude = negateIf(signs[0], word('b'));
  const cMagnitude = negateIf(signs[1], word('c'));
  const negate = isZero === 1 ? 0 : signs[0] ^ signs[1];
  const quotient = isZero === 1 ? 0xffffffff : negateIf(negate, q);
  const remainder = negateIf(signs[0], r);
  const isQuotient = cell('DivRem', row, 'isDiv') + cell('DivRem', row, 'isDivu');
  const a = isQuotient === 1 ? quotient : remainder;
  const changes: Record<string, number> = { 'sign[0]': signs[0], 'sign[1]': signs[1], divisorIsZero: isZero, negate };
  const limbs = { bMagnitude, remainderMagnitude: r, quotient, remainder, a };
  for (const [name, value] of Object.entries(limbs)) {
    changes[`${name}[0]`] = value & 0xffff;
    changes[`${name}[1]`] = value >>> 16;
  }
  for (let i = 0; i < 4; i++) {
    changes[`cMagnitude[${i}]`] = (cMagnitude >>> (8 * i)) & 0xff;
    changes[`quotientMagnitude[${i}]`] = (q >>> (8 * i)) & 0xff;
  }
  const bytes = (x: number, i: number): number => (x >>> (8 * i)) & 0xff;
  const low =
    bytes(q, 0) * bytes(cMagnitude, 0) +
    256 * (bytes(q, 0) * bytes(cMagnitude, 1) + bytes(q, 1) * bytes(cMagnitude, 0));
  changes['carry'] = (low + (r & 0xffff)) >>> 16;
  changes['borrow'] = (cMagnitude & 0xffff) - (r & 0xffff) - 1 < 0 ? 1 : 0;
  return { changes, bMagnitude, cMagnitude, a };
}

test('13: division has exactly the result of the ISA on all corner operands, whatever signs and flags are claimed', () => {
  let forged = 0;
  for (const operation of ['isDiv', 'isDivu', 'isRem', 'isRemu']) {
    for (const row of rowsWhere('DivRem', { [operation]: 1 })) {
      const honest = cellsOf(world, 'DivRem', row);
      const a = cell('DivRem', honest, 'a[0]') + 65536 * cell('DivRem', honest, 'a[1]');
      for (const signB of [0, 1] as const) {
        for (const signC of [0, 1] as const) {
          for (const isZero of [0, 1]) {
            const { bMagnitude: b, cMagnitude: c } = divisionCells(honest, 0, 0, [signB, signC], isZero);
            const q = c === 0 ? 0 : Math.floor(b / c);
            for (const guess of new Set([q, q + 1, Math.max(q - 1, 0), 0, 1, 0xffffffff])) {
              // The remainder that makes the product right mod 2^32.
              const r = Number((BigInt(b) - BigInt(guess) * BigInt(c)) & 0xffffffffn);
              const { changes, a: claimed } = divisionCells(honest, guess >>> 0, r, [signB, signC], isZero);
              const labels = forge('DivRem', honest, changes);
              if (claimed === a) continue;
              forged++;
              const others = labels.filter((label) => label !== 'memory: rd after');
              assert.notEqual(others.length, 0, `${operation} row ${row}: ${JSON.stringify(changes)}`);
            }
          }
        }
      }
      // The honest choice among them is the honest row.
      assert.deepEqual(forge('DivRem', honest, {}), []);
    }
  }
  assert.ok(forged > 1000, String(forged));
});

test('13: remainder not below the divisor is refused by its range check alone', () => {
  const honest = rowsWhere('DivRem', { isDivu: 1 })
    .map((row) => cellsOf(world, 'DivRem', row))
    .find(
      (cells) =>
        cell('DivRem', cells, 'c[0]') === 2 &&
        cell('DivRem', cells, 'b[0]') === 2 &&
        cell('DivRem', cells, 'c[1]') === 0 &&
        cell('DivRem', cells, 'b[1]') === 0,
    );
  assert.ok(honest !== undefined);
  const { changes } = divisionCells(honest, 0, 2, [0, 0], 0);
  assert.deepEqual(forge('DivRem', honest, changes).sort(), ['memory: rd after', 'range: |c| - |remainder| - 1 high']);
});

test('14: product equations cannot wrap: both sides are below p for all range-checked cells', () => {
  const byteColumns = /^(b|c|cMagnitude|quotientMagnitude)\[/;
  for (const [chip, pattern] of [
    ['Mul', /^limb \d of the product$/],
    ['DivRem', /^product: /],
  ] as const) {
    const recorded = probeOf(chip).chip;
    const bound = recorded.columns.map(({ name }) => {
      const isByte = byteColumns.test(name) && (chip === 'Mul' || !/^[bc]\[/.test(name));
      if (isByte) return 255;
      return name.startsWith('carry') ? 4095 : 65535;
    });
    const equations = recorded.constraints.filter(({ label }) => pattern.test(label));
    assert.equal(equations.length, chip === 'Mul' ? 4 : 3);
    for (const { node, label } of equations) {
      const [low, high] = interval(recorded.graph, node, bound);
      assert.ok(high < P && low > -P, `${chip} "${label}": [${low}, ${high}]`);
    }
  }
});

test('14: a carry forged by a multiple of p / 2^16 is refused by its range check', () => {
  const honest = rowWhere('Mul', { isMulhu: 1 });
  // product - 1 and carry + 2^-16 leave the equation of limb 0 as it is.
  const step = inverse(65536);
  const product = cell('Mul', honest, 'product[0]');
  const labels = forge('Mul', honest, {
    'product[0]': sub(product, 1),
    'carry[0]': add(cell('Mul', honest, 'carry[0]'), step),
    // Limb 1 follows.
    'product[1]': add(cell('Mul', honest, 'product[1]'), step),
  });
  assert.ok(labels.includes('range: carry 0'), labels.join('; '));
  assert.ok(!labels.includes('limb 0 of the product'));
  assert.equal(mul(step, 65536), 1);
});

test('15: a shift amount that is not the low bits of the operand is refused', () => {
  const honest = rowWhere('Shift', { isSrl: 1, isImmediate: 0 });
  for (let j = 0; j < 8; j++) {
    const bit = cell('Shift', honest, `bits[${j}]`);
    // Repaired through the second byte, so that low + 256 byte1 keeps its value in the field.
    const change = bit === 1 ? sub(0, 2 ** j) : 2 ** j;
    const cByte1 = sub(cell('Shift', honest, 'cByte1'), mul(inverse(256), change));
    const labels = forge('Shift', honest, { [`bits[${j}]`]: 1 - bit, cByte1 });
    assert.ok(labels.includes('byte pair: second byte of c, rd gap high'), labels.join('; '));
    assert.ok(!labels.includes('memory: rs2 before'), 'the repair keeps the operand');
  }
});

const TRAPS: readonly (readonly [string, string, string])[] = [
  ['16: lw x0 at a misaligned address', 'lw x0, 1(x6)', 'misaligned'],
  ['16: lb x0 at 2^30', 'lui x6, 0x40000\nlb x0, 0(x6)', 'out-of-range'],
  ['38: lh at offset 1', 'lh x7, 1(x6)', 'misaligned'],
  ['38: lhu at offset 3', 'lhu x7, 3(x6)', 'misaligned'],
  ['38: sh at offset 1', 'sh x7, 1(x6)', 'misaligned'],
  ['38: sh at offset 3', 'sh x7, 3(x6)', 'misaligned'],
];
for (const [name, source] of TRAPS) {
  test(`${name} traps and leaves no record`, () => {
    const elf = assemble(`_start: la x6, buffer\n${source}\n${haltSequence(0)}\n.data\nbuffer: .word 1, 2`).elf;
    const { record, outcome } = runRecorded(loadProgram(elf), [], CORE.syscalls, 1000);
    assert.equal(record, undefined);
    assert.equal(outcome.kind, 'trap');
  });
}

test('16: a forged row of a misaligned lw to x0 is refused', () => {
  const honest = rowWhere('LoadWord', { isReal: 1, write: 0 });
  for (const offset of [1, 2, 3]) {
    const labels = forge('LoadWord', honest, { 'address[0]': cell('LoadWord', honest, 'address[0]') + offset });
    assert.ok(labels.includes('range: address low / 4'), labels.join('; '));
  }
});

test('18: an access at or after its own time, or before time 0, is refused', () => {
  const pairs = MACHINE.chips.flatMap((chip) =>
    chip.columns.filter(({ name }) => /(^o|O)rder\[0\]$/.test(name)).map(({ name, index }) => ({ chip, name, index })),
  );
  assert.ok(pairs.length > 30);
  for (const { chip, name, index } of pairs) {
    const probe = probeOf(chip.name);
    // The access whose previous time this column is, on a row where it takes place.
    const marked = probe.view({ main: chip.columns.map((_, i) => (i === index ? 1 : 0)), pre: [], closed: [] });
    const access = marked.messages.findIndex(
      ({ bus, sign, tuple }) => bus === 'memory' && sign === -1 && tuple[3] === 1,
    );
    const label = marked.messages[access]?.label ?? '';
    const rows = Array.from({ length: heightOf(chip.name) }, (_, row) => cellsOf(world, chip.name, row));
    const honest = rows.find((cells) => probe.view(cells).messages[access]?.multiplicity === 1);
    assert.ok(honest !== undefined, `${chip.name}.${name}`);
    const after = probe.view(honest).messages.find((m) => m.label === label.replace('before', 'after'));
    const at = after?.tuple[3] ?? 0;
    for (const previous of [at, at + 1, at + 2, at + 65536]) {
      const gap = (at - previous - 1 + P) % P;
      for (const low of [gap, 0, 65535, (gap + 65536) % P, gap % 65536]) {
        const labels = forge(chip.name, honest, { [name]: previous, [name.replace('[0]', '[1]')]: low });
        assert.ok(
          labels.some((broken) => /gap (low|high)$/.test(broken)),
          `${chip.name}.${name} = ${previous}, low ${low}: ${labels.join('; ')}`,
        );
      }
    }
    // Time -1 passes the order check, but no chip sends a negative time.
    const labels = forge(chip.name, honest, { [name]: P - 1, [name.replace('[0]', '[1]')]: at & 0xffff });
    assert.ok(labels.includes(label), `${chip.name}.${name} = -1: ${labels.join('; ')}`);
  }
});

test('36: ret with a forged ra, gap -1 and low part 65535 is refused although nothing is written', () => {
  const honest = rowWhere('Jalr', { isReal: 1, write: 0 });
  const time = cell('Jalr', honest, 'time');
  const labels = forge('Jalr', honest, { 'rs1Order[0]': time, 'rs1Order[1]': 65535 });
  assert.ok(labels.includes('byte pair: rs1, rd gap high'), labels.join('; '));
});

test('38: halves at odd addresses are refused in forged rows', () => {
  for (const [chip, flag] of [
    ['LoadNarrow', 'isLh'],
    ['LoadNarrow', 'isLhu'],
    ['StoreNarrow', 'isSh'],
  ] as const) {
    for (const half of [0, 1]) {
      const honest = rowWhere(chip, { [flag]: 1, 'offset[1]': half });
      const address = cell(chip, honest, 'address[0]') + 1;
      const labels = forge(chip, honest, { 'offset[0]': 1, 'address[0]': address });
      assert.ok(labels.includes('halves are aligned'), labels.join('; '));
      // Claiming offset 0 instead leaves the address misaligned.
      const other = forge(chip, honest, { 'address[0]': address });
      assert.ok(other.includes('range: address low / 4'), other.join('; '));
    }
  }
});

test('39: system call pointers and lengths are reduced and aligned; WRITE keeps a0', () => {
  const read = rowWhere('Hints', { isRead: 1 });
  const aliases: [string, number, RegExp][] = [
    ['first', 0x7f0048d1, /^range: hint pointer (low|high)/],
    ['first', P + 4 * 0x1234, /^range: hint pointer high/],
    ['first', 2 ** 30, /^range: hint pointer high/],
    ['second', 3, /^range: hint length low/],
    ['second', P + 8, /^range: hint length high/],
  ];
  for (const [name, value, expected] of aliases) {
    const changes = { [`${name}[0]`]: value % 65536, [`${name}[1]`]: Math.floor(value / 65536) };
    const labels = forge('Hints', read, changes);
    assert.ok(
      labels.some((label) => expected.test(label)),
      `${name} = ${value}: ${labels.join('; ')}`,
    );
  }
  for (const [chip, flag, column] of [
    ['Ecall', 'isWrite', 'a0After'],
    ['Ecall', 'isCommit', 'a0After'],
    ['Ecall', 'isHalt', 'a0After'],
    ['Hints', 'isRead', 'value'],
  ] as const) {
    const honest = rowWhere(chip, { [flag]: 1 });
    for (const limb of [0, 1]) {
      const name = `${column}[${limb}]`;
      const labels = forge(chip, honest, { [name]: cell(chip, honest, name) ^ 1 });
      const kept = `${chip === 'Hints' ? 'HINT_READ keeps a0' : 'a0 is kept'}: ${limb === 0 ? 'low' : 'high'}`;
      assert.ok(labels.includes(kept), labels.join('; '));
    }
  }
  // HINT_READ of 3 bytes is a trap in the executor.
  const elf = assemble(
    `_start: la a0, buffer\nli a1, 3\nli t0, 0xf1\necall\n${haltSequence(0)}\n.data\nbuffer: .word 0`,
  ).elf;
  assert.equal(runRecorded(loadProgram(elf), [Uint8Array.of(1, 2, 3)], CORE.syscalls, 1000).record, undefined);
});

test('COMMIT writes system words below 16 and no register, whatever its index', () => {
  const honest = rowWhere('Ecall', { isCommit: 1, 'a0[0]': 0 });
  const register = registerAddress(0) - systemWordAddress(0) + P;
  for (const [low, high, label] of [
    [16, 0, 'range: commit index'],
    [17, 0, 'range: commit index'],
    [31, 0, 'range: commit index'],
    [register, 0, 'range: commit index'],
    [0, 1, 'commit index: high limb is 0'],
  ] as const) {
    const labels = forge('Ecall', honest, { 'a0[0]': low, 'a0After[0]': low, 'a0[1]': high, 'a0After[1]': high });
    assert.ok(labels.includes(label), `${low}, ${high}: ${labels.join('; ')}`);
  }
});

test('COMMIT and HALT write their word and nothing else', () => {
  const word = (of: Cells): readonly number[] => {
    const { messages } = probeOf('Ecall').view(of);
    return messages.find(({ label }) => label === 'memory: system word after')?.tuple.slice(0, 3) ?? [];
  };
  const limbs = (of: Cells, name: string): number[] => [0, 1].map((i) => cell('Ecall', of, `${name}[${i}]`));
  for (const index of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const commit = rowWhere('Ecall', { isCommit: 1, 'a0[0]': index });
    assert.deepEqual(word(commit), [systemWordAddress(index), ...limbs(commit, 'a1')]);
  }
  const halt = rowWhere('Ecall', { isHalt: 1 });
  assert.deepEqual(word(halt), [systemWordAddress(16), ...limbs(halt, 'a0')]);
  for (const flag of ['isWrite', 'isCall']) {
    const system = probeOf('Ecall')
      .view(rowWhere('Ecall', { [flag]: 1 }))
      .messages.filter(({ label }) => label.includes('system word'));
    assert.equal(system.length, 4);
    assert.ok(system.every(({ multiplicity }) => multiplicity === 0));
  }
});
