/** Programs of the chip tests, and everything that comes of one: record, traces, public values, the checker's report. */
import { checkMachine, type CheckReport } from '../../../prover/air/checker.ts';
import type { Machine, MachineTrace, PreprocessedTraces } from '../../../prover/air/machine.ts';
import type { CoreMachine } from '../../../prover/machines/rv32im/machine.ts';
import { standardMachine } from '../../../prover/machines/standard.ts';
import { loadProgram } from '../../../prover/elf/load.ts';
import type { Program } from '../../../prover/vm/program.ts';
import { runRecorded } from '../../../prover/vm/run/record.ts';
import type { ExecutionRecord } from '../../../prover/vm/execution-record.ts';
import { assemble } from '../../support/asm.ts';
import { haltSequence } from '../../support/guest.ts';

/** The standard machine. */
export const CORE: CoreMachine = standardMachine();
export const MACHINE: Machine = CORE.machine;

export type World = {
  readonly core: CoreMachine;
  readonly program: Program;
  readonly record: ExecutionRecord;
  readonly main: MachineTrace;
  readonly preprocessed: PreprocessedTraces;
  readonly publicValues: readonly number[];
  readonly keyFelts: readonly number[];
};

/** Executes assembly that halts, and fills its trace. `source` must not contain the final HALT sequence. */
export function worldOf(source: string, input: readonly Uint8Array[] = [], exitCode = 0, core = CORE): World {
  const [text = '', data = ''] = source.split('.data');
  return worldOfElf(assemble(`${text}\n${haltSequence(exitCode)}\n.data\n${data}`).elf, input, core);
}

/** Executes an ELF that halts, and fills its trace. */
export function worldOfElf(elf: Uint8Array, input: readonly Uint8Array[] = [], core = CORE): World {
  const program = loadProgram(elf);
  const { record, outcome } = runRecorded(program, input, core.syscalls, 200_000);
  if (record === undefined) throw new Error(`the program did not halt: ${JSON.stringify(outcome)}`);
  return worldOfRecord(program, record, core);
}

/** Fills the trace of a record. */
export function worldOfRecord(program: Program, record: ExecutionRecord, core = CORE): World {
  const { main, publicValues } = core.fill(program, record);
  return {
    core,
    program,
    record,
    main,
    preprocessed: core.preprocess(program),
    publicValues,
    keyFelts: core.keyFelts(program),
  };
}

/** Runs the labelled checker on a whole world, `main` replaced where given. */
export function check(world: World, main: MachineTrace = world.main): CheckReport {
  const { preprocessed, publicValues, keyFelts } = world;
  const { machine } = world.core;
  return checkMachine({ machine, trace: main, preprocessed, publicValues, keyFelts, maxPerLabel: 3 });
}

/** Corner values of operands. */
export const CORNERS = [0, 1, -1, 2, -2, 0x7fffffff, -0x80000000, 0x12345678, -0xffff, 0x8765, 37] as const;

const REGISTER_OPERATIONS = [
  ...['add', 'sub', 'and', 'or', 'xor', 'sll', 'srl', 'sra', 'slt', 'sltu'],
  ...['mul', 'mulh', 'mulhsu', 'mulhu', 'div', 'divu', 'rem', 'remu'],
];
const BRANCHES = ['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu'];

/**
 * A program with every operation, every form and every system call, on all pairs of `values`; rows of every flag in every
 * chip. Its input is `EVERYTHING_INPUT`.
 */
export function everything(values: readonly number[]): string {
  const lines = ['_start:'];
  for (const b of values) {
    for (const c of values) {
      lines.push(`li x6, ${b}`, `li x7, ${c}`);
      lines.push(...REGISTER_OPERATIONS.map((name) => `${name} x8, x6, x7`));
      for (const name of BRANCHES) {
        const label = `L${lines.length}`;
        lines.push(`${name} x6, x7, ${label}`, 'nop', `${label}:`);
      }
      const immediate = Math.max(-2048, Math.min(2047, c));
      lines.push(
        ...['addi', 'andi', 'ori', 'xori', 'slti', 'sltiu'].map((name) => `${name} x9, x6, ${immediate}`),
        ...['slli', 'srli', 'srai'].map((name) => `${name} x9, x6, ${c & 31}`),
      );
    }
  }
  lines.push('la x10, buffer');
  for (const value of values) {
    lines.push(`li x6, ${value}`, 'sw x6, 0(x10)', 'lw x7, 0(x10)', 'lw x0, 0(x10)', 'lb x0, 1(x10)');
    for (const at of [0, 1, 2, 3]) {
      lines.push(`lb x7, ${at}(x10)`, `lbu x7, ${at}(x10)`, `sb x6, ${at}(x10)`, 'lw x8, 0(x10)');
    }
    for (const at of [0, 2]) {
      lines.push(`lh x7, ${at}(x10)`, `lhu x7, ${at}(x10)`, `sh x6, ${at}(x10)`, 'lw x8, 0(x10)');
    }
  }
  lines.push(
    ...['li t0, 0xf0', 'ecall', 'mv a1, a0', 'li t0, 0xf1', 'la a0, buffer', 'ecall'],
    ...['li t0, 0xf0', 'ecall', 'mv a1, a0', 'li a0, 0x8000000', 'li t0, 0xf1', 'ecall'],
    ...['li t0, 2', 'li a0, 1', 'la a1, buffer', 'li a2, 3', 'ecall'],
    ...['li x10, 0x2000000', 'sw x9, 16(x10)', 'lbu x9, 19(x10)', 'lw x9, 1024(x10)'],
    ...['lui x3, 5', 'auipc x3, 9', 'fence', 'add x0, x3, x3', 'jal x1, F', 'jal x2, G'],
    ...['F: jalr x0, 0(x1)', 'G: jalr x1, x2, 13', 'nop', 'nop'],
  );
  return `${lines.join('\n')}\n.data\nbuffer: .zero 16\n.word 1, 2, 3`;
}

export const EVERYTHING_INPUT: readonly Uint8Array[] = [Uint8Array.of(1, 2, 3, 4, 250, 6, 7, 255), new Uint8Array()];
