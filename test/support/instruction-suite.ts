/**
 * Every RV32IM instruction on edge operands, as data: an assembly fragment and the result it must give, computed here
 * with BigInt formulas that share nothing with the executor. The same cases run on every execution path and, in the
 * tests of the chips, through the row checker.
 *
 * A fragment may use x1..x30 and leaves its result in x12; `@` in it is replaced by the number of the case (for labels);
 * `buffer` is four words of data.
 */
import { assemble, type Assembled } from './asm.ts';
import { haltSequence } from './guest.ts';

export type SuiteCase = {
  readonly name: string;
  readonly mnemonic: string;
  readonly source: string;
  /** Value of x12 afterwards, 0 to 2^32 - 1. */
  readonly expected: number;
};

const MIN = -(2 ** 31);
const MAX = 2 ** 31 - 1;
/** Signs, overflows, limb and byte borders. */
const EDGES = [0, 1, 2, -1, -2, MAX, MIN, MIN + 1, 0xffff, 0x10000, 0x12345678 | 0];
const FEW = [0, 1, -1, MAX, MIN, 0xffff, 0x80ff7f01 | 0];
const IMMEDIATES = [0, 1, -1, 2047, -2048, 0x555];
const AMOUNTS = [0, 1, 7, 8, 15, 16, 23, 24, 31];

type Formula = (a: bigint, b: bigint) => bigint;

const unsigned = (x: bigint): bigint => BigInt.asUintN(32, x);
const word = (x: bigint): number => Number(unsigned(x));
const shiftAmount = (b: bigint): bigint => unsigned(b) % 32n;

/** Operands come in signed. */
const LOGIC: Readonly<Record<string, Formula>> = {
  add: (a, b) => a + b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  slt: (a, b) => (a < b ? 1n : 0n),
  sltu: (a, b) => (unsigned(a) < unsigned(b) ? 1n : 0n),
};
const SHIFTS: Readonly<Record<string, Formula>> = {
  sll: (a, b) => a << shiftAmount(b),
  srl: (a, b) => unsigned(a) >> shiftAmount(b),
  sra: (a, b) => a >> shiftAmount(b),
};
const MULTIPLY: Readonly<Record<string, Formula>> = {
  mul: (a, b) => a * b,
  mulh: (a, b) => (a * b) >> 32n,
  mulhsu: (a, b) => (a * unsigned(b)) >> 32n,
  mulhu: (a, b) => (unsigned(a) * unsigned(b)) >> 32n,
  div: (a, b) => (b === 0n ? -1n : a / b),
  divu: (a, b) => (b === 0n ? -1n : unsigned(a) / unsigned(b)),
  rem: (a, b) => (b === 0n ? a : a - (a / b) * b),
  remu: (a, b) => (b === 0n ? a : unsigned(a) % unsigned(b)),
};
const COMPARE: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  beq: (a, b) => a === b,
  bne: (a, b) => a !== b,
  blt: (a, b) => a < b,
  bge: (a, b) => a >= b,
  bltu: (a, b) => unsigned(a) < unsigned(b),
  bgeu: (a, b) => unsigned(a) >= unsigned(b),
};

const PATTERNS = [0x80ff7f01 | 0, 0x7f8001fe, 0, -1];
const LOADS: readonly (readonly [string, number, boolean])[] = [
  ['lb', 1, true],
  ['lbu', 1, false],
  ['lh', 2, true],
  ['lhu', 2, false],
  ['lw', 4, true],
];

/** All cases. */
export const INSTRUCTION_SUITE: readonly SuiteCase[] = [
  ...registerCases(),
  ...immediateCases(),
  ...branchCases(),
  ...upperCases(),
  ...jumpCases(),
  ...loadCases(),
  ...storeCases(),
  ...zeroDestinationCases(),
  ...sameRegisterCases(),
];

/** Every mnemonic of RV32IM that the suite covers. */
export const SUITE_MNEMONICS: readonly string[] = [...new Set(INSTRUCTION_SUITE.map((one) => one.mnemonic))];

/** One program of many cases: exit code 0, or 1 + the index of the first case whose result is wrong. */
export function suiteProgram(cases: readonly SuiteCase[]): Assembled {
  const body = cases.map(({ source, expected }, i) =>
    [
      `li x31, ${i + 1}`,
      source.replaceAll('@', String(i)),
      `li x28, ${expected | 0}`,
      `beq x12, x28, pass${i}\nj fail\npass${i}:`,
    ].join('\n'),
  );
  return assemble(`
    ${body.join('\n')}
    li x31, 0
  fail:
    ${haltSequence('x31')}
  .data
  buffer: .word 0, 0, 0, 0
  `);
}

