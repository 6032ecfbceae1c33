/** The committed guest programs and their inputs. */
import { readFileSync } from 'node:fs';
import { loadProgram, type Program } from '../../prover/index.ts';

export function guest(name: 'add' | 'fibonacci' | 'bare' | 'selftest'): Program {
  return loadProgram(readFileSync(new URL(`../../programs/${name}/${name}.elf`, import.meta.url)));
}

/** An input item of four bytes, little-endian. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** The input of `selftest`: what it is to do. */
export function mode(name: string): Uint8Array {
  return new TextEncoder().encode(name);
}
