/**
 * A small RV32IM assembler, so that tests read as assembly.
 *
 * One instruction, label (`name:`) or directive a line; `#` and `;` start comments. Registers by number (`x5`) or ABI
 * name. Directives: `.text .data .word .half .byte .ascii .asciz .zero .align .equ name, value`. Pseudo instructions:
 * the usual ones (`li la mv not neg seqz snez sltz sgtz beqz bnez blez bgez bltz bgtz bgt ble bgtu bleu j jr call tail
 * ret nop`). Operands are numbers, symbols, `symbol+number`, `%hi(symbol)`, `%lo(symbol)`. `.word` in text gives raw
 * instruction words. `.data` follows the text unless `dataAddress` says otherwise.
 */
import { buildElf, type ElfSegment } from './elf-builder.ts';

export type AssembleOptions = {
  readonly textAddress?: number;
  /** Defaults to the end of the text rounded up to 16 bytes. */
  readonly dataAddress?: number;
  /** Label of the entry point; default `_start` if defined, else the start of the text. */
  readonly entry?: string;
  /** A segment without file bytes at the bottom, which makes the memory between it and the text start as zero. */
  readonly stack?: { readonly bottom: number; readonly bytes: number };
  /** See ElfOptions; needed for files that Linux or an emulator of it loads. */
  readonly pageSize?: number;
};

export type Assembled = {
  readonly elf: Uint8Array;
  readonly symbols: ReadonlyMap<string, number>;
  readonly textAddress: number;
  readonly words: Uint32Array;
};

const DEFAULT_TEXT = 0x00200000;

