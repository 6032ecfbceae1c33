/** The compiler flags in a project's `.cargo/config.toml`: which cargo would take, and which a guest cannot have. */
import { settingOf } from './cargo-config.ts';
import type { CargoConfig } from './cargo-config.ts';
import { ToolchainError } from './errors.ts';

/** A flag and the file it comes from. */
type Flag = { readonly text: string; readonly file: string };

/**
 * The `rustflags` for a target, by cargo's rules: all of `target.<name>` and of every `target.'cfg(…)'` that applies; only
 * if there are none, those of `build`. A farther file's flags come first.
 *
 * `cfgs` gives what the compiler knows of the target, one `name` or `name="value"` a line. It is asked only when needed.
 *
 * Errors: a ToolchainError that names the file, for a flag that would break every program.
 */
export function userFlags(configs: readonly CargoConfig[], target: string, cfgs: () => readonly string[]): string[] {
  const gather = (keys: readonly string[]): Flag[] =>
    configs.flatMap((config) => listOf(settingOf(config, ...keys, 'rustflags'), config.file));
  const expressions = configs
    .flatMap((config) => Object.keys((settingOf(config, 'target') ?? {}) as object))
    .filter((key, i, all) => key.startsWith('cfg(') && all.indexOf(key) === i)
    .toSorted();
  let known: ReadonlySet<string> | undefined;
  const applies = (expression: string): boolean => cfgHolds(expression, (known ??= new Set(cfgs())));
  const ofTarget = [
    ...gather(['target', target]),
    ...expressions.filter(applies).flatMap((key) => gather(['target', key])),
  ];
  const flags = ofTarget.length > 0 ? ofTarget : gather(['build']);
  refuseUnfit(flags);
  return flags.map(({ text }) => text);
}

/** Cargo takes a list, or one text that is split at spaces. */
function listOf(value: unknown, file: string): Flag[] {
  const texts = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return texts
    .filter((text): text is string => typeof text === 'string' && text !== '')
    .map((text) => ({ text, file }));
}

/** What a program relies on; each with the values that change nothing, and the reason for the message. */
const FIXED: Readonly<Record<string, readonly [unchanged: RegExp, reason: string]>> = {
  'target-feature': [/^(?:\+m|-[\w-]+)(?:,(?:\+m|-[\w-]+))*$/, 'the machine knows RV32IM and no further instructions'],
  'target-cpu': [/^generic(?:-rv32)?$/, 'the machine knows RV32IM and no further instructions'],
  panic: [/^abort$/, 'a panic ends the program'],
  lto: [/^(?:fat|true|yes|y|on)$/, 'programs are linked with LTO'],
  'embed-bitcode': [/^(?:yes|y|on|true)$/, 'programs are linked with LTO'],
  'linker-plugin-lto': [/^(?:no|n|off|false)$/, 'programs are linked with LTO'],
  linker: [/^$/, 'the linker is chosen by the plugin'],
  'linker-flavor': [/^$/, 'the linker is chosen by the plugin'],
  'relocation-model': [/^static$/, 'programs are loaded at fixed addresses'],
  'link-arg': [
    /^(?!-T|--?script|--?section-start|--?image-base|-e|--?entry|-pie|--?shared)/,
    'the memory layout is fixed',
  ],
  strip: [/^(?:none|debuginfo)$/, 'the names of functions are taken from the program'],
  incremental: [/^$/, 'the bytes of a program must not depend on earlier builds'],
};

function refuseUnfit(flags: readonly Flag[]): void {
  flags.forEach(({ text, file }, i) => {
    const option = /^(?:-C|--codegen)$/.test(text)
      ? flags[i + 1]?.text
      : /^(?:-C\s*|--codegen[= ])(.+)$/.exec(text)?.[1];
    if (option === undefined) return;
    const [, key = '', value = ''] = /^([^=]+)=?([^]*)$/.exec(option) ?? [];
    const name = key
      .trim()
      .replaceAll('_', '-')
      .replace(/^(?:pre-link|link|post-link)-args?$/, 'link-arg');
    const rule = FIXED[name];
    if (rule === undefined) return;
    const values = name === 'link-arg' ? value.split(' ') : [value];
    if (values.every((part) => rule[0].test(part))) return;
    throw new ToolchainError(`${file} sets the flag "-C ${option}", which a guest cannot have: ${rule[1]}`);
  });
}

/**
 * Whether `cfg(…)` holds, where `known` is what holds by itself: names, and pairs as `name="value"`.
 *
 * Errors: a ToolchainError when it is no expression of that kind.
 */
export function cfgHolds(expression: string, known: ReadonlySet<string>): boolean {
  const tokens = expression.match(/"[^"]*"|[\w-]+|[(),=]|[^\s]/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new ToolchainError(
      `"${expression}" in a config.toml of cargo is not a condition: see its documentation of cfg`,
    );
  };
  const take = (token: string): void => {
    if (tokens[at++] !== token) fail();
  };
  const list = (): boolean[] => {
    const values: boolean[] = [];
    take('(');
    while (tokens[at] !== ')') {
      values.push(one());
      if (tokens[at] === ',') at++;
      else if (tokens[at] !== ')') fail();
    }
    take(')');
    return values;
  };
  const one = (): boolean => {
    const name = tokens[at++] ?? fail();
    if (!/^[\w-]+$/.test(name)) fail();
    if (tokens[at] === '(') {
      const values = list();
      if (name === 'all') return values.every(Boolean);
      if (name === 'any') return values.some(Boolean);
      if (name === 'not' && values.length === 1) return values[0] === false;
      return fail();
    }
    if (tokens[at] !== '=') return name === 'true' || (name !== 'false' && known.has(name));
    at++;
    const value = tokens[at++] ?? fail();
    return known.has(`${name}=${value}`);
  };
  take('cfg');
  take('(');
  const holds = one();
  take(')');
  if (at !== tokens.length) fail();
  return holds;
}
