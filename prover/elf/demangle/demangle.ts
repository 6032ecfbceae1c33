/** Turns the names of compiled functions into those of the source. C names stay as they are. */
import { demangleLegacy } from './legacy.ts';
import { demangleV0, Malformed } from './v0.ts';

/** LLVM renames what it moves between modules. */
const MOVED = /\.llvm\.[0-9A-F@]+$/;
/** Parts that the compiler split off keep such an ending. */
const ENDING = /^(?:\.[\x21-\x7e]*)?$/;

/** The readable form of a Rust symbol without hashes, or the symbol itself when it is none. */
export function demangle(symbol: string): string {
  const moved = symbol.replace(MOVED, '');
  if (!/^[\x21-\x7e]+$/.test(moved)) return symbol;
  try {
    const found = demangleLegacy(moved) ?? demangleV0(moved);
    return found !== undefined && ENDING.test(found.rest) ? found.name + found.rest : symbol;
  } catch (error) {
    if (error instanceof Malformed) return symbol;
    throw error;
  }
}
