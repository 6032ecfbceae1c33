/** The key of a program: what its digest says of the machine, and what setup refuses to make a key of. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Machine } from '../../../prover/air/machine.ts';
import { HINT_LEN, HINT_READ } from '../../../prover/machines/extensions/hints/air.ts';
import { HINTS } from '../../../prover/machines/extensions/hints/index.ts';
import { VERSION_CALLS } from '../../../prover/machines/rv32im/interface.ts';
import { coreMachine } from '../../../prover/machines/rv32im/machine.ts';
import { interfaceDigest, machineDigest } from '../../../prover/stark/digest.ts';
import type { VerifyingKey } from '../../../prover/stark/key.ts';
import { CORE_L, CORE_M, CORE_M_BIG, CORE_S } from '../../../prover/stark/layers.ts';
import { coreKeyDigest } from '../../../prover/system/program-key.ts';
import { MemoryTree } from '../../../prover/vm/memory-tree.ts';
import { IMMEDIATE, OPERATIONS, SYSCALLS, familyOf } from '../../../prover/vm/isa/operations.ts';
import type { Program, Rom } from '../../../prover/vm/program.ts';
import { toyMachine } from '../../support/toy-machine.ts';
import { TOY } from '../extensions/toy.ts';
import { chipIndex } from './oracle.ts';
import { CORE, EVERYTHING_INPUT, MACHINE, everything, worldOf } from './world.ts';

type Json = string | number | readonly Json[] | { readonly [name: string]: Json };

/** Every value that differs from `value` in one leaf, with the path to it. */
function withOneChange(value: Json, path = ''): [path: string, changed: Json][] {
  if (typeof value === 'string') return [[path, `${value}'`]];
  if (typeof value === 'number') return [[path, value + 1]];
  const entries = Object.entries(value);
  return entries.flatMap(([name, part]) =>
    withOneChange(part as Json, `${path}/${name}`).map(([at, changed]): [string, Json] => {
      if (Array.isArray(value)) return [at, value.map((other: Json, i) => (String(i) === name ? changed : other))];
      return [at, { ...(value as { readonly [name: string]: Json }), [name]: changed }];
    }),
  );
}

const KEY_INTERFACE = MACHINE.keyInterface as { readonly [name: string]: Json };
const withInterface = (keyInterface: unknown): Machine => ({ ...MACHINE, keyInterface });

describe('the interface digest', () => {
  it('says all that gives a key its meaning', () => {
    assert.deepEqual(Object.keys(KEY_INTERFACE).sort(), [
      ...['addresses', 'callRegisters', 'calls', 'chain', 'endPc', 'keyFelts', 'operations'],
      ...['places', 'preprocessed', 'state', 'tree', 'version'],
    ]);
    assert.deepEqual(KEY_INTERFACE['preprocessed'], [
      [
        'Rom',
        ['pc', 'operation', 'rd', 'rs1', 'rs2', 'immediate[0]', 'immediate[1]', 'extra'].map((name) => [name, 'felt']),
      ],
    ]);
    assert.deepEqual(VERSION_CALLS, { ...SYSCALLS, HINT_LEN, HINT_READ });
    assert.deepEqual(KEY_INTERFACE['keyFelts'], CORE.machine.keyFeltNames);
  });

  it('changes with each of these things', () => {
    const changes = withOneChange(KEY_INTERFACE);
    assert.ok(changes.length > 80, String(changes.length));
    const digests = new Map([['', String(interfaceDigest(MACHINE))]]);
    for (const [path, changed] of changes) digests.set(path, String(interfaceDigest(withInterface(changed))));
    assert.equal(new Set(digests.values()).size, changes.length + 1);
    // Order counts as well: of columns, and of chips.
    const [[name, columns]] = KEY_INTERFACE['preprocessed'] as unknown as [[string, Json[]]];
    const reversed = { ...KEY_INTERFACE, preprocessed: [[name, columns.toReversed()]] };
    assert.notDeepEqual(interfaceDigest(withInterface(reversed)), interfaceDigest(MACHINE));
  });

  it('does not change with extensions, of which the digest of the machine does', () => {
    const machines = [CORE, coreMachine([]), coreMachine([TOY]), coreMachine([TOY, HINTS]), coreMachine([HINTS, TOY])];
    const digests = machines.map(({ machine }) => String(interfaceDigest(machine)));
    assert.equal(new Set(digests).size, 1);
    assert.equal(new Set(machines.map(({ machine }) => String(machineDigest(machine)))).size, machines.length);
  });

  it('is that of the whole machine where a machine has no interface', () => {
    const toy = toyMachine();
    assert.deepEqual(interfaceDigest(toy), machineDigest(toy));
  });
});

describe('the digest of a key', () => {
  const key: VerifyingKey = {
    machine: MACHINE.name,
    root: [1, 2, 3, 4, 5, 6, 7, 8],
    logHeights: [4],
    positions: [0],
    felts: [4096, 1, 2, 3, 4, 5, 6, 7, 8],
  };

  it('is the same on every tier of its shape and on every machine of the interface, and another on others', () => {
    const digest = (core: typeof CORE, tier: typeof CORE_S): string =>
      String(coreKeyDigest({ core, tier }, { ...key, machine: core.machine.name }));
    const expected = digest(CORE, CORE_S);
    assert.equal(digest(CORE, CORE_M), expected);
    assert.equal(digest(CORE, CORE_L), expected);
    assert.equal(digest(coreMachine([HINTS, TOY]), CORE_M), expected);
    assert.notEqual(digest(CORE, CORE_M_BIG), expected);
    // A key of another interface digest.
    const other = withInterface({ ...KEY_INTERFACE, version: 2 });
    assert.notEqual(digest({ ...CORE, machine: other }, CORE_S), expected);
  });
});

