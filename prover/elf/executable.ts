/**
 * The checked headers of a static RV32IM executable: ELF32, little endian. Sections and symbols are ignored.
 * Source: System V ABI, chapter 5, and the RISC-V ELF psABI for `e_flags`.
 */
import { hex } from '../vm/outcome.ts';
import { ElfError } from './errors.ts';
import { describeForeignFile, machineName } from './foreign-files.ts';
import {
  ET,
  HEADER_BYTES,
  isElf,
  PF_X,
  PROGRAM_HEADER_BYTES,
  PT,
  readHeader,
  readProgramHeaders,
  type Header,
  type ProgramHeader,
} from './header.ts';

const MACHINE_RISCV = 243;
/** `e_flags`: compressed instructions; floating-point numbers in registers; 16 registers. */
const EF = { RVC: 1, FLOAT_ABI: 6, RVE: 8 } as const;
/** What to do about a file of another kind. */
export const BUILD = 'build it with "zkvm build"';
/** The same for a file of another variant of the instruction set. */
export const REBUILD = `${BUILD}, or with -march=rv32im -mabi=ilp32`;

/** What is loaded: byte offset and size in the file, address and size in memory. */
export type Segment = {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly executable: boolean;
};

/** What the headers say. */
export type Executable = {
  readonly entry: number;
  /** By address; those that occupy no memory are left out. */
  readonly segments: readonly Segment[];
  readonly mayBeCompressed: boolean;
};

/**
 * Reads the header and the program headers. That segments lie apart and that the entry point is text is not checked here.
 *
 * Errors: ElfError, see its codes.
 */
export function readExecutable(bytes: Uint8Array): Executable {
  if (!isElf(bytes)) {
    throw new ElfError('ELF_NOT_ELF', `${describeForeignFile(bytes)}; a program is an ELF file: ${BUILD}`);
  }
  if (bytes.length < HEADER_BYTES) {
    throw new ElfError('ELF_TRUNCATED', `the file has ${bytes.length} bytes, its ELF header needs ${HEADER_BYTES}`);
  }
  const header = readHeader(bytes);
  checkIdentity(header);
  const { at, bytes: entryBytes, count } = header.programHeaders;
  if (count === 0) throw new ElfError('ELF_MALFORMED', `the file has no program headers, so nothing to load: ${BUILD}`);
  if (entryBytes !== PROGRAM_HEADER_BYTES) {
    throw new ElfError('ELF_MALFORMED', `program headers have ${entryBytes} bytes, expected ${PROGRAM_HEADER_BYTES}`);
  }
  if (at + count * entryBytes > bytes.length) {
    throw new ElfError('ELF_TRUNCATED', `the file ends within its ${count} program headers`);
  }
  const segments = readProgramHeaders(bytes, header)
    .map((programHeader) => segmentOf(programHeader, bytes.length))
    .filter((segment) => segment !== undefined)
    .sort((a, b) => a.address - b.address);
  return { entry: header.entry, segments, mayBeCompressed: (header.flags & EF.RVC) !== 0 };
}

function checkIdentity({ bits, order, machine, type, flags }: Header): void {
  if (bits < 1 || bits > 2 || order < 1 || order > 2) {
    throw new ElfError('ELF_MALFORMED', `the ELF header names class ${bits} and byte order ${order}, expected 1 and 1`);
  }
  const is = `the file is for ${machineName(machine)}`;
  if (order !== 1) throw new ElfError('ELF_BIG_ENDIAN', `${is}, big endian, and not for 32-bit RISC-V: ${BUILD}`);
  if (machine !== MACHINE_RISCV) throw new ElfError('ELF_MACHINE', `${is} and not for 32-bit RISC-V: ${BUILD}`);
  if (bits !== 1) throw new ElfError('ELF_64_BIT', `${is} of 64 bits (RV64), and this machine has 32: ${BUILD}`);
  if (type === ET.REL)
    throw new ElfError('ELF_NOT_EXECUTABLE', `the file is an object file, not a linked program: ${BUILD}`);
  if (type === ET.DYN) {
    const mend = `${BUILD}, or link it statically at fixed addresses (-static -no-pie)`;
    throw new ElfError('ELF_DYNAMIC', `the file is position independent or a shared library: ${mend}`);
  }
  if (type !== ET.EXEC) throw new ElfError('ELF_NOT_EXECUTABLE', `the file has type ${type}, expected 2 (executable)`);
  if ((flags & EF.FLOAT_ABI) !== 0)
    throw new ElfError('ELF_FLOAT', `the file passes floating-point numbers in registers: ${REBUILD}`);
  if ((flags & EF.RVE) !== 0) throw new ElfError('ELF_EMBEDDED', `the file is for 16 registers (RV32E): ${REBUILD}`);
}

function segmentOf(header: ProgramHeader, fileLength: number): Segment | undefined {
  const { type, offset, address, fileSize, memorySize, flags } = header;
  if (type === PT.DYNAMIC || type === PT.INTERP) {
    throw new ElfError('ELF_DYNAMIC', `the file is dynamically linked: ${BUILD}, or link it statically`);
  }
  if (type !== PT.LOAD) return undefined;
  if (fileSize > memorySize) {
    throw new ElfError('ELF_MALFORMED', `the segment at ${hex(address)} is larger in the file than in memory`);
  }
  if (offset + fileSize > fileLength) {
    throw new ElfError('ELF_TRUNCATED', `the file ends within the segment for ${hex(address)}`);
  }
  return memorySize === 0 ? undefined : { offset, address, fileSize, memorySize, executable: (flags & PF_X) !== 0 };
}
