/** Where the names of a program's functions come from. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FunctionSymbol, ProverModule } from '../../../prover/index.ts';
import { pluginError } from '../errors.ts';
import type { ProgramFile } from '../../types.ts';

/**
 * The functions of a program: from `<name>.symbols` beside its ELF, else from the ELF's own symbol table; none when the
 * ELF was stripped and has no such file. Errors: a plugin error when the file is there but cannot be read.
 */
export async function findSymbols(
  { path: elfPath, elf }: ProgramFile,
  { parseSymbols, symbolsOfElf }: Pick<ProverModule, 'parseSymbols' | 'symbolsOfElf'>,
): Promise<FunctionSymbol[]> {
  const file = path.join(path.dirname(elfPath), `${path.basename(elfPath, '.elf')}.symbols`);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    return ownSymbols(elf, symbolsOfElf);
  }
  try {
    return parseSymbols(text);
  } catch (error) {
    throw pluginError(`${file}: ${(error as Error).message}; build the program again, or remove the file.`, error);
  }
}

/** A malformed symbol table is as good as none: names are a convenience, and the program itself was accepted. */
function ownSymbols(elf: Uint8Array, symbolsOfElf: ProverModule['symbolsOfElf']): FunctionSymbol[] {
  try {
    return symbolsOfElf(elf);
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === 'string') return [];
    throw error;
  }
}
