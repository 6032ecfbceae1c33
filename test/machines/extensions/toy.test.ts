/** The door for extensions: one that no product file knows is executed, proved, verified, lifted and attacked. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkMachine, formatReport } from '../../../prover/air/checker.ts';
import { chip } from '../../../prover/air/chip.ts';
import { machineProblems, type MachineTrace } from '../../../prover/air/machine.ts';
import { VerificationError, ZkError } from '../../../prover/core/errors.ts';
import { loadProgram } from '../../../prover/elf/load.ts';
import { P } from '../../../prover/field/koalabear.ts';
import { HINTS } from '../../../prover/machines/extensions/hints/index.ts';
import { programDigest } from '../../../prover/machines/recursion/program.ts';
import { SYSCALL } from '../../../prover/machines/rv32im/buses.ts';
import { coreMachine } from '../../../prover/machines/rv32im/machine.ts';
import type { Extension } from '../../../prover/machines/rv32im/module.ts';
import { STANDARD } from '../../../prover/machines/standard.ts';
import { spanKind } from '../../../prover/recursion/programs/kinds.ts';
import { liftProgram } from '../../../prover/recursion/programs/lift.ts';
import { recordProgram, recordRun } from '../../../prover/recursion/record.ts';
import { recursionTarget, SPAN_HEIGHTS } from '../../../prover/recursion/target.ts';
import type { ProvingKey } from '../../../prover/stark/prover/interface.ts';
import type { LayerProof } from '../../../prover/stark/proof.ts';
import { CORE_S, SPAN } from '../../../prover/stark/layers.ts';
import { execute, executeRecorded, traceSteps } from '../../../prover/vm/run/execute.ts';
import { findCorruptions } from '../rv32im/corruptions.ts';
import { assemble } from '../../support/asm.ts';
import { CoreProver } from '../../support/core-prover.ts';
import { haltSequence, writeSequence } from '../../support/guest.ts';
import { forgerOf } from '../rv32im/forge.ts';
import { cellsOf, chipIndex, columnOf } from '../rv32im/oracle.ts';
import { CORE, check, worldOfElf, type World } from '../rv32im/world.ts';
import { ADD_WORD, TOY, TOY_CHIP } from './toy.ts';

const VARIANT = coreMachine([...STANDARD, TOY]);
const { machine } = VARIANT;

/** Calls with words in the image and in the zero range, with overflow, and with both words the same; checks all results. */
const GUEST = assemble(`
  _start: li t0, ${ADD_WORD}
  li a0, 5
  la a1, first
  la a2, second
  ecall
  li x20, 12
  bne a0, x20, bad
  lw x21, 0(a2)
  bne x21, x20, bad
  li t0, ${ADD_WORD}
  li a0, -3
  mv a1, a2
  ecall
  li x20, 9
  bne a0, x20, bad
  li x22, 0x10000000
  li t0, ${ADD_WORD}
  li a0, 0x12345678
  mv a1, x22
  mv a2, x22
  ecall
  lw x21, 0(x22)
  bne a0, x21, bad
  li t0, 0xf0
  ecall
  li x20, 4
  bne a0, x20, bad
  li t0, 0xf1
  mv a1, a0
  la a0, first
  ecall
  li t0, ${ADD_WORD}
  li a0, 1
  la a1, first
  ecall
  li x20, 1235
  bne a0, x20, bad
  ${writeSequence(1, 'first', 4)}
  ${haltSequence(0)}
  bad: .word 0
  .data
  first: .word 7
  second: .word 100`);
const INPUT = [new Uint8Array(Uint32Array.of(1234).buffer)];
const PROGRAM = loadProgram(GUEST.elf);
const world = worldOfElf(GUEST.elf, INPUT, VARIANT);
const HALTED = { kind: 'halt', exitCode: 0 };

/** The guest that makes one call with these registers. */
function calling(number: number, a0: number, a1: number, a2: number): Uint8Array {
  const set = `li t0, ${number}\nli a0, ${a0}\nli a1, ${a1}\nli a2, ${a2}`;
  return assemble(`${set}\nfault: ecall\n${haltSequence(0)}`).elf;
}

