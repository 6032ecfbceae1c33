/** `toolchain.json` beside the program folders: which compiler and linker made each program. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Tools } from './build.ts';
import { ToolchainError } from './errors.ts';
import { languageOf } from './program-folders.ts';

type Recorded = Readonly<Record<string, Tools>>;

function fileIn(programs: string): string {
  return path.join(programs, 'toolchain.json');
}

/** The tools that made a program, if they are recorded. Errors: a ToolchainError when the file is malformed. */
export function recordedTools(programs: string, name: string): Tools | undefined {
  return read(programs)[name];
}

/** Notes the tools that made a program, and forgets programs that are gone. */
export function recordTools(programs: string, name: string, tools: Tools): void {
  const kept = Object.entries(read(programs)).filter(
    ([other]) => other !== name && languageOf(path.join(programs, other)) !== undefined,
  );
  const entries = [...kept, [name, tools] as const].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
  const file = fileIn(programs);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

function read(programs: string): Recorded {
  const file = fileIn(programs);
  if (!existsSync(file)) return {};
  try {
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(parsed).filter((entry): entry is [string, Tools] => isTools(entry[1])));
  } catch (error) {
    throw new ToolchainError(`${file} is not JSON: restore it from version control, or remove it`, error);
  }
}

function isTools(value: unknown): value is Tools {
  const { compiler, linker } = (value ?? {}) as { compiler?: unknown; linker?: unknown };
  return typeof compiler === 'string' && typeof linker === 'string';
}
