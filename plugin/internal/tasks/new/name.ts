/** Names that a new program can have: they become a folder, a crate, a file and part of a contract's name. */
import { pluginError } from '../../errors.ts';

const SHAPE = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
const LONGEST = 64;

/** Words that cargo, Rust, Windows or the guest crate use themselves. */
const TAKEN: ReadonlySet<string> = new Set(
  [
    'zkvm sdk sdk-c sp1-zkvm serde core std alloc proc_macro test build deps examples incremental',
    'abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl',
    'in let loop macro match mod move mut override priv pub ref return self static struct super trait true try type',
    'typeof unsafe unsized use virtual where while yield con prn aux nul com1 com2 com3 com4 lpt1 lpt2 lpt3',
  ].flatMap((line) => line.split(' ')),
);

/** Throws a plugin error that says what a name may look like. */
export function checkName(name: string): void {
  if (!SHAPE.test(name) || name.length > LONGEST) {
    throw pluginError(
      `"${name}" cannot be the name of a program: use up to ${LONGEST} small letters, digits and single dashes, a letter first, such as price-feed.`,
    );
  }
  if (TAKEN.has(name)) throw pluginError(`"${name}" cannot be the name of a program: the word has a meaning already.`);
}

/** `price-feed` as the beginning of a contract's name: `PriceFeed`. */
export function contractPrefix(name: string): string {
  return name
    .split(/[-_]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
