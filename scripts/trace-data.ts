/**
 * What Hardhat's simulated networks need of our contracts to name the custom error of a refused proof: the compiler's input
 * and output, as Hardhat itself hands them to such a network, without the bodies of functions.
 *
 * The contracts are compiled alone, because files and declarations are numbered through everything that is compiled
 * together; the code must come out the same.
 */
import { readFile } from 'node:fs/promises';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import solc from 'solc';

type Code = {
  readonly object: string;
  readonly sourceMap: string;
  readonly linkReferences: unknown;
  readonly immutableReferences?: unknown;
};
type Contract = {
  readonly abi: unknown;
  readonly evm: { readonly bytecode: Code; readonly deployedBytecode: Code; readonly methodIdentifiers: unknown };
};
type Output = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts: Readonly<Record<string, Readonly<Record<string, Contract>>>>;
  readonly sources: Readonly<Record<string, { readonly id: number; readonly ast: unknown }>>;
};
type Input = { readonly sources: Readonly<Record<string, { readonly content: string }>>; readonly settings: object };
type BuildInfo = { readonly solcVersion: string; readonly input: Input };

/** What of the syntax tree is large and not needed to find out which function reverted. */
const LEFT_OUT: readonly string[] = ['body', 'documentation'];

function withoutBodies(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBodies);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !LEFT_OUT.includes(key));
  return Object.fromEntries(entries.map(([key, item]: [string, unknown]) => [key, withoutBodies(item)]));
}

/** Opcodes are in the code already. */
function withoutOpcodes({ object, sourceMap, linkReferences, immutableReferences }: Code): Record<string, unknown> {
  const references = immutableReferences === undefined ? {} : { immutableReferences };
  return { object, opcodes: '', sourceMap, linkReferences, ...references };
}

/** The files that a file imports, with their imports. */
function importsOf(file: string, sources: Input['sources'], found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, imported] of (sources[file]?.content ?? '').matchAll(/^import .*["'](.+)["'];$/gm)) {
    if (imported?.startsWith('.') !== true) throw new Error(`${file} imports ${imported}, which is not a file of ours`);
    importsOf(new URL(imported, `file:///${file}`).pathname.slice(1), sources, found);
  }
  return found;
}

async function buildInfoOf(hre: HardhatRuntimeEnvironment, name: string): Promise<BuildInfo & { source: string }> {
  const full = [...(await hre.artifacts.getAllFullyQualifiedNames())].find((one) => one.endsWith(`:${name}`)) ?? name;
  const file = await hre.artifacts.getBuildInfoPath((await hre.artifacts.getBuildInfoId(full)) ?? '');
  if (file === undefined) throw new Error(`${name} has no build info`);
  const { inputSourceName } = await hre.artifacts.readArtifact(full);
  return { ...(JSON.parse(await readFile(file, 'utf8')) as BuildInfo), source: String(inputSourceName) };
}

/** Compiler version, input and output as a simulated network takes them, for the named contracts. */
export async function traceData(hre: HardhatRuntimeEnvironment, names: readonly string[]) {
  const infos = await Promise.all(names.map((name) => buildInfoOf(hre, name)));
  const [first] = infos;
  if (first === undefined) throw new Error('no contract is named');
  const { input, solcVersion } = first;
  const files = [...new Set(infos.flatMap(({ source }) => [...importsOf(source, input.sources)]))].toSorted();
  const sources = Object.fromEntries(files.map((file) => [file, { content: input.sources[file]?.content ?? '' }]));
  const output = JSON.parse(solc.compile(JSON.stringify({ ...input, sources }))) as Output;
  const problems = (output.errors ?? []).filter(({ severity }) => severity === 'error');
  if (problems.length > 0) throw new Error(problems.map(({ formattedMessage }) => formattedMessage).join('\n'));
  for (const [i, name] of names.entries()) {
    const { bytecode } = await hre.artifacts.readArtifact(name);
    const alone = output.contracts[infos[i]?.source ?? '']?.[name]?.evm.bytecode.object;
    if (`0x${alone}` !== bytecode) throw new Error(`${name} compiles to other code when it is compiled alone`);
  }
  const contracts = Object.entries(output.contracts).map(([file, all]) => [
    file,
    Object.fromEntries(
      Object.entries(all).map(([name, { abi, evm }]) => {
        const bytecode = withoutOpcodes(evm.bytecode);
        const deployedBytecode = withoutOpcodes(evm.deployedBytecode);
        return [name, { abi, evm: { bytecode, deployedBytecode, methodIdentifiers: evm.methodIdentifiers } }];
      }),
    ),
  ]);
  const trees = Object.entries(output.sources).map(([file, { id, ast }]) => [file, { id, ast: withoutBodies(ast) }]);
  return {
    solcVersion,
    input: { ...input, sources },
    output: { contracts: Object.fromEntries(contracts), sources: Object.fromEntries(trees) },
  };
}
