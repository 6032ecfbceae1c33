/**
 * Random RV32IM programs that end: straight code with forward branches and jumps inside a loop of few rounds, on all
 * registers but x30 (loop counter) and x31 (middle of a 4 KiB buffer). At the end the registers are stored into the buffer
 * and the whole buffer is written to stdout, either by this machine's system calls or by those of Linux.
 */
import { assemble } from './asm.ts';
import { haltSequence } from './guest.ts';
import { Random } from './random.ts';

export const BUFFER_BYTES = 4096;
const DATA_ADDRESS = 0x00400000;
/** Offset from x31 where registers are stored; random stores stay below. */
const DUMP_OFFSET = 1536;

const REGISTER_OPS =
  'add sub sll slt sltu xor srl sra or and mul mulh mulhsu mulhu div divu rem remu div rem mulh mulhsu'.split(' ');
const IMMEDIATE_OPS = 'addi slti sltiu xori ori andi'.split(' ');
const SHIFT_OPS = ['slli', 'srli', 'srai'];
const BRANCHES = ['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu'];
const LOADS: readonly (readonly [string, number])[] = [
  ['lb', 1],
  ['lbu', 1],
  ['lh', 2],
  ['lhu', 2],
  ['lw', 4],
];
const STORES: readonly (readonly [string, number])[] = [
  ['sb', 1],
  ['sh', 2],
  ['sw', 4],
];
const EDGES = [0, 1, 2, -1, -2, 2 ** 31 - 1, -(2 ** 31), 0xffff, 0x10000, -0x10000, 255, 0x8000];

/** ELF of the program number `seed`, for this machine or for Linux. Text before the ending is the same in both. */
export function randomProgram(seed: number, length: number, system: 'zkvm' | 'linux'): Uint8Array {
  const random = new Random(seed);
  const lines: string[] = ['_start:', `li x31, ${DATA_ADDRESS + BUFFER_BYTES / 2}`, `li x30, ${1 + random.below(4)}`];
  for (let register = 1; register < 30; register++) lines.push(`li x${register}, ${operand(random)}`);
  lines.push('round:');
  for (let i = 0; i < length; i++) lines.push(`l${i}:`, instruction(random, i, length));
  lines.push(`l${length}:`, 'addi x30, x30, -1', 'beqz x30, done', 'j round', 'done:');
  for (let register = 0; register < 31; register++) lines.push(`sw x${register}, ${DUMP_OFFSET + 4 * register}(x31)`);
  lines.push(system === 'zkvm' ? ending() : linuxEnding());
  const words = Array.from({ length: BUFFER_BYTES / 4 }, () => random.u32());
  const source = `${lines.join('\n')}\n.data\nbuffer: .word ${words.join(', ')}`;
  return assemble(source, { dataAddress: DATA_ADDRESS, pageSize: 4096 }).elf;
}

function ending(): string {
  return `li t0, 2\nli a0, 1\nli a1, ${DATA_ADDRESS}\nli a2, ${BUFFER_BYTES}\necall\n${haltSequence(0)}`;
}

function linuxEnding(): string {
  const write = `li a7, 64\nli a0, 1\nli a1, ${DATA_ADDRESS}\nli a2, ${BUFFER_BYTES}\necall`;
  return `${write}\nli a7, 93\nli a0, 0\necall`;
}

function operand(random: Random): number {
  return random.below(2) === 0 ? (EDGES[random.below(EDGES.length)] ?? 0) : random.u32() | 0;
}

function pick<T>(random: Random, list: readonly T[]): T {
  const one = list[random.below(list.length)];
  if (one === undefined) throw new RangeError('"list" expected an element, got none');
  return one;
}

function instruction(random: Random, index: number, length: number): string {
  const rd = `x${random.below(30)}`;
  const a = `x${random.below(30)}`;
  const b = `x${random.below(30)}`;
  const later = `l${Math.min(length, index + 1 + random.below(6))}`;
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return `${pick(random, REGISTER_OPS)} ${rd}, ${a}, ${b}`;
    case 5:
    case 6:
      return `${pick(random, IMMEDIATE_OPS)} ${rd}, ${a}, ${random.below(4096) - 2048}`;
    case 7:
      return `${pick(random, SHIFT_OPS)} ${rd}, ${a}, ${random.below(32)}`;
    case 8: {
      const [name, bytes] = pick(random, LOADS);
      return `${name} ${rd}, ${address(random, bytes)}(x31)`;
    }
    case 9: {
      const [name, bytes] = pick(random, STORES);
      return `${name} ${a}, ${address(random, bytes)}(x31)`;
    }
    case 10:
      return `${pick(random, BRANCHES)} ${a}, ${b}, ${later}`;
    case 11:
      return random.below(2) === 0 ? `jal ${rd}, ${later}` : `la x5, ${later}\njalr ${rd}, ${random.below(2)}(x5)`;
    case 12:
      return `${pick(random, ['lui', 'auipc'])} ${rd}, ${random.below(2 ** 20)}`;
    default:
      return `li ${rd === 'x0' ? 'x1' : rd}, ${operand(random)}`;
  }
}

/** A multiple of `bytes` between the start of the buffer and the register dump. */
function address(random: Random, bytes: number): number {
  return random.below((2048 + DUMP_OFFSET) / bytes) * bytes - 2048;
}
