/**
 * The main job from end to end, with nothing simulated: two Rust programs are executed, proved and wrapped, an in-process
 * chain starts, verifier and gateway are deployed, consumer contracts accept the proofs and store what they learned, and
 * three forgeries are refused on chain.
 *
 *   npm run demo              a report to read
 *   npm run demo -- --json    the same, and one JSON object on the last line
 */
import { parseArgs } from 'node:util';
import hre from 'hardhat';
import { toPluginError } from '../plugin/internal/errors.ts';
import { parseInput } from '../plugin/internal/tasks/input.ts';
import { progressDisplay } from '../plugin/internal/tasks/progress.ts';
import { formatBytes, formatSeconds } from '../plugin/internal/text/format.ts';
import type { Hex, ProgressEvent, Proof } from '../plugin/types.ts';

/** What is proved: the first program of the field, and one with input and public values. */
const PROGRAMS = [
  { name: 'add', input: undefined, contract: 'SumExample' },
  { name: 'fibonacci', input: 'u32:20', contract: 'FibonacciExample' },
] as const;

type StageReport = { readonly seconds: number; readonly peakMemoryBytes: number };

const { json } = parseArgs({ options: { json: { type: 'boolean', default: false } } }).values;
const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

/** High-water mark of the whole process, workers included. */
function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** Shows progress and keeps, for each stage that ended, its time and the memory peak up to then. */
function stageRecorder() {
  const display = progressDisplay(process.stderr);
  const stages: Record<string, StageReport> = {};
  return {
    stages,
    run: {
      signal: controller.signal,
      onProgress: (event: ProgressEvent) => {
        display.onProgress(event);
        if (event.status === 'done' && event.seconds !== undefined)
          stages[event.stage] = { seconds: event.seconds, peakMemoryBytes: peakMemoryBytes() };
      },
    },
    done: display.done,
  };
}

async function proveProgram(name: string, inputText: string | undefined) {
  const input = await parseInput(inputText);
  const execution = await hre.zkvm.execute(name, { input });
  if (execution.outcome.kind !== 'halt' || execution.outcome.exitCode !== 0)
    throw new Error(`${name} did not end well: ${JSON.stringify(execution.outcome)}`);
  console.log(`\n${name}: ${execution.cycles.toLocaleString('en-US')} cycles; proving`);
  const recorder = stageRecorder();
  const proof = await hre.zkvm.prove(name, { input, mode: 'groth16', ...recorder.run });
  recorder.done();
  // The prover checks its own work before a contract does.
  await hre.zkvm.verify(proof, { vkey: await hre.zkvm.vkey(name, recorder.run), ...recorder.run });
  recorder.done();
  return { name, proof, stages: recorder.stages };
}

/** The same proof with one thing changed. */
function forgeries(proof: Proof, otherKey: Hex): readonly (readonly [what: string, forged: Proof])[] {
  const flipLastBit = (hex: string): Hex => {
    const last = Number.parseInt(hex.slice(-1), 16) ^ 1;
    return `${hex.slice(0, -1)}${last.toString(16)}` as Hex;
  };
  return [
    ['a changed public value', { ...proof, publicValues: flipLastBit(proof.publicValues) }],
    ['a changed proof byte', { ...proof, proof: flipLastBit(proof.proof) }],
    ["another program's key", { ...proof, vkey: otherKey }],
  ];
}

