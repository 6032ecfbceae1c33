/** Why a file is not a program, or its names cannot be read. */
import { ZkError } from '../core/errors.ts';

/** Why a file is not a program for this machine. */
export type ElfErrorCode =
  | 'ELF_NOT_ELF'
  | 'ELF_64_BIT'
  | 'ELF_BIG_ENDIAN'
  | 'ELF_MACHINE'
  | 'ELF_DYNAMIC'
  | 'ELF_NOT_EXECUTABLE'
  | 'ELF_COMPRESSED'
  | 'ELF_FLOAT'
  | 'ELF_EMBEDDED'
  | 'ELF_TRUNCATED'
  | 'ELF_MALFORMED'
  | 'ELF_OVERLAP'
  | 'ELF_ADDRESS'
  | 'ELF_TEXT_AT_ZERO'
  | 'ELF_TEXT_MISALIGNED'
  | 'ELF_ENTRY'
  | 'ELF_TOO_LARGE';

/** A file that `loadProgram` refuses. */
export class ElfError extends ZkError {
  declare readonly code: ElfErrorCode;

  constructor(code: ElfErrorCode, message: string) {
    super(code, message);
  }
}

/** Why there are no names in a file. */
export type SymbolsErrorCode = 'SYMBOLS_NOT_ELF' | 'SYMBOLS_TRUNCATED' | 'SYMBOLS_TOO_MANY' | 'SYMBOLS_MALFORMED';

/** A symbol table or a symbols file that cannot be read. */
export class SymbolsError extends ZkError {
  declare readonly code: SymbolsErrorCode;

  constructor(code: SymbolsErrorCode, message: string) {
    super(code, message);
  }
}
