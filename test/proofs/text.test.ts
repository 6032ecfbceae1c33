/** Proof files as editors, shells and accidents leave them: read, or refused with the true reason. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { VerificationError, ZkError } from '../../prover/core/errors.ts';
import { largestProofFile, parseProof, ProofFileError, type Proof } from '../../prover/index.ts';
import { decodeRecursion, encodeBody } from '../../prover/proofs/body.ts';
import { decodeExecution, decodeProofOf, encodeExecution, largestBody } from '../../prover/proofs/execution-body.ts';
import { proofBytes, proofText } from '../../prover/proofs/file.ts';
import { describeError, reviveError } from '../../prover/jobs/errors.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { coreLayers, kindOf } from '../../prover/system/definition.ts';
import { verifyCompressed, verifyCore } from '../../prover/proofs/verify.ts';
import { coreKeyDigest } from '../../prover/system/program-key.ts';
import { packDigest } from '../../prover/vm/packed-digest.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { OPENING_DIGESTS, openingOf, rootOfOpening } from '../../prover/vm/system-opening.ts';
import { blankKey } from '../../prover/stark/blank.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { PROOF_FORMAT_VERSION, zeroProof } from '../../prover/stark/proof-codec.ts';

const good: Proof = {
  format: 'hardhat-zkvm-proof',
  version: 1,
  mode: 'groth16',
  vkey: `0x${'ab'.repeat(32)}`,
  publicValues: '0x0102',
  exitCode: 0,
  proof: `0x${'cd'.repeat(260)}`,
  stats: { cycles: 5, seconds: { core: 1.5 }, peakMemoryBytes: 10, securityBits: 100 },
};
const json = JSON.stringify(good, null, 2);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, bigEndian: boolean): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

/** Control and formatting characters, which must not reach a terminal. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function refused(file: string | Uint8Array, reason: RegExp, code = 'BAD_PROOF_FILE'): void {
  assert.throws(
    () => parseProof(file),
    (error: unknown) => {
      assert.ok(error instanceof ProofFileError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, reason);
      assert.doesNotMatch(error.message, UNSAFE);
      assert.ok(error.message.length < 400 && error.message.endsWith('.'), error.message);
      return true;
    },
  );
}

describe('text of proof files', () => {
  it('is read in the encodings that editors and shells write', () => {
    const windows = `${json.replaceAll('\n', '\r\n')}\r\n`;
    for (const text of [json, `${json}\n\n`, `\n\t ${json} `, windows, JSON.stringify(good)]) {
      for (const mark of ['', '\ufeff']) {
        assert.deepEqual(parseProof(mark + text), good);
        assert.deepEqual(parseProof(utf8(mark + text)), good);
        assert.deepEqual(parseProof(utf16(mark + text, false)), good);
        assert.deepEqual(parseProof(utf16(mark + text, true)), good);
      }
    }
    // Upper-case hex is the same number.
    assert.deepEqual(parseProof(json.replaceAll(/(ab){32}/g, 'AB'.repeat(32))), good);
  });

  it('names what the file is when it is no text', () => {
    refused(utf8(''), /is empty/);
    refused(new Uint8Array(100), /nothing but zero bytes/);
    refused(gzipSync(json), /compressed with gzip/);
    refused(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 2), /zstd/);
    refused(Uint8Array.of(0x50, 0x4b, 3, 4, 1, 2), /zip archive/);
    refused(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1), /ELF program/);
    refused(Uint8Array.of(0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0), /UTF-32/);
    refused(Uint8Array.of(...utf8(json.slice(0, 60)), 0xc3, 0x28), /not text in UTF-8/);
    refused(utf16(json, false).subarray(0, 101), /damaged text in UTF-16/);
  });

  it('says how a text ends or goes on', () => {
    refused('', /white space/);
    refused(' \r\n', /white space/);
    for (let length = 1; length < json.length; length += 7) refused(json.slice(0, length), /cut off/);
    refused(json + json, /goes on with "\{/);
    refused(`${json}\n\u001b[2J`, /goes on with/);
    refused(`${json}\0\0\0`, /zero bytes follow/);
    refused(json.replace('cdcd', 'cd\ncd'), /wrapped its lines/);
    refused(`> npx hardhat zkvm prove\n${json}`, /begins with "> npx/);
    refused('<!doctype html>', /not JSON: it begins with/);
    refused(json.replace(',', ';'), /not JSON, from character \d+/);
    refused(json.replace('"cycles": 5', '"cycles": NaN'), /not JSON/);
    refused(json.replace('"cycles": 5', "'cycles': 5"), /not JSON/);
  });

  it('refuses what two readers could read differently', () => {
    refused(json.replace('"exitCode": 0', '"exitCode": 1, "exitCode": 0'), /same field twice/);
    refused(json.replace('"exitCode": 0', '"exit\\u0043ode": 1, "exitCode": 0'), /same field twice/);
    refused(json.replace('"cycles": 5', '"cycles": 5, "cycles": 5'), /same field twice/);
    refused(json.replace('"core": 1.5', '"core": 1.5, "core": 1'), /same field twice/);
    // Quotes and colons inside strings are none of the text.
    refused(json.replace('0x0102', '\\"a\\":\\\\'), /"publicValues" must be hex/);
  });

  it('refuses values that no proof has', () => {
    refused(json.replace('"cycles": 5', '"cycles": 1e999'), /"stats.cycles" must be a number/);
    refused(json.replace('"core": 1.5', '"core": -1'), /"stats.seconds.core" must be a number/);
    refused(json.replace('"core": 1.5', '"core": null'), /"stats.seconds.core" must be a number/);
    refused(json.replace('"exitCode": 0', '"exitCode": 4294967296'), /32 bits/);
    refused(json.replace('"exitCode": 0', '"exitCode": 1e400'), /32 bits/);
    refused(json.replace('"stats"', '"__proto__": {}, "stats"'), /unknown field "__proto__"/);
    refused(json.replace('"core": 1.5', '"__proto__": 1'), /"__proto__", which is not the name of a stage/);
    refused(json.replace('"cycles"', '"constructor"'), /"stats.cycles" is missing/);
    refused(json.replace('"peak', '"extra": 1, "peak'), /unknown field "stats.extra"/);
    refused(JSON.stringify({ ...good, stats: [] }), /"stats" must be an object/);
    refused(JSON.stringify({ abi: [], bytecode: '0x' }), /not a proof of hardhat-zkvm: its "format"/);
    refused(JSON.stringify({ ...good, version: 2 }), /another version.*format version 2/, 'PROOF_VERSION');
    refused(JSON.stringify({ ...good, proof: `0x${'cd'.repeat(3000)}` }), /at most 2048 bytes/);
  });

  it('refuses deep and large files at once', () => {
    const start = performance.now();
    refused('['.repeat(1_000_000), /cut off/);
    refused('['.repeat(1_000_000) + ']'.repeat(1_000_000), /not a JSON object/);
    refused(json.replace('"core": 1.5', `"core": ${'['.repeat(100_000)}${']'.repeat(100_000)}`), /more levels/);
    refused(new Uint8Array(largestProofFile() + 1), /no proof needs more/);
    // A text within the limits, and what they follow from: a body of as many shards as there may be.
    const proof = proofText(Uint8Array.from({ length: 5_000_000 }, (_, i) => i * 7));
    assert.ok(largestProofFile() > (8 / 3) * largestBody(defaultSystem()));
    assert.ok(largestBody(defaultSystem()) > 10 * proof.length);
    assert.equal(parseProof(JSON.stringify({ ...good, mode: 'core', proof })).proof, proof);
    assert.ok(performance.now() - start < 60_000);
  });

  it('lets no control character of a file reach a terminal', () => {
    const evil = '\u001b]0;title\u0007\u009b2J\u202e\u2028\ud800\r\n';
    const values: object[] = [
      { format: evil },
      { version: evil },
      { version: { [evil]: evil } },
      { mode: evil },
      { vkey: evil },
      { proof: evil },
      { [evil]: 1 },
      { stats: { ...good.stats, seconds: { [evil]: 1 } } },
      { stats: { ...good.stats, [evil]: 1 } },
    ];
    for (const value of values) {
      const text = JSON.stringify({ ...good, ...value });
      refused(text, /./, 'version' in value ? 'PROOF_VERSION' : 'BAD_PROOF_FILE');
      refused(evil + text, /begins with/);
    }
    const error = new ZkError('X', `the guest said ${evil}`);
    assert.doesNotMatch(error.message, UNSAFE);
    assert.match(error.message, /\\u\{1b\}/);
  });
});

describe('bodies of proofs', () => {
  const system = defaultSystem();
  const smallest = coreLayers(system)[0]!;
  const { machine } = smallest.core;
  const claim = kindOf(system, 'claim');
  const layout = layerLayout(machine, smallest.tier);
  const claimLayout = layerLayout(claim.target.machine, claim.layer);
  // A whole execution, if its shard were proved: from entry 40 to the end in a memory of zeros.
  const zeroWords = openingOf(Array.from({ length: OPENING_DIGESTS }, () => new Array<number>(8).fill(0)));
  const start = [40, 1, 2, 3, 4, 5, 6, 7, 8];
  const publicValues = [...start, 1, ...rootOfOpening(zeroWords), 8];
  const proof = zeroProof(suiteKoalaBear, layout);
  const key = { ...blankKey(layout), felts: start };
  const coreProof = { kind: 'core', tier: smallest.tier.id, key, publicValues, proof } as const;
  const execution = { shards: [coreProof], words: zeroWords };
  const body = encodeExecution(system, execution);
  const claimed = {
    kind: 'claim',
    key: blankKey(claimLayout),
    publicValues: Array.from({ length: 32 }, () => 0),
    proof: zeroProof(suiteKoalaBear, claimLayout),
  };
  const claimBody = encodeBody(system, claimed);

  const fails = (run: () => unknown, reason: RegExp, code = 'BAD_PROOF_FILE'): void =>
    assert.throws(run, (error: unknown) => {
      assert.ok(error instanceof ProofFileError && error.code === code, String(error));
      assert.match(error.message, reason);
      return true;
    });

  it('are told apart by their lengths', () => {
    fails(() => decodeExecution(system, claimBody), /mode "compressed", and the file says "core"/);
    fails(() => decodeProofOf(system, 'claim', body), /mode "core", and the file says "compressed"/);
    fails(() => decodeExecution(system, body.subarray(0, -1)), /cut off, or another version/);
    fails(() => decodeRecursion(system, 'claim', claimBody.subarray(1)), /cut off, or another version/);
    fails(() => decodeExecution(system, Buffer.concat([body, Uint8Array.of(1)])), /something was added/);
    fails(() => decodeExecution(system, new Uint8Array()), /it is empty/);
    const version = body.slice();
    // The byte after the magic of the layer proof.
    const magic = Buffer.from(body).indexOf('ZKLP');
    version[magic + 4] = PROOF_FORMAT_VERSION - 1;
    fails(
      () => decodeExecution(system, version),
      new RegExp(`another version.*format version ${PROOF_FORMAT_VERSION - 1}`),
      'PROOF_VERSION',
    );
  });

  it('of another version are refused by their length, by the version in them, and by the key they are under', () => {
    const older = (bytes: Uint8Array): Uint8Array => {
      const changed = bytes.slice();
      changed[Buffer.from(bytes).indexOf('ZKLP') + 4] = PROOF_FORMAT_VERSION - 1;
      return changed;
    };
    for (const [mode, bytes, verify] of [
      ['core', body, verifyCore],
      ['compressed', claimBody, verifyCompressed],
    ] as const) {
      const statement = (changed: Uint8Array) => ({ ...good, mode, proof: proofText(changed) });
      fails(() => verify(system, statement(older(bytes))), /made by another version/, 'PROOF_VERSION');
      fails(() => verify(system, statement(bytes.subarray(0, -100))), /or another version of hardhat-zkvm made it/);
      fails(() => verify(system, statement(Buffer.concat([bytes, bytes.subarray(0, 100)]))), /another version/);
    }
    // In all but its key a claim of this version.
    assert.throws(
      () => verifyCompressed(system, { ...good, mode: 'compressed', proof: proofText(claimBody) }),
      (error: unknown) => error instanceof VerificationError && error.code === 'recursion-key',
    );
  });

  it('that fail a check are refused in a sentence with the place in brackets', () => {
    const text = (values: readonly number[]): string =>
      proofText(encodeExecution(system, { ...execution, shards: [{ ...coreProof, publicValues: values }] }));
    const vkey = packDigest(coreKeyDigest(smallest, coreProof.key));
    const statement = { ...good, mode: 'core', vkey, proof: text(publicValues) } as const;
    const refusal = (run: () => void, code: string, sentence: RegExp): void =>
      assert.throws(run, (error: unknown) => {
        assert.ok(error instanceof VerificationError, String(error));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, sentence);
        // It comes out of the prover's thread as it went in.
        const copy = reviveError(structuredClone(describeError(error)));
        assert.ok(copy instanceof VerificationError);
        assert.deepEqual(
          [copy.message, copy.code, copy.where, copy.problem],
          [error.message, error.code, error.where, error.problem],
        );
        return true;
      });
    refusal(
      () => verifyCore(system, { ...statement, vkey: good.vkey }),
      'statement',
      /is for program 0x.*, not 0xabab.* \(statement\)\.$/,
    );
    refusal(
      () => verifyCore(system, { ...statement, exitCode: 7 }),
      'statement',
      /is for exit code 0, not 7 \(statement\)\.$/,
    );
    refusal(() => verifyCore(system, statement), 'statement', /for other public values \(statement\)\.$/);
    const unfinished = publicValues.map((value, i) => (i === 9 ? 44 : value));
    refusal(
      () => verifyCore(system, { ...statement, proof: text(unfinished) }),
      'not-halted',
      /^The proof is not one of a whole execution: its last shard does not end where the program has halted \(execution\)\.$/,
    );
    const compressed = { ...good, mode: 'compressed', proof: proofText(claimBody) } as const;
    refusal(
      () => verifyCompressed(system, compressed),
      'recursion-key',
      /made by another version of hardhat-zkvm.*\(claim\)\.$/,
    );
    assert.equal(proofBytes(compressed.proof).length, claimBody.length);
  });

  it('name the step of the protocol', () => {
    const message = (where: string): string => new VerificationError('x', where, 'a and b differ').message;
    const start = 'The proof is damaged or was made for other public values';
    assert.equal(message('gkr 5: children'), `${start} (GKR layer 5).`);
    assert.equal(message('gkr layer 5: rounds'), `${start} (GKR layer 5).`);
    assert.equal(message('gkr root: the buses balance'), `${start} (GKR root).`);
    assert.equal(message('whir 2: query 3, tree 1'), `${start} (opening, iteration 2).`);
    assert.equal(message('zerocheck: column claims'), `${start} (zerocheck).`);
  });
});