describe('an extension is executed', () => {
  it('alike by all executors', () => {
    const { rowCounts, instructionMix, ...fast } = execute(PROGRAM, INPUT, VARIANT.syscalls);
    assert.deepEqual(fast.outcome, HALTED);
    assert.deepEqual(fast.syscalls, { ADD_WORD: 4, HINT_LEN: 1, HINT_READ: 1, 'WRITE stdout': 1, COMMIT: 8, HALT: 1 });
    assert.equal(instructionMix.Ecall, 16);
    assert.ok(rowCounts.some((count) => count > 0));
    assert.deepEqual(
      traceSteps(PROGRAM, INPUT, VARIANT.syscalls, () => {}),
      fast,
    );
    const { execution, record } = executeRecorded(PROGRAM, INPUT, VARIANT.syscalls);
    assert.deepEqual(execution, fast);
    assert.equal(record?.calls.get(ADD_WORD)?.rows, 4);
  });

  it('in blocks outside the proof, where it leaves nothing behind', () => {
    const block = `li t0, ${ADD_WORD}\nli a0, 50\nla a1, first\nmv a2, a1\necall\nli x20, 57\nbne a0, x20, bad`;
    const leave = 'li t0, 2\nli a0, 0x7a03\nli a1, 0\nli a2, 0\necall';
    const enter = 'li t0, 2\nli a0, 0x7a02\nla a1, call\nli a2, 8\necall';
    const source = `_start: ${enter}\nla a1, first\nlw x20, 0(a1)\nli x21, 7\nbne x20, x21, bad\n${haltSequence(0)}
      bad: .word 0\nblock: ${block}\n${leave}\n.data\nfirst: .word 7\ncall: .word block, 0`;
    const program = loadProgram(assemble(source).elf);
    const { execution, record } = executeRecorded(program, [], VARIANT.syscalls);
    assert.deepEqual(execution.outcome, HALTED);
    assert.deepEqual(
      traceSteps(program, [], VARIANT.syscalls, () => {}),
      execution,
    );
    assert.equal(record?.calls.size, 0);
    assert.equal(record.accesses.rows, 0);
  });

  it('with its own faults, and not at all on a machine that has it not', () => {
    const cases = [
      [calling(ADD_WORD, 1, 2, 0x10000000), 'syscall-arguments'],
      [calling(ADD_WORD, 1, 0x10000000, 0x40000000), 'address-out-of-range'],
      [calling(ADD_WORD, 1, 16, 0x10000000), 'unmapped-memory'],
      [calling(ADD_WORD + 1, 1, 0x10000000, 0x10000000), 'unknown-syscall'],
      // Numbers are 32-bit: what agrees in the low half, or mod p, is another number.
      [calling(ADD_WORD + 0x10000, 1, 0x10000000, 0x10000000), 'unknown-syscall'],
      [calling((ADD_WORD + P) | 0, 1, 0x10000000, 0x10000000), 'unknown-syscall'],
    ] as const;
    for (const [elf, cause] of cases) {
      const program = loadProgram(elf);
      const { outcome } = execute(program, [], VARIANT.syscalls);
      assert.equal(outcome.kind === 'trap' && outcome.cause, cause);
      const { execution, record } = executeRecorded(program, [], VARIANT.syscalls);
      assert.deepEqual(execution.outcome, outcome);
      assert.deepEqual(traceSteps(program, [], VARIANT.syscalls, () => {}).outcome, outcome);
      assert.equal(record, undefined);
    }
    for (const core of [CORE, coreMachine([])]) {
      const { outcome } = execute(PROGRAM, INPUT, core.syscalls);
      assert.equal(outcome.kind === 'trap' && outcome.cause, 'unknown-syscall');
    }
  });
});

