/** The RV32IM machine: its chips in fixed order, the verifier's own bus terms, trace filling and key material. */
import { recordChip, type ChipDefinition } from '../../air/chip.ts';
import type { BoundaryTerm, ChipTrace, Machine, MachineTrace, PreprocessedTraces } from '../../air/machine.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import { FAMILIES, type Family } from '../../vm/isa/operations.ts';
import type { Program } from '../../vm/program.ts';
import type { ExecutionRecord } from '../../vm/execution-record.ts';
import { ADD_IMM } from './chips/add-imm/air.ts';
import { fillAddImm } from './chips/add-imm/trace.ts';
import { ADD_SUB } from './chips/add-sub/air.ts';
import { fillAddSub } from './chips/add-sub/trace.ts';
import { BITWISE } from './chips/bitwise/air.ts';
import { fillBitwise } from './chips/bitwise/trace.ts';
import { BRANCH } from './chips/branch/air.ts';
import { fillBranch } from './chips/branch/trace.ts';
import { COMMIT, EXECUTION, HALT, SORT } from './buses.ts';
import { BYTE } from './chips/byte/air.ts';
import { fillByte } from './chips/byte/trace.ts';
import { DIV_REM } from './chips/div-rem/air.ts';
import { fillDivRem } from './chips/div-rem/trace.ts';
import { ECALL } from './chips/ecall/air.ts';
import { fillEcall } from './chips/ecall/trace.ts';
import { HINT_WRITE } from '../extensions/hints/air.ts';
import { fillHintWrite } from '../extensions/hints/trace.ts';
import { IMAGE } from './chips/image/air.ts';
import { fillImage, preprocessImage, zeroRange } from './chips/image/trace.ts';
import { JALR } from './chips/jalr/air.ts';
import { fillJalr } from './chips/jalr/trace.ts';
import { LOAD_SUB } from './chips/load-narrow/air.ts';
import { fillLoadSub } from './chips/load-narrow/trace.ts';
import { LOAD_WORD } from './chips/load-word/air.ts';
import { fillLoadWord } from './chips/load-word/trace.ts';
import { LT } from './chips/less-than/air.ts';
import { fillLt } from './chips/less-than/trace.ts';
import { MUL } from './chips/mul/air.ts';
import { fillMul } from './chips/mul/trace.ts';
import { ROM } from './chips/rom/air.ts';
import { fillRom, preprocessRom } from './chips/rom/trace.ts';
import { Lookups, type FillChip } from './shared/fill.ts';
import { SHIFT } from './chips/shift/air.ts';
import { fillShift } from './chips/shift/trace.ts';
import { STORE_SUB } from './chips/store-narrow/air.ts';
import { fillStoreSub } from './chips/store-narrow/trace.ts';
import { STORE_WORD } from './chips/store-word/air.ts';
import { fillStoreWord } from './chips/store-word/trace.ts';
import { VAR_RANGE } from './chips/var-range/air.ts';
import { fillVarRange } from './chips/var-range/trace.ts';
import { ZERO_INIT } from './chips/zero-init/air.ts';
import { fillZeroInit } from './chips/zero-init/trace.ts';

const INSTRUCTION_CHIPS: Readonly<Record<Family, { readonly chip: ChipDefinition; readonly fill: FillChip }>> = {
  AddImm: { chip: ADD_IMM, fill: fillAddImm },
  AddSub: { chip: ADD_SUB, fill: fillAddSub },
  Bitwise: { chip: BITWISE, fill: fillBitwise },
  Shift: { chip: SHIFT, fill: fillShift },
  Lt: { chip: LT, fill: fillLt },
  Branch: { chip: BRANCH, fill: fillBranch },
  Jalr: { chip: JALR, fill: fillJalr },
  LoadW: { chip: LOAD_WORD, fill: fillLoadWord },
  StoreW: { chip: STORE_WORD, fill: fillStoreWord },
  LoadSub: { chip: LOAD_SUB, fill: fillLoadSub },
  StoreSub: { chip: STORE_SUB, fill: fillStoreSub },
  Mul: { chip: MUL, fill: fillMul },
  DivRem: { chip: DIV_REM, fill: fillDivRem },
  Ecall: { chip: ECALL, fill: fillEcall },
};

/** Every chip of the machine, in its order: instruction families, then tables and memory boundary. */
export const CORE_CHIPS: readonly ChipDefinition[] = [
  ...FAMILIES.map((family) => INSTRUCTION_CHIPS[family].chip),
  HINT_WRITE,
  ROM,
  VAR_RANGE,
  BYTE,
  IMAGE,
  ZERO_INIT,
];

