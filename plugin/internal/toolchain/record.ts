/** `toolchain.json` beside the program folders: which compiler and linker made each program, from which sources, and how. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildChoice, Built, Tools } from './build.ts';
import { ToolchainError } from './errors.ts';
import { putFile } from '../files/atomic.ts';
import { languageOf } from './program-folders.ts';
import type { Sources } from './sources.ts';

/** What is known about the ELF file of a program. Records of older versions have only the tools. */
export type Recorded = Tools & {
  /** Absent when the program was built as its manifest says. */
  readonly choice?: BuildChoice;
  readonly sources?: Sources;
};

type Records = Readonly<Record<string, Recorded>>;

function fileIn(programs: string): string {
  return path.join(programs, 'toolchain.json');
}

/** What is recorded about a program. Errors: a ToolchainError when the file is malformed. */
export function recordedTools(programs: string, name: string): Recorded | undefined {
  return read(programs)[name];
}

/** What to record about a program that was built. */
export function recordOf({ tools, choice, sources }: Built): Recorded {
  return { ...tools, ...(choice === undefined ? {} : { choice }), sources };
}

/** Notes how a program was made, and forgets programs that are gone. */
export function recordTools(programs: string, name: string, recorded: Recorded): void {
  const kept = Object.entries(read(programs)).filter(
    ([other]) => other !== name && languageOf(path.join(programs, other)) !== undefined,
  );
  const entries = [...kept, [name, recorded] as const].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
  const file = fileIn(programs);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  putFile(file, (temporary) => writeFileSync(temporary, text));
}

function read(programs: string): Records {
  const file = fileIn(programs);
  if (!existsSync(file)) return {};
  try {
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(parsed).flatMap(([name, entry]) => {
        const recorded = asRecorded(entry);
        return recorded === undefined ? [] : [[name, recorded]];
      }),
    );
  } catch (error) {
    throw new ToolchainError(`${file} is not JSON: restore it from version control, or remove it`, error);
  }
}

function asRecorded(value: unknown): Recorded | undefined {
  const { compiler, linker, choice, sources } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof compiler !== 'string' || typeof linker !== 'string') return undefined;
  return {
    compiler,
    linker,
    ...(isChoice(choice) ? { choice } : {}),
    ...(isSources(sources) ? { sources } : {}),
  };
}

function isChoice(value: unknown): value is BuildChoice {
  if (typeof value !== 'object' || value === null) return false;
  const { features, noDefaultFeatures, bin } = value as Readonly<Record<string, unknown>>;
  const isList = Array.isArray(features) && features.every((feature) => typeof feature === 'string');
  const isFlag = noDefaultFeatures === undefined || typeof noDefaultFeatures === 'boolean';
  return (features === undefined || isList) && isFlag && (bin === undefined || typeof bin === 'string');
}

function isSources(value: unknown): value is Sources {
  return typeof value === 'object' && value !== null && Object.values(value).every((hash) => typeof hash === 'string');
}
