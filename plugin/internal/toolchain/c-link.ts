/** Links C programs, and says in one sentence why one does not link. */
import { spawnSync } from 'node:child_process';
import { flavorFlags, machineFlags } from './c-compiler.ts';
import type { CCompiler } from './c-compiler.ts';
import { ToolchainError } from './errors.ts';

/**
 * Links objects, then libraries of which only what is needed is taken, with a linker script. Where that fails, the linker's
 * messages go to stderr. Errors: a ToolchainError of one sentence.
 */
export function linkC(
  compiler: CCompiler,
  objects: readonly string[],
  libraries: readonly string[],
  script: string,
  elf: string,
): void {
  // Statics that are too large are refused with a sentence of ours (memory-room.ts).
  const options = ['-n', '--no-check-sections', '--gc-sections', '--build-id=none', '-T', script];
  const inputs = [...objects, '--start-group', ...libraries, '--end-group'];
  const args =
    compiler.kind === 'clang'
      ? [...flavorFlags(compiler.linker), '-static', ...options, ...inputs, '-o', elf]
      : [
          ...machineFlags(compiler.kind),
          ...['-nostdlib', '-static', '-no-pie'],
          ...[...options, ...inputs].map((option) => (option.startsWith('-') ? `-Wl,${option}` : option)),
          ...['-o', elf],
        ];
  const { status, stderr, error } = spawnSync(compiler.linker, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error !== undefined) throw new ToolchainError(`the linker ${compiler.linker} cannot be run`, error);
  if (status !== 0) {
    process.stderr.write(stderr);
    throw new ToolchainError(linkError(stderr));
  }
}

/** Most functions that a sentence names. */
const MOST_NAMES = 5;

/** Why linking failed, in one sentence, from what either linker printed. */
export function linkError(messages: string): string {
  const missing = missingSymbols(messages);
  if (missing.includes('main')) return 'no file under src/ defines main';
  if (missing.length > 0) return missingSentence(missing);
  const twice = /(?:duplicate symbol: |multiple definition of [`'"])([\w.$]+)/.exec(messages)?.[1];
  if (twice !== undefined) return `the program defines ${twice} twice: remove or rename one of the definitions`;
  if (/will not fit in region|out of range|overlaps/.test(messages)) {
    return "the program is too large to link: see the linker's messages above";
  }
  return "the program does not link: see the linker's messages above";
}

/** The names of all undefined symbols in a linker's messages, each once, in their order. */
export function missingSymbols(messages: string): string[] {
  const found = messages.matchAll(/undefined (?:hidden )?(?:symbol: |reference to [`'"])([\w.$]+)/g);
  return [...new Set(Array.from(found, ([, name]) => name!))];
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^__bid_|^__dpd_/, 'decimal floating point is not there'],
  [/^__(?:\w*[hx]f\w*|\w*ti\d?)$/, 'numbers of this format are not there'],
  [/^(?:time|clock|gettimeofday|clock_gettime|localtime|gmtime|mktime|sleep|usleep)$/, 'there is no time in a proof'],
  [
    /^(?:f?open|fdopen|f?close|f?read|fgets|fgetc|getc|fseek|ftell|l?seek|access|fcntl|remove|rename|unlink|stat|mmap|ioctl)$/,
    'there are no files',
  ],
  [/^(?:stdin|getchar|sc?anf|v?f?scanf)$/, 'input comes in items, by zkvm_read'],
  [/^pthread_|^thrd_|^mtx_|^sem_/, 'there is one thread'],
  [/^(?:socket|connect|send|recv|bind|listen|accept)$/, 'there is no network'],
  [/^(?:fork|exec\w*|system|kill|signal|sigaction|raise|popen)$/, 'there is one process, without signals'],
  [
    /^(?:a?(?:sin|cos|tan)h?|atan2|exp[2m]?1?|log(?:2|10|1p)?|pow|cbrt|hypot|erfc?|[lt]gamma|fma)[fl]?$/,
    'of <math.h> there is what is exact',
  ],
  [/^_Z|^__cxa_|^__gxx_/, 'there is no C++ library'],
];

/** One sentence that names what is missing, why, and what to do. Of C, unless a program in Rust has no C part. */
export function missingSentence(missing: readonly string[], isC = true): string {
  const [first] = missing;
  const shown = missing.slice(0, MOST_NAMES).join(', ');
  const more = missing.length > MOST_NAMES ? ` and ${missing.length - MOST_NAMES} more` : '';
  const [are, them] = missing.length === 1 ? ['is', 'it'] : ['are', 'them'];
  if (!isC) {
    return `${shown}${more} ${are} not defined: no crate of the program brings ${them}; add the crate that does, or define ${them} with #[unsafe(no_mangle)]`;
  }
  const kind =
    KINDS.find(([pattern]) => pattern.test(first ?? ''))?.[1] ?? `the C library of guests does not have ${them}`;
  return `${shown}${more} ${are} not defined: ${kind}; define ${them} in the program, or see programs/sdk-c/README.md`;
}
