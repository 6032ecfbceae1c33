/**
 * The commands of the README, run one after the other in a project that has the package from its tarball, as a newcomer
 * types them. Where a test has to do something else than the README says, `SUBSTITUTES` holds what and why.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import { blocksOf, commandsOf } from './documents.ts';
import { environment, freshProject, packClone, shell } from './tarball.ts';

const require = createRequire(import.meta.url);

/** A project under way. */
export type ReadmeProject = {
  readonly clone: string;
  readonly root: string;
  readonly toolbox: string;
  /** Port of the chain on this machine. */
  readonly port: number;
  /** True for real Groth16 proofs, which take minutes. */
  readonly real: boolean;
  /** What is to be done at the end. */
  readonly closing: (() => void)[];
  /** Output of the commands so far. */
  readonly outputs: Map<string, string>;
};

/** Replaces a text that must be there. */
export function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`expected "${from}" in:\n${text}`);
  return text.replace(from, to);
}

/** A configuration of the README for this machine: the compiler comes from npm, and the toolbox is there. */
export function adaptConfig(text: string, { toolbox, port }: Pick<ReadmeProject, 'toolbox' | 'port'>): string {
  const compiler = JSON.stringify(require.resolve('solc-0.8.28/soljson.js'));
  // Hardhat would download the compiler; here it comes from npm. Tests run beside each other, so the port is free.
  const solidity = `solidity: { version: '0.8.28', path: ${compiler} },
  networks: { localhost: { type: 'http', url: 'http://127.0.0.1:${port}' } },`;
  const withCompiler = replaced(text, `solidity: '0.8.28',`, solidity);
  // "Add the plugin to those you have."
  const withToolbox = replaced(withCompiler, 'plugins: [zkvm]', 'plugins: [zkvm, toolbox]');
  return `import toolbox from '${toolbox}';\n${withToolbox}`;
}

/** Something else than the command itself; a string is run by the shell. */
type Substitute = (project: ReadmeProject) => string | Promise<void>;

const PROVE = 'npx hardhat zkvm prove divisor --input u32:13+u32:29 --out divisor.proof.json';

/** Commands of the README that a test does not run as they are, each with the reason. */
export const SUBSTITUTES: Readonly<Record<string, Substitute>> = {
  // What continuous integration does with the repository (.ci/run); here it would be this test within itself.
  'npm ci && npm run demo': ({ clone }) => requireScripts(clone, 'demo'),
  'npm ci && npm test': ({ clone }) => requireScripts(clone, 'test'),
  // Done before with the node_modules of the repository in place of `npm ci`.
  'npm ci && npm pack': ({ clone }) => requireScripts(clone, 'prepack'),
  // Stays in a terminal of its own; its port is free, whatever else runs on this machine.
  'npx hardhat node': startNode,
  // Minutes in mode groth16, seconds in mode core.
  [PROVE]: ({ real }) => (real ? PROVE : `${PROVE} --mode core`),
  // The real verifier needs the Groth16 keys, minutes and 600 MB.
  'npx hardhat zkvm deploy --network localhost': ({ real }) =>
    `npx hardhat zkvm deploy --network localhost${real ? '' : ' --mock'}`,
  'npx hardhat run scripts/deploy-divisor.ts --network localhost': (project) => {
    const file = path.join(project.root, 'scripts/deploy-divisor.ts');
    if (!project.real)
      writeFileSync(file, replaced(readFileSync(file, 'utf8'), 'zkvm.deploy()', 'zkvm.deploy({ mock: true })'));
    return 'npx hardhat run scripts/deploy-divisor.ts --network localhost';
  },
  'npx hardhat zkvm submit divisor.proof.json --to 0xYourConsumer --network localhost': submit,
};

function requireScripts(clone: string, script: string): Promise<void> {
  const { scripts } = JSON.parse(readFileSync(path.join(clone, 'package.json'), 'utf8')) as { scripts: object };
  if (!Object.keys(scripts).includes(script)) throw new Error(`package.json has no script "${script}"`);
  return Promise.resolve();
}

async function startNode({ root, port, closing }: ReadmeProject): Promise<void> {
  const command = path.join(root, 'node_modules/hardhat/dist/src/cli.js');
  const file = path.join(root, 'node.log');
  // Into a file: nobody reads a pipe while the next commands run.
  const output = openSync(file, 'w');
  const stdio = ['ignore', output, output] as const;
  const args = [command, 'node', '--port', String(port)];
  const node = spawn(process.execPath, args, { cwd: root, env: environment(), stdio: [...stdio] });
  closing.push(() => node.kill());
  while (!readFileSync(file, 'utf8').includes('Started HTTP')) {
    if (node.exitCode !== null) throw new Error(`hardhat node did not start: ${readFileSync(file, 'utf8')}`);
    await setTimeout(100);
  }
}

/** The address that the deployment printed; without a real proof, one that the mock verifier accepts. */
function submit(project: ReadmeProject): string {
  const printed = project.outputs.get('npx hardhat run scripts/deploy-divisor.ts --network localhost') ?? '';
  const address = /^DivisorConsumer: (0x[0-9a-fA-F]{40})$/m.exec(printed)?.[1];
  if (address === undefined) throw new Error(`no address in: ${printed}`);
  if (!project.real) {
    const script = `import { readFile, writeFile } from 'node:fs/promises';
import hre from 'hardhat';
const proof = JSON.parse(await readFile('divisor.proof.json', 'utf8'));
const { zkvm } = await hre.network.create();
const mock = { ...proof, mode: 'groth16', proof: zkvm.mockProof(proof.vkey, proof.publicValues) };
await writeFile('divisor.mock.json', JSON.stringify(mock));
`;
    writeFileSync(path.join(project.root, 'mock.ts'), script);
    shell('npx hardhat run mock.ts', project.root);
  }
  const file = project.real ? 'divisor.proof.json' : 'divisor.mock.json';
  return `npx hardhat zkvm submit ${file} --to ${address} --network localhost`;
}

/** Packs the repository and makes a project beside its clone, without the package. */
export async function newcomer(parent: string, toolbox: string, real: boolean): Promise<ReadmeProject> {
  const { clone } = packClone(parent);
  const root = freshProject(parent, 'my project', [
    'hardhat',
    toolbox,
    'typescript',
    '@types/node',
    '@types/mocha',
    '@mysten/bcs',
  ]);
  return { clone, root, toolbox, port: await freePort(), real, closing: [], outputs: new Map() };
}

/** Runs one command of the README, or what stands for it. */
export async function runCommand(project: ReadmeProject, command: string): Promise<void> {
  const substitute = SUBSTITUTES[command];
  const instead = substitute === undefined ? command : await substitute(project);
  if (instead === undefined) return;
  const output = shell(instead, project.root, { npm_config_prefer_offline: 'true' });
  project.outputs.set(command, output);
}

/** The README's commands in order, each with its line. */
export function readmeCommands(folder: string): { readonly line: number; readonly command: string }[] {
  return blocksOf(folder, 'README.md')
    .filter(({ language, text }) => language === '' && !NOT_COMMANDS.includes(text))
    .flatMap((block) => commandsOf(block).map((command) => ({ line: block.line, command })));
}

/** Indented blocks that are not commands. */
const NOT_COMMANDS = [
  'Rust program --build--> RISC-V file --execute + prove--> proof file --submit--> your contract\n',
];

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
