/** Calldata, answers and constructor words of the contracts, and the reasons of refusals, coded by ethers. */
import { AbiCoder, ErrorFragment, Interface } from 'ethers/abi';
import type { JsonFragment, ParamType, Result } from 'ethers/abi';
import { printableLine } from '../text/printable.ts';
import type { Hex } from '../../types.ts';
import { ABI } from './artifacts.ts';

/** The functions of the gateway; it has those of the verifier too. */
export const GATEWAY: Interface = new Interface(ABI.gateway);

/** One unsigned word. */
export function uintWord(value: number | bigint): Hex {
  return AbiCoder.defaultAbiCoder().encode(['uint256'], [value]) as Hex;
}

/** What of a consumer is called: a function of this name that takes (bytes publicValues, bytes proofBytes). */
export function consumerInterface(name: string): Interface {
  return new Interface([`function ${name}(bytes publicValues, bytes proofBytes)`]);
}

/** Calldata of a function. */
export function encodeCall(contract: Interface, name: string, args: readonly unknown[]): Hex {
  return contract.encodeFunctionData(name, args) as Hex;
}

/** Selector of a function that the contract has. */
export function selectorOf(contract: Interface, name: string): Hex {
  const selector = contract.getFunction(name)?.selector;
  if (selector === undefined) throw new Error(`the contract has no function ${name}`);
  return selector as Hex;
}

/** An entry of an ABI; only those of type "error" are looked at. */
export type AbiItem = JsonFragment;

const PANICS: Readonly<Record<string, string>> = {
  '1': 'a failed assertion',
  '17': 'an overflow',
  '18': 'a division by zero',
  '33': 'a number that is not a value of its enum',
  '34': 'a damaged string in storage',
  '49': 'pop of an empty array',
  '50': 'an index outside its array',
  '65': 'too much memory',
  '81': 'a call of a function that was not set',
};

const ERROR_STRING = '0x08c379a0';
const PANIC = '0x4e487b71';
/** Most characters of one value, and of a whole reason. */
const [LONGEST_VALUE, LONGEST_REASON] = [100, 500];

/**
 * Why a contract refused, by what Solidity itself reverts with and by the custom errors of the given ABIs:
 * `RouteNotFound(selector 0xdeadbeef)`. Undefined for data that none of them explains.
 */
export function explainRevert(data: string, abis: readonly (readonly AbiItem[])[]): string | undefined {
  if (data === '0x' || data === '') return 'it reverted without a reason, most likely for lack of gas';
  const selector = data.slice(0, 10);
  const values = `0x${data.slice(10)}`;
  if (selector === ERROR_STRING) {
    // As bytes, because a node may answer anything, also what is no UTF-8.
    const text = decode(['bytes'], values)?.[0] as string | undefined;
    return text === undefined ? undefined : `"${printableLine(Buffer.from(text.slice(2), 'hex').toString())}"`;
  }
  if (selector === PANIC) {
    const code = decode(['uint256'], values)?.[0] as bigint | undefined;
    const meaning = PANICS[String(code)];
    return code === undefined
      ? undefined
      : `a panic of its own, code ${String(code)}${meaning === undefined ? '' : ` (${meaning})`}`;
  }
  const fragments = abis
    .flat()
    .map(errorFragment)
    .filter((fragment) => fragment !== undefined)
    .filter((fragment) => fragment.selector === selector);
  for (const { name, inputs } of fragments) {
    const decoded = decode(inputs, values);
    if (decoded !== undefined) return printableLine(`${name}(${named(inputs, decoded)})`, LONGEST_REASON);
  }
  const [first] = fragments;
  return first === undefined ? undefined : `${first.name}, with values that cannot be read`;
}

/** The same, with the beginning of data that nothing explains. */
export function describeRevert(data: string, abis: readonly (readonly AbiItem[])[]): string {
  return explainRevert(data, abis) ?? `it reverted with ${data.slice(0, 74)}`;
}

/** The error that an entry of an ABI declares; undefined for others, and for what is no entry at all. */
function errorFragment(item: AbiItem): ErrorFragment | undefined {
  try {
    return item.type === 'error' ? ErrorFragment.from(item) : undefined;
  } catch {
    return undefined;
  }
}

/** The values of a type; undefined when the data does not hold them. */
function decode(types: readonly (string | ParamType)[], data: string): unknown[] | undefined {
  try {
    // Taking them out throws where a value is malformed.
    return AbiCoder.defaultAbiCoder().decode(types, data).toArray() as unknown[];
  } catch {
    return undefined;
  }
}

function named(types: readonly ParamType[], values: readonly unknown[]): string {
  return types
    .map((type, i) => [type.name, describeValue(type, values[i])].filter((part) => part !== '').join(' '))
    .join(', ');
}

function describeValue(type: ParamType, value: unknown): string {
  if (type.isArray()) {
    const { arrayChildren } = type;
    return `[${(value as Result)
      .toArray()
      .map((item) => describeValue(arrayChildren, item))
      .join(', ')}]`;
  }
  if (type.isTuple()) return `{${named(type.components, (value as Result).toArray())}}`;
  const text = printableLine(String(value), LONGEST_VALUE);
  return type.baseType === 'string' ? `"${text}"` : text;
}