async function main(): Promise<void> {
  await hre.tasks.getTask('build').run({ quiet: true });

  console.log('Groth16 keys (made once, then kept in the cache)');
  const setupRecorder = stageRecorder();
  const setup = await hre.zkvm.setup(setupRecorder.run);
  setupRecorder.done();
  console.log(
    `  ${setup.created ? `made in ${formatSeconds(setup.seconds)}` : 'found'}: ${setup.constraints.toLocaleString('en-US')} constraints, domain 2^${setup.logDomain}, ${formatBytes(setup.keyBytes)}`,
  );
  if (setup.verifier.insecureSetup) console.log('  development keys: INSECURE, for test chains only');

  const proved = [];
  for (const { name, input } of PROGRAMS) proved.push(await proveProgram(name, input));
  const [add, fibonacci] = proved;
  if (add === undefined || fibonacci === undefined) throw new Error('two programs were to be proved');

  const connection = await hre.network.create();
  const deployment = await connection.zkvm.deploy({ signal: controller.signal });
  console.log(
    `\nchain ${deployment.chainId}: gateway ${deployment.gateway.address}, verifier ${deployment.verifier.address}`,
  );
  for (const { name, contract } of PROGRAMS) {
    const { proof } = proved.find((item) => item.name === name) ?? add;
    const consumer = await connection.ethers.deployContract(contract, [deployment.gateway.address, proof.vkey]);
    const { gasUsed } = await connection.zkvm.submit(proof, { to: (await consumer.getAddress()) as Hex });
    console.log(`${contract} accepted the proof of ${name} (${gasUsed.toLocaleString('en-US')} gas, storage included)`);
    if (contract === 'FibonacciExample') {
      const stored = async (name: string): Promise<bigint> => (await consumer.getFunction(name)()) as bigint;
      console.log(`  and stores that fib(${await stored('n')}) = ${await stored('current')}`);
    }
  }
  const direct = await connection.zkvm.submit(fibonacci.proof, { to: deployment.verifier.address });
  const gateway = await connection.zkvm.submit(fibonacci.proof, { to: deployment.gateway.address });

  console.log('\nForgeries, each sent to the chain:');
  let refused = 0;
  for (const [what, forged] of forgeries(fibonacci.proof, add.proof.vkey)) {
    const reason = await connection.zkvm.submit(forged, { to: deployment.gateway.address }).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (reason === undefined || !reason.includes('refused by the contract'))
      throw new Error(`${what} was not refused by the contract: ${reason ?? 'it was accepted'}`);
    refused += 1;
    console.log(`  ${what}: ${reason}`);
  }

  const { stats } = fibonacci.proof;
  const proofBytes = fibonacci.proof.proof.length / 2 - 1;
  console.log('\nReport');
  for (const { name, proof, stages } of proved) {
    console.log(`  ${name}: ${proof.stats.cycles.toLocaleString('en-US')} cycles`);
    for (const [stage, seconds] of Object.entries(proof.stats.seconds)) {
      const peak = stages[stage]?.peakMemoryBytes;
      const memory = peak === undefined ? '' : `   memory peak so far ${formatBytes(peak)}`;
      console.log(`    ${stage.padEnd(24)} ${formatSeconds(seconds).padStart(12)}${memory}`);
    }
  }
  console.log(`  proof        ${proofBytes} bytes`);
  console.log(`  gas          ${direct.gasUsed} direct, ${gateway.gasUsed} through the gateway (whole transactions)`);
  console.log(`  security     ${stats.securityBits} bits proven, before the development setup`);
  console.log(`  peak memory  ${formatBytes(peakMemoryBytes())}`);
  if (json) {
    const report = {
      cycles: stats.cycles,
      seconds: stats.seconds,
      peakMemoryBytes: Math.max(stats.peakMemoryBytes, peakMemoryBytes()),
      proofBytes,
      gas: { direct: Number(direct.gasUsed), gateway: Number(gateway.gasUsed) },
      securityBits: stats.securityBits,
      constraints: setup.constraints,
      accepted: true,
      refused,
      programs: Object.fromEntries(
        proved.map(({ name, proof, stages }) => [name, { cycles: proof.stats.cycles, stages }]),
      ),
    };
    console.log(JSON.stringify(report));
  }
}

try {
  await main();
} catch (error) {
  console.error(`demo: ${toPluginError(error).message}`);
  process.exitCode = 1;
}
