/** The negative tests of the protocol's list of pitfalls that concern chips, by its numbers. Rows are forged by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReport } from '../../../prover/air/checker.ts';
import { P, add, inverse, mul, sub } from '../../../prover/field/koalabear.ts';
import { FIELD } from '../../../prover/vm/execution-record.ts';
import { runRecorded } from '../../../prover/vm/run/record.ts';
import { loadProgram } from '../../../prover/elf/load.ts';
import { assemble } from '../../support/asm.ts';
import { haltSequence } from '../../support/guest.ts';
import { forgerOf } from './forge.ts';
import { interval } from './interval.ts';
import { cellsOf, chipIndex, columnOf, programTuples, probeOf, violations, type Cells } from './oracle.ts';
import { CORE, EVERYTHING_INPUT, MACHINE, check, everything, worldOf, worldOfRecord } from './world.ts';
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

test('11: a run that ends on a jump to address 0 instead of HALT lacks the halt tuple', () => {
  // The jump target comes from the input: honest 8-byte aligned code address, forged 0.
  const source = [
    ...['_start:', 'li t0, 0xf1', 'la a0, target', 'li a1, 4', 'ecall', 'la x6, target', 'lw x6, 0(x6)'],
    ...haltSequence(0).split('\n').slice(0, -1),
    ...['jalr x0, 0(x6)', 'end: ecall', '.data', 'target: .word 0'],
  ].join('\n');
  const { elf, symbols } = assemble(source);
  const loaded = loadProgram(elf);
  const end = symbols.get('end') ?? 0;
  const { record } = runRecorded(loaded, [Uint8Array.of(end, end >>> 8, end >>> 16, end >>> 24)], CORE.syscalls, 1000);
  assert.ok(record !== undefined);
  const honest = worldOfRecord(loaded, record);
  assert.ok(check(honest).ok, formatReport(check(honest)));
  const main = honest.main.map((trace) => ({ ...trace, columns: trace.columns.map((column) => column.slice()) }));
  const set = (chip: string, row: number, changes: Readonly<Record<string, number>>): void => {
    for (const [name, value] of Object.entries(changes)) {
      const column = main[chipIndex(chip)]?.columns[columnOf(chip, name)];
      if (column !== undefined) column[row] = value;
    }
  };
  const get = (chip: string, row: number, name: string): number =>
    main[chipIndex(chip)]?.columns[columnOf(chip, name)]?.[row] ?? 0;
  const unset = (chip: string, row: number): void => {
    for (const column of main[chipIndex(chip)]?.columns ?? []) column[row] = 0;
  };
  // Every copy of the target word becomes 0; the last ecall disappears and its registers end where they were before.
  set('Hints', 1, { 'value[0]': 0, 'value[1]': 0 });
  set('LoadWord', 0, { 'value[0]': 0, 'value[1]': 0 });
  set('Jalr', 0, { 'b[0]': 0, 'b[1]': 0, 'sum[0]': 0, 'sum[1]': 0 });
  const halt = record.families.Ecall.rows - 1;
  const times = { 5: 't0Order[0]', 10: 'a0Order[0]', 11: 'a1Order[0]', 12: 'a2Order[0]' } as const;
  for (const [register, order] of Object.entries(times)) {
    set('Image', Number(register), { finalTime: get('Ecall', halt, order) });
  }
  const value = loaded.image.address.indexOf((symbols.get('target') ?? 0) / 4, 32);
  for (const row of [6, value]) set('Image', row, { 'final[0]': 0, 'final[1]': 0 });
  unset('Ecall', halt);
  const publicValues = [(honest.publicValues[0] ?? 0) - 4, ...honest.publicValues.slice(1)];
  const report = check({ ...honest, publicValues }, main);
  const buses = new Set(report.imbalances.map(({ bus }) => bus));
  assert.equal(report.violationCount, 0, formatReport(report));
  // Lookup multiplicities are the adversary's to adjust; what remains is the halt tuple.
  for (const lookup of ['range', 'byte pair', 'program']) buses.delete(lookup);
  assert.deepEqual([...buses], ['halt'], formatReport(report));
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

test('17: two ZeroInit rows for one address, and a row outside the zero range, are refused', () => {
  const [, zeroStart = 0, zeroEnd = 0] = world.keyFelts;
  const first = cellsOf(world, 'ZeroInit', 0);
  assert.equal(cell('ZeroInit', first, 'address'), zeroStart);
  // next = address: the step is -1, whatever its low part.
  for (const stepLow of [65535, 0, P - 1]) {
    const labels = forge('ZeroInit', first, { next: zeroStart, stepLow });
    assert.ok(
      labels.some((label) => label.startsWith('range: step')),
      labels.join('; '),
    );
  }
  for (const outside of [zeroStart - 1, zeroEnd, zeroEnd + 1]) {
    const labels = forge('ZeroInit', first, { address: outside, addressLow: outside & 0xffff });
    assert.ok(labels.includes('sort: this address'), labels.join('; '));
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
      ({ bus, sign, tuple }) => bus === 'memory' && sign === -1 && tuple[4] === 1,
    );
    const label = marked.messages[access]?.label ?? '';
    const rows = Array.from({ length: heightOf(chip.name) }, (_, row) => cellsOf(world, chip.name, row));
    const honest = rows.find((cells) => probe.view(cells).messages[access]?.multiplicity === 1);
    assert.ok(honest !== undefined, `${chip.name}.${name}`);
    const after = probe.view(honest).messages.find((m) => m.label === label.replace('before', 'after'));
    const at = after?.tuple[4] ?? 0;
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

test('31: ZeroInit steps of 2^28 that pass p are refused by the check on the address', () => {
  const first = cellsOf(world, 'ZeroInit', 0);
  for (const steps of [1, 2, 4, 7]) {
    const address = (cell('ZeroInit', first, 'address') + steps * 2 ** 28) % P;
    for (const addressLow of [address % 65536, 0, 65535]) {
      const step = 2 ** 28 - 1;
      const next = (address + step + 1) % P;
      const labels = forge('ZeroInit', first, { address, addressLow, next, stepLow: step % 65536 });
      assert.ok(labels.includes('range: address high') || labels.includes('range: address low'), labels.join('; '));
    }
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

test('a committed word needs an index below 2^16', () => {
  const honest = rowWhere('Ecall', { isCommit: 1 });
  const labels = forge('Ecall', honest, { 'a0[1]': 1, 'a0After[1]': 1 });
  assert.ok(labels.includes('commit index: high limb is 0'), labels.join('; '));
  assert.equal(world.record.families.Ecall.words[FIELD.time] === 0, false);
});
