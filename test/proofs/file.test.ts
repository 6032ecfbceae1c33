import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Proof } from '../../prover/api.ts';
import { base64 } from '../../prover/proofs/base64.ts';
import { decodeCore, decodeRecursion, encodeBody } from '../../prover/proofs/body.ts';
import { parseProof, proofBytes, proofText } from '../../prover/proofs/file.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { coreLayers, kindsOf } from '../../prover/system/definition.ts';
import { suiteOf } from '../../prover/verifier/suites.ts';
import { blankKey } from '../../prover/stark/blank.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { zeroProof } from '../../prover/stark/proof-codec.ts';

const bytes32 = `0x${'ab'.repeat(32)}` as const;
const good: Proof = {
  format: 'hardhat-zkvm-proof',
  version: 1,
  mode: 'groth16',
  vkey: bytes32,
  publicValues: '0x0102',
  exitCode: 0,
  proof: `0x${'cd'.repeat(260)}`,
  stats: { cycles: 5, seconds: { core: 1.5 }, peakMemoryBytes: 10, securityBits: 100 },
};
const refuses = (value: unknown, code = 'BAD_PROOF_FILE'): void => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  assert.throws(
    () => parseProof(text),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.ok(!error.message.includes('\n'), 'one line');
      return true;
    },
  );
};

describe('proof files', () => {
  it('reads back what is written', () => {
    assert.deepEqual(parseProof(JSON.stringify(good)), good);
    const core = { ...good, mode: 'core' as const, proof: proofText(Uint8Array.of(1, 2, 3)) };
    assert.deepEqual(parseProof(JSON.stringify(core)), core);
  });

  it('refuses text that is cut off, not JSON, or not an object', () => {
    const text = JSON.stringify(good);
    for (const bad of ['', 'x', text.slice(0, -1), text.slice(0, 40), 'null', '[]', '3', '"proof"']) refuses(bad);
  });

  it('refuses every missing field and unknown fields', () => {
    for (const name of Object.keys(good).filter((key) => key !== 'version')) {
      refuses(Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)));
    }
    refuses({ ...good, extra: 1 });
  });

  it('names another format version', () => {
    refuses({ ...good, version: 2 }, 'PROOF_VERSION');
    refuses({ ...good, version: '1' }, 'PROOF_VERSION');
  });

  it('refuses every field of a wrong type, length or range', () => {
    const changes: Partial<Record<keyof Proof, readonly unknown[]>> = {
      format: ['zkvm', 1, null],
      mode: ['plonk', '', 1, null, '__proto__'],
      vkey: ['0x', bytes32 + '00', bytes32.slice(2), 'ab'.repeat(33), 5, null, `0x${'zz'.repeat(32)}`],
      publicValues: ['0x1', '01', 1, null, '0xgg', `0x${'00'.repeat(2 ** 24 + 1)}`],
      exitCode: [-1, 1.5, 2 ** 32, '0', null],
      proof: ['cd', '0xc', 7, null, ['0x']],
      stats: [
        null,
        1,
        {},
        { ...good.stats, cycles: '5' },
        { ...good.stats, seconds: { core: 'x' } },
        { ...good.stats, securityBits: -1 },
      ],
    };
    for (const [name, values] of Object.entries(changes))
      for (const value of values) refuses({ ...good, [name]: value });
    for (const value of ['cd', 'A===', 'AA A', '****', 'AB==', 'é']) refuses({ ...good, mode: 'core', proof: value });
  });

  it('has one encoding of base64', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length) % 256);
      assert.deepEqual(base64.decode(base64.encode(bytes)), bytes);
    }
    assert.equal(base64.decode('AB=='), undefined);
    assert.equal(base64.decode('AAB='), undefined);
    assert.deepEqual(base64.decode('AA=='), Uint8Array.of(0));
  });

  it('round-trips the binary bodies of every kind and refuses any other length, tier or element', () => {
    const system = defaultSystem();
    const [smallest] = coreLayers(system);
    const { machine } = smallest!.core;
    const layout = layerLayout(machine, smallest!.tier);
    const publicValues = Array.from({ length: machine.publicValueCount }, (_, i) => i);
    const proof = {
      kind: 'core',
      tier: smallest!.tier.id,
      key: blankKey(layout),
      publicValues,
      proof: zeroProof(suiteOf(layout.parameters), layout),
    } as const;
    const body = encodeBody(system, proof);
    assert.deepEqual(decodeCore(system, proofBytes(proofText(body))), proof);
    const others = kindsOf(system).map(({ name: kind, target, layer: parameters }) => {
      const kindLayout = layerLayout(target.machine, parameters);
      const suite = suiteOf(parameters);
      // A scalar that needs all eight words.
      const root = suite.id === 'bn' ? 2n ** 253n + 7n : [1, 2, 3, 4, 5, 6, 7, 8];
      const made = {
        kind,
        key: { ...blankKey(kindLayout), root },
        publicValues: Array.from({ length: 32 }, (_, i) => i),
        proof: zeroProof(suite, kindLayout),
      };
      const bytes = encodeBody(system, made);
      const decode = (changed: Uint8Array): unknown => decodeRecursion(system, kind, changed);
      assert.deepEqual(decode(bytes), made);
      return [bytes, decode] as const;
    });
    assert.equal(others.length, 3, 'span, claim and wrap');

    const damaged = { code: 'BAD_PROOF_FILE' };
    for (const [bytes, decode] of [
      [body, (changed: Uint8Array): unknown => decodeCore(system, changed)] as const,
      ...others,
    ]) {
      for (const length of [0, 3, 4, 100, bytes.length - 1])
        assert.throws(() => decode(bytes.slice(0, length)), damaged);
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes);
      assert.throws(() => decode(longer), damaged);
      for (const at of [28, 40, bytes.length - 8]) {
        const changed = bytes.slice();
        changed.set([255, 255, 255, 255], at);
        assert.throws(() => decode(changed), damaged, `element at ${at}`);
      }
    }
    // A canonical word, but no program's key has such a height: after the tier and the eight words of the root.
    const otherHeight = body.slice();
    otherHeight[36] = 179;
    assert.throws(() => decodeCore(system, otherHeight), damaged);
    const otherTier = body.slice();
    otherTier[0] = 9;
    assert.throws(() => decodeCore(system, otherTier), damaged);
  });
});