describe('setup', () => {
  const { program } = worldOf(everything([1, -5]), EVERYTHING_INPUT);
  const refuses = (changed: Program, message: RegExp): void => {
    assert.throws(() => [CORE.preprocess(changed), CORE.keyFelts(changed)], { code: 'PROGRAM', message });
  };
  /** The program with one cell of its text changed. */
  const withCell = (name: Exclude<keyof Rom, 'rows'>, row: number, value: number): Program => {
    const column = program.rom[name].slice();
    column[row] = value;
    return { ...program, rom: { ...program.rom, [name]: column } };
  };
  const rowOf = (operation: number): number => {
    const row = program.rom.operation.indexOf(operation);
    assert.notEqual(row, -1, `operation ${operation}`);
    return row;
  };

  it('takes the entry and the initial root', () => {
    assert.deepEqual(CORE.keyFelts(program), [program.entry, ...MemoryTree.of(program.image).root()]);
  });

  it('refuses an entry that is not the pc of an instruction, 1 among them', () => {
    const { pc, rows } = program.rom;
    const end = pc[rows - 1] ?? 0;
    for (const entry of [1, 0, 4, program.entry + 1, program.entry + 2, end + 4, 2 ** 30, 2 ** 31]) {
      refuses({ ...program, entry }, /entry at 0x[0-9a-f]+: there is no instruction/);
    }
  });

  it('refuses text at 0 or 1, misaligned, out of order or above memory', () => {
    for (const pc of [0, 1, 2, 3]) refuses(withCell('pc', 0, pc), /text/);
    refuses(withCell('pc', 1, program.rom.pc[0] ?? 0), /ascending/);
    refuses(withCell('pc', program.rom.rows - 1, 2 ** 30), /below 2\^30/);
  });

  it('refuses registers outside the 32, in every operation', () => {
    const operations = Object.values(OPERATIONS).flatMap((code) => [code, code + IMMEDIATE]);
    const present = operations.filter((code) => familyOf(code) !== undefined && program.rom.operation.includes(code));
    assert.ok(present.length > 40);
    for (const code of present) {
      for (const name of ['rd', 'rs1', 'rs2'] as const) {
        for (const register of [32, 64, 255]) refuses(withCell(name, rowOf(code), register), /register above 31/);
      }
    }
  });

  it('refuses to write x0, and writes that are neither done nor left', () => {
    for (const code of [OPERATIONS.ADD, OPERATIONS.ADD_IMM, OPERATIONS.LW, OPERATIONS.JALR, OPERATIONS.MUL]) {
      const row = program.rom.operation.findIndex((other, i) => other === code && program.rom.write[i] === 1);
      refuses(withCell('rd', row, 0), /writes register 0/);
      refuses(withCell('write', row, 2), /writes register 0/);
    }
    for (const code of [OPERATIONS.SW, OPERATIONS.BEQ, OPERATIONS.ECALL]) {
      refuses(withCell('write', rowOf(code), 1), /writes (a register|register 0)/);
    }
  });

  it('refuses a link that is not the next address, or that has no room', () => {
    const row = rowOf(OPERATIONS.JALR);
    refuses(withCell('extra', row, (program.rom.extra[row] ?? 0) + 4), /link is not the next address/);
    const last = 2 ** 30 - 4;
    const rom: Rom = {
      rows: 1,
      pc: Uint32Array.of(last),
      operation: Uint8Array.of(OPERATIONS.JALR),
      rd: Uint8Array.of(1),
      rs1: Uint8Array.of(1),
      rs2: Uint8Array.of(0),
      write: Uint8Array.of(1),
      immediate: Uint32Array.of(0),
      extra: Uint32Array.of(last + 4),
    };
    refuses({ ...program, entry: last, rom }, /no room for its link/);
    const before = { ...rom, pc: Uint32Array.of(last - 4), extra: Uint32Array.of(last) };
    assert.doesNotThrow(() => CORE.preprocess({ ...program, rom: before }));
  });

  it('has every register in Rom as an address, and operation and write in one felt', () => {
    const columns = CORE.preprocess(program)[chipIndex('Rom')] ?? [];
    assert.equal(columns.length, 8);
    const [, operation = [], rd = [], rs1 = []] = columns;
    const row = rowOf(OPERATIONS.ADD);
    const REGISTERS = 2 ** 29 - 64;
    assert.equal(operation[row], OPERATIONS.ADD + 256);
    assert.equal(rd[row], REGISTERS + (program.rom.rd[row] ?? 0));
    assert.equal(rs1[row], REGISTERS + (program.rom.rs1[row] ?? 0));
    assert.equal(operation[rowOf(OPERATIONS.SW)], OPERATIONS.SW);
    assert.equal(rd[rowOf(OPERATIONS.SW)], 0);
  });
});