const ABI = [
  ...['zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5'],
  ...['a6', 'a7', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6'],
];

/** funct3 and funct7 of register-register instructions. */
const REGISTER_OPS: Readonly<Record<string, readonly [number, number]>> = {
  ...{ add: [0, 0], sub: [0, 0x20], sll: [1, 0], slt: [2, 0], sltu: [3, 0], xor: [4, 0], srl: [5, 0] },
  ...{ sra: [5, 0x20], or: [6, 0], and: [7, 0], mul: [0, 1], mulh: [1, 1], mulhsu: [2, 1], mulhu: [3, 1] },
  ...{ div: [4, 1], divu: [5, 1], rem: [6, 1], remu: [7, 1] },
};
const IMMEDIATE_OPS: Readonly<Record<string, number>> = { addi: 0, slti: 2, sltiu: 3, xori: 4, ori: 6, andi: 7 };
const SHIFT_OPS: Readonly<Record<string, readonly [number, number]>> = { slli: [1, 0], srli: [5, 0], srai: [5, 0x20] };
const LOADS: Readonly<Record<string, number>> = { lb: 0, lh: 1, lw: 2, lbu: 4, lhu: 5 };
const STORES: Readonly<Record<string, number>> = { sb: 0, sh: 1, sw: 2 };
const BRANCHES: Readonly<Record<string, number>> = { beq: 0, bne: 1, blt: 4, bge: 5, bltu: 6, bgeu: 7 };
const SWAPPED_BRANCHES: Readonly<Record<string, string>> = { bgt: 'blt', ble: 'bge', bgtu: 'bltu', bleu: 'bgeu' };
/** Compare with zero: real branch, and whether the register comes first. */
const ZERO_BRANCHES: Readonly<Record<string, readonly [string, boolean]>> = {
  ...{ beqz: ['beq', true], bnez: ['bne', true], bltz: ['blt', true], bgez: ['bge', true] },
  ...{ blez: ['bge', false], bgtz: ['blt', false] },
};

/** Assembles `source`; throws an Error naming the line on any mistake. */
export function assemble(source: string, options: AssembleOptions = {}): Assembled {
  const textAddress = options.textAddress ?? DEFAULT_TEXT;
  const lines = parse(source);
  const symbols = new Map<string, number>();
  // Pass 1 measures with the data section at its final place only after the text is measured, hence two layouts.
  const textSize = layout(lines, symbols, textAddress, 0).text;
  const dataAddress = options.dataAddress ?? (textAddress + textSize + 15) & ~15;
  layout(lines, symbols, textAddress, dataAddress);
  const text = new Writer(textAddress);
  const data = new Writer(dataAddress);
  for (const line of lines) {
    const out = line.section === 'text' ? text : data;
    try {
      emit(line, out, symbols);
    } catch (error) {
      throw new Error(`line ${line.number}: ${line.name} ${line.operands.join(', ')}: ${(error as Error).message}`);
    }
  }
  const segments: ElfSegment[] = [{ address: textAddress, bytes: text.bytes(), flags: 5 }];
  if (options.stack !== undefined) {
    const { bottom: address, bytes: memorySize } = options.stack;
    segments.unshift({ address, bytes: new Uint8Array(), memorySize, flags: 6 });
  }
  if (data.size > 0) segments.push({ address: dataAddress, bytes: data.bytes(), flags: 6 });
  const entry = symbols.get(options.entry ?? '_start') ?? textAddress;
  return {
    elf: buildElf({ entry, segments, pageSize: options.pageSize ?? 1 }),
    symbols,
    textAddress,
    words: text.words(),
  };
}

type Line = {
  readonly number: number;
  readonly section: 'text' | 'data';
  readonly name: string;
  readonly operands: readonly string[];
};

function parse(source: string): Line[] {
  const lines: Line[] = [];
  let section: 'text' | 'data' = 'text';
  for (const [i, raw] of source.split('\n').entries()) {
    let rest = raw.replace(/(?:#|;|\/\/).*$/, (comment) => (raw.includes('"') ? comment : '')).trim();
    for (;;) {
      const label = /^([A-Za-z_.$][\w.$]*):\s*/.exec(rest);
      if (label === null) break;
      lines.push({ number: i + 1, section, name: 'label', operands: [label[1] ?? ''] });
      rest = rest.slice(label[0].length);
    }
    if (rest === '') continue;
    const match = /^(\S+)\s*(.*)$/.exec(rest);
    const name = match?.[1] ?? '';
    const tail = match?.[2] ?? '';
    if (name === '.text' || name === '.data') {
      section = name === '.text' ? 'text' : 'data';
      continue;
    }
    const operands = tail === '' ? [] : tail.startsWith('"') ? [tail] : tail.split(',').map((part) => part.trim());
    lines.push({ number: i + 1, section, name, operands });
  }
  return lines;
}

function layout(lines: readonly Line[], symbols: Map<string, number>, text: number, data: number): { text: number } {
  const at = { text, data };
  for (const line of lines) {
    if (line.name === 'label') symbols.set(line.operands[0] ?? '', at[line.section]);
    else if (line.name === '.equ') symbols.set(line.operands[0] ?? '', evaluate(line.operands[1] ?? '', symbols));
    else at[line.section] += sizeOf(line, at[line.section], symbols);
  }
  return { text: at.text - text };
}

function sizeOf({ name, operands }: Line, at: number, symbols: ReadonlyMap<string, number>): number {
  switch (name) {
    case '.word':
      return 4 * operands.length;
    case '.half':
      return 2 * operands.length;
    case '.byte':
      return operands.length;
    case '.ascii':
    case '.asciz':
      return text(operands).length + (name === '.asciz' ? 1 : 0);
    case '.zero':
      return evaluate(operands[0] ?? '', symbols);
    case '.align':
      return (1 << Number(operands[0])) - 1 - ((at - 1) & ((1 << Number(operands[0])) - 1));
    case '.global':
    case '.globl':
      return 0;
    case 'la':
    case 'call':
    case 'tail':
      return 8;
    case 'li':
      return liWords(evaluate(operands[1] ?? '', symbols)) * 4;
    default:
      return 4;
  }
}

function liWords(value: number): number {
  const signed = value | 0;
  return (signed >= -2048 && signed < 2048) || (signed & 0xfff) === 0 ? 1 : 2;
}

function text(operands: readonly string[]): Uint8Array {
  return new TextEncoder().encode(JSON.parse(operands.join(', ')) as string);
}

class Writer {
  readonly #base: number;
  #bytes: number[] = [];

  constructor(base: number) {
    this.#base = base;
  }
  get at(): number {
    return this.#base + this.#bytes.length;
  }
  get size(): number {
    return this.#bytes.length;
  }
  byte(value: number): void {
    this.#bytes.push(value & 255);
  }
  half(value: number): void {
    this.byte(value);
    this.byte(value >> 8);
  }
  word(value: number): void {
    this.half(value);
    this.half(value >> 16);
  }
  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
  words(): Uint32Array {
    const view = new DataView(this.bytes().buffer);
    return Uint32Array.from({ length: view.byteLength >>> 2 }, (_, i) => view.getUint32(4 * i, true));
  }
}

function emit(line: Line, out: Writer, symbols: ReadonlyMap<string, number>): void {
  const { name, operands } = line;
  const value = (i: number): number => evaluate(operands[i] ?? '', symbols);
  switch (name) {
    case 'label':
    case '.equ':
    case '.global':
    case '.globl':
      return;
    case '.word':
      return operands.forEach((_, i) => out.word(value(i)));
    case '.half':
      return operands.forEach((_, i) => out.half(value(i)));
    case '.byte':
      return operands.forEach((_, i) => out.byte(value(i)));
    case '.ascii':
    case '.asciz': {
      for (const byte of text(operands)) out.byte(byte);
      if (name === '.asciz') out.byte(0);
      return;
    }
    case '.zero':
    case '.align': {
      for (let count = sizeOf(line, out.at, symbols); count > 0; count--) out.byte(0);
      return;
    }
    default:
      for (const word of encode(name, operands, out.at, symbols)) out.word(word);
  }
}

/** Encodes one instruction (pseudo instructions may give two words). */
function encode(name: string, operands: readonly string[], pc: number, symbols: ReadonlyMap<string, number>): number[] {
  const value = (i: number): number => evaluate(operands[i] ?? '', symbols);
  const reg = (i: number): number => register(operands[i] ?? '');
  const again = (other: string, ...list: string[]): number[] => encode(other, list, pc, symbols);
  const [first = '', second = '', third = ''] = operands;

  const registerOp = REGISTER_OPS[name];
  if (registerOp !== undefined) {
    return [encodeR(0x33, reg(0), registerOp[0], reg(1), reg(2), registerOp[1])];
  }
  const immediateOp = IMMEDIATE_OPS[name];
  if (immediateOp !== undefined) return [encodeI(0x13, reg(0), immediateOp, reg(1), value(2))];
  const shift = SHIFT_OPS[name];
  if (shift !== undefined) {
    check(value(2) >= 0 && value(2) < 32, 'shift amount out of range');
    return [encodeR(0x13, reg(0), shift[0], reg(1), value(2), shift[1])];
  }
  const load = LOADS[name];
  if (load !== undefined) {
    const { base, offset } = memoryOperand(second, symbols);
    return [encodeI(0x03, reg(0), load, base, offset)];
  }
  const store = STORES[name];
  if (store !== undefined) {
    const { base, offset } = memoryOperand(second, symbols);
    return [encodeS(store, base, reg(0), offset)];
  }
  const branch = BRANCHES[name];
  if (branch !== undefined) return [encodeB(branch, reg(0), reg(1), value(2) - pc)];
  const swapped = SWAPPED_BRANCHES[name];
  if (swapped !== undefined) return again(swapped, second, first, third);
  const zero = ZERO_BRANCHES[name];
  if (zero !== undefined) return again(zero[0], ...(zero[1] ? [first, 'x0'] : ['x0', first]), second);

  switch (name) {
    case 'lui':
      return [((value(1) << 12) | (reg(0) << 7) | 0x37) >>> 0];
    case 'auipc':
      return [((value(1) << 12) | (reg(0) << 7) | 0x17) >>> 0];
    case 'jal':
      return operands.length === 1 ? again('jal', 'ra', first) : [encodeJ(reg(0), value(1) - pc)];
    case 'jalr': {
      if (operands.length === 1) return again('jalr', 'ra', `0(${first})`);
      const { base, offset } = memoryOperand(operands.length === 3 ? `${third}(${second})` : second, symbols);
      return [encodeI(0x67, reg(0), 0, base, offset)];
    }
    case 'ecall':
      return [0x73];
    case 'ebreak':
      return [0x100073];
    case 'fence':
      return [0x0ff0000f];
    case 'nop':
      return [0x13];
    case 'mv':
      return again('addi', first, second, '0');
    case 'not':
      return again('xori', first, second, '-1');
    case 'neg':
      return again('sub', first, 'x0', second);
    case 'seqz':
      return again('sltiu', first, second, '1');
    case 'snez':
      return again('sltu', first, 'x0', second);
    case 'sltz':
      return again('slt', first, second, 'x0');
    case 'sgtz':
      return again('slt', first, 'x0', second);
    case 'j':
      return again('jal', 'x0', first);
    case 'jr':
      return again('jalr', 'x0', `0(${first})`);
    case 'ret':
      return again('jalr', 'x0', '0(ra)');
    case 'li':
      return loadImmediate(reg(0), value(1));
    case 'la': {
      const address = value(1);
      return [(hi(address) << 12) | (reg(0) << 7) | 0x37, encodeI(0x13, reg(0), 0, reg(0), lo(address))];
    }
    case 'call':
    case 'tail': {
      const offset = value(0) - pc;
      const scratch = name === 'call' ? 1 : 6;
      const link = name === 'call' ? 1 : 0;
      return [(hi(offset) << 12) | (scratch << 7) | 0x17, encodeI(0x67, link, 0, scratch, lo(offset))];
    }
    default:
      throw new Error('unknown instruction');
  }
}

function loadImmediate(rd: number, value: number): number[] {
  const signed = value | 0;
  if (signed >= -2048 && signed < 2048) return [encodeI(0x13, rd, 0, 0, signed)];
  const upper = ((hi(signed) << 12) | (rd << 7) | 0x37) >>> 0;
  return lo(signed) === 0 ? [upper] : [upper, encodeI(0x13, rd, 0, rd, lo(signed))];
}

/** Upper 20 bits such that (hi << 12) + lo = value with lo sign-extended. */
function hi(value: number): number {
  return ((value + 0x800) >>> 12) & 0xfffff;
}
function lo(value: number): number {
  return (value << 20) >> 20;
}

function memoryOperand(source: string, symbols: ReadonlyMap<string, number>): { base: number; offset: number } {
  const match = /^(.*)\((\w+)\)$/.exec(source);
  if (match === null) throw new Error(`expected offset(register), got "${source}"`);
  const offset = match[1] === '' ? 0 : evaluate(match[1] ?? '', symbols);
  return { base: register(match[2] ?? ''), offset };
}

function register(name: string): number {
  const number = /^x(\d+)$/.exec(name)?.[1];
  const index = number === undefined ? (name === 'fp' ? 8 : ABI.indexOf(name)) : Number(number);
  check(index >= 0 && index < 32, `unknown register "${name}"`);
  return index;
}

function evaluate(source: string, symbols: ReadonlyMap<string, number>): number {
  const relocation = /^%(hi|lo)\((.+)\)$/.exec(source);
  if (relocation !== null) {
    const value = evaluate(relocation[2] ?? '', symbols);
    return relocation[1] === 'hi' ? hi(value) : lo(value);
  }
  const sum = /^([A-Za-z_.$][\w.$]*)([+-]\w+)$/.exec(source);
  if (sum !== null) return evaluate(sum[1] ?? '', symbols) + Number(sum[2]);
  if (/^[-+]?(0x[0-9a-f]+|0b[01]+|\d+)$/i.test(source)) {
    return source.startsWith('-') ? -Number(source.slice(1)) : Number(source);
  }
  const value = symbols.get(source);
  if (value === undefined) throw new Error(`undefined symbol "${source}"`);
  return value;
}

function encodeR(opcode: number, rd: number, funct3: number, rs1: number, rs2: number, funct7: number): number {
  return ((funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;
}

function encodeI(opcode: number, rd: number, funct3: number, rs1: number, immediate: number): number {
  check(immediate >= -2048 && immediate < 2048, `immediate ${immediate} out of range`);
  return ((immediate << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;
}

function encodeS(funct3: number, base: number, source: number, offset: number): number {
  check(offset >= -2048 && offset < 2048, `offset ${offset} out of range`);
  return encodeR(0x23, offset & 31, funct3, base, source, (offset >> 5) & 0x7f);
}

/** Offsets that are even but no multiple of 4 are encoded: tests need misaligned targets. */
function encodeB(funct3: number, rs1: number, rs2: number, offset: number): number {
  check(offset >= -4096 && offset < 4096 && offset % 2 === 0, `branch offset ${offset} out of range`);
  const low = (offset & 0x1e) | ((offset >> 11) & 1);
  const high = ((offset >> 5) & 0x3f) | (((offset >> 12) & 1) << 6);
  return encodeR(0x63, low, funct3, rs1, rs2, high);
}

function encodeJ(rd: number, offset: number): number {
  check(offset >= -(2 ** 20) && offset < 2 ** 20 && offset % 2 === 0, `jump offset ${offset} out of range`);
  const bits =
    (((offset >> 20) & 1) << 31) |
    (((offset >> 1) & 0x3ff) << 21) |
    (((offset >> 11) & 1) << 20) |
    (((offset >> 12) & 0xff) << 12);
  return (bits | (rd << 7) | 0x6f) >>> 0;
}

function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