function registerCases(): SuiteCase[] {
  const cases: SuiteCase[] = [];
  const pairs = (mnemonic: string, formula: Formula, left: readonly number[], right: readonly number[]): void => {
    for (const a of left) {
      for (const b of right) {
        cases.push({
          name: `${mnemonic} ${a}, ${b}`,
          mnemonic,
          source: `li x10, ${a}\nli x11, ${b}\n${mnemonic} x12, x10, x11`,
          expected: word(formula(BigInt(a), BigInt(b))),
        });
      }
    }
  };
  for (const [mnemonic, formula] of Object.entries(LOGIC)) pairs(mnemonic, formula, FEW, FEW);
  pairs('sub', (a, b) => a - b, FEW, FEW);
  for (const [mnemonic, formula] of Object.entries(SHIFTS))
    pairs(mnemonic, formula, FEW, [...AMOUNTS, 32, 33, -1, MIN]);
  for (const [mnemonic, formula] of Object.entries(MULTIPLY)) pairs(mnemonic, formula, EDGES, EDGES);
  return cases;
}

function immediateCases(): SuiteCase[] {
  const cases: SuiteCase[] = [];
  const all = (mnemonic: string, formula: Formula, immediates: readonly number[]): void => {
    for (const a of FEW) {
      for (const immediate of immediates) {
        cases.push({
          name: `${mnemonic} ${a}, ${immediate}`,
          mnemonic,
          source: `li x10, ${a}\n${mnemonic} x12, x10, ${immediate}`,
          expected: word(formula(BigInt(a), BigInt(immediate))),
        });
      }
    }
  };
  for (const [name, formula] of Object.entries(LOGIC)) {
    all(name === 'sltu' ? 'sltiu' : `${name}i`, formula, IMMEDIATES);
  }
  for (const [name, formula] of Object.entries(SHIFTS)) all(`${name}i`, formula, AMOUNTS);
  return cases;
}

function branchCases(): SuiteCase[] {
  const cases: SuiteCase[] = [];
  for (const [mnemonic, isTaken] of Object.entries(COMPARE)) {
    for (const a of FEW) {
      for (const b of FEW) {
        const lines = [`li x10, ${a}`, `li x11, ${b}`, 'li x12, 1', `${mnemonic} x10, x11, taken@`, 'li x12, 0'];
        cases.push({
          name: `${mnemonic} ${a}, ${b}`,
          mnemonic,
          source: `${lines.join('\n')}\ntaken@:`,
          expected: isTaken(BigInt(a), BigInt(b)) ? 1 : 0,
        });
      }
    }
    cases.push({
      name: `${mnemonic} backwards`,
      mnemonic,
      source: [
        'li x10, 3\nli x11, 3\nli x12, 0\nj start@',
        'back@: li x12, 1\nj end@',
        `start@: ${mnemonic} x10, x11, back@`,
        'end@:',
      ].join('\n'),
      expected: (COMPARE[mnemonic]?.(3n, 3n) ?? false) ? 1 : 0,
    });
  }
  return cases;
}

function upperCases(): SuiteCase[] {
  const lui = [0, 1, 0x7ffff, 0x80000, 0xfffff, 0x12345].map((value) => ({
    name: `lui ${value}`,
    mnemonic: 'lui',
    source: `lui x12, ${value}`,
    expected: word(BigInt(value) << 12n),
  }));
  // The distance to a label that `la` knows gives the expected value without knowing pc.
  const auipc = [0, 1, 0x7ffff, 0x80000, 0xfffff].map((value) => ({
    name: `auipc ${value}`,
    mnemonic: 'auipc',
    source: `here@: auipc x12, ${value}\nla x13, here@\nsub x12, x12, x13`,
    expected: word(BigInt(value) << 12n),
  }));
  return [...lui, ...auipc];
}

function jumpCases(): SuiteCase[] {
  const landing = 'li x12, 99\nland@:\nsub x12, x12, x13';
  return [
    {
      name: 'jal links',
      mnemonic: 'jal',
      source: `la x13, after@\njal x12, land@\nafter@:\n${landing}`,
      expected: 0,
    },
    {
      name: 'jal backwards',
      mnemonic: 'jal',
      source: 'li x12, 0\nj start@\nback@: addi x12, x12, 5\nj end@\nstart@: jal x14, back@\nend@:',
      expected: 5,
    },
    ...[0, 4, -4, 2044, -2048].map((offset) => ({
      name: `jalr offset ${offset}`,
      mnemonic: 'jalr',
      source: `la x14, land@\naddi x14, x14, ${Math.trunc(-offset / 2)}\naddi x14, x14, ${-offset - Math.trunc(-offset / 2)}\nla x13, after@\njalr x12, ${offset}(x14)\nafter@:\n${landing}`,
      expected: 0,
    })),
    {
      name: 'jalr clears bit 0',
      mnemonic: 'jalr',
      source: `la x14, land@\nla x13, after@\njalr x12, 1(x14)\nafter@:\n${landing}`,
      expected: 0,
    },
    {
      name: 'jalr with target and link in one register',
      mnemonic: 'jalr',
      source: `la x12, land@\nla x13, after@\njalr x12, 0(x12)\nafter@:\n${landing}`,
      expected: 0,
    },
  ];
}

