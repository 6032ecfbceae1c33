/** The chips that every machine has. */
import { FAMILIES, type Family } from '../../vm/isa/operations.ts';
import { ADD_IMM } from './chips/add-imm/air.ts';
import { fillAddImm } from './chips/add-imm/trace.ts';
import { ADD_SUB } from './chips/add-sub/air.ts';
import { fillAddSub } from './chips/add-sub/trace.ts';
import { BITWISE } from './chips/bitwise/air.ts';
import { fillBitwise } from './chips/bitwise/trace.ts';
import { BOUNDARY } from './chips/boundary/air.ts';
import { fillBoundary } from './chips/boundary/trace.ts';
import { BRANCH } from './chips/branch/air.ts';
import { fillBranch } from './chips/branch/trace.ts';
import { BYTE } from './chips/byte/air.ts';
import { fillByte } from './chips/byte/trace.ts';
import { DIV_REM } from './chips/div-rem/air.ts';
import { fillDivRem } from './chips/div-rem/trace.ts';
import { ECALL } from './chips/ecall/air.ts';
import { fillEcall } from './chips/ecall/trace.ts';
import { JALR } from './chips/jalr/air.ts';
import { fillJalr } from './chips/jalr/trace.ts';
import { LESS_THAN } from './chips/less-than/air.ts';
import { fillLessThan } from './chips/less-than/trace.ts';
import { LOAD_NARROW } from './chips/load-narrow/air.ts';
import { fillLoadNarrow } from './chips/load-narrow/trace.ts';
import { LOAD_WORD } from './chips/load-word/air.ts';
import { fillLoadWord } from './chips/load-word/trace.ts';
import { MERKLE_CHIP } from './chips/merkle/air.ts';
import { fillMerkle } from './chips/merkle/trace.ts';
import { MUL } from './chips/mul/air.ts';
import { fillMul } from './chips/mul/trace.ts';
import { POSEIDON2 } from './chips/poseidon2/air.ts';
import { compressionsOf } from './chips/poseidon2/compressions.ts';
import { fillPoseidon2 } from './chips/poseidon2/trace.ts';
import { ROM } from './chips/rom/air.ts';
import { fillRom, preprocessRom } from './chips/rom/trace.ts';
import { SHIFT } from './chips/shift/air.ts';
import { fillShift } from './chips/shift/trace.ts';
import { STORE_NARROW } from './chips/store-narrow/air.ts';
import { fillStoreNarrow } from './chips/store-narrow/trace.ts';
import { STORE_WORD } from './chips/store-word/air.ts';
import { fillStoreWord } from './chips/store-word/trace.ts';
import { VAR_RANGE } from './chips/var-range/air.ts';
import { fillVarRange } from './chips/var-range/trace.ts';
import { instructionChip, type ChipModule } from './module.ts';

const BY_FAMILY: Readonly<Record<Family, ChipModule>> = {
  AddImm: instructionChip('AddImm', ADD_IMM, fillAddImm),
  AddSub: instructionChip('AddSub', ADD_SUB, fillAddSub),
  Bitwise: instructionChip('Bitwise', BITWISE, fillBitwise),
  Shift: instructionChip('Shift', SHIFT, fillShift),
  LessThan: instructionChip('LessThan', LESS_THAN, fillLessThan),
  Branch: instructionChip('Branch', BRANCH, fillBranch),
  Jalr: instructionChip('Jalr', JALR, fillJalr),
  LoadWord: instructionChip('LoadWord', LOAD_WORD, fillLoadWord),
  StoreWord: instructionChip('StoreWord', STORE_WORD, fillStoreWord),
  LoadNarrow: instructionChip('LoadNarrow', LOAD_NARROW, fillLoadNarrow),
  StoreNarrow: instructionChip('StoreNarrow', STORE_NARROW, fillStoreNarrow),
  Mul: instructionChip('Mul', MUL, fillMul),
  DivRem: instructionChip('DivRem', DIV_REM, fillDivRem),
  Ecall: instructionChip('Ecall', ECALL, fillEcall),
};

/** One chip per instruction family. */
export const INSTRUCTION_CHIPS: readonly ChipModule[] = FAMILIES.map((family) => BY_FAMILY[family]);

/** Both ends of memory's history in a shard, and the tree that binds them to the roots. */
const MEMORY_CHIPS: readonly ChipModule[] = [
  {
    definition: BOUNDARY,
    fill: ({ quads }) => fillBoundary(quads),
    rows: ({ quads }) => quads.rows,
    counts: [{ of: 'quads', each: 1 }],
  },
  {
    definition: MERKLE_CHIP,
    fill: ({ nodes }) => fillMerkle(nodes),
    rows: ({ nodes }) => nodes.rows,
    counts: [{ of: 'nodes', each: 1 }],
  },
  {
    definition: POSEIDON2,
    fill: (record) => fillPoseidon2(compressionsOf(record)),
    rows: (record) => compressionsOf(record).rows,
    counts: [{ of: 'permutations', each: 1 }],
  },
];

/** What chips look up. They are filled last, when all lookups have been counted. */
const TABLES: readonly ChipModule[] = [
  {
    definition: ROM,
    preprocess: ({ rom }) => preprocessRom(rom),
    fill: (_record, { program, lookups }) => fillRom(program.rom, lookups.rom),
    rows: (_record, { rom }) => rom.rows,
    counts: [],
  },
  { definition: VAR_RANGE, fill: (_record, { lookups }) => fillVarRange(lookups), rows: () => 2 ** 16, counts: [] },
  { definition: BYTE, fill: (_record, { lookups }) => fillByte(lookups), rows: () => 2 ** 16, counts: [] },
];

/** The chips of a machine in its order: instructions, those of extensions, memory, tables. */
export function chipsWith(extensions: readonly ChipModule[]): readonly ChipModule[] {
  return [...INSTRUCTION_CHIPS, ...extensions, ...MEMORY_CHIPS, ...TABLES];
}