describe('machines are values', () => {
  it('each well formed, with chips, calls and buses of its own', () => {
    for (const core of [CORE, VARIANT, coreMachine([]), coreMachine([TOY]), coreMachine([TOY, HINTS])]) {
      assert.deepEqual(machineProblems(core.machine), []);
      assert.equal(new Set(core.buses.map(({ id }) => id)).size, core.buses.length);
    }
    assert.equal(CORE.machine.chips.length + 1, machine.chips.length);
    assert.deepEqual([...coreMachine([]).syscalls], []);
    assert.deepEqual(
      coreMachine([TOY, HINTS])
        .machine.chips.map(({ name }) => name)
        .slice(14, 16),
      ['AddWord', 'Hints'],
    );
  });

  it('whose trace has the shape that was foretold, and whose key is the same', () => {
    assert.deepEqual(
      VARIANT.shape(PROGRAM, world.record).map(({ logHeight }) => logHeight),
      world.main.map(({ logHeight }) => logHeight),
    );
    assert.deepEqual(VARIANT.keyFelts(PROGRAM), CORE.keyFelts(PROGRAM));
    assert.deepEqual(
      VARIANT.preprocess(PROGRAM).filter((columns) => columns.length > 0),
      CORE.preprocess(PROGRAM).filter((columns) => columns.length > 0),
    );
  });

  it('and fill no trace with calls that they have not', () => {
    assert.throws(() => CORE.fill(PROGRAM, world.record), { code: 'TRACE', message: /no system call 28673/ });
  });

  const { handle } = TOY.syscalls[ADD_WORD]!;
  const withCall = (number: number): Extension => ({ ...TOY, syscalls: { [number]: { name: 'X', handle } } });
  /** The toy with another number in the message that its chip receives. */
  const receiving = (number: number): Extension => {
    const { definition } = TOY_CHIP;
    const other = chip({
      ...definition,
      eval: (air, row, pre, closed) => {
        const receive = air.receive.bind(air);
        air.receive = (bus, multiplicity, message, label) =>
          receive(bus, multiplicity, bus === SYSCALL ? [number, ...message.slice(1)] : message, label);
        definition.eval(air, row, pre, closed);
      },
    });
    return { ...TOY, chips: [{ ...TOY_CHIP, definition: other }] };
  };
  const free = chip({
    ...TOY_CHIP.definition,
    eval: (air, row, pre, closed) => {
      const receive = air.receive.bind(air);
      air.receive = (bus, multiplicity, message, label) =>
        receive(bus, multiplicity, bus === SYSCALL ? [message[2] ?? 0, ...message.slice(1)] : message, label);
      TOY_CHIP.definition.eval(air, row, pre, closed);
    },
  });
  for (const [name, extensions, message] of [
    ['HALT', [withCall(0)], /"toy": system call X has number 0, which every machine has/],
    ['WRITE', [withCall(2)], /number 2, which every machine has/],
    ['COMMIT', [withCall(0x10)], /number 16, which every machine has/],
    ['the call of another', [HINTS, withCall(0xf1)], /number 241, as HINT_READ has/],
    ['a number above 2^16', [withCall(0x17001)], /expected a number below 65536, got 94209/],
    ['the bus of another', [HINTS, { ...TOY, buses: HINTS.buses }], /bus "hint" shares its identifier 32/],
    ['a bus of the base', [{ ...TOY, buses: [{ name: 'x', id: 3, length: 5 }] }], /at least 32, got 3/],
    ['a bus that it does not list', [{ ...HINTS, buses: [] }], /uses the bus "hint", which no extension lists/],
    ['HALT, in its chip', [receiving(0)], /"AddWord" receives the system call 0, which is none/],
    ['the call of another, in its chip', [HINTS, receiving(0xf0)], /receives the system call 240, which is none/],
    ['any call', [{ ...TOY, chips: [{ ...TOY_CHIP, definition: free }] }], /numbers that follow from its flags/],
  ] as const) {
    it(`that refuse an extension that claims ${name}`, () => {
      assert.throws(
        () => coreMachine(extensions),
        (error) => {
          assert.ok(error instanceof ZkError && error.code === 'BAD_MACHINE');
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});

describe('the trace of an extension', () => {
  it('satisfies all constraints and balances all buses', () => {
    const report = check(world);
    assert.ok(report.ok, formatReport(report));
  });

  it('has no label that no corruption of a row violates', () => {
    const chips = machine.chips.filter(({ name }) => name === 'AddWord' || name === 'Ecall' || name === 'Hints');
    assert.equal(chips.length, 3);
    for (const found of chips) {
      const best = findCorruptions(found, world);
      const labels = [...found.constraints, ...found.interactions].map(({ label }) => label);
      assert.deepEqual(
        labels.filter((label) => !best.has(label)),
        [],
        found.name,
      );
    }
  });

  const { cell, forge, rowWhere } = forgerOf(world);
  for (const [name, changes, label] of [
    ['result', { 'sum[0]': 1 }, 'sum = a0 + word: low carry is boolean'],
    ['argument', { 'a0[0]': 6 }, 'sum = a0 + word: low carry is boolean'],
    ['word', { 'word[0]': 8 }, 'memory: word before'],
    ['address', { 'a2[0]': 0 }, 'syscall: this call'],
    ['time', { time: 8 }, 'syscall: this call'],
    ['absent call', { isReal: 0 }, 'syscall: this call'],
  ] as const) {
    it(`admits no other ${name}`, () => {
      assert.ok(forge('AddWord', rowWhere('AddWord', { isReal: 1 }), changes).includes(label));
    });
  }

  it('admits no pointer above 2^30, and none that is no multiple of 4', () => {
    const honest = rowWhere('AddWord', { isReal: 1 });
    for (const [name, which] of [
      ['a1', 'from'],
      ['a2', 'to'],
    ] as const) {
      const low = cell('AddWord', honest, `${name}[0]`);
      assert.ok(forge('AddWord', honest, { [`${name}[0]`]: low + 1 }).includes(`range: ${which} low / 4`));
      assert.ok(forge('AddWord', honest, { [`${name}[1]`]: 2 ** 14 }).includes(`range: ${which} high`));
    }
  });
});

describe('pitfall 41: the bus of system calls', () => {
  /** The world with cells of one row changed by name, and the buses that do not balance then. */
  const unbalanced = (changes: readonly (readonly [string, number, Readonly<Record<string, number>>])[]): string[] => {
    const main: MachineTrace = world.main.map((trace) => ({
      ...trace,
      columns: trace.columns.map((column) => column.slice()),
    }));
    for (const [name, row, cells] of changes) {
      const { columns } = main[chipIndex(name, machine)]!;
      for (const [column, value] of Object.entries(cells)) columns[columnOf(name, column, machine)]![row] = value;
    }
    const report = check(world, main);
    return [...report.violations.map(({ label }) => label), ...report.imbalances.map(({ bus }) => bus)];
  };
  const { cell, rowsWhere } = forgerOf(world);
  const row = rowsWhere('Ecall', { number: ADD_WORD })[0]!;
  const honest = cellsOf(world, 'Ecall', row);
  const ecall = (name: string): number => cell('Ecall', honest, name);

  for (const [name, changes] of [
    ['is not sent', [['Ecall', row, { isCall: 0 }]]],
    ['is not sent, being a WRITE instead', [['Ecall', row, { isCall: 0, isWrite: 1, number: 0 }]]],
    ['is received by nobody', [['AddWord', 0, { isReal: 0 }]]],
    ['is received with another time', [['AddWord', 0, { time: ecall('time') + 4 }]]],
    ['is received with arguments swapped', [['AddWord', 0, { 'a1[0]': ecall('a2[0]'), 'a2[0]': ecall('a1[0]') }]]],
    ['has another number', [['Ecall', row, { number: ADD_WORD + 1 }]]],
    ['has the number of another extension', [['Ecall', row, { number: 0xf0 }]]],
    ['has another result', [['Ecall', row, { 'a0After[0]': ecall('a0After[0]') + 1 }]]],
  ] as const) {
    it(`does not balance when a call ${name}`, () => {
      assert.ok(unbalanced(changes).includes('syscall'));
    });
  }

  it('does not balance when a call is received twice', () => {
    const cells = cellsOf(world, 'AddWord', 0);
    const { columns } = machine.chips[chipIndex('AddWord', machine)]!;
    const copy = Object.fromEntries(columns.map(({ name, index }) => [name, cells.main[index]!]));
    const free = rowsWhere('AddWord', { isReal: 0 });
    const rows = free.length > 0 ? free : [1];
    assert.ok(unbalanced([['AddWord', rows[0]!, copy]]).includes('syscall'));
  });

  it('carries t0 itself: no number but the one that is read, no flag beside the call', () => {
    for (const [changes, expected] of [
      [{ number: ADD_WORD + 1 }, 'memory'],
      // What the row reads is (number, 0): a number that wraps, or has a high half, is read as itself.
      [{ number: ADD_WORD + 0x10000 }, 'memory'],
      [{ number: ADD_WORD + 2 ** 24 }, 'memory'],
      [{ isWrite: 1 }, 'at most one call'],
      [{ isCommit: 1 }, 'at most one call'],
      [{ isHalt: 1 }, 'at most one call'],
      [{ isCall: 2 }, 'isCall is boolean'],
      [{ isCall: P - 1 }, 'isCall is boolean'],
      // Numbers that add up to the one read: WRITE and a rest.
      [{ isCall: 0, isWrite: 1, number: ADD_WORD - 2 }, 'a number only in calls of extensions'],
      [{ isCall: 0, isHalt: 1 }, 'a number only in calls of extensions'],
    ] as const) {
      assert.ok(unbalanced([['Ecall', row, changes]]).includes(expected), JSON.stringify(changes));
    }
  });

  it('has no receiver for the numbers of HALT, WRITE and COMMIT', () => {
    for (const [flag, number] of [
      ['isHalt', 0],
      ['isWrite', 2],
      ['isCommit', 0x10],
    ] as const) {
      const at = rowsWhere('Ecall', { [flag]: 1 })[0]!;
      const found = unbalanced([['Ecall', at, { [flag]: 0, isCall: 1, number }]]);
      assert.ok(found.includes('syscall'), found.join());
    }
  });

  it('takes no result that is no word', () => {
    // The third call returns 0x12345678.
    const third = rowsWhere('Ecall', { number: ADD_WORD })[2]!;
    const moved = { 'a0After[0]': 0x5678 + 0x10000, 'a0After[1]': 0x1233 };
    const both = { 'sum[0]': moved['a0After[0]'], 'sum[1]': moved['a0After[1]'] };
    assert.ok(
      unbalanced([
        ['Ecall', third, moved],
        ['AddWord', 2, both],
      ]).includes('range'),
    );
  });
});

describe('the proof', () => {
  let prover: CoreProver;
  let standard: CoreProver;
  before(async () => {
    prover = await CoreProver.create(CORE_S, machine);
    standard = await CoreProver.create(CORE_S);
  });
  after(() => Promise.all([prover.close(), standard.close()]));

  const rejected = (verify: () => void, what: string): void =>
    assert.throws(verify, (error) => error instanceof VerificationError || error instanceof ZkError, what);

  /** A key and a proof on a machine. */
  const prove = (by: CoreProver, of: World, main = of.main): { key: ProvingKey; proof: LayerProof } => {
    const key = by.key(of.preprocessed, of.keyFelts);
    return { key, proof: by.prove(main, key, of.publicValues) };
  };

  it('on the machine with the extension is accepted there, and there alone; it lifts', () => {
    prover.scope(() => {
      const { key, proof } = prove(prover, world);
      const { publicValues } = world;
      prover.verify(key, publicValues, proof);
      rejected(() => standard.verify(key, publicValues, proof), 'the standard machine');
      const changed = publicValues.map((value, i) => (i === 1 ? value + 1 : value));
      rejected(() => prover.verify(key, changed, proof), 'another exit code');

      const kind = spanKind(recursionTarget(SPAN_HEIGHTS), SPAN);
      const lift = kind.target;
      const lifting = liftProgram(kind, machine, CORE_S);
      const shard = { kind: 'core', key: key.key, publicValues, proof, control: undefined };
      const run = recordRun(lifting, [shard], lifting.blankNotes);
      const program = recordProgram(lifting);
      assert.equal(programDigest(run.program), programDigest(program));
      const other = recordProgram(liftProgram(kind, CORE.machine, CORE_S));
      assert.notEqual(programDigest(program), programDigest(other));
      const report = checkMachine({
        machine: lift.machine,
        trace: lift.trace(run),
        preprocessed: lift.preprocess(program),
        publicValues: run.publicValues,
        keyFelts: [],
        maxPerLabel: 3,
      });
      assert.ok(report.ok, formatReport(report));
      // Programs without calls of the extension prove on either machine, with the same tables in the key.
      const plain = assemble(haltSequence(3)).elf;
      const [here, there] = [worldOfElf(plain, [], VARIANT), worldOfElf(plain)];
      const [a, b] = [prove(prover, here), standard.scope(() => prove(standard, there))];
      assert.deepEqual({ ...a.key.key, machine: '' }, { ...b.key.key, machine: '' });
      prover.verify(a.key, here.publicValues, a.proof);
      standard.verify(b.key, there.publicValues, b.proof);
      rejected(() => standard.verify(a.key, here.publicValues, a.proof), 'a proof of the variant');
      rejected(() => prover.verify(b.key, there.publicValues, b.proof), 'a proof of the standard machine');
    });
  });

  it('of a dishonest result, argument or number is rejected', () => {
    const row = forgerOf(world).rowsWhere('Ecall', { number: ADD_WORD })[0]!;
    for (const [name, at, column, value] of [
      ['AddWord', 0, 'sum[0]', 1],
      ['AddWord', 0, 'a0[0]', 6],
      ['Ecall', row, 'number', 0xf0],
    ] as const) {
      prover.scope(() => {
        const main = world.main.map((trace, i) => {
          if (i !== chipIndex(name, machine)) return trace;
          const columns = trace.columns.map((cells) => cells.slice());
          columns[columnOf(name, column, machine)]![at] = value;
          return { ...trace, columns };
        });
        const { key, proof } = prove(prover, world, main);
        rejected(() => prover.verify(key, world.publicValues, proof), `${name}.${column}`);
      });
    }
  });
});
