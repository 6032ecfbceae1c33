/** The committed guest programs and their inputs, for all benchmarks. */
import { readFileSync } from 'node:fs';
import type { Program } from '../../prover/index.ts';
import { loadProgram } from '../../prover/elf/load.ts';

export function guest(name: string): Program {
  return loadProgram(readFileSync(new URL(`../../programs/${name}/${name}.elf`, import.meta.url)));
}

/** An input item of four bytes, little-endian. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** The inputs of a guest whose only input, where it has one, is a number. */
export function inputOf(n: string | undefined): Uint8Array[] {
  return n === undefined ? [] : [u32(Number(n))];
}
