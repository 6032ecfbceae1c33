/** What `zkvm inspect` says of proofs. Their bodies have the lengths of real ones, and nothing else of them. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Proof } from '../../plugin/types.ts';
import { encodeBody } from '../../prover/proofs/body.ts';
import { encodeExecution } from '../../prover/proofs/execution-body.ts';
import { proofText } from '../../prover/proofs/file.ts';
import { blankKey } from '../../prover/stark/blank.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { zeroProof } from '../../prover/stark/proof-codec.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { kindOf } from '../../prover/system/definition.ts';
import { KIND_OF_MODE } from '../../prover/system/modes.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { openingOf, OPENING_DIGESTS } from '../../prover/vm/system-opening.ts';
import { project } from '../support/project.ts';

const system = defaultSystem();

/** The body of a core proof of so many shards. */
function coreBody(count: number): Uint8Array {
  const [{ machine }, tier] = [system.cores[0]!, system.tiers[0]!];
  const layout = layerLayout(machine, tier);
  const publicValues = Array.from({ length: machine.publicValueCount }, () => 0);
  const proof = zeroProof(suiteKoalaBear, layout);
  const shard = { kind: 'core' as const, tier: tier.id, key: blankKey(layout), publicValues, proof };
  const words = openingOf(Array.from({ length: OPENING_DIGESTS }, () => new Array<number>(8).fill(0)));
  return encodeExecution(system, { shards: Array.from({ length: count }, () => shard), words });
}

/** The body of a compressed proof. */
function claimBody(): Uint8Array {
  const { name, target, layer } = kindOf(system, KIND_OF_MODE.compressed);
  const layout = layerLayout(target.machine, layer);
  const publicValues = Array.from({ length: target.machine.publicValueCount }, () => 0);
  return encodeBody(system, {
    kind: name,
    key: blankKey(layout),
    publicValues,
    proof: zeroProof(suiteKoalaBear, layout),
  });
}

async function inspect(t: TestContext, mode: Proof['mode'], body: Uint8Array) {
  const { root, hre } = await project(t);
  const file = path.join(root, 'some.proof.json');
  const proof: Proof = {
    format: 'hardhat-zkvm-proof',
    version: 1,
    mode,
    vkey: `0x00${'12'.repeat(31)}`,
    publicValues: '0x',
    exitCode: 0,
    proof: proofText(body),
    stats: { cycles: 5, seconds: { core: 1 }, peakMemoryBytes: 1, securityBits: 100.02 },
  };
  await writeFile(file, JSON.stringify(proof));
  const log = t.mock.method(console, 'log', () => undefined);
  const { value } = (await hre.tasks.getTask(['zkvm', 'inspect']).run({ target: file })) as {
    value: Record<string, unknown>;
  };
  const text = log.mock.calls.map(({ arguments: [line] }) => String(line)).join('\n');
  log.mock.restore();
  return { text, value };
}

test('of a core proof it says the shards, and what their number costs', async (t) => {
  for (const [count, security] of [
    [1, '100.02 bits in the weakest stage'],
    [3, '100.02 bits in the weakest stage, 98.43 where as much work is spent on each shard'],
    [16, '100.02 bits in the weakest stage, 96.02 where as much work is spent on each shard'],
  ] as const) {
    const { text, value } = await inspect(t, 'core', coreBody(count));
    assert.match(text, new RegExp(`^shards: {8}${count}$`, 'm'));
    assert.match(text, new RegExp(`^security: {6}${security.replaceAll('.', '\\.')}$`, 'm'));
    assert.equal(value['shards'], count);
  }
});

test('of a compressed proof it says no shards, which do not show, and of a body that is none neither', async (t) => {
  for (const [mode, body] of [
    ['compressed', claimBody()],
    ['core', coreBody(2).subarray(0, -1)],
    ['core', new Uint8Array(3)],
  ] as const) {
    const { text, value } = await inspect(t, mode, body);
    assert.doesNotMatch(text, /shard/);
    assert.match(text, /^security: {6}100\.02 bits in the weakest stage$/m);
    assert.ok(!('shards' in value));
  }
});
