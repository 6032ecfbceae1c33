/**
 * Names for our errors in messages of Hardhat's EVM. It knows the errors of contracts that the project compiled; verifier
 * and gateway ship as bytecode, so it prints theirs as hexadecimal digits.
 */
import { explainRevert } from './abi.ts';
import { ABIS } from './artifacts.ts';

/** The words of Hardhat's EVM, in process and as a node. */
const UNRECOGNIZED = /an unrecognized custom error \(return data: (0x[0-9a-f]+)\)/;

/** Puts the name into the message and the stack of an error when the error is one of ours; leaves others as they are. */
export function nameRevert(error: unknown): void {
  if (!(error instanceof Error)) return;
  const [unrecognized, data] = UNRECOGNIZED.exec(error.message) ?? [];
  if (unrecognized === undefined || data === undefined) return;
  const name = data === '0x' ? undefined : explainRevert(data, ABIS);
  if (name === undefined) return;
  const put = (text: string) => text.replace(unrecognized, `custom error '${name}'`);
  error.message = put(error.message);
  if (error.stack !== undefined) error.stack = put(error.stack);
}
