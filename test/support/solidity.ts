/** Solidity compilers from npm, of several versions, without Hardhat. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

type Compiler = {
  compile(input: string, callbacks: { import: (file: string) => { contents: string } }): string;
  version(): string;
};

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

/** The packages of compilers: the oldest for interfaces, those that teams stay on, and the newest. */
export const COMPILERS = ['solc-0.8.4', 'solc-0.8.20', 'solc-0.8.24', 'solc-0.8.28', 'solc'] as const;

/** What is used of a compiled contract. */
export type Compiled = { readonly abi: readonly { type: string; name?: string }[]; readonly bytecode: string };

/** Reads a file of this package as a source imports it. */
export function packageFile(file: string): string {
  return readFileSync(path.join(REPOSITORY, file.replace(/^hardhat-zkvm\//, '')), 'utf8');
}

/**
 * Compiles sources (name to text) that may import the package's contracts; asserts that there is no error and no warning.
 * Gives the contracts by their name.
 */
export function compile(
  sources: Readonly<Record<string, string>>,
  compiler: (typeof COMPILERS)[number] = 'solc',
): Map<string, Compiled> {
  const solc = require(compiler) as Compiler;
  if (compiler !== 'solc') assert.ok(solc.version().startsWith(`${compiler.slice('solc-'.length)}+`), solc.version());
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([name, content]) => [name, { content }])),
    settings: {
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
      optimizer: { enabled: true },
    },
  };
  const read = (file: string) => ({ contents: packageFile(file) });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as {
    errors?: { formattedMessage: string }[];
    contracts: Record<string, Record<string, { abi: Compiled['abi']; evm: { bytecode: { object: string } } }>>;
  };
  assert.deepEqual(
    (output.errors ?? []).map(({ formattedMessage }) => formattedMessage),
    [],
    compiler,
  );
  const contracts = new Map<string, Compiled>();
  for (const file of Object.values(output.contracts))
    for (const [name, { abi, evm }] of Object.entries(file))
      contracts.set(name, { abi, bytecode: evm.bytecode.object });
  return contracts;
}
