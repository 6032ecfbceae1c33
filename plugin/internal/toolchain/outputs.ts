/** The files of a built program beside its source: `<name>.elf`, `<name>.elf.sha256`, `<name>.symbols`. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryName } from '../files/atomic.ts';
import { ifThere } from '../files/read.ts';
import { sha256Hex } from '../sha256.ts';
import type { Built, Tools } from './build.ts';

type Output = { readonly file: string; readonly data: Uint8Array };

function outputsOf(folder: string, { name, elf, symbols }: Built): Output[] {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  return [
    { file: path.join(folder, `${name}.elf`), data: elf },
    { file: path.join(folder, `${name}.elf.sha256`), data: text(`${sha256Hex(elf)}  ${name}.elf\n`) },
    { file: path.join(folder, `${name}.symbols`), data: text(symbols) },
  ];
}

/**
 * Writes the files of a program, each either complete or not at all; those that would not change are left alone. All are
 * written under temporary names before the first gets its own, so a full disk or Ctrl-C leaves the old ones together.
 */
export async function writeOutputs(folder: string, built: Built): Promise<void> {
  const waiting: { temporary: string; file: string }[] = [];
  try {
    for (const { file, data } of outputsOf(folder, built)) {
      if ((await ifThere(readFile(file)))?.equals(data) === true) continue;
      const temporary = temporaryName(file);
      waiting.push({ temporary, file });
      await writeFile(temporary, data, { flag: 'wx' });
    }
    for (const { temporary, file } of waiting) await rename(temporary, file);
  } catch (error) {
    await Promise.all(waiting.map(({ temporary }) => rm(temporary, { force: true })));
    throw error;
  }
}

/**
 * Compares what was built with the files beside the source. `recorded` are the tools that made those, where known.
 *
 * Returns undefined when all are equal, else one sentence without a full stop that says what differs and why.
 */
export async function differenceOf(
  folder: string,
  built: Built,
  recorded: Tools | undefined,
): Promise<string | undefined> {
  const { name, elf, tools } = built;
  for (const { file, data } of outputsOf(folder, built)) {
    const committed = await ifThere(readFile(file));
    if (committed === undefined) return `${name}: there is no ${path.basename(file)}, so nothing to compare with`;
    if (committed.equals(data)) continue;
    if (!file.endsWith('.elf')) return `${name}: ${path.basename(file)} is not that of ${name}.elf: build again`;
    const hashes = `${name}.elf has sha256 ${sha256Hex(committed)}, the source gives ${sha256Hex(elf)}`;
    return `${name}: ${hashes}; ${reason(tools, recorded)}`;
  }
  return undefined;
}

/** Compiler and linker that are not those of the record, each as `"recorded", this is "present"`. */
export function otherTools(tools: Tools, recorded: Tools): string[] {
  const pairs = [
    [recorded.compiler, tools.compiler],
    [recorded.linker, tools.linker],
  ] as const;
  return pairs.filter(([then, now]) => then !== now).map(([then, now]) => `"${then}", this is "${now}"`);
}

function reason(tools: Tools, recorded: Tools | undefined): string {
  if (recorded === undefined) return 'which compiler made it is not recorded in toolchain.json';
  const others = otherTools(tools, recorded);
  if (others.length > 0) return `it was made by ${others.join(', and by ')}`;
  return 'compiler and linker are those that made it, so the source, a dependency or a flag changed: build again';
}