function loadCases(): SuiteCase[] {
  const cases: SuiteCase[] = [];
  for (const [mnemonic, bytes, isSigned] of LOADS) {
    for (const pattern of PATTERNS) {
      for (let offset = 0; offset < 4; offset += bytes) {
        const raw = (unsigned(BigInt(pattern)) >> BigInt(8 * offset)) & (2n ** BigInt(8 * bytes) - 1n);
        const value = isSigned ? BigInt.asIntN(8 * bytes, raw) : raw;
        // The base points below the buffer in every second case, so that offsets of both signs occur.
        const base = pattern < 0 ? 64 : -64;
        cases.push({
          name: `${mnemonic} offset ${offset} of ${pattern}`,
          mnemonic,
          source: [
            `la x10, buffer\nli x11, ${pattern}\nsw x11, 4(x10)\naddi x10, x10, ${base}`,
            `${mnemonic} x12, ${4 + offset - base}(x10)`,
          ].join('\n'),
          expected: word(value),
        });
      }
    }
  }
  return cases;
}

function storeCases(): SuiteCase[] {
  const cases: SuiteCase[] = [];
  for (const [mnemonic, bytes] of [
    ['sb', 1],
    ['sh', 2],
    ['sw', 4],
  ] as const) {
    for (const before of [0, -1, 0x12345678]) {
      for (const stored of [0x80ff7f01 | 0, 0xa5]) {
        for (let offset = 0; offset < 4; offset += bytes) {
          const mask = (2n ** BigInt(8 * bytes) - 1n) << BigInt(8 * offset);
          const moved = (unsigned(BigInt(stored)) << BigInt(8 * offset)) & mask;
          cases.push({
            name: `${mnemonic} ${stored} at offset ${offset} of ${before}`,
            mnemonic,
            source: [
              `la x10, buffer\nli x11, ${before}\nsw x11, 8(x10)\nli x11, ${stored}`,
              `${mnemonic} x11, ${8 + offset}(x10)\nlw x12, 8(x10)`,
            ].join('\n'),
            expected: word((unsigned(BigInt(before)) & ~mask) | moved),
          });
        }
      }
    }
  }
  return cases;
}

/** x0 keeps 0 whatever writes to it, and the instruction still does everything else. */
function zeroDestinationCases(): SuiteCase[] {
  const setup = 'la x10, buffer\nli x11, 77\nsw x11, 0(x10)\nli x13, 5';
  const instructions: readonly (readonly [string, string])[] = [
    ...[...Object.keys(LOGIC), 'sub', ...Object.keys(SHIFTS), ...Object.keys(MULTIPLY)].map(
      (mnemonic) => [mnemonic, `${mnemonic} x0, x11, x13`] as const,
    ),
    ...['addi', 'andi', 'ori', 'xori', 'slti', 'sltiu', 'slli', 'srli', 'srai'].map(
      (mnemonic) => [mnemonic, `${mnemonic} x0, x11, 3`] as const,
    ),
    ...LOADS.map(([mnemonic]) => [mnemonic, `${mnemonic} x0, 0(x10)`] as const),
    ['lui', 'lui x0, 0x12345'],
    ['auipc', 'auipc x0, 1'],
    ['jal', 'jal x0, next@\nli x11, 78\nnext@:'],
    ['jalr', 'la x14, next@\njalr x0, 0(x14)\nli x11, 78\nnext@:'],
  ];
  const cases = instructions.map(([mnemonic, instruction]) => ({
    name: `${mnemonic} to x0`,
    mnemonic,
    source: `${setup}\n${instruction}\nadd x12, x0, x11`,
    expected: 77,
  }));
  const fence = { name: 'fence', mnemonic: 'fence', source: 'li x12, 4\nfence', expected: 4 };
  const nop = { name: 'nop', mnemonic: 'nop', source: 'li x12, 4\nnop', expected: 4 };
  return [...cases, fence, nop];
}

/** One register in every role: reads come before the write. */
function sameRegisterCases(): SuiteCase[] {
  const formulas = { ...LOGIC, sub: (a: bigint, b: bigint) => a - b, ...SHIFTS, ...MULTIPLY };
  const cases: SuiteCase[] = [];
  for (const [mnemonic, formula] of Object.entries(formulas)) {
    for (const a of [-7, 0x10003]) {
      const expected = word(formula(BigInt(a), BigInt(a)));
      const source = `li x12, ${a}\n${mnemonic} x12, x12, x12`;
      cases.push({ name: `${mnemonic} of ${a} with itself`, mnemonic, source, expected });
    }
  }
  cases.push({
    name: 'lw over its base register',
    mnemonic: 'lw',
    source: 'la x12, buffer\nli x11, 4321\nsw x11, 12(x12)\nlw x12, 12(x12)',
    expected: 4321,
  });
  return cases;
}
