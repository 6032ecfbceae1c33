/** Addresses as they are shown, recorded and taken: with the checksum of EIP-55 in their upper and lower case. */
import { getAddress } from 'ethers/address';
import { pluginError } from '../errors.ts';
import type { Hex } from '../../types.ts';

/** True for `0x` and 40 hex digits of any case. */
export function isAddress(text: unknown): text is Hex {
  return typeof text === 'string' && /^0x[0-9a-fA-F]{40}$/.test(text);
}

/** The address with its checksum. */
export function checksummed(address: Hex): Hex {
  return getAddress(address.toLowerCase()) as Hex;
}

/** True for the same account, whatever the case. */
export function sameAddress(a: Hex, b: Hex): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** An address, for `what` ("--owner"): with its checksum. Errors: a plugin error for what is none, or is mistyped. */
export function checkAddress(what: string, text: unknown): Hex {
  if (!isAddress(text)) throw pluginError(`${what} expects an address: 0x and 40 hex digits, got "${String(text)}".`);
  const digits = text.slice(2);
  const isOfOneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase();
  if (!isOfOneCase && checksummed(text) !== text)
    throw pluginError(`${what} ${text} has a wrong checksum: a digit is mistyped, or its case is.`);
  return checksummed(text);
}

/** The same for an option that may be absent. */
export function parseAddress(name: string, text: string | undefined): Hex | undefined {
  return text === undefined ? undefined : checkAddress(`--${name}`, text);
}
