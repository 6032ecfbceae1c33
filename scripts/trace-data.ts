/**
 * What Hardhat's simulated networks need of our contracts to name the custom error of a refused proof, cut down from the
 * compiler's output: the network maps code to source through source maps, functions and their selectors.
 */
import { readFile } from 'node:fs/promises';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';

type Node = { readonly nodeType: string; readonly name?: string } & Readonly<Record<string, unknown>>;
type Code = {
  readonly object: string;
  readonly sourceMap: string;
  readonly immutableReferences?: Readonly<Record<string, unknown>>;
};
type Output = {
  readonly contracts: Readonly<
    Record<
      string,
      Record<string, { abi: unknown; evm: { bytecode: Code; deployedBytecode: Code; methodIdentifiers: unknown } }>
    >
  >;
  readonly sources: Readonly<Record<string, { readonly id: number; readonly ast: Node & { readonly nodes: Node[] } }>>;
};
type BuildInfo = {
  readonly solcVersion: string;
  readonly input: { readonly sources: Readonly<Record<string, { readonly content: string }>> };
};

function pick(node: Readonly<Record<string, unknown>>, ...keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => key in node).map((key) => [key, node[key]]));
}

const TYPED = ['nodeType', 'id', 'src', 'name', 'visibility', 'typeName', 'typeDescriptions'] as const;

/** Declarations without bodies. */
function outline(node: Node): Record<string, unknown> | undefined {
  if (node.nodeType === 'VariableDeclaration')
    return pick(node, ...TYPED, 'stateVariable', 'constant', 'functionSelector');
  if (node.nodeType !== 'FunctionDefinition') return undefined;
  const { parameters } = node['parameters'] as { readonly parameters: readonly Node[] };
  return {
    ...pick(node, ...TYPED, 'kind', 'stateMutability', 'functionSelector', 'implemented'),
    parameters: { parameters: parameters.map((parameter) => pick(parameter, ...TYPED)) },
    returnParameters: { parameters: [] },
    modifiers: [],
  };
}

/**
 * Numbers of files and declarations, counted anew: the compiler's depend on everything else that is compiled with them.
 * What comes from files that are not shipped (-1) belongs to no source.
 */
class Numbering {
  readonly #files = new Map<number, number>();
  readonly #declarations = new Map<number, number>();

  addFile(id: number): number {
    const number = this.#files.size;
    this.#files.set(id, number);
    return number;
  }

  declaration(id: number): number {
    const number = this.#declarations.get(id) ?? this.#declarations.size + 1;
    this.#declarations.set(id, number);
    return number;
  }

  /** `start:length:file` of a declaration. */
  location(src: string): string {
    const [start, length, file] = src.split(':');
    return `${start}:${length}:${this.#files.get(Number(file)) ?? -1}`;
  }

  /** A source map: entries `start:length:file:jump:depth`, in which what is empty is as in the entry before. */
  sourceMap(map: string): string {
    return map
      .split(';')
      .map((entry) => {
        const fields = entry.split(':');
        if (fields[2] !== undefined && fields[2] !== '') fields[2] = String(this.#files.get(Number(fields[2])) ?? -1);
        return fields.join(':');
      })
      .join(';');
  }

  /** Declarations with their numbers replaced. */
  renumber(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.renumber(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, unknown]) => {
        if (key === 'id') return [key, this.declaration(Number(item))];
        if (key === 'src') return [key, this.location(String(item))];
        return [key, this.renumber(item)];
      }),
    );
  }
}

type Compiled = { readonly source: string; readonly name: string; readonly info: BuildInfo; readonly output: Output };

async function compiledContract(hre: HardhatRuntimeEnvironment, name: string): Promise<Compiled> {
  const all = await hre.artifacts.getAllFullyQualifiedNames();
  const id = await hre.artifacts.getBuildInfoId([...all].find((one) => one.endsWith(`:${name}`)) ?? name);
  const infoFile = await hre.artifacts.getBuildInfoPath(id ?? '');
  const outputFile = await hre.artifacts.getBuildInfoOutputPath(id ?? '');
  if (infoFile === undefined || outputFile === undefined) throw new Error(`${name} has no build info`);
  const info = JSON.parse(await readFile(infoFile, 'utf8')) as BuildInfo;
  const { output } = JSON.parse(await readFile(outputFile, 'utf8')) as { readonly output: Output };
  const source = Object.keys(output.contracts).find((file) => output.contracts[file]?.[name] !== undefined);
  if (source === undefined) throw new Error(`${name} was not compiled`);
  return { source, name, info, output };
}

/** Compiler version, input and output as the network takes them, for the named contracts and nothing else. */
export async function traceData(hre: HardhatRuntimeEnvironment, names: readonly string[]) {
  const compiled = await Promise.all(names.map((name) => compiledContract(hre, name)));
  const numbering = new Numbering();
  const ids = compiled.map(({ source, output }) => numbering.addFile(output.sources[source]?.id ?? -1));
  const code = (from: Code): Record<string, unknown> => ({
    opcodes: '',
    linkReferences: {},
    object: from.object,
    immutableReferences: Object.fromEntries(
      Object.entries(from.immutableReferences ?? {}).map(([id, at]) => [numbering.declaration(Number(id)), at]),
    ),
    sourceMap: numbering.sourceMap(from.sourceMap),
  });
  const contracts: Record<string, unknown> = {};
  const sources: Record<string, unknown> = {};
  const contents: Record<string, unknown> = {};
  for (const [i, { source, name, info, output }] of compiled.entries()) {
    const { abi, evm } = output.contracts[source]![name]!;
    const { ast } = output.sources[source]!;
    const bytecode = code(evm.bytecode);
    const deployedBytecode = code(evm.deployedBytecode);
    contracts[source] = {
      [name]: { abi, evm: { bytecode, deployedBytecode, methodIdentifiers: evm.methodIdentifiers } },
    };
    const definitions = ast.nodes.filter((node) => node.nodeType === 'ContractDefinition' && node.name === name);
    const nodes = definitions.map((node) => ({
      ...pick(node, 'nodeType', 'id', 'src', 'name', 'contractKind'),
      nodes: (node['nodes'] as readonly Node[]).map(outline).filter((item) => item !== undefined),
    }));
    const unit = numbering.renumber({ ...pick(ast, 'nodeType', 'id', 'src'), nodes }) as {
      readonly nodes: readonly { readonly id: number }[];
    };
    const withBases = unit.nodes.map((node) => ({ ...node, linearizedBaseContracts: [node.id] }));
    sources[source] = { id: ids[i], ast: { ...unit, exportedSymbols: {}, nodes: withBases } };
    contents[source] = { content: info.input.sources[source]?.content ?? '' };
  }
  return {
    solcVersion: compiled[0]?.info.solcVersion,
    input: { language: 'Solidity', sources: contents, settings: { optimizer: {}, outputSelection: {} } },
    output: { contracts, sources },
  };
}
