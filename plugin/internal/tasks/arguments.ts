/** Checks of task options, with a sentence for each mistake. */
import { pluginError } from '../errors.ts';
import type { Hex, ProofMode } from '../../types.ts';
import { MODES } from './options.ts';

/** The `--mode` option. */
export function parseMode(text: string): ProofMode {
  if (!Object.hasOwn(MODES, text))
    throw pluginError(`Unknown mode "${text}": choose ${Object.keys(MODES).join(', ')}.`);
  return text as ProofMode;
}

/** The `--cycle-limit` option; underscores may group digits. */
export function parseCycleLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.replaceAll('_', ''));
  if (!/^[\d_]+$/.test(text) || !Number.isSafeInteger(value) || value === 0)
    throw pluginError(`The cycle limit "${text}" is not a positive whole number.`);
  return value;
}

/** A bytes32 option. */
export function parseBytes32(name: string, text: string): Hex {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw pluginError(`--${name} expects 0x and 64 hex digits, got "${text}".`);
  return text.toLowerCase() as Hex;
}