/** Elements of the public-value vector: end time, exit code, and eight words of the committed digest, as limbs. */
export const PUBLIC_VALUE_NAMES: readonly string[] = [
  'end time',
  'exit code lo',
  'exit code hi',
  ...Array.from({ length: 8 }, (_, i) => [`digest word ${i} lo`, `digest word ${i} hi`]).flat(),
];

/** Felts of the verifying key: the entry pc, and the word addresses between which memory starts as zero. */
export const KEY_FELT_NAMES: readonly string[] = ['entry pc', 'zero start', 'zero end'];

/** Bits of the end time; every time of a proof is below 2^24. */
const TIME_BITS = 24;

/**
 * The verifier's own terms. Execution starts at (entry, 4) and ends at (0, end time); the sort chain goes from the
 * start of the zero range to its end; each of the eight digest words is committed once; the program halts once.
 */
function boundary<W extends Wires>(
  on: Backend<W>,
  publicValues: readonly W['felt'][],
  keyFelts: readonly W['felt'][],
): BoundaryTerm<W>[] {
  const [endTime, exitLow, exitHigh, ...digest] = publicValues as [W['felt'], W['felt'], W['felt'], ...W['felt'][]];
  const [entry, zeroStart, zeroEnd] = keyFelts as [W['felt'], W['felt'], W['felt']];
  const one = on.feltConst(1);
  // Soundness: order checks are over the integers only because every time is below 2^24.
  const timeBits = on.feltBits(endTime, TIME_BITS, 'end time is below 2^24');
  for (const i of [0, 1]) {
    on.assertFeltEqual(on.bitAsFelt(timeBits[i] as W['bit']), on.feltConst(0), 'end time is a multiple of 4');
  }
  return [
    { bus: EXECUTION, sign: 1, multiplicity: one, message: [entry, on.feltConst(4)] },
    { bus: EXECUTION, sign: -1, multiplicity: one, message: [on.feltConst(0), endTime] },
    { bus: SORT, sign: 1, multiplicity: one, message: [zeroStart] },
    { bus: SORT, sign: -1, multiplicity: one, message: [zeroEnd] },
    ...Array.from({ length: 8 }, (_, i): BoundaryTerm<W> => {
      const word = digest.slice(2 * i, 2 * i + 2);
      return { bus: COMMIT, sign: -1, multiplicity: one, message: [on.feltConst(i), ...word] };
    }),
    { bus: HALT, sign: -1, multiplicity: one, message: [exitLow, exitHigh] },
  ];
}

/** Records the chips and returns the machine that both prover and verifier use. */
export function coreMachine(): Machine {
  return {
    name: 'rv32im',
    chips: CORE_CHIPS.map((definition) => recordChip(definition)),
    publicValueCount: PUBLIC_VALUE_NAMES.length,
    publicValueNames: PUBLIC_VALUE_NAMES,
    keyFeltNames: KEY_FELT_NAMES,
    boundary,
  };
}

/** The public-value vector of an execution, in the order of PUBLIC_VALUE_NAMES. */
export function publicValuesOf(record: ExecutionRecord): number[] {
  const words = [record.exitCode, ...record.committedDigest];
  return [4 * (record.cycles + 1), ...words.flatMap((word) => [word & 0xffff, word >>> 16])];
}

/**
 * Fills the main trace of every chip. Errors: ZkError TRACE for a record that cannot be proved (a cell accessed that
 * neither image nor ZeroInit supplies, a misaligned access, a time of 2^24 or more).
 */
export function fillTrace(program: Program, record: ExecutionRecord): { main: MachineTrace; publicValues: number[] } {
  const lookups = new Lookups(program.rom.rows);
  const context = { program, lookups };
  const instructions: ChipTrace[] = FAMILIES.map((family) =>
    INSTRUCTION_CHIPS[family].fill(record.families[family], context),
  );
  const hints = fillHintWrite(record.hints, record.families.Ecall, lookups);
  const zeroInit = fillZeroInit(record.zeroFinal, program.image, lookups);
  const main = [
    ...instructions,
    hints,
    fillRom(program.rom, lookups.rom),
    // After all lookups have been counted.
    fillVarRange(lookups),
    fillByte(lookups),
    fillImage(program.image, record.imageFinal),
    zeroInit,
  ];
  return { main, publicValues: publicValuesOf(record) };
}

/** The preprocessed columns of every chip: Rom and Image. Errors: ZkError PROGRAM for a malformed program. */
export function preprocessedTraces(program: Program): PreprocessedTraces {
  return CORE_CHIPS.map(({ name }) => {
    if (name === ROM.name) return preprocessRom(program.rom);
    if (name === IMAGE.name) return preprocessImage(program.image);
    return [];
  });
}

/** The felts of the verifying key, in the order of KEY_FELT_NAMES. Errors: ZkError PROGRAM for a bad zero range. */
export function keyFelts(program: Program): number[] {
  return [program.entry, ...zeroRange(program.image)];
}
